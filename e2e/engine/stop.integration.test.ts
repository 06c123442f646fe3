/**
 * Stops of real runtimes, ordered at an engine that serves, as the screens and the command line do it. What the work really did stands in
 * files that it writes: an order must end in the state that is true, and its certificate must agree with the file's last write.
 */
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { StopCertificate } from '../../shared/stop.ts';
import { startLangGraph } from '../runtimes/start-langgraph.ts';
import type { LangGraphServer } from '../runtimes/start-langgraph.ts';
import { agreesMs, isAlive, StopHouse, timeOf, Trail, until } from './stop-house.ts';
import type { Order } from './stop-house.ts';

interface Json { readonly [key: string]: Json }
const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');

let house: StopHouse;
let langGraph: LangGraphServer;
let stuck: LangGraphServer;
let telemetry: Record<string, string>;
let connection: string;
const assistants = ['short steps', 'deaf step', 'deaf step that tells', 'held', 'suspended'] as const;
const idOf = new Map<string, string>();

async function ask(server: LangGraphServer, method: 'GET' | 'POST', path: string, body?: unknown): Promise<{ status: number; body: Json }> {
  const response = await fetch(`${server.url}${path}`, { method, headers: { 'content-type': 'application/json' }, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
  const text = await response.text();
  return { status: response.status, body: (/^[[{]/.test(text) ? JSON.parse(text) : { text }) as Json };
}

interface Started { readonly trail: Trail; readonly thread: string; readonly run: string; readonly status: number }

/** Somebody else's program starts a run that writes to a file of its own. */
async function begin(server: LangGraphServer, assistant: string, input: { readonly file: string; readonly [key: string]: unknown }, more: object = {}): Promise<Started> {
  const thread = textOf((await ask(server, 'POST', '/threads', {})).body['thread_id']);
  const { body, status } = await ask(server, 'POST', `/threads/${thread}/runs`, { assistant_id: assistant, input, ...more });
  return { trail: new Trail(join(server.folder, input.file)), thread, run: textOf(body['run_id']), status };
}

const statusOf = async (server: LangGraphServer, { thread, run }: Started): Promise<string> => textOf((await ask(server, 'GET', `/threads/${thread}/runs/${run}`)).body['status']);

/**
 * The last write as the certificate has it: the last act that it names; or, where none came after the command or nobody told of it, just before
 * it calls it contained.
 */
function agrees(trail: Trail, { times }: StopCertificate, told = true): void {
  const last = trail.lastMs;
  const named = told && last > timeOf(times.commandedAt) ? Math.abs(timeOf(times.lastActAt) - last) : 0;
  expect(named, `last act ${times.lastActAt}, last write ${new Date(last).toISOString()}`).toBeLessThanOrEqual(agreesMs);
  const laterMs = timeOf(times.containedAt) - last;
  expect(laterMs, 'contained before the last write').toBeGreaterThanOrEqual(-2);
  expect(laterMs, `contained ${times.containedAt}, last write ${new Date(last).toISOString()}`).toBeLessThanOrEqual(told ? Number.POSITIVE_INFINITY : agreesMs);
  expect(timeOf(times.verifiedAt)).toBeGreaterThan(last);
}

/** At no moment was it called verified or contained while a write was still to come. */
function neverTooEarly(order: Order, trail: Trail): void {
  const lastMs = trail.lastMs;
  const early = order.seen.filter((one) => one.atMs < lastMs && (one.state === 'verified' || one.containedAt !== null));
  expect(early, `the last write came ${new Date(lastMs).toISOString()}`).toEqual([]);
  const contained = order.seen.filter((one) => one.containedAt !== null && timeOf(one.containedAt) < lastMs - 2);
  expect(contained).toEqual([]);
}

beforeAll(async () => {
  house = await StopHouse.open({ A2A_OPERATOR: 'a-token-of-the-operator' });
  const told = await house.otlp('Desk telemetry');
  telemetry = told.env;
  [langGraph, stuck] = await Promise.all([startLangGraph({ which: '1.5', also: ['backup-sweep'], workers: 20, env: telemetry }), startLangGraph({ which: '1.5', also: ['backup-sweep'] })]);
  for (const name of assistants) idOf.set(name, textOf((await ask(langGraph, 'POST', '/assistants', { graph_id: 'backup-sweep', name, metadata: { team: 'night' }, config: { tags: ['slow'] } })).body['assistant_id']));
  connection = (await house.runtime('Night work', 'langgraph', langGraph.url)).id;
});
afterAll(async () => {
  await house.close();
  await Promise.all([langGraph.kill(), stuck.kill()]);
});

describe.concurrent('stops of real runtimes', { timeout: 120_000 }, () => {
  it('many short steps on LangGraph: verified, and the last act is the last write', async () => {
    const agent = await house.agent('short steps', connection);
    const { trail } = await begin(langGraph, idOf.get('short steps') ?? '', { how: 'steps', file: 'steps.txt', acts: 2_000, ms: 100 });
    await until('six steps in the history', async () => (await house.caller.call('activity.list', { agentId: agent, text: 'sweep', statuses: ['ok'], limit: 50 })).rows.length >= 6);
    const order = await house.order({ kind: 'agent', id: agent }, 'cancel');
    expect(order.plan.levers.filter((one) => one.wanted).map((one) => one.leverId)).toEqual(['langgraph.cancel-runs']);
    await order.becomes('verified');
    agrees(trail, await order.certificate());
    neverTooEarly(order, trail);
  });

  it('a step that ignores its signal and tells nothing: never verified, and unverified in the end', async () => {
    const agent = await house.agent('deaf step', connection);
    const { trail } = await begin(langGraph, idOf.get('deaf step') ?? '', { how: 'ignores', file: 'deaf.txt', acts: 80, ms: 100 });
    await trail.has(5);
    const order = await house.order({ kind: 'agent', id: agent }, 'cancel');
    const answered = await order.is('all levers to answer', (one) => one.answeredAt !== null);
    expect(answered.orderLevers.map((one) => one.reported)).toEqual(['stopped']);
    const settled = await order.becomes('unverified');
    expect(settled.stillOpen.map((one) => one.title)).toContain('Step sweep may run on');
    expect(await trail.still(500)).toBe(80);
    // Also when all has long been silent: nobody saw the end of that step.
    await until('a window after the last write', async () => { await order.read(); return Date.now() > trail.lastMs + 7_000; });
    expect(order.states).not.toContain('verified');
    expect(order.seen.filter((one) => one.containedAt !== null)).toEqual([]);
  });

  it('the same step, which tells of its acts: still acting while it writes on, verified after a window without a sign', async () => {
    const agent = await house.agent('deaf step that tells', connection);
    const started = await begin(langGraph, idOf.get('deaf step that tells') ?? '', { how: 'ignores', file: 'tells.txt', acts: 100, ms: 100, tells: true });
    const { trail } = started;
    // Stitched by the assistant's id: its telemetry is the same agent's.
    await until('acts in the history', async () => (await house.caller.call('activity.list', { agentId: agent, text: 'write_part', limit: 50 })).rows.length >= 8);
    const plan = await house.plan({ kind: 'agent', id: agent }, 'cancel');
    const order = await house.fire(plan, { without: plan.levers.filter((one) => one.leverId.startsWith('process.')).map((one) => one.leverId) });
    await order.becomes('still_acting', 10_000);
    // What the server says meanwhile.
    expect(await statusOf(langGraph, started)).toBe('interrupted');
    expect(await trail.still(500)).toBe(100);
    await order.becomes('verified');
    agrees(trail, await order.certificate());
    neverTooEarly(order, trail);
  });

  it('a step that never yields: no stop by the server\'s own lever, and one by ending its process', async () => {
    const blocked = await house.runtime('Stuck server', 'langgraph', stuck.url);
    const { trail } = await begin(stuck, 'backup-sweep', { how: 'blocks', file: 'blocks.txt', acts: 400, ms: 200 }, { after_seconds: 2 });
    const agent = await house.agent('backup-sweep', blocked.id);
    await trail.has(3);
    const first = await house.order({ kind: 'agent', id: agent }, 'cancel');
    const settled = await first.is('the first order to say what it is', (one) => one.state === 'unverified' || one.state === 'still_acting', 60_000);
    expect(settled.containedAt).toBeNull();
    const atThen = trail.lines.length;
    await trail.has(atThen + 2);
    const order = await house.order({ kind: 'connection', id: blocked.id }, 'cancel', { with: ['process.end-server'], without: ['langgraph.cancel-runs'] });
    await order.becomes('verified');
    expect(isAlive(stuck.pid)).toBe(false);
    const lines = trail.lines.length;
    agrees(trail, await order.certificate(), false);
    neverTooEarly(order, trail);
    expect([first.states.includes('verified'), trail.lines.length]).toEqual([false, lines]);
  });

  it('a hold cancels the run that somebody starts afterwards, until it is released', async () => {
    const agent = await house.agent('held', connection);
    const id = idOf.get('held') ?? '';
    const order = await house.order({ kind: 'agent', id: agent }, 'suspend', { without: ['langgraph.suspend-assistant'] });
    // A run that begins while the first cancel is on its way is cancelled by that one.
    const { answeredAt } = await order.is('the levers to answer', (one) => one.answeredAt !== null);
    await until('the hold to look', async () => (await house.caller.call('stop.standing', {})).holds.some((one) => one.orderId === order.id && timeOf(one.lastLookAt) > timeOf(answeredAt)));
    const late = await begin(langGraph, id, { how: 'steps', file: 'late.txt', acts: 400, ms: 100 });
    await until('the late run to be cancelled', async () => ['interrupted', 'error'].includes(await statusOf(langGraph, late)));
    const hold = await until('the hold to count it', async () => (await house.caller.call('stop.standing', {})).holds.find((one) => one.orderId === order.id && one.cancelled > 0));
    expect(hold).toMatchObject({ cancelled: 1, problem: null, connectionName: 'Night work' });
    await order.is('the late run to be told', (one) => one.events.some((event) => event.kind === 'hold'));
    const released = await house.caller.call('stop.release', { id: order.id, reason: 'All is well.' });
    expect(released.releasedAt).not.toBeNull();
    expect((await house.caller.call('stop.standing', {})).holds.filter((one) => one.orderId === order.id)).toEqual([]);
    // Released once more it does nothing and says so.
    expect((await house.caller.call('stop.release', { id: order.id, reason: '' })).releasedAt).toBe(released.releasedAt);
    const again = await begin(langGraph, id, { how: 'steps', file: 'again.txt', acts: 30, ms: 100 });
    await until('the run after the release', async () => (await statusOf(langGraph, again)) === 'success');
    expect(again.trail.lines).toHaveLength(31);
  });

  it('a suspended assistant refuses new runs, and is put back exactly', async () => {
    const agent = await house.agent('suspended', connection);
    const id = idOf.get('suspended') ?? '';
    const { trail } = await begin(langGraph, id, { how: 'steps', file: 'suspended.txt', acts: 2_000, ms: 100 });
    await trail.has(8);
    const { created_at: _1, updated_at: _2, ...before } = (await ask(langGraph, 'GET', `/assistants/${id}`)).body as Readonly<Record<string, unknown>>;
    const order = await house.order({ kind: 'agent', id: agent }, 'suspend');
    await order.is('the levers to answer', (one) => one.answeredAt !== null);
    expect((await begin(langGraph, id, { file: 'refused.txt' })).status).toBe(404);
    await order.becomes('verified');
    agrees(trail, await order.certificate());
    const released = await house.caller.call('stop.release', { id: order.id, reason: 'All is well.' });
    expect(released.orderLevers.filter((one) => one.undo !== 'not_needed').map((one) => `${one.leverId} ${one.undoState}`).toSorted()).toEqual(['console.hold done', 'langgraph.suspend-assistant done']);
    const { created_at: _3, updated_at: _4, ...after } = (await ask(langGraph, 'GET', `/assistants/${id}`)).body as Readonly<Record<string, unknown>>;
    expect(after).toEqual(before);
    const again = await begin(langGraph, id, { how: 'steps', file: 'back.txt', acts: 5, ms: 50 });
    await until('the run after the release', async () => (await statusOf(langGraph, again)) === 'success');
    expect(again.trail.lines).toHaveLength(6);
  });
});
