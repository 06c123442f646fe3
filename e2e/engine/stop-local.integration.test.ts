/**
 * Stops of A2A tasks that do not end when they are told to, of processes of this machine, and stops that rules order: at an engine that serves,
 * against what the work really did.
 */
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RuleTrigger } from '../../shared/stop.ts';
import type { WorkerOptions } from '../agents/file-worker.ts';
import { startA2a } from '../runtimes/start-a2a.ts';
import type { A2aProcess } from '../runtimes/start-a2a.ts';
import { agreesMs, isAlive, StopHouse, timeOf, Trail, until, Worker } from './stop-house.ts';
import type { Order } from './stop-house.ts';

const operator = 'a-token-of-the-operator';
let house: StopHouse;
let desk: A2aProcess;
let telemetry: Record<string, string>;
let told: string;
const workers: Worker[] = [];

const effects = async (id: string): Promise<{ ticks: number; lastAtMs: number }> => (await (await fetch(`${desk.url}/demo/effects/${id}`)).json()) as { ticks: number; lastAtMs: number };
async function startTask(scenario: string): Promise<string> {
  const response = await fetch(`${desk.url}/demo/start`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ scenario, account: 'alice' }) });
  const { id } = (await response.json()) as { id: string };
  await until(`${scenario} to work`, async () => (await effects(id)).ticks > 0);
  return id;
}

async function work(options: Omit<WorkerOptions, 'file' | 'everyMs'>): Promise<{ worker: Worker; trail: Trail; agent: string }> {
  const trail = new Trail(join(house.engine.folder, `${options.agent}.txt`));
  const worker = await Worker.start({ ...options, file: trail.path, everyMs: 100 }, telemetry);
  workers.push(worker);
  return { worker, trail, agent: await house.agent(options.agent, told) };
}

/** Whose process it is becomes known a moment after its first records. */
const proven = (agent: string): Promise<true> => until('its process to be proven', async () => (await house.plan({ kind: 'agent', id: agent }, 'cancel')).levers.some((one) => one.leverId === 'process.end' && one.wanted), 60_000, 500);
const neverBefore = (order: Order, lastMs: number): void => { expect(order.seen.filter((one) => one.state === 'verified' && one.atMs <= lastMs)).toEqual([]); };
const rule = (name: string, agent: string, trigger: RuleTrigger, mode: 'would' | 'fire'): Promise<{ id: string }> =>
  house.caller.call('stop.saveRule', { name, trigger, watches: { kind: 'agent', id: agent }, level: 'cancel', stops: 'agent', mode });

beforeAll(async () => {
  house = await StopHouse.open({ A2A_OPERATOR: operator });
  const otlp = await house.otlp('Desk telemetry');
  [telemetry, told] = [otlp.env, otlp.id];
  desk = await startA2a(['--shared', '--step', '100', '--steps', '120'], { [operator]: 'operator', 'a-token-of-alice': 'alice' });
  await house.runtime('Supplier desk', 'a2a', desk.url, 'A2A_OPERATOR');
});
afterAll(async () => {
  for (const worker of workers) worker.end();
  await house.close();
  await desk.kill();
});

describe.concurrent('a task of an A2A agent', { timeout: 120_000 }, () => {
  it('that ignores the cancel: still acting while it works, verified when it came to its own end', async () => {
    const id = await startTask('stubborn');
    const order = await house.order({ kind: 'task', id: await house.task(id) }, 'cancel');
    await order.becomes('still_acting');
    const during = (await effects(id)).ticks;
    await until('it to work on', async () => (await effects(id)).ticks > during + 3);
    const done = await order.becomes('verified', 60_000);
    const { ticks, lastAtMs } = await effects(id);
    expect(ticks).toBe(120);
    neverBefore(order, lastAtMs);
    expect(Math.abs(timeOf(done.lastActAt) - lastAtMs)).toBeLessThanOrEqual(agreesMs);
    expect(timeOf(done.containedAt)).toBeGreaterThanOrEqual(lastAtMs);
  });

  it('that says at once that it is cancelled, and works on: never verified', async () => {
    const id = await startTask('lie');
    const order = await house.order({ kind: 'task', id: await house.task(id) }, 'cancel');
    const answered = await order.is('the lie', (one) => one.answeredAt !== null);
    expect(answered.orderLevers.map((one) => one.reported)).toEqual(['stopped']);
    const { ticks } = await effects(id);
    await until('it to work on', async () => (await effects(id)).ticks > ticks + 3);
    await order.becomes('unverified');
    await until('the end of the work and a window more', async () => { await order.read(); const { lastAtMs, ticks: all } = await effects(id); return all === 120 && Date.now() > lastAtMs + 7_000; });
    expect(order.states).not.toContain('verified');
    expect(order.seen.every((one) => one.containedAt === null)).toBe(true);
  });
});

/** One after the other: each reads this machine's processes again and again. */
describe.runIf(process.platform === 'linux')('a program of this machine', { timeout: 120_000 }, () => {
  it('whose tools survive being asked to end: the whole tree ends, its twin lives', async () => {
    const [{ worker, trail, agent }, twin] = await Promise.all([work({ agent: 'packer', tools: ['child', 'own-session'] }), work({ agent: 'packers twin', tools: ['child'] })]);
    await proven(agent);
    const order = await house.order({ kind: 'agent', id: agent }, 'cancel');
    await order.becomes('verified');
    expect(worker.alive).toEqual([]);
    const lastMs = trail.lastMs;
    neverBefore(order, lastMs);
    const { times } = await order.certificate();
    const laterMs = timeOf(times.containedAt) - lastMs;
    expect(laterMs).toBeGreaterThanOrEqual(0);
    expect(laterMs, `contained ${times.containedAt}, last write ${new Date(lastMs).toISOString()}`).toBeLessThanOrEqual(agreesMs);
    expect([twin.worker.alive.length, twin.worker.pids.every(isAlive)]).toEqual([2, true]);
    const lines = twin.trail.lines.length;
    await twin.trail.has(lines + 2);
  });

  it('whose daemon was nobody\'s child any more before it first told of itself: the daemon is told of beforehand, and nothing is verified while it writes', async () => {
    const { worker, trail, agent } = await work({ agent: 'sorter', tools: ['daemon'] });
    await proven(agent);
    const [daemon = 0] = worker.tools;
    const order = await house.order({ kind: 'agent', id: agent }, 'cancel');
    expect(order.plan.warnings.join(' ')).toContain(`process ${daemon} `);
    const unverified = await order.becomes('unverified');
    expect([worker.alive, unverified.orderLevers.map((one) => [one.reported, one.confirmed])]).toEqual([[daemon], [['stopped', 'cannot']]]);
    const lines = trail.lines.length;
    await trail.has(lines + 3);
    const { verdict } = await order.certificate();
    expect(verdict.state).toBe('unverified');
    expect(verdict.grounds.join(' ')).toContain(`process ${daemon} `);
    process.kill(daemon, 'SIGKILL');
    await order.becomes('verified');
    neverBefore(order, trail.lastMs);
  });

  it('that uses a forbidden tool: a rule orders its stop at once', async () => {
    const { worker, trail, agent } = await work({ agent: 'clerk' });
    await proven(agent);
    const { id } = await rule('No exports', agent, { kind: 'tool', names: ['export_*'] }, 'fire');
    const breachedMs = Date.now();
    worker.do({ tool: 'export_customers' });
    const firing = await until('the rule to fire', async () => (await house.caller.call('stop.firings', { ruleId: id })).rows[0]);
    expect(firing).toMatchObject({ fired: true, agentId: agent, text: 'The tool "export_customers" is forbidden by "export_*".' });
    const order = await (await house.ordered(firing.orderId ?? '')).becomes('verified');
    expect(order).toMatchObject({ origin: 'rule', level: 'cancel', agents: [{ id: agent }] });
    expect(timeOf(order.commandedAt) - breachedMs).toBeLessThan(5_000);
    expect([worker.alive, timeOf(order.containedAt) >= trail.lastMs]).toEqual([[], true]);
  });

  it('that fails again and again: one rule says that it would have fired, and nothing is sent', async () => {
    const { worker, trail, agent } = await work({ agent: 'stocktaker' });
    const { id } = await rule('Failures', agent, { kind: 'failures', count: 3, withinS: 60 }, 'would');
    for (let time = 0; time < 3; time++) worker.do({ tool: 'find_shelf', fails: true });
    const firing = await until('the rule to say so', async () => (await house.caller.call('stop.firings', { ruleId: id })).rows[0]);
    expect(firing).toMatchObject({ fired: false, orderId: null, text: '3 failures within 60 s.' });
    expect((await house.caller.call('stop.list', { agentId: agent })).rows).toEqual([]);
    const lines = trail.lines.length;
    await trail.has(lines + 3);
    expect(worker.alive).toEqual([worker.pid]);
  });

  it('that fails again and again: the same rule in earnest stops it', async () => {
    const { worker, agent } = await work({ agent: 'carrier' });
    await proven(agent);
    const { id } = await rule('Failures of the carrier', agent, { kind: 'failures', count: 3, withinS: 60 }, 'fire');
    for (let time = 0; time < 3; time++) worker.do({ tool: 'find_lorry', fails: true });
    const firing = await until('the rule to fire', async () => (await house.caller.call('stop.firings', { ruleId: id })).rows[0]);
    expect(firing).toMatchObject({ fired: true, agentId: agent });
    await until('its end', () => worker.alive.length === 0);
    const audit = await house.caller.call('audit.list', { limit: 1_000 });
    expect(audit.rows.filter((one) => one.action === 'stop.rule' && one.subject === agent).map((one) => one.outcome)).toEqual(['done']);
  });
});
