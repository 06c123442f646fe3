/** What the fold keeps equals what is computed from nothing, whatever happened in whatever order. */
import { describe, expect, it, vi } from 'vitest';
import { readDocument } from '../access/read-document.ts';
import type { Discovered, FoundGrant } from '../ingest/collected.ts';
import type { Draft } from '../ingest/draft.ts';
import { AccessFold } from './access-fold.ts';
import { markAll } from './access-dirty.ts';
import { removeConnection, retain } from './retention.ts';
import { logDraft, second, t0 } from './test-history.ts';
import { freshRuntime, words, type TestRuntime } from './test-runtime.ts';

type FoundAgent = Discovered['agents'][number];
const at = (seconds: number): number => t0 + seconds * second;
const tool = (name: string, more: Partial<FoundGrant> = {}): FoundGrant => ({ kind: 'tool', name, description: null, readOnly: true, destructive: null, openWorld: false, idempotent: null, from: 'tools/list', ...more });
const agent = (id: string, grants: readonly FoundGrant[], more: Partial<FoundAgent> = {}): FoundAgent => ({ claim: { id, name: id }, aliases: [], grants, atUs: at(1), ...more });
const policy = (actions: readonly string[], effect = 'Allow'): string => JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: effect, Action: actions, Resource: '*' }] });

let keys = 0;
const call = (name: string, by: string, more: Partial<Draft> = {}): Draft => { keys += 1; return logDraft(`tool:${keys}`, keys, { name, agent: { name: by }, ...more }); };

function fold(runtime: TestRuntime, nowUs = at(120)): number {
  let turns = 1;
  while (runtime.writer.foldAccess(nowUs, 5).more) turns += 1;
  return turns;
}

/** Everything that is kept, by names instead of ids where ids depend on the order. */
function kept(runtime: TestRuntime): Record<string, unknown[]> {
  const { history } = runtime;
  const column = "CASE WHEN x.column_id < 0 THEN x.column_id ELSE (SELECT resource || ' ' || class FROM access_column WHERE id = x.column_id) END AS col";
  return {
    rows: history.all('SELECT holder, name, identity, held, cannot_tell, not_understood, denied, findings, not_seen FROM access_row ORDER BY 1'),
    uses: history.all('SELECT * FROM grant_use ORDER BY 1, 2'),
    cells: history.all(`SELECT x.holder, ${column}, x.grants, x.cannot_tell, x.times, x.denied, x.last_used_us, x.last_denied_us, x.irreversible, x.shared, x.expires_us, x.first_us FROM access_cell x ORDER BY 1, 2`),
    facets: history.all(`SELECT x.holder, ${column}, x.grant_id, x.reversibility FROM access_facet x ORDER BY 1, 2, 3`),
    columns: history.all('SELECT resource, class, reversibility, holders FROM access_column ORDER BY 1, 2'),
    findings: history.all('SELECT subject, rule, severity, holder, grant_id, text, advice FROM finding WHERE gone_us IS NULL ORDER BY 1'),
    credentials: history.all('SELECT agent, credential, evidence, first_us, last_us FROM agent_credential ORDER BY 1, 2'),
  };
}

/** The same, made from nothing in a transaction that never was. */
function rebuilt(runtime: TestRuntime, nowUs = at(120)): Record<string, unknown[]> {
  const { db } = runtime.history;
  db.exec('BEGIN');
  try {
    for (const table of ['access_row', 'grant_use', 'access_cell', 'access_facet', 'access_column', 'agent_credential', 'access_dirty']) db.exec(`DELETE FROM ${table}`);
    markAll(db);
    const anew = new AccessFold(db);
    let left = 10_000;
    while (anew.turn(nowUs, () => 0, 1).more) if (--left === 0) throw new Error('the fold does not come to an end');
    return kept(runtime);
  } finally {
    db.exec('ROLLBACK');
  }
}

const cell = (runtime: TestRuntime, resource: string, name: string): unknown => runtime.history.all(`SELECT x.grants, x.cannot_tell, x.times, x.denied, x.irreversible, x.shared FROM access_cell x JOIN access_column c ON c.id = x.column_id WHERE c.resource = ? AND c.class = ?`, resource, name);

describe('the access fold', () => {
  it('tells used, not used, tried, and cannot tell apart', () => {
    const runtime = freshRuntime();
    runtime.discover({ agents: [agent('clerk', [tool('read_file'), tool('list_dir'), tool('wipe', { readOnly: false, destructive: true }), { ...tool('https://x'), kind: 'network' }]), agent('silent', [tool('other')])] });
    runtime.collect({ records: [call('read_file', 'clerk'), call('wipe', 'clerk', { status: 'denied' }), call('Bash', 'clerk'), call('Edit', 'clerk', { status: 'denied' })].map((draft) => ({ draft: { ...draft, agent: { id: 'clerk', name: 'clerk' } }, raw: '{}' })) });
    fold(runtime);
    const uses = runtime.history.all<{ name: string; state: number; times: number; denied: number; why: string | null }>('SELECT g.name, u.state, u.times, u.denied, u.why FROM grant_use u JOIN grant_seen g ON g.id = u.grant_id ORDER BY g.id');
    expect(uses.map((use) => [use.name, use.state, use.times, use.denied])).toEqual([['read_file', 1, 1, 0], ['list_dir', 2, 0, 0], ['wipe', 2, 0, 1], ['https://x', 3, 0, 0], ['other', 3, 0, 0]]);
    expect(uses[4]?.why).toContain('Only its runtime');
    expect(cell(runtime, 'read_file', 'read')).toEqual([{ grants: 1, cannot_tell: 0, times: 1, denied: 0, irreversible: 0, shared: 0 }]);
    expect(cell(runtime, 'wipe', 'delete')).toEqual([{ grants: 1, cannot_tell: 0, times: 0, denied: 1, irreversible: 1, shared: 0 }]);
    // Without a grant that was found: used, and tried.
    expect(cell(runtime, 'Bash', 'execute')).toEqual([{ grants: 0, cannot_tell: 0, times: 1, denied: 0, irreversible: 1, shared: 0 }]);
    expect(runtime.history.all("SELECT sum(times) AS times, sum(denied) AS denied FROM access_cell x JOIN access_column c ON c.id = x.column_id WHERE c.resource = 'Edit'")).toEqual([{ times: 0, denied: 1 }]);
    expect(runtime.history.all('SELECT name, held, cannot_tell, denied, not_seen IS NULL AS seen FROM access_row ORDER BY name')).toEqual([
      { name: 'clerk', held: 4, cannot_tell: 1, denied: 2, seen: 1 }, { name: 'silent', held: 1, cannot_tell: 1, denied: 0, seen: 0 },
    ]);
    const found = runtime.history.all<{ rule: string }>('SELECT rule FROM finding WHERE gone_us IS NULL AND holder = 1 ORDER BY rule').map((one) => one.rule);
    expect(found).toContain('used_without_grant');
    expect(found).toContain('no_owner');
  });

  it('takes names of several lines for one label', () => {
    const runtime = freshRuntime();
    runtime.discover({ agents: [agent('clerk', [tool('a\nread'), tool('\n*delete')])] });
    runtime.collect({ records: [{ draft: { ...call('x\nspend', 'clerk'), agent: { id: 'clerk', name: 'clerk' } }, raw: '{}' }] });
    fold(runtime);
    expect(runtime.history.all('SELECT DISTINCT resource, class FROM access_column ORDER BY 1')).toEqual([{ resource: ' *delete', class: 'delete' }, { resource: ' *delete', class: 'read' }, { resource: 'a read', class: 'read' }, { resource: 'x spend', class: 'not_understood' }]);
    expect(kept(runtime)).toEqual(rebuilt(runtime));
  });

  it('says of no tool that it was not used, nor of a call that nothing permits it, where calls were told without the name of their tool', () => {
    const runtime = freshRuntime();
    runtime.discover({ agents: [agent('clerk', [tool('read_file'), tool('list_dir')]), agent('bare', [])] });
    const told = (name: string, by: string) => ({ draft: { ...call(name, by, name === 'mcp_tool' ? { namePlaceholder: true } : {}), agent: { id: by, name: by } }, raw: '{}' });
    runtime.collect({ records: [told('read_file', 'clerk'), told('mcp_tool', 'clerk'), told('mcp_tool', 'bare')] });
    fold(runtime);
    expect(runtime.history.all('SELECT g.name, u.state, u.why FROM grant_use u JOIN grant_seen g ON g.id = u.grant_id ORDER BY g.id')).toEqual([
      { name: 'read_file', state: 1, why: null }, { name: 'list_dir', state: 3, why: expect.stringContaining('without the name of their tool') as unknown },
    ]);
    expect(cell(runtime, 'list_dir', 'read')).toMatchObject([{ grants: 1, cannot_tell: 1, times: 0 }]);
    // Who holds no tool at all used one without a grant that was found, whatever it is called.
    expect(runtime.history.all("SELECT x.holder, x.times FROM access_cell x JOIN access_column c ON c.id = x.column_id WHERE c.resource = 'mcp_tool'")).toEqual([{ holder: 2, times: 1 }]);
    expect(runtime.history.all("SELECT holder FROM finding WHERE rule = 'used_without_grant' AND holder = 1 AND gone_us IS NULL")).toEqual([]);
    expect(kept(runtime)).toEqual(rebuilt(runtime));
  });

  it('takes a removed tool out of the cells, and its finding away', () => {
    const runtime = freshRuntime();
    runtime.discover({ agents: [agent('clerk', [tool('a'), tool('b')])] });
    fold(runtime);
    expect(runtime.history.all('SELECT resource, holders FROM access_column ORDER BY 1')).toEqual([{ resource: 'a', holders: 1 }, { resource: 'b', holders: 1 }]);
    runtime.discover({ agents: [agent('clerk', [tool('a')])] }, at(90));
    fold(runtime);
    expect(runtime.history.all('SELECT resource, holders FROM access_column ORDER BY 1')).toEqual([{ resource: 'a', holders: 1 }]);
    expect(runtime.history.all('SELECT count(*) AS n FROM grant_use')).toEqual([{ n: 1 }]);
  });

  it('counts a credential that two agents hold as shared, until one of them lets it go', () => {
    const runtime = freshRuntime();
    runtime.discover({ agents: [agent('clerk', []), agent('other', [])] });
    const { readings, understood, problems } = readDocument({ format: 'iam', role: 'identity', text: policy(['s3:GetObject']) });
    const add = (agents: number[]): number => runtime.command('access.import', { document: { name: 'p', format: 'iam', role: 'identity', enforcement: 'enforced', credential: 'role/app', text: policy(['s3:GetObject']), understood, problems }, readings, agents, audit: words('ann') }).id;
    add([1]);
    const second_ = add([2]);
    fold(runtime);
    const shared = (): unknown[] => runtime.history.all("SELECT holder FROM finding WHERE rule = 'shared_credential' AND gone_us IS NULL ORDER BY 1");
    expect(shared()).toEqual([{ holder: 1 }, { holder: 2 }]);
    expect(runtime.history.all('SELECT DISTINCT holder, shared FROM access_cell ORDER BY 1')).toEqual([{ holder: 1, shared: 1 }, { holder: 2, shared: 1 }]);
    runtime.command('access.removeDocument', { id: second_, audit: words('ann') });
    fold(runtime);
    expect(shared()).toEqual([]);
    expect(runtime.history.all('SELECT DISTINCT holder, shared FROM access_cell ORDER BY 1')).toEqual([{ holder: 1, shared: 0 }]);
    expect(kept(runtime)).toEqual(rebuilt(runtime));
  });

  it('gives nobody what a policy at a resource gives another principal', () => {
    const runtime = freshRuntime();
    runtime.discover({ agents: [agent('clerk', [])] });
    const add = (principal: string, action: string): void => {
      const text = JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Principal: { AWS: principal }, Action: action, Resource: 'arn:aws:s3:::b/*' }] });
      const { readings, understood, problems } = readDocument({ format: 'iam', role: 'resource', text });
      runtime.command('access.import', { document: { name: action, format: 'iam', role: 'resource', enforcement: 'enforced', credential: 'arn:aws:iam::111122223333:role/clerk', text, understood, problems }, readings, agents: [1], audit: words('ann') });
    };
    add('arn:aws:iam::999999999999:user/other', 's3:DeleteObject');
    add('arn:aws:iam::111122223333:role/clerk', 's3:GetObject');
    fold(runtime);
    expect(runtime.history.all('SELECT c.class, x.grants FROM access_cell x JOIN access_column c ON c.id = x.column_id ORDER BY 1')).toEqual([{ class: 'read', grants: 1 }]);
  });

  it('shows a deny of one document taking away what another gives, and a call of AWS in its own class only', () => {
    const runtime = freshRuntime();
    runtime.discover({ agents: [agent('clerk', [])] });
    const add = (text: string): void => {
      const { readings, understood, problems } = readDocument({ format: 'iam', role: 'identity', text });
      runtime.command('access.import', { document: { name: text, format: 'iam', role: 'identity', enforcement: 'enforced', credential: null, text, understood, problems }, readings, agents: [1], audit: words('ann') });
    };
    add(policy(['s3:GetObject', 's3:DeleteObject', 's3:PutObject']));
    add(policy(['s3:DeleteObject'], 'Deny'));
    runtime.collect({ records: [{ draft: { ...call('s3:GetObject', 'clerk'), agent: { id: 'clerk', name: 'clerk' } }, raw: '{}' }] });
    fold(runtime);
    expect(runtime.history.all('SELECT c.class, x.times, x.grants FROM access_cell x JOIN access_column c ON c.id = x.column_id ORDER BY c.class')).toEqual([{ class: 'read', times: 1, grants: 1 }, { class: 'write', times: 0, grants: 1 }]);
    expect(runtime.history.all('SELECT held FROM access_row')).toEqual([{ held: 1 }]);
  });

  it('counts a call under what permits it, and of a policy with several actions only where its own action stands', () => {
    const runtime = freshRuntime();
    runtime.discover({ agents: [agent('clerk', [])] });
    const add = (format: 'iam' | 'cedar', text: string): void => {
      const { readings, understood, problems } = readDocument({ format, role: 'identity', text });
      runtime.command('access.import', { document: { name: format, format, role: 'identity', enforcement: 'enforced', credential: null, text, understood, problems }, readings, agents: [1], audit: words('ann') });
    };
    add('iam', policy(['s3:ListBucket']));
    add('cedar', 'permit (principal, action in [Action::"read", Action::"delete"], resource);');
    runtime.collect({ records: ['s3:ListObjectsV2', 'read'].map((name) => ({ draft: { ...call(name, 'clerk'), agent: { id: 'clerk', name: 'clerk' } }, raw: '{}' })) });
    fold(runtime);
    expect(runtime.history.all('SELECT kind, times FROM grant_use u JOIN grant_seen g ON g.id = u.grant_id ORDER BY kind')).toEqual([{ kind: 'policy', times: 1 }, { kind: 'statement', times: 1 }]);
    expect(runtime.history.all("SELECT c.class, x.times FROM access_cell x JOIN access_column c ON c.id = x.column_id WHERE c.resource NOT LIKE 's3%' ORDER BY 1")).toEqual([{ class: 'delete', times: 0 }, { class: 'read', times: 1 }]);
  });

  it('says of what could not be read that its use cannot be told, not that there was none', () => {
    const runtime = freshRuntime();
    const sender = runtime.history.connect('sender');
    runtime.tell([call('search', 'clerk'), call('s3:GetObject', 'clerk')], sender);
    for (const [format, text] of [['tools', '[{"name":"search"},{"name":"mail"},{"name":""}]'], ['iam', JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: 7, Resource: '*' }] })]] as const) {
      const { readings, understood, problems } = readDocument({ format, role: 'identity', text });
      runtime.command('access.import', { document: { name: format, format, role: 'identity', enforcement: 'enforced', credential: null, text, understood, problems }, readings, agents: [1], audit: words('ann') });
    }
    fold(runtime);
    const unread = 'It could not be read: which calls would be uses of it is not known.';
    expect(runtime.history.all('SELECT g.name, u.state, u.why FROM grant_use u JOIN grant_seen g ON g.id = u.grant_id ORDER BY g.id')).toEqual([
      { name: 'search', state: 1, why: null }, { name: 'mail', state: 2, why: null }, { name: 'A tool without a name', state: 3, why: unread }, { name: 'Statement 1', state: 3, why: unread },
    ]);
  });

  it('compares what a connection offers with the calls of those who are said to hold its credential', () => {
    const runtime = freshRuntime();
    const offers = runtime.add('langgraph', 'github');
    runtime.discover({ grants: [tool('create_issue')] }, at(60), offers);
    const sender = runtime.history.connect('sender');
    runtime.tell([call('mcp__github__create_issue', 'coder')], sender);
    const coder = runtime.history.all<{ id: number }>("SELECT id FROM agent WHERE name = 'coder'")[0]?.id ?? 0;
    fold(runtime);
    const use = (): unknown[] => runtime.history.all('SELECT holder, state, times FROM grant_use ORDER BY holder');
    expect(use()).toEqual([{ holder: -offers, state: 3, times: 0 }]);
    runtime.command('access.setHolder', { connection: offers, agent: coder, holds: true, audit: words('ann') });
    fold(runtime);
    expect(use()).toEqual([{ holder: -offers, state: 1, times: 1 }, { holder: coder, state: 1, times: 1 }]);
    // The call is no longer one without a grant.
    expect(runtime.history.all('SELECT count(*) AS n FROM access_column')).toEqual([{ n: 1 }]);
    runtime.command('access.setHolder', { connection: offers, agent: coder, holds: false, audit: words('ann') });
    fold(runtime);
    expect(use()).toEqual([{ holder: -offers, state: 3, times: 0 }]);
  });

  it('credits a call of a tool that two servers offer to the one that it names, and else says that it cannot be told which', () => {
    const runtime = freshRuntime();
    const servers = ['github', 'jira'].map((name) => runtime.add('langgraph', name));
    for (const server of servers) runtime.discover({ grants: [tool('search'), tool('list')] }, at(60), server);
    const sender = runtime.history.connect('sender');
    runtime.tell([call('mcp__jira__search', 'coder'), call('list', 'coder'), call('list', 'coder', { status: 'denied' })], sender);
    const coder = runtime.history.all<{ id: number }>("SELECT id FROM agent WHERE name = 'coder'")[0]?.id ?? 0;
    for (const connection of servers) runtime.command('access.setHolder', { connection, agent: coder, holds: true, audit: words('ann') });
    fold(runtime);
    const uses = () => runtime.history.all<{ server: string; name: string; state: number; times: number; denied: number; why: string | null }>('SELECT c.name AS server, g.name, u.state, u.times, u.denied, u.why FROM grant_use u JOIN grant_seen g ON g.id = u.grant_id JOIN connection c ON c.id = g.connection WHERE u.holder = ? ORDER BY g.name, c.name', coder);
    const which = expect.stringContaining('cannot be told which') as unknown;
    expect(uses()).toEqual([
      { server: 'github', name: 'list', state: 3, times: 0, denied: 0, why: which }, { server: 'jira', name: 'list', state: 3, times: 0, denied: 0, why: which },
      { server: 'github', name: 'search', state: 2, times: 0, denied: 0, why: null }, { server: 'jira', name: 'search', state: 1, times: 1, denied: 0, why: null },
    ]);
    // Of the agent it is known: it called a list, and was refused one.
    expect(runtime.history.all("SELECT x.grants, x.cannot_tell, x.times, x.denied FROM access_cell x JOIN access_column c ON c.id = x.column_id WHERE c.resource = 'list' AND x.holder = ?", coder)).toEqual([{ grants: 2, cannot_tell: 2, times: 1, denied: 1 }]);
    runtime.tell([call('github.list', 'coder')], sender);
    fold(runtime);
    expect(uses().slice(0, 2)).toMatchObject([{ server: 'github', state: 1, times: 1 }, { server: 'jira', state: 3, times: 0 }]);
    expect(kept(runtime)).toEqual(rebuilt(runtime));
  });

  it('finds what reaches further than the approved baseline, and a dismissal ends by itself', () => {
    const runtime = freshRuntime();
    runtime.discover({ agents: [agent('clerk', [tool('a')])] });
    runtime.command('access.approve', { agent: 1, note: '', audit: words('ann') }, at(70));
    fold(runtime);
    const widened = (): { id: number; text: string }[] => runtime.history.all("SELECT id, text FROM finding WHERE rule = 'widened' AND gone_us IS NULL");
    expect(widened()).toEqual([]);
    runtime.discover({ agents: [agent('clerk', [tool('a', { readOnly: false }), tool('b')])] }, at(90));
    fold(runtime);
    expect(widened().map((one) => /by (\w+)\./.exec(one.text)?.[1])).toEqual(['b', 'a']);
    const [first] = widened();
    const open = (): unknown => runtime.history.all('SELECT findings FROM access_row')[0];
    const before = open();
    runtime.command('access.dismiss', { id: first?.id ?? 0, reason: 'known', untilUs: at(3_000), audit: words('ann') }, at(100));
    expect(open()).not.toEqual(before);
    expect(runtime.writer.foldHourly(at(3_001))).toBe(true);
    expect(open()).toEqual(before);
    runtime.command('access.approve', { agent: 1, note: 'fine', audit: words('ann') }, at(3_100));
    fold(runtime, at(3_200));
    expect(widened()).toEqual([]);
  });

  it('keeps the marks over a restart and needs as many turns as there is work', () => {
    const runtime = freshRuntime();
    runtime.discover({ agents: [agent('clerk', [tool('a')]), agent('other', [tool('b')]), agent('third', [tool('c')])] });
    runtime.restart();
    let turns = 0;
    for (let more = true; more; turns += 1) more = runtime.writer.foldAccess(at(120), 0).more;
    expect(turns).toBe(3);
    expect(runtime.history.all('SELECT count(*) AS n FROM access_row')).toEqual([{ n: 3 }]);
    expect(runtime.writer.foldAccess(at(120), 0)).toEqual({ changed: false, findings: false, more: false });
  });
});

it('folds one holder without walking through what all others hold', () => {
  const runtime = freshRuntime();
  const { db } = runtime.history;
  const texts = new Set<string>();
  const prepare = db.prepare.bind(db);
  vi.spyOn(db, 'prepare').mockImplementation((text: string) => {
    texts.add(text);
    return prepare(text);
  });
  runtime.discover({ grants: [tool('offer')], agents: [agent('clerk', [tool('a')])] });
  runtime.command('access.setHolder', { connection: runtime.connection, agent: 1, holds: true, audit: words('ann') });
  runtime.command('access.approve', { agent: 1, note: '', audit: words('ann') });
  fold(runtime);
  runtime.discover({ grants: [], agents: [agent('clerk', [])] }, at(90));
  fold(runtime);
  const plans = [...texts].filter((text) => /^(SELECT|UPDATE|DELETE)/u.test(text)).map((text) => ({ text, plan: db.prepare<unknown[], { detail: string }>(`EXPLAIN QUERY PLAN ${text}`).all(...Array.from({ length: (text.match(/\?/gu) ?? []).length }, () => 0)).map((row) => row.detail) }));
  expect(plans.length).toBeGreaterThan(40);
  const walks = plans.filter(({ plan }) => plan.some((detail) => /^SCAN (finding|grant_seen|grant_change|grant_source|grant_use|access_|tool_use|agent_credential|identity_evidence|agent|g|a|x)\b/u.test(detail)));
  expect(walks).toEqual([]);
});

/** A small generator of our own: a test that fails must fail again. */
function randomly(seed: number): (most: number) => number {
  let state = seed;
  return (most) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * most);
  };
}

const toolNames = ['read_file', 'write_file', 'delete_file', 'send_mail', 'run'];
const actions = ['s3:GetObject', 's3:*', 'ec2:TerminateInstances', 'iam:PassRole', 'dynamodb:Query'];

function step(runtime: TestRuntime, pick: (most: number) => number, state: { connections: number[]; sender: number; documents: number[]; nowUs: number }): void {
  const { history } = runtime;
  const some = <T>(list: readonly T[]): T => list[pick(list.length)] as T;
  const agents = (): number[] => history.all<{ id: number }>('SELECT id FROM agent ORDER BY id').map((one) => one.id);
  const grants = (): FoundGrant[] => toolNames.filter(() => pick(2) === 0).map((name) => tool(name, { readOnly: pick(2) === 0, destructive: pick(2) === 0 }));
  state.nowUs += 10 * second;
  const nowUs = state.nowUs;
  const audit = words('ann');
  const known = agents();
  switch (pick(12)) {
    case 0: case 1: runtime.discover({ agents: ['clerk', 'other', 'third'].slice(0, 1 + pick(3)).map((id) => agent(id, grants(), { owner: pick(2) === 0 ? 'Bob' : null, aliases: pick(3) === 0 ? [`service:svc/${id}`] : [] })), grants: grants(), complete: pick(4) > 0, facts: { product: null, version: null, visibility: 'all', visibilityText: '', capabilities: [], levers: [], findings: pick(2) === 0 ? [{ id: 'no-auth', severity: 'attention', text: '' }] : [] } }, nowUs, some(state.connections)); break;
    case 2: case 3: case 4: runtime.tell(Array.from({ length: 1 + pick(4) }, () => call(pick(3) === 0 ? some(actions) : `${pick(2) === 0 ? 'mcp__server__' : ''}${some(toolNames)}`, some(['clerk', 'other', 'free']), { status: some(['ok', 'ok', 'denied', 'running'] as const), ...(pick(3) === 0 ? { identity: { kind: some(['borrowed', 'own', 'delegated'] as const), of: some(['ann@x', 'bob@x']), attribute: 'user.email' } } : {}) })), state.sender, 'svc', undefined, nowUs); break;
    case 5: {
      if (known.length === 0) break;
      const text = policy([some(actions), some(actions)], pick(4) === 0 ? 'Deny' : 'Allow');
      const read = readDocument({ format: 'iam', role: 'identity', text });
      const document = { name: 'p', format: 'iam' as const, role: some(['identity', 'identity', 'boundary'] as const), enforcement: 'log_only' as const, credential: pick(2) === 0 ? some(['key-1', 'key-2']) : null, text, understood: read.understood, problems: read.problems };
      state.documents.push(runtime.command('access.import', { document, readings: read.readings, agents: [some(known), some(known)], audit }, nowUs).id);
      break;
    }
    case 6: {
      const id = state.documents.pop();
      if (id !== undefined) runtime.command('access.removeDocument', { id, audit }, nowUs);
      break;
    }
    case 7: if (known.length > 0) runtime.command('access.setHolder', { connection: some(state.connections), agent: some(known), holds: pick(3) > 0, audit }, nowUs); break;
    case 8: {
      const heads = history.all<{ agent: number }>('SELECT agent FROM agent_stitch').map((one) => one.agent);
      const [a, b] = [some(known), some(known)];
      const headOfAgent = (id: number): number => history.all<{ head: number }>('SELECT head FROM agent_stitch WHERE agent = ?', id)[0]?.head ?? id;
      if (heads.length > 0 && pick(2) === 0) runtime.command('agents.unlink', { agent: some(heads), audit }, nowUs);
      else if (known.length > 1 && headOfAgent(a) !== headOfAgent(b)) runtime.command('agents.link', { agent: a, to: b, audit }, nowUs);
      break;
    }
    case 9: if (known.length > 0) runtime.command('agents.setOwner', { agent: some(known), role: some(['owner', 'sponsor'] as const), name: pick(3) === 0 ? null : 'Eve', gone: pick(3) === 0, audit }, nowUs); break;
    case 10: if (known.length > 0) runtime.command('access.approve', { agent: some(known), note: '', audit }, nowUs); break;
    default: letGo(runtime, pick, state.connections);
  }
}

function letGo(runtime: TestRuntime, pick: (most: number) => number, connections: number[]): void {
  const chance = pick(6);
  if (chance < 2) for (const gone of retain(runtime.writer, t0 + pick(60) * second)) expect(gone).toBeGreaterThanOrEqual(0);
  else if (chance === 2 && connections.length > 1) for (const gone of removeConnection(runtime.writer, connections.pop() ?? 0)) expect(gone).toBeGreaterThanOrEqual(0);
}

/** Whoever read the cells of a holder at a turn may go on with them while it stands. */
function sameWhileTheTurnStands({ history }: TestRuntime, seen: Map<string, string>): void {
  const all = Map.groupBy(history.all<{ holder: number }>('SELECT * FROM access_cell ORDER BY holder, column_id'), (one) => one.holder);
  const turns = new Map(history.all<{ holder: number; n: number }>('SELECT holder, n FROM access_turn').map(({ holder, n }) => [holder, n]));
  for (const holder of new Set([...all.keys(), ...turns.keys()])) {
    const place = `${holder} ${turns.get(holder) ?? 0}`;
    const cells = JSON.stringify(all.get(holder) ?? []);
    expect(seen.get(place) ?? cells).toBe(cells);
    seen.set(place, cells);
  }
}

describe('whatever happens', () => {
  it.each(Array.from({ length: 8 }, (_, seed) => seed + 1))('story %i: what is kept is what would be computed from nothing', (seed) => {
    const runtime = freshRuntime();
    const pick = randomly(seed * 7_919);
    const state = { connections: [runtime.connection, runtime.add('langgraph', 'server'), runtime.add('a2a', 'third')], sender: runtime.history.connect('sender'), documents: [] as number[], nowUs: at(100) };
    const seen = new Map<string, string>();
    for (let chapters = 0; chapters < 4; chapters += 1) {
      for (let steps = 0; steps < 10; steps += 1) {
        step(runtime, pick, state);
        if (pick(3) === 0) {
          runtime.writer.foldAccess(state.nowUs, 0);
          sameWhileTheTurnStands(runtime, seen);
        }
        if (pick(10) === 0) runtime.restart();
      }
      fold(runtime, state.nowUs);
      sameWhileTheTurnStands(runtime, seen);
      expect(kept(runtime)).toEqual(rebuilt(runtime, state.nowUs));
    }
  });
});
