import { describe, expect, it } from 'vitest';
import type { Baseline, Finding, Grant, GrantDocument, Proposal } from '../../shared/access.ts';
import type { KeyPlaces } from './cli-keys.ts';
import { readInvocation } from './cli-arguments.ts';
import { runLine } from './cli-test-run.ts';
import type { Answers, Printed } from './cli-test-run.ts';

const at = '2026-11-23T12:00:00.000Z';
const grant: Grant = {
  id: 'grt-1', connectionId: 'con-1', connectionName: 'Desk', agentId: 'agt-1', agentName: 'refunds', documentId: null, kind: 'tool', name: 'delete\u202esupplier', description: null, readOnly: false, destructive: true, openWorld: false, idempotent: null,
  from: 'tools/list', effect: 'allow', understood: 'whole', notUnderstood: [], classes: [{ class: 'delete', reversibility: 'irreversible' }], reversibility: 'irreversible', actions: [], resources: [], conditions: [], dataClass: null, expiresAt: null,
  enforcement: 'declared', credential: null, firstSeen: at, lastSeen: at, goneAt: null, use: { state: 'used', times: 3, denied: 1, firstUsedAt: at, lastUsedAt: at, lastDeniedAt: at, why: null },
};
const finding: Finding = { id: 'fnd-1', rule: 'no_owner', severity: 'attention', tag: 'ASI10', tagName: 'Rogue agents', agentId: 'agt-1', agentName: 'refunds', connectionId: null, grantId: null, text: 'Nobody is named.', advice: 'Name one.', firstSeen: at, dismissed: null };
const document: GrantDocument = { id: 'gdc-1', name: 'Desk role', format: 'iam', role: 'identity', enforcement: 'enforced', credential: { id: 'crd-1', name: 'role/desk' }, agents: [{ id: 'agt-1', name: 'refunds' }], grants: 2, understood: 'whole', addedAt: at, addedBy: 'ada', bytes: 120 };
const baseline: Baseline = { approvedAt: at, by: 'ada', note: '', grants: 2, added: [{ grantId: 'grt-1', kind: 'tool', name: 'pay', since: at, times: 4 }], removed: [], changed: [{ grantId: 'grt-2', kind: 'tool', name: 'mail', widening: true, text: 'claims to be destructive now' }] };
const proposal: Proposal = {
  form: 'allow_list', text: '{\n  "tools": ["pay\u0007"]\n}\n', mediaType: 'application/json', fileName: 'a.json', keeps: [{ name: 'pay', times: 4, lastAt: at }], drops: [{ grantId: 'grt-1', name: 'delete', kind: 'tool', lastUsedAt: null }], cannotTell: [],
  replay: { from: at, to: at, actions: 10, blocked: 2, blockedNames: [{ name: 'mail', times: 2, lastAt: at }], examples: [], notSeenMs: 7_200_000 }, warnings: [],
};

const found = {
  'agents.list': () => ({ rows: [{ id: 'agt-1', name: 'refunds' }, { id: 'agt-2', name: 'ledger' }], more: 0 }), 'connections.list': () => ({ rows: [{ id: 'con-1', name: 'Desk' }], strangers: [] }), 'access.documents': () => ({ rows: [document] }),
} as unknown as Answers;
const keys: KeyPlaces = { variable: () => undefined, file: (path) => { if (path === 'huge.json') return 'x'.repeat(1_000_001); if (path === 'role.json') return '{"Statement":[]}'; throw Object.assign(new Error('no'), { code: 'ENOENT' }); }, stdin: () => Promise.resolve('Mail.Send'), line: () => Promise.resolve(null) };

const run = (line: string, answers: Answers = {}): Promise<Printed> => runLine(line, { answers, keys, lookUps: found });

it('says how long a document may be, before it is sent', async () => {
  await expect(run('access import huge.json --format iam --try')).rejects.toThrow(/It has 1,000,001 characters; at most 1,000,000 are read/u);
});

describe('who may touch what, in a terminal', () => {
  const matrix = {
    'access.matrix': () => ({
      columns: [{ id: 'col-1', resource: null, class: 'delete', reversibility: 'irreversible', agents: 1 }, { id: 'col-2', resource: null, class: 'network', reversibility: 'unknown', agents: 1 }], moreColumns: 2, next: null, total: 3,
      rows: [
        { id: 'agt-1', holder: 'agent', name: 'refunds\u001b[31m', identity: 'shared', held: 4, used: 1, findings: 2, notSeen: null, cells: [{ column: 0, state: 'tried', grants: 0, times: 0, denied: 2, lastUsedAt: null, lastDeniedAt: at, irreversible: true, shared: false, expiring: false, fresh: false }] },
        { id: 'con-1', holder: 'connection', name: 'Desk', identity: 'unknown', held: 2, used: 0, findings: 0, notSeen: 'Nobody tells.', cells: [{ column: 1, state: 'cannot_tell', grants: 1, times: 0, denied: 0, lastUsedAt: null, lastDeniedAt: null, irreversible: false, shared: false, expiring: false, fresh: false }] },
      ],
    }),
  } as unknown as Answers;

  it('says each cell in words, and what is left out', async () => {
    const { out, err } = await run('access', matrix);
    expect(out).toMatch(/HOLDER\s+IDENTITY\s+DELETE\s+NETWORK\s+HELD\s+USED\s+FINDINGS/);
    expect(out).toMatch(/refunds\[U\+001B\]\[31m\s+shared\s+TRIED 2 denied !\s+4\s+1\s+2/);
    expect(out).toMatch(/any with Desk\s+unknown\s+cannot tell\s+2\s+not seen\s+0/);
    expect(err).toBe('1 more holders (--limit), 2 more resources than the 2 shown (--json shows 200; narrow by --text).\n');
  });

  it('asks by resource and by filter', async () => {
    const { asked } = await run('access --by resource --days 30 --agent refunds --unused --irreversible --json', matrix);
    expect(asked).toMatchObject([{ params: { by: 'resource', unusedDays: 30, filter: { agentId: 'agt-1', unused: true, irreversible: true, attempted: false } } }]);
  });
});

describe('lists', () => {
  it('grants: what each permits, and what came of it', async () => {
    const { out, asked } = await run('access grants --connection Desk --class delete', { 'grants.list': () => ({ rows: [grant], next: null, total: 1 }) });
    expect(asked).toMatchObject([{ params: { connectionId: 'con-1', class: 'delete', gone: false } }]);
    expect(out).toMatch(/delete\[U\+202E\]supplier\s+allow\s+delete\s+irreversible\s+3x, denied 1x/);
  });

  it('findings and drift, with their filters', async () => {
    const { out } = await run('access findings --rule no-owner', { 'access.findings': () => ({ rows: [finding], next: null, total: 1 }) });
    expect(out).toMatch(/fnd-1\s+attention\s+no owner\s+ASI10\s+refunds/);
    const { asked, out: none } = await run('access drift --widening --since 24h', { 'access.drift': () => ({ rows: [], next: null }) });
    expect(asked).toMatchObject([{ params: { widening: true, since: '2026-11-22T12:00:00.000Z' } }]);
    expect(none).toBe('Nothing changed since it was first read.\n');
  });
});

describe('what is said against a baseline, and what would be enough', () => {
  it('prints what differs', async () => {
    const { out } = await run('access baseline refunds', { 'access.baseline': () => ({ baseline }) });
    expect(out).toMatch(/Approved 2026-11-23 12:00:00Z by ada: 2 grants\./);
    expect(out).toMatch(/added\s+tool\s+pay\s+since 2026-11-23 12:00:00Z, used 4x/);
    expect(out).toMatch(/changed\s+tool\s+mail\s+reaches further: claims to be destructive now/);
  });

  it('prints the proposal alone, and beside it what it would have blocked', async () => {
    const { out, err } = await run('access proposal refunds --form allow-list', { 'access.proposal': () => proposal });
    expect(out).toBe('{\n  "tools": ["pay[U+0007]"]\n}\n');
    expect(err).toContain('would have blocked 2 of 10. 2.0 hours of that time were not seen.');
    expect(err).toContain('tool delete, never used');
  });
});

describe('documents', () => {
  it('are imported from a file for named agents', async () => {
    const { out, asked } = await run('access import role.json --format iam --name "Desk role" --for refunds --for agt-2 --as role/desk --enforcement enforced', { 'access.import': () => document });
    expect(asked).toMatchObject([{ method: 'access.import', params: { name: 'Desk role', format: 'iam', role: 'identity', text: '{"Statement":[]}', agentIds: ['agt-1', 'agt-2'], credential: 'role/desk', enforcement: 'enforced' } }]);
    expect(out).toBe('Document gdc-1 gives 2 grants to refunds. Understood: whole.\n');
  });

  it('are only read with --try', async () => {
    const { out, asked } = await run('access import - --format oauth-scopes --try', { 'access.read': () => ({ readings: [], understood: 'not', problems: ['It is empty.'] }) });
    expect(asked).toEqual([{ method: 'access.read', params: { format: 'oauth_scopes', role: 'identity', text: 'Mail.Send' } }]);
    expect(out).toBe('No grant was found in it.\nUnderstood: not. Nothing was kept.\nProblems\n  It is empty.\n');
  });

  it('are removed by their name', async () => {
    const { asked } = await run('access remove "Desk role"', { 'access.removeDocument': () => ({}) });
    expect(asked).toEqual([{ method: 'access.removeDocument', params: { id: 'gdc-1' } }]);
  });

  it('that cannot be read from the disk are said', async () => {
    await expect(run('access import gone.json --format iam --name x --for refunds')).rejects.toThrow('The file gone.json cannot be read (ENOENT).');
  });
});

describe('words about people and holders', () => {
  it('names an owner, takes a holder back, dismisses a finding', async () => {
    const owner = { name: 'Nina', gone: false, by: 'ada', at, source: 'person' as const };
    expect((await run('access owner refunds --name Nina', { 'agents.setOwner': () => ({ owner }) })).out).toBe('Its owner is Nina.\n');
    expect((await run('access owner refunds --sponsor --take-back', { 'agents.setOwner': () => ({ owner: null }) })).asked).toEqual([{ method: 'agents.setOwner', params: { id: 'agt-1', role: 'sponsor', name: null, gone: false } }]);
    expect((await run('access holder Desk refunds --take-back', { 'access.setHolder': () => ({}) })).asked).toEqual([{ method: 'access.setHolder', params: { connectionId: 'con-1', agentId: 'agt-1', holds: false } }]);
    expect((await run('access dismiss fnd-1 --reason known --until 2027-01-31', { 'access.dismiss': () => ({}) })).asked).toEqual([{ method: 'access.dismiss', params: { id: 'fnd-1', reason: 'known', until: '2027-01-31T00:00:00.000Z' } }]);
  });
});

describe('what cannot be meant', () => {
  it.each([
    ['access nonsense', 'There is no command "access nonsense".'], ['access import x.json --format iam --name n', 'This command needs --for AGENT'], ['access import x.json --format pdf --name n --for a', '--format is one of iam'],
    ['access owner refunds', 'access owner needs --name NAME, or --take-back'], ['access --by agent', '--by is one of class, resource.'], ['access proposal refunds --days 0', '--days is a whole number'], ['access dismiss fnd-1', 'This command needs --reason'],
    ['access dismiss fnd-1 --reason x --until 7d', '--until is a time'], ['agents --unused', '--unused means nothing to this command.'], ['access holder Desk', 'This command needs the agent'],
  ])('%s', (line, text) => {
    expect(() => readInvocation(line.split(' '), '/', 0)).toThrow(text);
  });
});
