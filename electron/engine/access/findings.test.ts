import { describe, expect, test } from 'vitest';
import { findingRules } from '../../../shared/access.ts';
import type { AccessFacts, FactGrant } from './finding-facts.ts';
import { findingsOf, findingTags, tagNames, tagOf } from './findings.ts';

const DAY = 86_400_000_000;
const NOW = 20_000 * DAY;
const days = (count: number): number => NOW - count * DAY;

const grant = (change: Partial<FactGrant> = {}): FactGrant => ({
  id: 1, kind: 'tool', name: 'send_mail', effect: 'allow', role: null, understood: 'whole', notUnderstood: [], classes: [{ class: 'write', reversibility: 'irreversible' }], actions: ['send_mail'], resources: [], conditions: [], enforcement: 'declared', firstUs: days(200), expiresUs: null,
  use: { state: 'used', times: 5, lastUsedUs: days(1) }, ...change,
});
const facts = (change: Partial<AccessFacts> = {}): AccessFacts => ({
  holder: { kind: 'agent', id: 7, name: 'Invoice bot' }, identity: { kind: 'own', of: 'sa', sinceUs: days(300) }, owner: { name: 'Ann', gone: false, atUs: days(100) }, sponsor: null, firstSeenUs: days(300), credentials: [], grants: [grant()], ungranted: [], entries: [], widened: [], nowUs: NOW, unusedDays: 90, ...change,
});
const found = (change: Partial<AccessFacts>) => findingsOf(facts(change)).map(({ rule, severity }) => `${rule} ${severity}`);
const reading: FactGrant['classes'] = [{ class: 'read', reversibility: 'read_only' }];

test('an agent with an owner, an identity of its own and grants that it uses has no finding', () => {
  expect(findingsOf(facts())).toEqual([]);
});

test('every rule has a tag, and every tag a name', () => {
  expect(findingRules.map((rule) => tagNames[findingTags[rule]]).filter((name) => name === undefined)).toEqual([]);
  expect([tagOf({ rule: 'public_entry', subject: 'public_entry a2a http://x' }), tagOf({ rule: 'public_entry', subject: 'public_entry other http://x' })]).toEqual(['ASI07', 'ASI03']);
});

describe('wildcards', () => {
  const statement = (change: Partial<FactGrant>) => found({ grants: [grant({ kind: 'statement', role: 'identity', actions: ['s3:GetObject'], resources: ['arn:aws:s3:::a/*'], classes: reading, ...change })] });
  test.each<[string, Partial<FactGrant>, string[]]>([
    ['everything', { actions: ['*'], resources: ['*'], classes: [{ class: 'administer', reversibility: 'unknown' }] }, ['wildcard serious']], ['all of a service', { actions: ['s3:*'] }, ['wildcard attention']], ['all but some', { actions: ['not iam:*'] }, ['wildcard attention']], ['changing every resource', { actions: ['s3:PutObject'], resources: ['*'], classes: [{ class: 'write', reversibility: 'unknown' }] }, ['wildcard serious']],
    ['reading every resource of few actions', { resources: ['*'] }, []], ['a pattern inside of a name', { actions: ['s3:Get*'] }, []], ['a boundary', { role: 'boundary', actions: ['*'], resources: ['*'] }, []], ['a deny', { effect: 'deny', actions: ['*'], resources: ['*'] }, []], ['nothing left of it', { actions: ['*'], resources: ['*'], classes: [] }, []],
  ])('%s', (_title, change, expected) => {
    expect(statement(change)).toEqual(expected);
  });
  test('of a tool and a network', () => {
    expect(found({ grants: [grant({ name: '*', actions: ['*'] })] })).toEqual(['wildcard serious']);
    expect(found({ grants: [grant({ kind: 'network', name: 'anywhere', actions: [], resources: ['*'], classes: [{ class: 'network', reversibility: 'unknown' }] })] })).toEqual(['wildcard serious']);
  });
});

describe('power that is not used', () => {
  const never: FactGrant['use'] = { state: 'not_used', times: 0, lastUsedUs: null };
  test.each<[string, Partial<FactGrant>, string[]]>([
    ['never', { use: never }, ['unused_power attention']], ['not for long', { use: { state: 'used', times: 9, lastUsedUs: days(91) } }, ['unused_power attention']], ['lately', { use: { state: 'used', times: 9, lastUsedUs: days(89) } }, []], ['not held for long enough', { use: never, firstUs: days(89) }, []], ['cannot be told', { use: { ...never, state: 'cannot_tell' } }, []], ['only reads', { use: never, classes: reading }, []],
  ])('%s', (_title, change, expected) => {
    expect(found({ grants: [grant(change)] })).toEqual(expected);
  });
});

describe('who it is', () => {
  test('borrows an account: serious with power, else worth attention', () => {
    expect(found({ identity: { kind: 'borrowed', of: 'ann@example.com', sinceUs: days(3) } })).toEqual(['borrowed_account serious']);
    expect(found({ identity: { kind: 'borrowed', of: null, sinceUs: days(3) }, grants: [grant({ classes: reading })] })).toEqual(['borrowed_account attention']);
  });
  test('shares a credential', () => {
    const credential = { id: 4, kind: 'key', name: 'sk-…1a', sinceUs: days(3), others: [{ id: 8, name: 'Other' }] };
    expect(found({ credentials: [credential] })).toEqual(['shared_credential serious']);
    expect(found({ credentials: [{ ...credential, others: [] }] })).toEqual([]);
    expect(findingsOf(facts({ credentials: [credential] }))[0]?.text).toContain('together with Other');
  });
  test('has nobody, or somebody who is gone', () => {
    expect(found({ owner: null })).toEqual(['no_owner attention']);
    expect(found({ owner: null, sponsor: { name: 'Bea', gone: false, atUs: days(1) } })).toEqual([]);
    expect(found({ owner: { name: 'Ann', gone: true, atUs: days(1) } })).toEqual(['owner_gone serious']);
    expect(found({ sponsor: { name: 'Bea', gone: true, atUs: days(1) } })).toEqual(['owner_gone serious']);
    expect(found({ owner: null, holder: { kind: 'connection', id: 3, name: 'MCP' } })).toEqual([]);
  });
  test('can be called by anybody', () => {
    expect(found({ entries: [{ kind: 'a2a', where: 'https://agents.example', sinceUs: days(1) }] })).toEqual(['public_entry serious']);
    expect(found({ grants: [], entries: [{ kind: 'other', where: 'https://agents.example', sinceUs: days(1) }] })).toEqual(['public_entry attention']);
  });
  test.each(['http://127.0.0.1:1', 'http://127.9.9.9/mcp', 'http://localhost:2024', 'http://LOCALHOST.:1', 'http://[::1]:9', 'http://a.localhost'])('can be called by programs of this machine alone, at %s', (where) => {
    const [finding] = findingsOf(facts({ entries: [{ kind: 'other', where, sinceUs: days(1) }] }));
    expect(finding).toMatchObject({ rule: 'public_entry', severity: 'attention', subject: `public_entry other ${where}` });
    expect(finding?.text).toContain('only programs of this machine reach that address');
  });
  test.each(['http://127.0.0.1.evil.example', 'http://localhost.example', 'http://0.0.0.0:1', 'http://[::]:1', 'http://10.0.0.1', 'http://127.0.0.1@far.example', 'no address'])('and by others at %s', (where) => {
    expect(found({ entries: [{ kind: 'other', where, sinceUs: days(1) }] })).toEqual(['public_entry serious']);
  });
});

test('a policy at a resource for everybody is a public entry, unless a condition narrows it', () => {
  const everybody = grant({ kind: 'statement', role: 'resource', conditions: ['principal is "*"'], actions: ['s3:GetObject'], classes: reading });
  expect(found({ grants: [everybody] })).toEqual(['public_entry attention']);
  expect(found({ grants: [{ ...everybody, conditions: ['principal is "*"', 'aws:PrincipalOrgID StringEquals "o-1"'] }] })).toEqual([]);
  expect(found({ grants: [{ ...everybody, conditions: ['principal is "AWS:arn:aws:iam::1:role/*x"'] }] })).toEqual([]);
  expect(found({ grants: [{ ...everybody, effect: 'deny' }] })).toEqual([]);
});

describe('what it does and what it may', () => {
  test('used without a grant', () => {
    expect(found({ ungranted: [{ name: 'rm', class: 'delete', reversibility: 'irreversible', times: 2, firstUs: days(2), lastUs: days(1) }] })).toEqual(['used_without_grant serious']);
    expect(found({ ungranted: [{ name: 'look', class: 'read', reversibility: 'read_only', times: 1, firstUs: days(2), lastUs: days(1) }] })).toEqual(['used_without_grant attention']);
  });
  test('written down and not enforced', () => {
    expect(found({ grants: [grant({ enforcement: 'log_only' })] })).toEqual(['not_enforced serious']);
    expect(found({ grants: [grant({ enforcement: 'log_only', effect: 'deny', kind: 'policy' })] })).toEqual(['not_enforced serious']);
  });
  test('not understood', () => {
    expect(found({ grants: [grant({ understood: 'not', notUnderstood: ['It has no Effect.'], classes: [{ class: 'not_understood', reversibility: 'unknown' }] })] })).toEqual(['not_understood attention']);
    expect(found({ grants: [grant({ understood: 'partly', notUnderstood: ['x'] })] })).toEqual([]);
  });
  test('ends soon, or has ended and is still there', () => {
    expect(found({ grants: [grant({ expiresUs: NOW + 29 * DAY })] })).toEqual(['expiring info']);
    expect(found({ grants: [grant({ expiresUs: NOW + 31 * DAY })] })).toEqual([]);
    expect(findingsOf(facts({ grants: [grant({ expiresUs: days(1) })] }))[0]?.text).toContain('still listed');
  });
  test('reaches further than its baseline', () => {
    expect(found({ widened: [{ grantId: 1, name: 'send_mail', text: 'New: delete.', sinceUs: days(1) }] })).toEqual(['widened serious']);
  });
});

test('the same facts give the same subjects, and no two findings share one', () => {
  const many = facts({ owner: null, identity: { kind: 'borrowed', of: 'ann', sinceUs: 1 }, grants: [grant({ understood: 'not', enforcement: 'log_only', name: '*', expiresUs: NOW }), grant({ id: 2, use: { state: 'not_used', times: 0, lastUsedUs: null } })], ungranted: [{ name: 'a', class: 'read', reversibility: 'read_only', times: 1, firstUs: 1, lastUs: 2 }] });
  const subjects = findingsOf(many).map(({ subject }) => subject);
  expect(new Set(subjects).size).toBe(subjects.length);
  expect(findingsOf(many).map(({ subject }) => subject)).toEqual(subjects);
});

test('a long hostile name stays short in the text', () => {
  const long = 'x'.repeat(10_000);
  const texts = findingsOf(facts({ grants: [grant({ name: long, actions: ['*'], resources: ['*'], kind: 'statement', role: 'identity' })], credentials: [{ id: 1, kind: 'key', name: 'k', sinceUs: 1, others: [{ id: 2, name: long }] }] })).map(({ text }) => text.length);
  expect(texts.length).toBeGreaterThan(1);
  expect(Math.max(...texts)).toBeLessThan(1_000);
});
