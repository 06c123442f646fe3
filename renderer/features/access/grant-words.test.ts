import { describe, expect, it } from 'vitest';
import type { Grant } from '../../../shared/access.ts';
import { effectOf, grantSummary, worstFirst } from './grant-words.ts';

const grant = (name: string, more: Partial<Grant> = {}): Grant => ({
  id: name, connectionId: 'c', connectionName: 'Files', agentId: null, agentName: null, kind: 'tool', name, description: null, readOnly: null, destructive: null, openWorld: null, idempotent: null,
  documentId: null, effect: 'allow', understood: 'whole', notUnderstood: [], classes: [], reversibility: 'unknown', actions: [], resources: [], conditions: [], dataClass: null, expiresAt: null, enforcement: 'declared', credential: null, goneAt: null,
  use: { state: 'not_used', times: 0, denied: 0, firstUsedAt: null, lastUsedAt: null, lastDeniedAt: null, why: null },
  from: 'tools/list', firstSeen: '2026-11-17T14:00:00.000Z', lastSeen: '2026-11-17T14:00:00.000Z', ...more,
});

describe('what a grant claims', () => {
  it('is the worst where it claims nothing', () => {
    expect(effectOf(grant('a'))).toMatchObject({ word: 'not declared', says: expect.stringContaining('the worst holds') as string });
    expect(effectOf(grant('a', { readOnly: false }))).toMatchObject({ word: 'may destroy' });
  });

  it('is what it claims, and no more', () => {
    expect(effectOf(grant('a', { readOnly: true, openWorld: false }))).toMatchObject({ word: 'only reads', says: 'It claims only to read. It claims to stay inside.' });
    expect(effectOf(grant('a', { readOnly: false, destructive: false }))).toMatchObject({ word: 'changes things' });
    expect(effectOf(grant('a', { destructive: true }))).toMatchObject({ word: 'can destroy' });
  });

  it('says where two claims do not fit', () => {
    expect(effectOf(grant('a', { readOnly: true, destructive: true })).says).toContain('do not fit');
  });
});

it('puts the worst first, and counts what needs a look', () => {
  const all = [grant('read', { readOnly: true }), grant('say nothing'), grant('delete', { destructive: true }), grant('gate', { kind: 'gate' })];
  expect(worstFirst(all).map((one) => one.name)).toEqual(['delete', 'say nothing', 'read', 'gate']);
  expect(grantSummary(all)).toBe('1 can destroy, 1 not declared');
  expect(grantSummary([])).toBe('');
});
