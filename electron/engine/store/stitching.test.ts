import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Result } from '../../../shared/contract.ts';
import type { AgentDetail, Task } from '../../../shared/domain.ts';
import { publicId } from './ids.ts';
import { removeConnection } from './retention.ts';
import { agentDraft, second, spanDraft, t0, trace } from './test-history.ts';
import { runDraft, TestRuntime, words } from './test-runtime.ts';

const uuid = 'fe096781-5601-53d2-b2f6-0d3403f7e9ca';
const usage = (inputTokens: number): { inputTokens: number; outputTokens: number; cacheReadTokens: number; cacheWriteTokens: number; reasoningTokens: number } =>
  ({ inputTokens, outputTokens: 0, cacheReadTokens: 0, cacheWriteTokens: 0, reasoningTokens: 0 });
const period = { from: new Date(t0 / 1_000 - 3_600_000).toISOString(), to: null };
const at = (seconds: number): number => t0 + seconds * second;

let runtime: TestRuntime;
beforeEach(() => { runtime = new TestRuntime(); });
afterEach(() => { runtime.close(); });

const found = (aliases: string[]): { claim: { id: string; name: string }; aliases: string[]; grants: []; atUs: number } => ({ claim: { id: 'assistant-1', name: 'Clerk' }, aliases, grants: [], atUs: at(50) });

/** Telemetry of the agent "clerk": one task with two calls, one of them failed. */
function telemetry(): void {
  runtime.tell([
    agentDraft(1, 0, 'clerk', { at: 1, for: 20, agent: { name: 'clerk' } }),
    spanDraft(2, 1, { at: 2, kind: 'model_call', model: 'm', usage: usage(100) }),
    spanDraft(3, 1, { at: 3, status: 'error', statusExplicit: true, error: { type: 'E', message: 'boom' } }),
  ], 1, 'shop');
}
/** The same calls as the management API tells them. */
function managed(): void {
  runtime.collect({ records: [
    { draft: runDraft('r1', 'running', { at: 1 }), raw: '{}' },
    { draft: runDraft('r1', undefined, { role: 'activity', key: 'call:1', kind: 'model_call', name: 'm', model: 'm', status: 'ok', at: 2, until: 3, usage: usage(90) }), raw: '{}' },
  ] });
}
const agents = (): Result<'agents.list'>['rows'] => (runtime.ask('agents.list', { period, includeIdle: true }) as Result<'agents.list'>).rows;
const get = (id: string): AgentDetail => runtime.ask('agents.get', { id, period }) as AgentDetail;
const idOf = (name: string): number => runtime.history.all<{ id: number }>('SELECT id FROM agent WHERE name = ?', name)[0]?.id ?? 0;

describe('one agent seen from two sides', () => {
  beforeEach(() => {
    telemetry();
    managed();
    runtime.discover({ agents: [found(['service:shop/clerk'])] });
  });

  it('is one line: counts added, tokens not counted twice, the API\'s name, the state of both', () => {
    const rows = agents();
    expect(rows.length).toBe(1);
    expect(rows[0]).toMatchObject({ name: 'Clerk', connectionName: 'Server', activities: 5, tasks: 2, failures: 1, openTasks: 1, state: 'running', usage: { inputTokens: 100 } });
    expect((runtime.ask('counts', {}) as { agents: number }).agents).toBe(1);
  });

  it('answers to both ids, with its sources and why', () => {
    const head = publicId('agent', idOf('Clerk'));
    const detail = get(publicId('agent', idOf('clerk')));
    expect(detail).toEqual(get(head));
    expect(detail.id).toBe(head);
    expect(detail.sources).toMatchObject([{ agentId: head, by: null, why: null, connectionKind: 'langgraph' }, { name: 'clerk', by: 'rule', why: 'Rule: both are known as service:shop/clerk.', connectionKind: 'otlp' }]);
    expect(detail.models).toMatchObject([{ model: 'm', activities: 1, usage: { inputTokens: 100 } }]);
    expect(detail.tools.map((tool) => tool.name)).toEqual(['tool-3']);
  });

  it('has the tasks, activities, failures and sums of both, named as it is shown', () => {
    const agentId = publicId('agent', idOf('clerk'));
    const tasks = runtime.ask('tasks.list', { agentId, limit: 10 }) as Result<'tasks.list'>;
    expect(tasks.rows.map((row) => [row.keyKind, row.agentName])).toEqual([['run', 'Clerk'], ['trace', 'Clerk']]);
    const pages: string[] = [];
    for (let before: string | undefined; ;) {
      const page = runtime.ask('activity.list', { agentId, limit: 2, ...(before === undefined ? {} : { before }) }) as Result<'activity.list'>;
      pages.push(...page.rows.map((row) => `${row.agentName} ${row.name}`));
      if (page.next === null) break;
      before = page.next;
    }
    expect(pages.length).toBe(5);
    expect(new Set(pages.map((name) => name.split(' ')[0]))).toEqual(new Set(['Clerk']));
    expect((runtime.ask('activity.list', { agentId, limit: 10, kinds: ['model_call'] }) as Result<'activity.list'>).rows.length).toBe(2);
    expect((runtime.ask('failures.list', { agentId, limit: 10 }) as Result<'failures.list'>).rows).toMatchObject([{ count: 1, agentNames: ['Clerk'] }]);
    const series = runtime.ask('series.activity', { period, bins: 10, agentId }) as Result<'series.activity'>;
    expect(series.bins.flatMap((bin) => bin.values).reduce((sum, value) => sum + value, 0)).toBe(5);
    expect((runtime.ask('find', { text: 'clerk', limit: 10 }) as Result<'find'>).agents.map((one) => one.name)).toEqual(['Clerk']);
  });

  it('costs and uses once what both sides tell, also in sums over all agents', () => {
    const priced = { reportedCost: { micros: 700, currency: 'USD' } };
    runtime.tell([spanDraft(9, 1, { at: 9, kind: 'model_call', model: 'm', usage: usage(1), ...priced })], 1, 'shop');
    runtime.collect({ records: [{ draft: runDraft('r1', undefined, { role: 'activity', key: 'call:2', kind: 'model_call', name: 'm', model: 'm', status: 'ok', at: 9, until: 10, usage: usage(1), ...priced }), raw: '{}' }] });
    const spend = (more: Record<string, unknown>): number => (runtime.ask('series.spend', { period, bins: 10, by: 'model', ...more }) as Result<'series.spend'>).bins.flatMap((bin) => bin.values).reduce((sum, value) => sum + value, 0);
    const overview = (): Result<'overview.get'> => runtime.ask('overview.get', { period, since: period.from }) as Result<'overview.get'>;
    expect([spend({}), spend({ by: 'connection' }), spend({ agentId: publicId('agent', idOf('clerk')) }), overview().monthCost]).toMatchObject([700, 700, 700, { amountMicros: 700, unpriced: 1 }]);
    runtime.command('agents.unlink', { agent: idOf('clerk'), audit: words('ann') });
    expect([spend({}), spend({ by: 'connection' }), overview().monthCost]).toMatchObject([1_400, 1_400, { amountMicros: 1_400, unpriced: 2 }]);
  });

  it('is taken apart by a person, and stays so however often the rule is asked', () => {
    const source = idOf('clerk');
    runtime.command('agents.unlink', { agent: source, audit: words('ann', { action: 'agents.unlink' }) });
    expect(agents().map((row) => row.name).toSorted()).toEqual(['Clerk', 'clerk']);
    runtime.restart();
    runtime.discover({ agents: [found(['service:shop/clerk', 'x:new'])] }, at(90));
    telemetry();
    expect(agents().length).toBe(2);
    expect(() => runtime.command('agents.unlink', { agent: source, audit: words('ann') })).toThrow(/one side only/);
    runtime.command('agents.link', { agent: source, to: idOf('Clerk'), audit: words('bob', { action: 'agents.link' }) }, at(95));
    expect(agents().length).toBe(1);
    expect(get(publicId('agent', source)).sources[1]).toMatchObject({ by: 'person', why: 'Linked by bob on 2026-03-01.' });
    expect(() => runtime.command('agents.link', { agent: source, to: idOf('Clerk'), audit: words('bob') })).toThrow(/one agent already/);
    expect(runtime.history.all('SELECT actor, action FROM audit_entry WHERE action LIKE \'agents%\'')).toEqual([{ actor: 'ann', action: 'agents.unlink' }, { actor: 'bob', action: 'agents.link' }]);
  });

  it('falls apart when the runtime no longer says so', () => {
    runtime.discover({ agents: [found(['service:shop/other'])] }, at(90));
    expect(agents().length).toBe(2);
  });

  it('leaves nothing behind when one of its connections is removed with its history', () => {
    runtime.command('agents.unlink', { agent: idOf('clerk'), audit: words('ann') });
    for (const _ of removeConnection(runtime.writer, runtime.connection));
    for (const table of ['runtime', 'checkpoint', 'approval', 'stuck', 'grant_seen', 'agent_stitch', 'agent_joined', 'agent_apart']) expect([table, runtime.history.all(`SELECT * FROM ${table}`)]).toEqual([table, []]);
    expect(runtime.history.all('SELECT alias FROM agent_alias')).toEqual([{ alias: 'service:shop/clerk' }]);
    expect(agents().map((row) => row.name)).toEqual(['clerk']);
  });
});

describe('telemetry is known by', () => {
  it('an assistant\'s id, whichever side was heard of first', () => {
    runtime.discover({ agents: [found([`langgraph.assistant:${uuid.toUpperCase()}`])] });
    runtime.tell([agentDraft(1, 0, 'clerk', { agent: { id: uuid, name: 'clerk' } })], 1, 'shop');
    expect(agents().map((row) => row.name)).toEqual(['Clerk']);
  });

  it('a resource that names the agent of its process: the root agent, not its sub-agents', () => {
    runtime.discover({ agents: [found(['a2a.card:http://127.0.0.1:9/.well-known/agent-card.json'])] });
    runtime.tell([agentDraft(1, 0, 'clerk', { traceId: trace(3), for: 20 }), agentDraft(2, 1, 'helper', { traceId: trace(3) })], 1, 'shop', ['a2a.card:http://127.0.0.1:9']);
    expect(agents().map((row) => row.name).toSorted()).toEqual(['Clerk', 'helper']);
    const task = (runtime.ask('tasks.list', { limit: 1 }) as { rows: Task[] }).rows[0];
    expect(task?.agents.map((one) => one.name)).toEqual(['Clerk', 'helper']);
  });

  it('what its exporter says in the resource, as it comes over OTLP', () => {
    runtime.discover({ agents: [found([`langgraph.assistant:${uuid}`])] });
    const attribute = (key: string, value: string): object => ({ key, value: { stringValue: value } });
    const span = { traceId: trace(4), spanId: 'b'.repeat(16), name: 'invoke_agent clerk', startTimeUnixNano: `${at(1)}000`, endTimeUnixNano: `${at(2)}000`,
      attributes: [attribute('gen_ai.operation.name', 'invoke_agent'), attribute('gen_ai.agent.name', 'clerk')] };
    const body = { resourceSpans: [{ resource: { attributes: [attribute('service.name', 'shop'), attribute('langgraph.assistant_id', uuid)] }, scopeSpans: [{ scope: { name: 'x' }, spans: [span] }] }] };
    const { results } = runtime.writer.store([{ n: 1, connection: 1, signal: 'traces', encoding: 'json', content: 'redacted', body: Buffer.from(JSON.stringify(body)), receivedUs: at(3) }], at(3));
    expect(results).toMatchObject([{ t: 'stored', accepted: 1 }]);
    expect(agents().map((row) => [row.name, row.activities])).toEqual([['Clerk', 1]]);
  });

  it('the name of its service, where that stands for the whole of it', () => {
    runtime.discover({ agents: [found(['service.name:shop'])] });
    runtime.tell([spanDraft(1, 0)], 1, 'shop');
    expect(agents().map((row) => row.name)).toEqual(['Clerk']);
    // Its records turn out to be a named agent's: the service was none.
    runtime.tell([agentDraft(2, 0, 'planner', { traceId: trace(1) }), spanDraft(1, 2, {})], 1, 'shop');
    expect(runtime.history.all('SELECT agent FROM agent_alias WHERE agent NOT IN (SELECT id FROM agent)')).toEqual([]);
  });

  it('nothing that makes two laptops with the same program one agent', () => {
    const other = runtime.history.connect('two');
    for (const connection of [1, other]) runtime.tell([agentDraft(1, 0, 'clerk', { agent: { name: 'clerk' } })], connection, 'shop');
    expect(agents().length).toBe(2);
  });
});
