import { describe, expect, test } from 'vitest';
import type { Enforcement } from '../../../shared/access.ts';
import { effective } from './effective.ts';
import { decide } from './iam-decide.ts';
import type { Held } from './normalised.ts';
import { readDocument } from './read-document.ts';
import { readOffer } from './read-offer.ts';

const iam = (statements: object[], role: Held['role'] = 'identity', enforcement: Enforcement = 'enforced'): Held[] => readDocument({ format: 'iam', role: role ?? 'identity', text: JSON.stringify({ Version: '2012-10-17', Statement: statements }) }).readings.map((reading) => ({ reading, role, documentId: `${role} ${enforcement}`, credential: null, enforcement }));
const allow = { Effect: 'Allow', Action: 's3:*', Resource: '*' };
const deny = { Effect: 'Deny', Action: 's3:*', Resource: '*' };

describe('what is only written down', () => {
  test('limits nothing: a deny, a boundary, a forbid', () => {
    const cedar = (text: string, enforcement: Enforcement): Held[] => readDocument({ format: 'cedar', role: 'identity', text }).readings.map((reading) => ({ reading, role: 'identity', documentId: 1, credential: null, enforcement }));
    expect(effective([...iam([allow]), ...iam([deny], 'identity', 'log_only')])[0]?.state).toBe('whole');
    expect(effective([...iam([allow]), ...iam([deny])])[0]?.state).toBe('nothing');
    expect(effective([...iam([allow]), ...iam([{ ...allow, Action: 's3:Get*' }], 'boundary', 'log_only')])[0]?.state).toBe('whole');
    expect(effective([...iam([allow]), ...iam([{ ...allow, Action: 's3:Get*' }], 'boundary')])[0]?.state).toBe('limited');
    const asked = { action: 's3:PutObject', resource: 'arn:aws:s3:::a/b' };
    expect(decide([...iam([allow]), ...iam([deny], 'identity', 'log_only'), ...iam([{ ...allow, Action: 's3:Get*' }], 'boundary', 'log_only')], asked)).toBe('allowed');
    expect(decide([...iam([allow]), ...iam([deny])], asked)).toBe('explicit_deny');
    const permit = cedar('permit(principal, action == Action::"view", resource);', 'enforced');
    expect(effective([...permit, ...cedar('forbid(principal, action, resource);', 'log_only')])[0]?.state).toBe('whole');
    expect(effective([...permit, ...cedar('forbid(principal, action, resource);', 'enforced')])[0]?.state).toBe('nothing');
  });
});

test('what permits nothing by itself has no facets: a deny, a boundary, a gate', () => {
  const gate: Held = { reading: { kind: 'gate', name: 'approval', ...readOffer({ kind: 'gate', name: 'approval', description: null, readOnly: null, destructive: null, openWorld: null, idempotent: null }) }, role: null, documentId: null, credential: null };
  expect(effective([...iam([deny]), ...iam([allow], 'boundary'), gate]).map(({ state, facets }) => ({ state, facets }))).toEqual(Array(3).fill({ state: 'no_permission', facets: [] }));
});

test('says in words what limits it', () => {
  const [some] = effective(iam([allow, { ...deny, Action: 's3:Delete*' }, { ...deny, Condition: { Bool: { 'aws:MultiFactorAuthPresent': 'false' } } }]));
  expect(some).toMatchObject({ state: 'limited', certain: false, why: ['Other policies take a part of it away.', 'Other policies may take a part of it away, by their conditions.'] });
});

test('a policy set that is made to be endless is given up in time, and loses nothing', () => {
  const statements = Array.from({ length: 600 }, (_one, place) => ({ Effect: place % 2 === 0 ? 'Allow' : 'Deny', Action: place % 2 === 0 ? '*' : `s3:Get*${place}*`, Resource: `arn:aws:s3:::${'*a'.repeat(20)}${place}*b?` }));
  const held = iam(statements);
  const began = performance.now();
  const remaining = effective(held);
  expect(performance.now() - began).toBeLessThan(9_000);
  expect(remaining.filter(({ state }) => state === 'nothing')).toEqual([]);
  expect(remaining.some(({ why }) => why.some((text) => text.includes('too many')))).toBe(true);
});

describe('the column of what others take a part of', () => {
  const columns = (held: Held[]): string[] => (effective(held)[0]?.facets ?? []).map((facet) => `${facet.resource}: ${facet.class}`);
  const get = { Effect: 'Allow', Action: 's3:GetObject', Resource: '*' };
  test('says that it is a part, and never names a resource of which nothing is left', () => {
    expect(columns(iam([get]))).toEqual(['s3 all: read']);
    expect(columns([...iam([get]), ...iam([{ ...get, Action: 's3:*', Resource: 'arn:aws:s3:::b/*' }], 'boundary')])).toEqual(['s3 all but some: read']);
    expect(columns(iam([get, { ...get, Effect: 'Deny', Resource: 'arn:aws:s3:::prod/*' }]))).toEqual(['s3 all but some: read']);
    expect(columns(iam([{ ...get, Resource: ['arn:aws:s3:::a/*', 'arn:aws:s3:::b/*', 'arn:aws:s3:::c/*'] }, { ...get, Effect: 'Deny', Resource: ['arn:aws:s3:::a/*', 'arn:aws:s3:::b/1/*'] }]))).toEqual(['s3 b/* but some: read', 's3 c/*: read']);
    expect(columns(iam([{ ...get, Action: ['s3:GetObject', 's3:DeleteObject'], Resource: ['arn:aws:s3:::a/*'] }, { ...get, Effect: 'Deny', Action: 's3:DeleteObject', Resource: 'arn:aws:s3:::a/keep/*' }]))).toEqual(['s3 a/*: read', 's3 a/* but some: delete']);
  });
  test('stays whole where a condition decides, and where the boundary reaches as far', () => {
    expect(columns(iam([get, { ...get, Effect: 'Deny', Resource: 'arn:aws:s3:::prod/*', Condition: { Bool: { 'aws:SecureTransport': 'false' } } }]))).toEqual(['s3 all: read']);
    expect(columns([...iam([{ ...get, Resource: 'arn:aws:s3:::b/x/*' }]), ...iam([{ ...get, Action: '*', Resource: 'arn:aws:s3:::b/*' }], 'boundary')])).toEqual(['s3 b/x/*: read']);
  });
});
