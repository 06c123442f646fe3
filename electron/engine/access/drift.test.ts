import { describe, expect, test } from 'vitest';
import { diffOf } from './drift.ts';
import type { Comparable } from './drift.ts';

const base: Comparable = { effect: 'allow', understood: 'whole', classes: [{ class: 'read', reversibility: 'read_only' }], actions: ['s3:GetObject'], resources: ['arn:aws:s3:::invoices/*'], conditions: ['aws:SecureTransport Bool "true"'], readOnly: true, destructive: false, openWorld: false, enforcement: 'enforced', expiresAt: '2027-01-01T00:00:00.000Z', description: 'Reads.' };
const to = (change: Partial<Comparable>, from: Partial<Comparable> = {}) => diffOf({ ...base, ...from }, { ...base, ...change });

test('the same is no change', () => {
  expect(to({})).toBeNull();
});

describe('it reaches further', () => {
  test.each<[string, Partial<Comparable>, Partial<Comparable>]>([
    ['when a deny becomes an allow', { effect: 'allow' }, { effect: 'deny' }], ['when it no longer claims to read only', { readOnly: null }, {}], ['when it says it destroys', { destructive: true }, {}], ['when it no longer says that it destroys nothing', { destructive: null }, {}], ['when it opens to the world', { openWorld: true }, {}],
    ['with a new class', { classes: [...base.classes, { class: 'delete', reversibility: 'irreversible' }] }, {}], ['with a class that is worse', { classes: [{ class: 'write', reversibility: 'unknown' }] }, { classes: [{ class: 'write', reversibility: 'reversible' }] }], ['with a new action', { actions: ['s3:GetObject', 's3:PutObject'] }, {}], ['with a wider action', { actions: ['s3:Get*'] }, {}], ['with a wider resource', { resources: ['*'] }, {}],
    ['without a condition', { conditions: [] }, {}], ['with another condition, because nobody can tell', { conditions: ['aws:SecureTransport Bool "false"'] }, {}], ['when it is only written down', { enforcement: 'log_only' }, {}], ['when it ends later', { expiresAt: '2028-01-01T00:00:00.000Z' }, {}], ['when it never ends', { expiresAt: null }, {}], ['when it can no longer be read', { understood: 'not' }, {}],
    ['when a deny is for less', { effect: 'deny', actions: ['s3:GetObject'] }, { effect: 'deny', actions: ['s3:*'] }], ['when a deny gets a condition', { effect: 'deny' }, { effect: 'deny', conditions: [] }], ['when less is left out', { actions: ['not iam:*'] }, { actions: ['not iam:*', 'not sts:*'] }], ['when all but some takes the place of some', { actions: ['not iam:*'] }, {}], ['when it could be anything', { resources: [] }, {}],
  ])('%s', (_title, after, before) => {
    expect(to(after, before)).toMatchObject({ what: 'changed', widening: true });
  });
});

describe('it changes and reaches no further', () => {
  test.each<[string, Partial<Comparable>, Partial<Comparable>]>([
    ['when an allow becomes a deny', { effect: 'deny' }, { effect: 'allow', conditions: base.conditions }], ['when it claims to read only', { readOnly: true }, { readOnly: null }], ['when it wrote and only reads now', { readOnly: true, destructive: null }, { readOnly: false, destructive: true, classes: [{ class: 'write', reversibility: 'irreversible' }] }], ['from no claim to the worst one', { destructive: true }, { destructive: null }], ['without a class', { classes: [] }, {}], ['with fewer actions', { actions: ['s3:GetObject'] }, { actions: ['s3:GetObject', 's3:PutObject'] }],
    ['with a narrower resource', { resources: ['arn:aws:s3:::invoices/2026/*'] }, {}], ['with one more condition', { conditions: [...base.conditions, 'aws:username StringEquals "ann"'] }, {}], ['when it is enforced', { enforcement: 'enforced' }, { enforcement: 'declared' }], ['when it ends sooner', { expiresAt: '2026-12-01T00:00:00.000Z' }, {}], ['with other words', { description: 'Reads all.' }, {}],
    ['when a deny is for more', { effect: 'deny', actions: ['s3:*'] }, { effect: 'deny' }], ['when more is left out', { actions: ['not iam:*', 'not sts:*'] }, { actions: ['not iam:*'] }], ['when the same action is written as a pattern that it was covered by', { actions: ['s3:GetObject'] }, { actions: ['s3:Get*'] }],
  ])('%s', (_title, after, before) => {
    expect(to(after, before)).toMatchObject({ what: 'changed', widening: false });
  });
});

test('the text names what changed', () => {
  expect(to({ destructive: true, actions: ['s3:GetObject', 's3:DeleteObject'] })?.text).toBe('It says now that it destroys. New action: s3:DeleteObject.');
});
