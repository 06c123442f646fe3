import { describe, expect, it } from 'vitest';
import type { Lever } from '../../../../shared/domain.ts';
import type { StopScope } from '../../../../shared/stop.ts';
import type { ScopeFacts, SignRow } from '../stop-commands.ts';
import { logDraft, refusal, second, t0 } from '../test-history.ts';
import { emptyFacts, freshRuntime, runDraft, words, type TestRuntime } from '../test-runtime.ts';
import { begin, newLever, planLever, stopPlan } from '../test-stop.ts';

const at = (seconds: number): number => t0 + seconds * second;
const scope = (runtime: TestRuntime, of: StopScope): ScopeFacts => runtime.ask('scopeFacts', { scope: of }, at(600)) as ScopeFacts;
const lever: Lever = { id: 'langgraph.cancel-run', level: 'cancel', kind: 'cut', title: 'Cancel', reach: 'task', step: 'cut', undo: 'not_needed', undoText: '', repeatable: true, idleOnly: false, wanted: true, pulled: true, doesNotStop: [] };
const foundAgent = (id: string, name: string): { claim: { id: string; name: string }; aliases: string[]; grants: never[]; atUs: number } => ({ claim: { id, name }, aliases: [`langgraph.assistant:${id}`], grants: [], atUs: at(1) });
const running = (id: string, assistant: string, name: string, seconds = 10): { draft: ReturnType<typeof runDraft>; raw: string } => ({ draft: runDraft(id, 'running', { at: seconds, agent: { id: assistant, name } }), raw: '{}' });

/** Connection 2: clerk (1, seen by telemetry of connection 1 too) and cook (2). Connection 3: nobody yet. */
function house(): TestRuntime {
  const runtime = freshRuntime();
  runtime.discover({ facts: { ...emptyFacts, levers: [lever] }, agents: [foundAgent('a-1', 'clerk'), foundAgent('a-2', 'cook')] });
  runtime.add('a2a', 'Empty');
  runtime.collect({ records: [running('r1', 'a-1', 'clerk'), running('r2', 'a-1', 'clerk', 20), running('r3', 'a-2', 'cook'), { draft: runDraft('r0', 'completed', { at: 1, until: 5, agent: { id: 'a-1', name: 'clerk' } }), raw: '{}' }] });
  runtime.tell([logDraft('tool:t', 30, { agent: { id: 'a-1', name: 'clerk' } })], 1, 'svc', ['langgraph.assistant:a-1']);
  runtime.command('agents.link', { agent: 3, to: 1, audit: words('ann') });
  return runtime;
}

describe('the facts of a scope', () => {
  it('name an agent with all its sides, who else is there, and what of it runs', () => {
    const facts = scope(house(), { kind: 'agent', id: 'agt-3' });
    expect(facts).toMatchObject({ scopeName: 'clerk', tasksOpen: 3, lastActUs: at(30), callers: [], usual: [], tried: [] });
    expect(facts.agents).toMatchObject([{ id: 1, publicId: 'agt-1', name: 'clerk', sources: [{ agent: 1, key: 'a-1', connection: 2 }, { agent: 3, key: 'a-1', connection: 1 }] }]);
    expect(facts.tasks.map((task) => [task.runKey, task.agent, task.connection])).toEqual([[null, 3, 1], ['r2', 1, 2], ['r1', 1, 2]]);
    expect(facts.connections.map((one) => [one.publicId, one.kind, one.enabled, one.address, one.levers.map((two) => two.id)])).toEqual([['con-2', 'langgraph', true, 'http://127.0.0.1:2024', ['langgraph.cancel-run']], ['con-1', 'otlp', true, null, []]]);
    expect(facts.connections[0]?.agents.map((one) => [one.name, one.key, one.inScope])).toEqual([['clerk', 'a-1', true], ['cook', 'a-2', false]]);
    expect(facts.settings.stopSilenceS).toBe(90);
  });

  it('name who else acts with the same account, when it is a shared or a borrowed one', () => {
    const runtime = house();
    const acts = (agent: number, identity: number, of: string | null): void => { runtime.history.db.prepare('UPDATE agent SET identity = ?, identity_of = ? WHERE id = ?').run(identity, of, agent); };
    const sharing = (): ScopeFacts['sharing'] => scope(runtime, { kind: 'agent', id: 'agt-1' }).sharing;
    acts(1, 4, 'fin@example.org');
    expect(sharing()).toEqual([]);
    acts(2, 3, 'fin@example.org');
    expect(sharing()).toEqual([{ id: 'agt-2', name: 'cook', identityOf: 'fin@example.org' }]);
    expect(scope(runtime, { kind: 'connection', id: 'con-2' }).sharing).toEqual([]);
    acts(2, 1, 'fin@example.org');
    expect(sharing()).toEqual([]);
    acts(2, 3, 'hr@example.org');
    expect(sharing()).toEqual([]);
  });

  it('name the one task, at its own runtime only, open or not', () => {
    const runtime = house();
    const id = (key: string): string => `tsk-${runtime.history.all<{ id: number }>('SELECT id FROM task WHERE key = ?', key)[0]?.id.toString(36) ?? ''}`;
    const open = scope(runtime, { kind: 'task', id: id('r1') });
    expect([open.tasks.map((task) => task.runKey), open.tasksOpen, open.agents.map((one) => one.sources.map((two) => two.connection)), open.connections.map((one) => one.publicId)]).toEqual([['r1'], 1, [[2]], ['con-2']]);
    const ended = scope(runtime, { kind: 'task', id: id('r0') });
    expect([ended.tasks.map((task) => task.runKey), ended.tasksOpen]).toEqual([['r0'], 0]);
  });

  it('name everybody behind a connection, and the connection also where nobody is yet', () => {
    const runtime = house();
    const server = scope(runtime, { kind: 'connection', id: 'con-2' });
    expect([server.scopeName, server.agents.map((one) => one.name).toSorted(), server.tasksOpen]).toEqual(['Server', ['clerk', 'cook'], 4]);
    expect(server.connections[0]?.agents.every((one) => one.inScope)).toBe(true);
    const empty = scope(runtime, { kind: 'connection', id: 'con-3' });
    expect([empty.agents, empty.tasks, empty.connections.map((one) => one.name)]).toEqual([[], [], ['Empty']]);
    const all = scope(runtime, { kind: 'everything' });
    expect([all.agents.length, all.connections.map((one) => one.publicId).toSorted()]).toEqual([2, ['con-1', 'con-2', 'con-3']]);
  });

  it('name everybody with a tag, whatever its capitals, through the side that it was put on', () => {
    const runtime = house();
    runtime.command('tags.set', { agent: 3, tags: ['Prod', 'prod', 'night'], audit: words('ann') });
    expect(scope(runtime, { kind: 'tag', tag: 'PROD' }).agents.map((one) => one.publicId)).toEqual(['agt-1']);
    runtime.command('tags.set', { agent: 1, tags: ['night'], audit: words('ann') });
    expect(refusal(() => scope(runtime, { kind: 'tag', tag: 'prod' })).message).toBe('No agent has the tag prod.');
  });

  it('say who is not there in words', () => {
    const runtime = house();
    for (const of of [{ kind: 'agent', id: 'agt-99' }, { kind: 'task', id: 'tsk-99' }, { kind: 'connection', id: 'con-99' }, { kind: 'agent', id: 'con-1' }] as const) expect(refusal(() => scope(runtime, of)).code).toBe('not_found');
  });

  it('leave out what was removed', () => {
    const runtime = house();
    runtime.history.db.prepare('UPDATE connection SET removed_us = 1, enabled = 0 WHERE id = 1').run();
    expect(scope(runtime, { kind: 'agent', id: 'agt-1' }).connections.map((one) => one.publicId)).toEqual(['con-2']);
    expect(scope(runtime, { kind: 'everything' }).connections.map((one) => one.publicId).toSorted()).toEqual(['con-2', 'con-3']);
    expect(refusal(() => scope(runtime, { kind: 'connection', id: 'con-1' })).code).toBe('not_found');
  });

  it('name who calls them from outside, how long levers took, what was tried and which rights are there', () => {
    const runtime = house();
    runtime.history.db.prepare('INSERT INTO agent_link (caller, called) VALUES (2, 3), (1, 3)').run();
    runtime.command('rights.write', { connection: 2, checks: [{ level: 'cancel', result: 'ok', text: 'Let in.' }], atUs: at(100) });
    const took = (ms: number, minute: number, silenceMs = 0): void => {
      const { id, levers: [one = 0] } = begin(runtime, { scope: { kind: 'agent', id: 'agt-1' } }, at(minute * 60));
      runtime.command('stops.write', { id, order: { state: 'verified', verifiedUs: at(minute * 60 + 50), ...(silenceMs > 0 ? { containedUs: at(minute * 60) + ms * 1_000 } : {}) }, levers: [{ id: one, state: 'reported', sentUs: at(minute * 60), confirmed: 'yes', confirmedUs: at(minute * 60) + (ms + silenceMs) * 1_000 }] });
    };
    took(3_000, 1);
    // Confirmed by silence: that is no part of how long it took.
    took(1_000, 2, 10_000);
    took(2_000, 3);
    begin(runtime, { levers: [newLever(planLever('never-confirmed'))], plan: stopPlan() });
    const facts = scope(runtime, { kind: 'agent', id: 'agt-1' });
    expect(facts.callers).toEqual([{ id: 'agt-2', name: 'cook', calls: 'clerk' }]);
    expect(facts.usual).toEqual([{ connection: 2, leverId: 'langgraph.cancel-run', p50Ms: 2_000, mostMs: 3_000, times: 3, newestUs: at(182) }]);
    expect(facts.tried).toEqual([{ level: 'cancel', atUs: at(230) }]);
    expect(facts.connections[0]?.rights).toEqual([{ level: 'cancel', result: 'ok', text: 'Let in.', atUs: at(100) }]);
    expect(scope(runtime, { kind: 'agent', id: 'agt-2' }).tried).toEqual([]);
  });
});

describe('signs', () => {
  const call = (key: string, from: number, to: number | null, more: Parameters<typeof logDraft>[2] = {}): ReturnType<typeof logDraft> =>
    logDraft(`tool:${key}`, from, { name: key, status: to === null ? 'running' : 'ok', agent: { name: 'clerk' }, startUs: at(from), endUs: to === null ? undefined : at(to), ...more });
  const signs = (runtime: TestRuntime, params: { sources: number[]; tasks?: number[]; sinceUs?: number; limit?: number }): SignRow[] => runtime.ask('signRows', { tasks: null, sinceUs: at(3_600), limit: 100, ...params }) as SignRow[];
  const names = (rows: readonly SignRow[]): string[] => rows.map((row) => row.name);

  it('are what began, ended or ran since, oldest first, whenever it began', () => {
    const runtime = freshRuntime();
    runtime.tell([
      call('old', 3_000, 3_590), call('old-and-short', 3_598, 3_599), call('short', 3_599, 3_601), call('long', 3_000, 3_605), call('very-long', -20_000, 3_620), call('runs', 3_500, null), call('new', 3_700, 3_701), call('newer', 3_800, null),
      call('someone-else', 3_700, 3_701, { agent: { name: 'cook' } }),
    ], 1, 'svc', [], at(4_000));
    const rows = signs(runtime, { sources: [1] });
    expect(names(rows)).toEqual(['very-long', 'long', 'runs', 'short', 'new', 'newer']);
    expect(rows[1]).toMatchObject({ agent: 1, connection: 1, kind: 'tool_call', status: 'ok', source: 'test/log', startUs: at(3_000), endUs: at(3_605) });
    expect(rows[2]).toMatchObject({ status: 'running', endUs: null });
    expect(names(signs(runtime, { sources: [1], limit: 2, sinceUs: at(3_650) }))).toEqual(['runs', 'new']);
    expect(names(signs(runtime, { sources: [1, 2], sinceUs: at(3_650) }))).toEqual(['runs', 'new', 'someone-else', 'newer']);
  });

  it('running for longer than six hours are under way no more', () => {
    const runtime = freshRuntime();
    runtime.tell([call('forgotten', -18_001, null), call('long', -17_999, null)], 1, 'svc', [], at(4_000));
    expect(names(signs(runtime, { sources: [1] }))).toEqual(['long']);
  });

  it('of a task are its rows only, also where it is too big to be read whole', () => {
    const runtime = freshRuntime();
    const inTask = (id: string, key: string, from: number, to: number | null): ReturnType<typeof logDraft> => call(key, from, to, { run: { kind: 'session', id } });
    runtime.tell([inTask('s1', 'one', 3_700, 3_701), inTask('s2', 'other', 3_700, 3_701), inTask('s1', 'two', 3_000, 3_700), inTask('s1', 'three', 3_500, null), inTask('s1', 'past', 3_000, 3_100)], 1, 'svc', [], at(4_000));
    const ask = (): string[] => names(signs(runtime, { sources: [1], tasks: [1] }));
    expect(ask()).toEqual(['two', 'three', 'one']);
    runtime.history.db.prepare('UPDATE task SET activities = 6000 WHERE id = 1').run();
    expect(ask()).toEqual(['two', 'three', 'one']);
  });
});
