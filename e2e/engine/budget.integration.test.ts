/**
 * A runaway agent on a real LangGraph server, whose money is told by OpenTelemetry as it spends it: it goes beyond the hard limit of a budget,
 * is stopped by it and verified. And an agent that nothing reaches: the budget says that it cannot stop it, and why.
 */
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { BudgetDraft, BudgetEvent } from '../../shared/budgets.ts';
import { startLangGraph } from '../runtimes/start-langgraph.ts';
import type { LangGraphServer } from '../runtimes/start-langgraph.ts';
import { StopHouse, timeOf, Trail, until, wait } from './stop-house.ts';

interface Json { readonly [key: string]: unknown }
const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');

let house: StopHouse;
let server: LangGraphServer;
let connection: string;
let assistant: string;
let env: Readonly<Record<string, string>>;

async function ask(path: string, body: unknown): Promise<Json> {
  const response = await fetch(`${server.url}${path}`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });
  return await response.json() as Json;
}

interface Spender { readonly agent: string; readonly id?: string; readonly session: string }

/** A call of a model that costs a tenth of a dollar, as an exporter on another machine tells of it. Resolves with when it was handed over, once it was taken in. */
async function spend({ agent, id, session }: Spender): Promise<number> {
  const attribute = (key: string, value: string): Json => ({ key, value: { stringValue: value } });
  const nowNs = `${Date.now()}000000`;
  const span = {
    traceId: randomBytes(16).toString('hex'), spanId: randomBytes(8).toString('hex'), name: 'chat budget-model', kind: 3, startTimeUnixNano: nowNs, endTimeUnixNano: nowNs,
    attributes: [
      attribute('gen_ai.operation.name', 'chat'), attribute('gen_ai.request.model', 'budget-model'), attribute('gen_ai.agent.name', agent), ...(id === undefined ? [] : [attribute('gen_ai.agent.id', id)]), attribute('session.id', session),
      { key: 'gen_ai.usage.input_tokens', value: { intValue: '100000' } }, { key: 'gen_ai.usage.output_tokens', value: { intValue: '0' } },
    ],
  };
  const body = { resourceSpans: [{ resource: { attributes: [attribute('service.name', agent), attribute('host.name', 'another-machine')] }, scopeSpans: [{ scope: { name: 'agent' }, spans: [span] }] }] };
  const atMs = Date.now();
  const [name = '', value = ''] = (env['OTEL_EXPORTER_OTLP_HEADERS'] ?? '').split('=');
  const response = await fetch(`${env['OTEL_EXPORTER_OTLP_ENDPOINT'] ?? ''}/v1/traces`, { method: 'POST', headers: { 'content-type': 'application/json', [name]: value }, body: JSON.stringify(body) });
  if (!response.ok) throw new Error(`the receiver answered ${response.status}`);
  return atMs;
}

const limited = (name: string, agentId: string, more: Partial<BudgetDraft> = {}): Promise<{ id: string; cannotStop: readonly { readonly agentId: string; readonly why: string }[] }> => house.caller.call('budgets.save', {
  draft: { name, scope: { kind: 'agent', id: agentId }, per: 'day', currency: 'USD', softMicros: 500_000, hardMicros: 1_000_000, forecast: false, onHard: 'stop', level: 'cancel', stops: 'agent', ...more },
});

const hardEvent = (budgetId: string, so: (event: BudgetEvent) => boolean): Promise<BudgetEvent> =>
  until('what came of the hard limit', async () => (await house.caller.call('budgets.events', { budgetId })).rows.find((one) => one.kind === 'hard' && so(one)));

beforeAll(async () => {
  [house, server] = await Promise.all([StopHouse.open(), startLangGraph({ which: '1.5', also: ['backup-sweep'] })]);
  ({ env } = await house.otlp('Spending'));
  assistant = textOf((await ask('/assistants', { graph_id: 'backup-sweep', name: 'runaway' }))['assistant_id']);
  connection = (await house.runtime('Night work', 'langgraph', server.url)).id;
  await house.caller.call('prices.save', { entry: { provider: null, model: 'budget-model', region: null, tier: null, currency: 'USD', units: [{ unit: 'input', per: 1_000_000, price: '1' }], from: null, to: null, source: 'a test', note: null } });
});
afterAll(async () => {
  await house.close();
  await server.kill();
});

describe('budgets', { timeout: 120_000 }, () => {
  it('a runaway agent goes beyond its hard limit, is stopped by it and verified, once', async () => {
    const agent = await house.agent('runaway', connection);
    const budget = await limited('Runaway', agent);
    expect(budget.cannotStop).toEqual([]);
    const thread = textOf((await ask('/threads', {}))['thread_id']);
    const run = textOf((await ask(`/threads/${thread}/runs`, { assistant_id: assistant, input: { how: 'steps', file: 'runaway.txt', acts: 4_000, ms: 100 } }))['run_id']);
    const trail = new Trail(join(server.folder, 'runaway.txt'));
    await trail.has(2);
    // It pays for each part of its work until it is stopped.
    const paid: number[] = [];
    for (let lines = trail.lines.length; paid.length < 60; lines = trail.lines.length) {
      paid.push(await spend({ agent: 'runaway', id: assistant, session: run }));
      if ((await house.caller.call('budgets.events', { budgetId: budget.id })).rows.some((one) => one.fired)) break;
      await wait(100);
      if (trail.lines.length === lines) break;
    }
    expect(paid.length).toBeGreaterThanOrEqual(10);
    const event = await hardEvent(budget.id, (one) => one.fired);
    expect(event).toMatchObject({ agentId: agent, limitMicros: 1_000_000, currency: 'USD' });
    expect(event.spentMicros).toBeGreaterThanOrEqual(1_000_000);
    const order = await until('the order to be verified', async () => {
      const found = await house.caller.call('stop.get', { id: event.orderId ?? '' });
      return found.state === 'verified' && found;
    }, 60_000);
    expect(order).toMatchObject({ origin: 'rule', orderedBy: 'Gatehouse', agents: [{ id: agent }] });
    expect(order.reason).toContain('Budget "Runaway"');
    const took = timeOf(order.commandedAt) - (paid[9] ?? Number.NaN);
    expect(took).toBeGreaterThanOrEqual(0);
    console.log(`budget breach: span to dispatch ${took} ms`);
    // It was stopped outside of all that is told, too.
    const written = await trail.still(1_000);
    expect(written).toBeLessThan(4_000);
    // What it spends after that stops nobody a second time.
    await spend({ agent: 'runaway', id: assistant, session: run });
    const { rows } = await house.caller.call('budgets.events', { budgetId: budget.id });
    expect(rows.map((one) => `${one.kind} ${one.fired}`).toSorted()).toEqual(['hard true', 'soft false']);
    expect((await house.caller.call('stop.list', { state: 'all' })).rows.filter((one) => one.origin === 'rule')).toHaveLength(1);
    expect((await house.caller.call('budgets.list', {})).rows.find((one) => one.id === budget.id)?.standing.state).toBe('hard');
  });

  it('an agent that no lever reaches: the event says that it could not be stopped, and why', async () => {
    const stranger = { agent: 'far-away', session: 'far' };
    await spend(stranger);
    const agent = await house.agent('far-away');
    const budget = await limited('Far away', agent, { softMicros: null, hardMicros: 300_000 });
    expect(budget.cannotStop).toMatchObject([{ agentId: agent, why: 'No lever of this level is known here.' }]);
    for (let n = 0; n < 4; n++) await spend(stranger);
    const event = await hardEvent(budget.id, (one) => one.text.includes('could not be stopped'));
    expect(event).toMatchObject({ agentId: agent, fired: false, orderId: null, tookMs: null });
    expect(event.text).toContain('It could not be stopped: No lever of far-away can be pulled');
    const audit = (await house.caller.call('audit.list', { limit: 100 })).rows.find((one) => one.action === 'budget.stop' && one.subject === agent);
    expect(audit).toMatchObject({ outcome: 'failed', actor: 'Gatehouse' });
  });
});
