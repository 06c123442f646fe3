import { describe, expect, it } from 'vitest';
import type { ActivityDetail, Result } from '../../../shared/contract.ts';
import type { Connection, Task } from '../../../shared/domain.ts';
import { StoreError } from './errors.ts';
import { retireConnection } from './retention.ts';
import type { RuntimeFact } from './runtime-commands.ts';
import { second, t0 } from './test-history.ts';
import { emptyFacts, foundApproval, freshRuntime, runDraft, type TestRuntime, words } from './test-runtime.ts';

const at = (seconds: number): number => t0 + seconds * second;
const facts = (runtime: TestRuntime): RuntimeFact[] => runtime.ask('runtimeFacts', {}) as RuntimeFact[];
const link = (runtime: TestRuntime): Connection['runtime'] => (runtime.ask('connections.list', {}) as Result<'connections.list'>).rows.find((row) => row.kind !== 'otlp')?.runtime ?? null;
const step = (n: number, more: Parameters<typeof runDraft>[2] = {}): ReturnType<typeof runDraft> =>
  runDraft('r1', undefined, { role: 'activity', kind: 'tool_call', key: `step:${n}`, name: `step-${n}`, status: 'ok', at: n, until: n + 1, ...more });

describe('a batch', () => {
  it('is one transaction: records, what is stuck, gaps, refusals and the checkpoint', () => {
    const runtime = freshRuntime();
    const { note } = runtime.collect({
      records: [{ draft: runDraft('r1', 'running', { at: 1 }), raw: '{"run_id":"r1","status":"running"}' }, { draft: step(2), raw: '{"step":2}' }],
      stuck: [{ run: { kind: 'run', id: 'r1' }, sinceUs: at(1), text: 'Pending for 5 min.' }, { run: { kind: 'run', id: 'unheard of' }, sinceUs: at(1), text: 'x' }],
      gaps: [{ fromUs: at(-60), toUs: at(-30), text: 'The runtime keeps no runs that old.' }], refused: [{ reason: 'thread without an id', count: 2, sample: '{}' }], checkpoint: '{"since":1}',
    });
    expect(note).toMatchObject({ inserted: 2 });
    expect(new Set(note?.topics)).toEqual(new Set(['activity', 'agents', 'tasks', 'gaps', 'connections', 'status']));
    const task = runtime.ask('tasks.get', { id: 'tsk-1' }) as Task;
    expect(task).toMatchObject({ key: 'r1', keyKind: 'run', outcome: 'running', outcomeBasis: 'reported', stuck: { text: 'Pending for 5 min.' } });
    expect(runtime.history.all('SELECT reason, text FROM gap')).toEqual([{ reason: 'runtime_faulty', text: 'The runtime keeps no runs that old.' }]);
    expect(runtime.history.all('SELECT reason, count, sample FROM tally')).toEqual([{ reason: 'thread without an id', count: 2, sample: '{}' }]);
    expect(facts(runtime)).toMatchObject([{ checkpoint: '{"since":1}' }]);
  });

  it('of which something fails leaves nothing, not even in memory', () => {
    const runtime = freshRuntime();
    expect(() => runtime.collect({ records: [{ draft: step(1), raw: '{}' }], checkpoint: 'x'.repeat(300_000) })).toThrow(/remember/);
    expect([runtime.history.all('SELECT id FROM activity'), facts(runtime)[0]?.checkpoint]).toEqual([[], null]);
    runtime.collect({ records: [{ draft: step(1), raw: '{}' }] });
    expect(runtime.history.all('SELECT id FROM activity').length).toBe(1);
  });

  it('told again, also after a restart, adds nothing', () => {
    const runtime = freshRuntime();
    const batch = {
      records: [{ draft: runDraft('r1', 'running', { at: 1 }), raw: '{"a":1}' }, { draft: step(2), raw: '{"b":1}' }, { draft: runDraft('r1', 'completed', { at: 1, until: 9 }), raw: '{"a":2}' }],
      gaps: [{ fromUs: at(-60), toUs: at(-30), text: 'gone' }], checkpoint: '{"n":1}',
    };
    runtime.collect(batch);
    const before = [runtime.history.snapshot(), runtime.history.all('SELECT * FROM extra_ref'), runtime.history.all('SELECT * FROM gap')];
    runtime.collect(batch, at(70));
    runtime.restart();
    expect(facts(runtime)[0]?.checkpoint).toBe('{"n":1}');
    runtime.collect(batch, at(80));
    expect([runtime.history.snapshot(), runtime.history.all('SELECT * FROM extra_ref'), runtime.history.all('SELECT * FROM gap')]).toEqual(before);
    for (const [kept, counted] of Object.values(runtime.history.sumsTwice())) expect(kept).toEqual(counted);
  });

  it('says of a very long error text that it was cut', () => {
    const runtime = freshRuntime();
    runtime.collect({ records: [{ draft: step(1, { status: 'error', error: { type: 'Error', message: 'L'.repeat(4_000) } }), raw: '{}' }] });
    const [failure] = (runtime.ask('failures.list', { limit: 10 }) as Result<'failures.list'>).rows;
    expect(failure?.error.message).toBe(`${'L'.repeat(1_023)}…`);
  });

  it('with times that are none is stored with ours', () => {
    const runtime = freshRuntime();
    runtime.collect({
      records: [{ draft: step(1, { startUs: Number.NaN, endUs: Number.POSITIVE_INFINITY }), raw: '{}' }, { draft: step(2, { startUs: t0 + 0.5, endUs: t0 + 1.5 }), raw: '{}' }],
      approvals: [foundApproval('a', { askedUs: Number.NaN, expiresUs: Number.NaN })], stuck: [{ run: { kind: 'run', id: 'r1' }, sinceUs: Number.NaN, text: 'x' }], gaps: [{ fromUs: Number.NaN, toUs: 5, text: 'x' }],
    });
    expect(runtime.history.all('SELECT ts_us FROM activity ORDER BY id')).toEqual([{ ts_us: at(60) }, { ts_us: t0 + 1 }]);
    expect(runtime.history.all('SELECT asked_us, expires_us FROM approval')).toEqual([{ asked_us: at(60), expires_us: null }]);
    expect([runtime.history.all('SELECT since_us FROM stuck'), runtime.history.all('SELECT id FROM gap')]).toEqual([[{ since_us: at(60) }], []]);
  });

  it('that brings nothing tells nobody', () => {
    const runtime = freshRuntime();
    expect(runtime.collect({ approvals: [], stuck: [] }).note).toBeNull();
  });

  it('of a connection that was removed is refused', () => {
    const runtime = freshRuntime();
    retireConnection(runtime.history.db, runtime.connection, t0);
    expect(() => runtime.collect({ records: [{ draft: step(1), raw: '{}' }] })).toThrow(StoreError);
    expect(runtime.history.all('SELECT id FROM activity')).toEqual([]);
  });

  it('what is stuck no longer goes on', () => {
    const runtime = freshRuntime();
    const records = [{ draft: runDraft('r1', 'running', { at: 1 }), raw: '{}' }];
    runtime.collect({ records, stuck: [{ run: { kind: 'run', id: 'r1' }, sinceUs: at(1), text: 'x' }] });
    runtime.collect({ stuck: null }, at(70));
    expect(runtime.history.all('SELECT task FROM stuck').length).toBe(1);
    expect(runtime.collect({ stuck: [] }, at(80)).note?.topics).toEqual(['tasks']);
    expect(runtime.history.all('SELECT task FROM stuck')).toEqual([]);
  });
});

describe('content levels', () => {
  const secret = 'ghp_0123456789abcdefghijABCDEFGHIJ012345';
  const raw = JSON.stringify({ name: 'step', input: { text: `say "${secret}" to ann@example.com\nnow \\ then` }, password: 'hunter2-hunter2' });
  const draft = step(1, { name: `step for ann@example.com`, taskName: 'letter to ann@example.com', error: { type: 'E', message: `no ${secret}` }, status: 'error' });
  const stored = (runtime: TestRuntime): ActivityDetail => {
    runtime.collect({ records: [{ draft, raw }], refused: [{ reason: 'r', count: 1, sample: `for ann@example.com` }] });
    return runtime.ask('activity.get', { id: 'act-1' }) as ActivityDetail;
  };

  it('full keeps the runtime\'s own text', () => {
    const detail = stored(freshRuntime('langgraph', 'full'));
    expect(JSON.parse(detail.raw[0] ?? '')).toEqual(JSON.parse(raw));
    expect(detail.attributes.map((one) => one.key)).toEqual(['name', 'input', 'password']);
    expect(detail.activity).toMatchObject({ name: 'step for ann@example.com', error: { message: `no ${secret}` } });
  });

  it('redacted masks secrets and addresses everywhere, and it stays JSON', () => {
    const runtime = freshRuntime('langgraph', 'redacted');
    const detail = stored(runtime);
    const everything = JSON.stringify([detail, runtime.history.all('SELECT text FROM string'), runtime.history.all('SELECT sample FROM tally'), runtime.history.all('SELECT name FROM task')]);
    expect(everything).not.toMatch(/ghp_0123456789abcdef|ann@example\.com|hunter2-hunter2/);
    expect((JSON.parse(detail.raw[0] ?? '') as { input: { text: string } }).input.text).toMatch(/^say ".*\nnow \\ then$/s);
  });

  it('none keeps no text of it at all', () => {
    const runtime = freshRuntime('langgraph', 'none');
    const detail = stored(runtime);
    expect([detail.raw, detail.attributes, detail.activity.error, runtime.history.all('SELECT name FROM task'), runtime.history.all('SELECT sample FROM tally')])
      .toEqual([[], [], { type: 'E', message: null }, [{ name: '' }], [{ sample: null }]]);
  });

  it('a record that is too big is kept by its beginning, and what is no JSON as it is', () => {
    const runtime = freshRuntime();
    runtime.collect({ records: [{ draft: step(1), raw: `"${'y'.repeat(5_000_000)}"` }, { draft: step(2), raw: 'not JSON' }] });
    const first = runtime.ask('activity.get', { id: 'act-1' }) as ActivityDetail;
    expect(first.attributes[0]?.value).toMatch(/5000002 characters long, too long to be kept/);
    expect((runtime.ask('activity.get', { id: 'act-2' }) as ActivityDetail).raw).toEqual(['not JSON']);
  });
});

describe('a discovery', () => {
  const tool = { kind: 'tool' as const, name: 'delete', description: 'Deletes.', readOnly: false, destructive: true, openWorld: null, idempotent: null, from: 'tools/list' };
  const clerk = { claim: { id: 'assistant-1', name: 'clerk', version: '3' }, aliases: [], grants: [tool], atUs: at(60) };

  it('makes agents that did nothing yet visible, with what they can reach', () => {
    const runtime = freshRuntime();
    // The runtime made it long ago: it was seen now.
    runtime.discover({ agents: [{ ...clerk, atUs: at(10) }], grants: [{ ...tool, name: 'read', destructive: false }], facts: { ...emptyFacts, product: 'LangGraph Server' } });
    const period = { from: new Date(t0 / 1_000).toISOString(), to: null };
    const agents = runtime.ask('agents.list', { period, includeIdle: true }) as Result<'agents.list'>;
    expect(agents.rows).toMatchObject([{ name: 'clerk', version: '3', activities: 0, firstSeen: new Date(at(10) / 1_000).toISOString(), lastSeen: new Date(at(60) / 1_000).toISOString(), source: 'langgraph/discovery' }]);
    expect((runtime.ask('agents.list', { period, includeIdle: false }) as Result<'agents.list'>).rows).toEqual([]);
    expect((runtime.ask('counts', {}) as { agents: number }).agents).toBe(1);
    const grants = runtime.ask('grants.list', { gone: false, limit: 100 }) as Result<'grants.list'>;
    expect(grants.rows).toMatchObject([{ agentId: null, name: 'read', destructive: false }, { agentName: 'clerk', name: 'delete', destructive: true, readOnly: false, openWorld: null, from: 'tools/list' }]);
    expect((runtime.ask('grants.list', { agentId: agents.rows[0]?.id, gone: false, limit: 100 }) as Result<'grants.list'>).rows.map((row) => row.name)).toEqual(['delete']);
    expect(link(runtime)).toMatchObject({ product: 'LangGraph Server', visibility: 'all', address: 'http://127.0.0.1:2024' });
    expect(facts(runtime)[0]?.discoveredUs).toBe(at(60));
  });

  it('that is whole says what is gone, one that is not says nothing of it', () => {
    const runtime = freshRuntime();
    runtime.discover({ agents: [clerk] });
    runtime.discover({ agents: [{ ...clerk, grants: [] }], complete: false }, at(70));
    const names = (): string[] => (runtime.ask('grants.list', { gone: false, limit: 100 }) as Result<'grants.list'>).rows.map((row) => row.name);
    expect(names()).toEqual(['delete']);
    runtime.discover({ agents: [{ ...clerk, grants: [] }] }, at(80));
    expect(names()).toEqual([]);
    runtime.discover({ agents: [{ ...clerk, claim: { ...clerk.claim, name: 'head clerk' } }] }, at(90));
    expect([names(), runtime.history.agents()]).toEqual([['delete'], ['head clerk']]);
    expect(runtime.history.all('SELECT first_us, last_us FROM grant_seen')).toEqual([{ first_us: at(60), last_us: at(90) }]);
  });

  it('is not needed for an agent that asks: who is asked finds it', () => {
    const runtime = freshRuntime();
    runtime.collect({ approvals: [foundApproval('a')] });
    const [approval] = (runtime.ask('approvals.list', { state: 'waiting', limit: 1 }) as Result<'approvals.list'>).rows;
    const period = { from: new Date(t0 / 1_000).toISOString(), to: null };
    expect(runtime.ask('agents.get', { id: approval?.agentId, period })).toMatchObject({ name: 'clerk', activities: 0, sources: [{ by: null, why: null }], grants: 0 });
  });

  it('meets the same agent that acts', () => {
    const runtime = freshRuntime();
    runtime.discover({ agents: [clerk] });
    runtime.collect({ records: [{ draft: runDraft('r1', 'completed', { at: 1, until: 5 }), raw: '{}' }], approvals: [foundApproval('a')] });
    expect(runtime.history.agents()).toEqual(['clerk']);
  });
});

describe('a runtime', () => {
  it('is kept without its credential, and its state is shown', () => {
    const runtime = freshRuntime();
    expect(facts(runtime)).toMatchObject([{ id: runtime.connection, kind: 'langgraph', name: 'Server', target: { kind: 'langgraph', url: 'http://127.0.0.1:2024' }, credential: null, enabled: true, content: 'full', consent: null }]);
    runtime.command('runtimes.update', { id: runtime.connection, credential: 'env:LANGGRAPH_KEY', credentialHint: 'LANGGRAPH_KEY', audit: words('ann', { action: 'connection.credential' }) });
    runtime.command('runtimes.state', { id: runtime.connection, circuit: 'open', lastPollUs: at(60), nextPollUs: at(65), fault: { kind: 'throttled', text: 'It asks for patience.', sinceUs: at(60) }, seen: null });
    expect(link(runtime)).toMatchObject({ credential: 'reference', credentialHint: 'LANGGRAPH_KEY', circuit: 'open', fault: { kind: 'throttled', text: 'It asks for patience.' }, nextPollAt: new Date(at(65) / 1_000).toISOString() });
    expect(runtime.history.all('SELECT action FROM audit_entry ORDER BY id')).toEqual([{ action: 'test' }, { action: 'connection.credential' }]);
  });

  it('is seen when its poll went well, not when the receiver listened', () => {
    const runtime = freshRuntime();
    runtime.command('seen.extend', { fromUs: t0, toUs: at(9) });
    for (const [from, to] of [[1, 2], [2, 3], [7, 8]] as const) {
      runtime.command('runtimes.state', { id: runtime.connection, circuit: 'closed', lastPollUs: at(to), nextPollUs: null, fault: null, seen: { fromUs: at(from), toUs: at(to) } });
    }
    expect(runtime.history.all('SELECT connection, (from_us - ?) / 1000000 AS "from", (to_us - ?) / 1000000 AS "to" FROM seen ORDER BY 1, 2', t0, t0))
      .toEqual([{ connection: 1, from: 0, to: 9 }, { connection: 2, from: 1, to: 3 }, { connection: 2, from: 7, to: 8 }]);
  });

  it('may move, but not become another kind; a changed command voids the consent', () => {
    const runtime = freshRuntime();
    expect(() => runtime.command('runtimes.update', { id: runtime.connection, target: { kind: 'a2a', url: 'http://127.0.0.1:1' } })).toThrow(/kind langgraph/);
    const target = { kind: 'mcp' as const, transport: 'stdio' as const, command: 'node', args: ['server.js'], env: [] };
    const { id } = runtime.command('runtimes.add', { name: 'Files', target, credential: null, credentialHint: null, content: 'redacted', demo: false, audit: words('ann') });
    const consent = (): string | null | undefined => facts(runtime).find((one) => one.id === id)?.consent;
    runtime.command('runtimes.update', { id, consent: 'node server.js' });
    runtime.command('runtimes.update', { id, target });
    expect(consent()).toBe('node server.js');
    runtime.command('runtimes.update', { id, target: { ...target, args: ['other.js'] } });
    expect(consent()).toBeNull();
  });

  it('that is removed loses its credential; with its history everything of it goes', () => {
    const runtime = freshRuntime();
    runtime.command('runtimes.update', { id: runtime.connection, credential: 'vault:x', credentialHint: '…abcd' });
    retireConnection(runtime.history.db, runtime.connection, at(70));
    expect(runtime.history.all('SELECT credential, credential_hint FROM runtime')).toEqual([{ credential: null, credential_hint: null }]);
    expect(facts(runtime)).toEqual([]);
  });
});
