/** What people say of access is written with its line in the audit log, or not at all. */
import { describe, expect, it } from 'vitest';
import { readDocument } from '../access/read-document.ts';
import type { FoundGrant } from '../ingest/collected.ts';
import type { AccessCommands } from './access-commands.ts';
import { deviationOf, baselineOf, widenedBy } from './baseline.ts';
import { heldGrants } from './held-grants.ts';
import { ownerOf } from './owners.ts';
import { logDraft, refusal, second, t0 } from './test-history.ts';
import { freshRuntime, words, type TestRuntime } from './test-runtime.ts';

const at = (seconds: number): number => t0 + seconds * second;
const tool = (name: string, more: Partial<FoundGrant> = {}): FoundGrant => ({ kind: 'tool', name, description: null, readOnly: true, destructive: null, openWorld: false, idempotent: null, from: 'tools/list', ...more });
const audit = words('ann');
const text = JSON.stringify({ Statement: [{ Effect: 'Allow', Action: 's3:GetObject', Resource: 'arn:aws:s3:::invoices/*' }, { Effect: 'Allow', Action: 's3:*', Resource: '*' }] });

function withAgents(...ids: string[]): TestRuntime {
  const runtime = freshRuntime();
  runtime.discover({ agents: ids.map((id) => ({ claim: { id, name: id }, aliases: [], grants: [], atUs: at(1) })) });
  return runtime;
}

function document(agents: readonly number[], more: Partial<AccessCommands['access.import']['params']['document']> = {}): AccessCommands['access.import']['params'] {
  const { readings, understood, problems } = readDocument({ format: 'iam', role: 'identity', text });
  return { document: { name: 'invoices', format: 'iam', role: 'identity', enforcement: 'enforced', credential: 'role/app', text, understood, problems, ...more }, readings, agents, audit };
}

const entries = (runtime: TestRuntime): unknown[] => runtime.history.all("SELECT actor, subject FROM audit_entry WHERE action = 'test' AND id > 1 ORDER BY id");

describe('documents', () => {
  it('become grants of each agent, with their source, their credential and a line in the audit log', () => {
    const runtime = withAgents('a', 'b');
    expect(runtime.command('access.import', document([1, 2, 1]))).toEqual({ id: 1, grants: 4 });
    expect(runtime.history.all('SELECT name, format, role, enforcement, credential, understood, bytes, added_by, removed_us, text FROM grant_document')).toEqual([{ name: 'invoices', format: 'iam', role: 'identity', enforcement: 'enforced', credential: 1, understood: 'whole', bytes: Buffer.byteLength(text), added_by: 'ann', removed_us: null, text }]);
    const grants = runtime.history.all<{ agent: number; reading: string }>('SELECT g.connection, g.agent, g.kind, g.enforcement, g.credential, g.source, g.reading, s.format FROM grant_seen g JOIN grant_source s ON s.grant_id = g.id ORDER BY g.id');
    expect(grants.map((one) => ({ ...one, reading: (JSON.parse(one.reading) as { resources: string[] }).resources }))).toEqual([1, 1, 2, 2].map((agent, place) => (
      { connection: 0, agent, kind: 'statement', enforcement: 'enforced', credential: 1, source: 'invoices', format: 'iam', reading: [place % 2 === 0 ? 'arn:aws:s3:::invoices/*' : '*'] })));
    expect(runtime.history.all('SELECT DISTINCT what, first FROM grant_change')).toEqual([{ what: 'added', first: 1 }]);
    expect(entries(runtime)).toEqual([{ actor: 'ann', subject: 'gdc-1' }]);
  });

  it('leave nothing behind when an agent of them is gone, or when they are too much', () => {
    const runtime = withAgents('a');
    expect(refusal(() => runtime.command('access.import', document([1, 99]))).code).toBe('not_found');
    const { readings } = document([1]);
    const many = { ...document([1]), readings: Array.from({ length: 100_001 }, () => readings[0]).filter((one) => one !== undefined) };
    expect(refusal(() => runtime.command('access.import', many)).message).toContain('Nothing was imported');
    expect(runtime.history.all('SELECT (SELECT count(*) FROM grant_document) AS documents, (SELECT count(*) FROM grant_seen) AS grants')).toEqual([{ documents: 0, grants: 0 }]);
    expect(entries(runtime)).toEqual([]);
  });

  it('take their grants with them when they are removed, which is no drift, and once only', () => {
    const runtime = withAgents('a');
    runtime.command('access.import', document([1]));
    runtime.command('access.removeDocument', { id: 1, audit }, at(90));
    expect(runtime.history.all('SELECT gone_us FROM grant_seen')).toEqual([{ gone_us: at(90) }, { gone_us: at(90) }]);
    expect(runtime.history.all("SELECT count(*) AS n FROM grant_change WHERE what = 'removed' AND first = 1")).toEqual([{ n: 2 }]);
    expect(refusal(() => runtime.command('access.removeDocument', { id: 1, audit })).code).toBe('not_found');
  });
});

describe('owners', () => {
  const owner = (runtime: TestRuntime): unknown => ownerOf(runtime.history.db, [1], 'owner');

  it('are as a person says, else as the runtime says', () => {
    const runtime = withAgents();
    const found = { claim: { id: 'a', name: 'a' }, aliases: [], grants: [], atUs: at(1), owner: 'Bob' };
    runtime.discover({ agents: [found] }, at(60));
    expect(owner(runtime)).toEqual({ name: 'Bob', gone: false, atUs: at(60) });
    runtime.command('agents.setOwner', { agent: 1, role: 'owner', name: 'Eve', gone: true, audit }, at(70));
    runtime.discover({ agents: [{ ...found, owner: 'Carl' }] }, at(80));
    expect(owner(runtime)).toEqual({ name: 'Eve', gone: true, atUs: at(70) });
    runtime.command('agents.setOwner', { agent: 1, role: 'owner', name: null, gone: false, audit }, at(90));
    expect(owner(runtime)).toEqual({ name: 'Carl', gone: false, atUs: at(80) });
    expect(entries(runtime)).toHaveLength(2);
  });

  it('are refused for an agent that is not there', () => {
    expect(refusal(() => withAgents().command('agents.setOwner', { agent: 5, role: 'owner', name: 'Eve', gone: false, audit })).code).toBe('not_found');
  });
});

describe('holders', () => {
  it('are said once, taken back, and refused for what is not there', () => {
    const runtime = withAgents('a');
    const holders = (): unknown[] => runtime.history.all('SELECT connection, agent, actor FROM grant_holder');
    for (const _ of [1, 2]) runtime.command('access.setHolder', { connection: runtime.connection, agent: 1, holds: true, audit });
    expect(holders()).toEqual([{ connection: runtime.connection, agent: 1, actor: 'ann' }]);
    expect(refusal(() => runtime.command('access.setHolder', { connection: 99, agent: 1, holds: true, audit })).code).toBe('not_found');
    runtime.command('access.setHolder', { connection: runtime.connection, agent: 1, holds: false, audit });
    expect(holders()).toEqual([]);
  });
});

describe('a baseline', () => {
  it('says what came, what went and what changed since, and knows a document that was imported anew', () => {
    const runtime = freshRuntime();
    const list = (...grants: FoundGrant[]): void => { runtime.discover({ agents: [{ claim: { id: 'a', name: 'a' }, aliases: [], grants, atUs: at(1) }] }, at(60 + grants.length)); };
    list(tool('same'), tool('other'), { ...tool('ask first'), kind: 'gate' });
    runtime.command('access.import', document([1]));
    expect(runtime.command('access.approve', { agent: 1, note: 'fine', audit }, at(70))).toEqual({ id: 1, grants: 5 });
    runtime.command('access.removeDocument', { id: 1, audit });
    runtime.command('access.import', document([1]));
    list(tool('same', { readOnly: false }), tool('new'));
    const baseline = baselineOf(runtime.history.db, [1]);
    const now = deviationOf(baseline?.grants ?? [], heldGrants(runtime.history.db, 1, [1]));
    expect([baseline?.atUs, baseline?.actor, baseline?.note]).toEqual([at(70), 'ann', 'fine']);
    expect([now.added.map((one) => one.name), now.removed.map((one) => one.name), now.changed.map((one) => [one.grant.name, one.widening])]).toEqual([['new'], ['other', 'ask first'], [['same', true]]]);
    // A gate that is gone held something back.
    expect(widenedBy(now).map((one) => one.name)).toEqual(['new', 'same', 'ask first']);
  });
});

describe('findings', () => {
  it('are set aside by a person and restored, and refused when they are not so any more', () => {
    const runtime = withAgents('a');
    runtime.writer.foldAccess(at(100), 100);
    const [finding] = runtime.history.all<{ id: number }>("SELECT id FROM finding WHERE rule = 'no_owner'");
    const id = finding?.id ?? 0;
    const state = (): unknown => runtime.history.all('SELECT f.dismissed_by, f.dismissed_reason, f.dismissed_until_us, r.findings FROM finding f JOIN access_row r ON r.holder = f.holder WHERE f.id = ?', id)[0];
    expect(refusal(() => runtime.command('access.dismiss', { id, reason: 'x', untilUs: at(50), audit }, at(110))).code).toBe('bad_request');
    runtime.command('access.dismiss', { id, reason: 'a test agent', untilUs: null, audit }, at(110));
    expect(state()).toEqual({ dismissed_by: 'ann', dismissed_reason: 'a test agent', dismissed_until_us: null, findings: 0 });
    runtime.command('access.restore', { id, audit }, at(120));
    expect(state()).toEqual({ dismissed_by: null, dismissed_reason: null, dismissed_until_us: null, findings: 1 });
    expect(refusal(() => runtime.command('access.restore', { id, audit }, at(120))).code).toBe('conflict');
    runtime.command('agents.setOwner', { agent: 1, role: 'owner', name: 'Eve', gone: false, audit }, at(130));
    runtime.writer.foldAccess(at(140), 100);
    expect(refusal(() => runtime.command('access.dismiss', { id, reason: 'x', untilUs: null, audit }, at(150))).code).toBe('not_found');
    expect(entries(runtime)).toHaveLength(3);
  });

  it('that come back are a new matter: an old dismissal does not hide them', () => {
    const runtime = withAgents('a');
    runtime.writer.foldAccess(at(100), 100);
    runtime.command('access.dismiss', { id: 1, reason: 'x', untilUs: null, audit }, at(110));
    for (const name of ['Eve', null]) {
      runtime.command('agents.setOwner', { agent: 1, role: 'owner', name, gone: false, audit }, at(130));
      runtime.writer.foldAccess(at(140), 100);
    }
    expect(runtime.history.all('SELECT rule, first_us, gone_us, dismissed_us FROM finding')).toEqual([{ rule: 'no_owner', first_us: at(140), gone_us: null, dismissed_us: null }]);
  });
});

describe('credentials', () => {
  it('are what evidence shows to be an account of its own, borrowed or shared; a delegation is none', () => {
    const runtime = freshRuntime();
    const sender = runtime.history.connect('sender');
    const say = (name: string, kind: 'own' | 'borrowed' | 'delegated', of: string): void => runtime.tell([logDraft(`tool:${name}${of}`, 1, { agent: { name }, identity: { kind, of, attribute: 'user.email' } })], sender);
    say('a', 'borrowed', 'ann@x');
    say('b', 'borrowed', 'ann@x');
    say('b', 'delegated', 'eve@x');
    say('c', 'own', 'svc');
    while (runtime.writer.foldAccess(at(100), 100).more);
    expect(runtime.history.all('SELECT (SELECT name FROM agent WHERE id = x.agent) AS agent, c.kind, c.name, x.evidence FROM agent_credential x JOIN credential c ON c.id = x.credential ORDER BY 1')).toEqual([
      { agent: 'a', kind: 'borrowed', name: 'ann@x', evidence: 'user.email says so.' }, { agent: 'b', kind: 'borrowed', name: 'ann@x', evidence: 'user.email says so.' }, { agent: 'c', kind: 'own', name: 'svc', evidence: 'user.email says so.' },
    ]);
    expect(runtime.history.all("SELECT (SELECT name FROM agent WHERE id = holder) AS agent FROM finding WHERE rule = 'shared_credential' ORDER BY 1")).toEqual([{ agent: 'a' }, { agent: 'b' }]);
  });
});

describe('a connection that is removed', () => {
  it('lists nothing any more, which is no drift, and with its history everything of its access goes', () => {
    const runtime = withAgents('a');
    runtime.discover({ grants: [tool('offer')], agents: [{ claim: { id: 'a', name: 'a' }, aliases: [], grants: [tool('x')], atUs: at(1) }] }, at(70));
    runtime.command('access.import', document([1]));
    runtime.command('access.approve', { agent: 1, note: '', audit });
    runtime.command('agents.setOwner', { agent: 1, role: 'owner', name: 'Eve', gone: false, audit });
    while (runtime.writer.foldAccess(at(100), 100).more);
    runtime.retire();
    while (runtime.writer.foldAccess(at(200), 100).more);
    expect(runtime.history.all('SELECT count(*) AS n FROM grant_seen WHERE connection > 0 AND gone_us IS NULL')).toEqual([{ n: 0 }]);
    expect(runtime.history.all("SELECT count(*) AS n FROM grant_change WHERE what = 'removed' AND first = 0")).toEqual([{ n: 0 }]);
    runtime.remove();
    while (runtime.writer.foldAccess(at(300), 100).more);
    const left = ['grant_seen', 'grant_source', 'grant_change', 'grant_use', 'access_cell', 'access_facet', 'access_row', 'access_column', 'access_dirty', 'access_baseline', 'agent_owner', 'agent_credential', 'tool_use', 'task_authority', 'link_day'];
    expect(left.filter((table) => runtime.history.all(`SELECT 1 FROM ${table} LIMIT 1`).length > 0)).toEqual([]);
    expect(runtime.history.all('SELECT count(*) AS n FROM finding WHERE gone_us IS NULL')).toEqual([{ n: 0 }]);
  });
});
