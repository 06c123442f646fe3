import { describe, expect, it } from 'vitest';
import type { Params, Result } from '../../shared/contract.ts';
import type { Activity, Agent, ApprovalDetail, Connection, Cost, Lever, Task } from '../../shared/domain.ts';
import type { KeyPlaces } from './cli-keys.ts';
import { runLine } from './cli-test-run.ts';
import type { Answers, Printed } from './cli-test-run.ts';

const at = '2026-11-22T12:00:00.000Z';
const usage = { inputTokens: 1_200, outputTokens: 40, cacheReadTokens: 0, cacheWriteTokens: 0, reasoningTokens: 0 };
const cost: Cost = { amountMicros: 90_000, currency: 'USD', provenance: 'reported', unpriced: 0 };
const agent: Agent = {
  id: 'agt-1', name: 'order\u202etriage', service: 'orders', version: 'v1', identity: 'delegated', identityOf: 'ada', connectionId: 'con-1', connectionName: 'Lab', source: 'genai', firstSeen: at, lastSeen: at,
  state: 'not_seen', openTasks: 0, tasks: 1, activities: 3, failures: 0, denials: 0, usage, cost, failureSpark: [0, null],
};
const task = (n: number): Task => ({
  id: `tsk-${n}`, agentId: 'agt-1', agentName: 'x', connectionId: 'con-1', key: 'k', keyKind: 'trace', name: '', startedAt: at, endedAt: null, lastActivityAt: at, outcome: 'running', outcomeBasis: 'open_work', usage, cost,
  activities: 1, failures: 0, open: 1, agents: [], stuck: null,
});
const call: Activity = {
  id: 'act-1', time: at, endTime: at, agentId: 'agt-1', agentName: 'x', taskId: 'tsk-1', connectionId: 'con-1', kind: 'tool_call', name: 'search', status: 'error', durationMs: 12.5, usage: null, cost: null, model: null,
  error: { type: 'E', message: 'bad\u001b[31m' }, parentId: null, source: 's', failureId: null, authority: null, notes: [],
};
const connection: Connection = {
  id: 'con-1', kind: 'otlp', name: 'Lab', createdAt: at, enabled: true, demo: false, content: 'redacted', health: 'waiting', healthText: 'Waiting.', endpoint: 'http://127.0.0.1:4318', tokenEnds: 'abcd', runtime: null, firstDataAt: null,
  lastDataAt: null, agents: 0, activities: 0, received: { bodies: 0, bytes: 0, spans: 0, logs: 0, metricPoints: 0 }, refused: [], setAside: [],
};

const keys: KeyPlaces = { variable: (name) => (name === 'KEY' ? 'sk-secret-value\n' : undefined), file: (path) => (path === 'keys.json' ? '{"keys":[{"kty":"OKP","crv":"Ed25519","x":"AA"}]}' : 'from-the-file'), stdin: () => Promise.resolve('from-stdin'), line: () => Promise.resolve(null) };

const run = (line: string, answers: Answers, running = true): Promise<Printed> => runLine(line, { answers, keys, running });

describe('lists as JSON', () => {
  it('agents: one array, the stable keys first', async () => {
    const { out } = await run('agents --json', { 'agents.list': () => ({ rows: [agent], more: 0 }) });
    const rows = JSON.parse(out) as Record<string, unknown>[];
    expect(Object.keys(rows[0] ?? {}).slice(0, 11)).toEqual(['id', 'name', 'service', 'version', 'identity', 'lastSeen', 'tasks', 'activities', 'failures', 'usage', 'cost']);
    expect(rows[0]).toMatchObject({ usage, cost: { amountMicros: 90_000, currency: 'USD', provenance: 'reported' } });
    expect(rows[0]?.['name']).toBe('order\u202etriage');
  });

  it('activity: usage and error are null when there is none', async () => {
    const { out } = await run('activity --json', { 'activity.list': () => ({ rows: [call, { ...call, error: null }], next: null }) });
    const rows = JSON.parse(out) as Record<string, unknown>[];
    expect(Object.keys(rows[0] ?? {}).slice(0, 10)).toEqual(['id', 'time', 'agentId', 'taskId', 'kind', 'name', 'status', 'durationMs', 'usage', 'error']);
    expect(rows[0]).toMatchObject({ usage: null, error: { type: 'E', message: 'bad\u001b[31m' } });
    expect(rows[1]?.['error']).toBeNull();
  });

  it('an empty list is an empty array', async () => {
    const { out } = await run('tasks --json', { 'tasks.list': () => ({ rows: [], next: null }) });
    expect(JSON.parse(out)).toEqual([]);
  });

  it('reads page after page up to the limit, and says when there is more', async () => {
    const asked: unknown[] = [];
    const { out, err } = await run('tasks --json --limit 1500', { 'tasks.list': (params) => {
      asked.push(params.before);
      const from = Number(params.before ?? 0);
      const rows = Array.from({ length: params.limit ?? 0 }, (_, n) => task(from + n));
      return { rows, next: String(from + rows.length) };
    } });
    expect((JSON.parse(out) as { id: string }[]).map((row) => row.id)).toEqual(Array.from({ length: 1_500 }, (_, n) => `tsk-${n}`));
    expect(asked).toEqual([undefined, '1000']);
    expect(err).toContain('The first 1,500 are shown; there are more.');
  });

  it('says nothing more when the list ends at the limit', async () => {
    const { err } = await run('tasks --json --limit 2', { 'tasks.list': () => ({ rows: [task(1), task(2)], next: null }) });
    expect(err).toBe('');
  });

  it('status is an array too', async () => {
    const { out } = await run('status --json', { 'system.status': () => ({ pid: 7 }) as Result<'system.status'> }, false);
    expect(JSON.parse(out)).toEqual([{ running: false, pid: 7 }]);
  });
});

describe('tables', () => {
  it('shows agent text inert', async () => {
    const { out } = await run('activity', { 'activity.list': () => ({ rows: [call], next: null }) });
    expect(out).toContain('E: bad[U+001B][31m');
    expect(out).not.toContain('\u001b');
  });
});

describe('--agent', () => {
  const agents: Answers = { 'agents.list': () => ({ rows: [agent, { ...agent, id: 'agt-2', name: 'twin' }, { ...agent, id: 'agt-3', name: 'twin' }], more: 0 }) };
  it('takes an id or an exact name', async () => {
    const asked: unknown[] = [];
    const answers: Answers = { ...agents, 'tasks.list': (params) => { asked.push(params.agentId); return { rows: [], next: null }; } };
    await run('tasks --agent agt-2 --json', answers);
    await run('tasks --agent order\u202etriage --json', answers);
    expect(asked).toEqual(['agt-2', 'agt-1']);
  });

  it('names the ids when a name means several, and says when it means nobody', async () => {
    await expect(run('tasks --agent twin', agents)).rejects.toThrow(/2 agents are called "twin".*agt-2.*agt-3/);
    await expect(run('activity --agent nobody', agents)).rejects.toThrow('No agent has the id or the name "nobody"');
  });
});

describe('connections', () => {
  const added: Answers = { 'connections.addOtlp': () => ({ connection, token: 'gh_t', endpoint: 'http://127.0.0.1:4318', snippets: [] }) };
  it('add prints an object with id, endpoint, token and environment', async () => {
    const { out, err } = await run('connections add otlp --name Lab --json', added);
    expect(JSON.parse(out)).toMatchObject({
      id: 'con-1', endpoint: 'http://127.0.0.1:4318', token: 'gh_t',
      env: { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:4318', OTEL_EXPORTER_OTLP_PROTOCOL: 'http/protobuf', OTEL_EXPORTER_OTLP_HEADERS: 'x-gatehouse-token=gh_t' },
    });
    expect(err).toBe('');
  });

  it('add says that nobody listens yet when no engine runs', async () => {
    const { err } = await run('connections add otlp --name Lab --json', added, false);
    expect(err).toContain('No engine runs now');
  });

  it('remove keeps the history unless told otherwise', async () => {
    const asked: unknown[] = [];
    const answers: Answers = { 'connections.list': () => ({ rows: [connection], strangers: [] }), 'connections.remove': (params) => { asked.push(params); return { removedActivities: 5 }; } };
    const kept = await run('connections remove Lab', answers);
    const gone = await run('connections remove con-1 --delete-history', answers);
    expect(asked).toEqual([{ id: 'con-1', history: 'keep' }, { id: 'con-1', history: 'delete' }]);
    expect(kept.out).toContain('Its history was kept');
    expect(gone.out).toContain('5 activities with it');
  });
});

const runtime: NonNullable<Connection['runtime']> = {
  address: 'http://127.0.0.1:2024', product: 'LangGraph', version: '1.5.1', visibility: 'all', visibilityText: 'Everybody\u2019s.', capabilities: [], levers: [], credential: 'kept', credentialHint: '89ab', stopCredential: 'none', stopCredentialHint: null, circuit: 'closed',
  lastPollAt: at, nextPollAt: at, fault: null, findings: [{ id: 'f', severity: 'attention', text: 'No key\u001b[31m is needed.' }],
};
const server: Connection = { ...connection, id: 'con-2', kind: 'langgraph', name: 'Claims', health: 'healthy', healthText: 'Last read 1 s ago.', endpoint: null, tokenEnds: null, runtime };
const approval: ApprovalDetail = {
  id: 'apr-1', connectionId: 'con-2', connectionName: 'Claims', connectionKind: 'langgraph', agentId: 'agt-1', agentName: 'payer', taskId: null, state: 'waiting', kind: 'tool_call', title: 'pay', askedAt: at, expiresAt: null, seenAt: at,
  decidedAt: null, decidedBy: null, reason: null, answers: ['approve', 'reject'], destructive: null, actions: [{ name: 'pay', parameters: `{"to":"${'x'.repeat(5_000)}"}`, description: null, answers: ['approve'] }], question: null,
  raw: '{"raw":true}', fingerprint: 'f'.repeat(64), onBehalfOf: null, evidence: [], note: null, responseShape: null,
};

describe('runtimes', () => {
  it('sends the credential from where it was said to be, and never prints it', async () => {
    const sent: unknown[] = [];
    const add = (params: Params<'connections.addRuntime'>): Connection => { sent.push(params.credential); return server; };
    const shown: Printed[] = [];
    for (const key of ['--key-env KEY', '--key-file k', '--key-stdin --session', '--credential env:NAME', '']) {
      shown.push(await run(`connections add langgraph --name Claims --url http://127.0.0.1:2024 ${key}`.trim(), { 'connections.addRuntime': add }));
    }
    expect(sent).toEqual([{ from: 'value', value: 'sk-secret-value' }, { from: 'value', value: 'from-the-file' }, { from: 'value', value: 'from-stdin', keep: 'session' }, { from: 'env', name: 'NAME' }, { from: 'none' }]);
    expect(JSON.stringify(shown.map(({ out, err }) => [out, err]))).not.toMatch(/secret-value|from-the-file|from-stdin/);
    await expect(run('connections add langgraph --name C --url http://x --key-env NONE', {})).rejects.toMatchObject({ code: 'bad_request' });
  });

  it('gives the credential that only stops apart from the other, and shows both', async () => {
    const sent: unknown[] = [];
    const lever: Lever = { id: 'l', level: 'cancel', kind: 'cut', title: 'Cancel', reach: 'task', step: 'cut', undo: 'none', undoText: '', repeatable: true, idleOnly: false, wanted: true, pulled: true, doesNotStop: [] };
    const given: Connection = { ...server, runtime: { ...runtime, levers: [lever], stopCredential: 'kept', stopCredentialHint: 'cdef' } };
    const answers: Answers = { 'connections.list': () => ({ rows: [server], strangers: [] }), 'connections.setCredential': (params) => { sent.push(params); return given; } };
    const { out } = await run('connections credential Claims --stop --key-env KEY', answers);
    await run('connections credential Claims --stop', answers);
    await run('connections credential Claims --key-env KEY', answers);
    expect(sent).toEqual([
      { id: 'con-2', use: 'stop', credential: { from: 'value', value: 'sk-secret-value' } }, { id: 'con-2', use: 'stop', credential: { from: 'none' } }, { id: 'con-2', use: 'read', credential: { from: 'value', value: 'sk-secret-value' } },
    ]);
    expect(out).toMatch(/Credential +kept \(…89ab\)/);
    expect(out).toMatch(/Stops with +kept \(…cdef\)/);
    expect(out).not.toContain('secret-value');
    const levers: Answers = { 'connections.list': () => ({ rows: [{ ...server, runtime: { ...runtime, levers: [lever] } }], strangers: [] }) };
    expect((await run('connections show Claims', levers)).out).toMatch(/Stops with +the same credential/);
  });

  it('pins the keys of an agent card', async () => {
    const targets: unknown[] = [];
    const add = (params: Params<'connections.addRuntime'>): Connection => { targets.push(params.target); return server; };
    await run('connections add a2a --name A --url http://x --card-keys keys.json', { 'connections.addRuntime': add });
    expect(targets).toEqual([{ kind: 'a2a', url: 'http://x', keys: [{ kty: 'OKP', crv: 'Ed25519', x: 'AA' }] }]);
    await expect(run('connections add a2a --name A --url http://x --card-keys other.txt', {})).rejects.toMatchObject({ code: 'bad_request' });
  });

  it('prints the connection: as JSON with the keys of the contract, for people inert', async () => {
    expect(JSON.parse((await run('connections show Claims --json', { 'connections.list': () => ({ rows: [server], strangers: [] }) })).out)).toEqual(server);
    const { out } = await run('connections show con-2', { 'connections.list': () => ({ rows: [server], strangers: [] }) });
    expect(out).toContain('healthy: Last read 1 s ago.');
    expect(out).not.toContain('\u001b');
  });

  it('ends a test with 1 when not all is well', async () => {
    const check = { id: 'reach', title: 'Reachable', result: 'failed' as const, detail: 'Nothing listens.', fix: 'Start it.', ms: 3 };
    const test = { ok: false, at, checks: [check], capabilities: [], visibility: 'unknown' as const, product: null, version: null };
    const answers: Answers = { 'connections.list': () => ({ rows: [server], strangers: [] }), 'connections.test': () => test };
    const json = await run('connections test Claims --json', answers);
    expect([json.code, JSON.parse(json.out)]).toEqual([1, test]);
    expect((await run('connections test Claims', { ...answers, 'connections.test': () => ({ ...test, ok: true }) })).code).toBe(0);
  });

  it('consents only when told to, after the command was shown', async () => {
    const local: Connection = { ...server, id: 'con-3', kind: 'mcp', runtime: { ...runtime, address: 'npx -y tools' } };
    const agreed: string[] = [];
    const answers: Answers = { 'connections.addRuntime': () => local, 'connections.consent': ({ command }) => { agreed.push(command); return local; } };
    const first = await run('connections add mcp --name T --command npx -- -y tools', answers);
    expect([first.err.includes('Command: npx -y tools'), first.err.includes('It was not started'), agreed]).toEqual([true, true, []]);
    await run('connections add mcp --name T --command npx --consent -- -y tools', answers);
    expect(agreed).toEqual(['npx -y tools']);
  });
});

describe('approvals', () => {
  it('shows the whole request, never cut', async () => {
    const { out } = await run('approvals show apr-1', { 'approvals.get': () => approval });
    expect(out).toContain('x'.repeat(5_000));
    expect(out).toContain(approval.fingerprint);
  });

  it('binds an answer to the fingerprint that was given, or to what is there now', async () => {
    const bound: unknown[] = [];
    const answers: Answers = { 'approvals.get': () => approval, 'approvals.decide': (params) => { bound.push([params.fingerprint, params.decision]); return { ...approval, state: 'approved' }; } };
    await run(`approvals approve apr-1 --fingerprint ${'0'.repeat(64)}`, answers);
    expect(JSON.parse((await run('approvals approve apr-1 --reason fine --json', answers)).out)).toMatchObject({ state: 'approved' });
    expect(bound).toEqual([['0'.repeat(64), { answer: 'approve' }], ['f'.repeat(64), { answer: 'approve', reason: 'fine' }]]);
  });

  it('lists what waits, and with --all what was decided after it', async () => {
    const { actions: _actions, question: _question, raw: _raw, fingerprint: _fingerprint, onBehalfOf: _onBehalfOf, evidence: _evidence, note: _note, responseShape: _shape, ...row } = approval;
    const answers: Answers = { 'approvals.list': ({ state }) => ({ rows: [{ ...row, state: state === 'waiting' ? 'waiting' as const : 'rejected' as const }], next: null, waiting: 1 }) };
    expect((JSON.parse((await run('approvals --json', answers)).out) as { state: string }[]).map((one) => one.state)).toEqual(['waiting']);
    expect((JSON.parse((await run('approvals --all --json', answers)).out) as { state: string }[]).map((one) => one.state)).toEqual(['waiting', 'rejected']);
  });
});
