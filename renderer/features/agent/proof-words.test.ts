import { expect, it } from 'vitest';
import { proofLook } from './proof-words.ts';

const record = (state: 'holds' | 'open_hour' | 'erased' | 'does_not_match' | 'before_digests', entryId: string | null = null) => ({ connectionId: 'con-1', hour: null, index: null, size: null, leaf: null, path: [], root: null, entryId, state });

it('says the worst of an activity\'s records', () => {
  expect(proofLook({ records: [record('holds', 'aud-7'), record('holds', 'aud-8')] })).toEqual({ state: 'healthy', word: 'Holds', says: '2 records are in a digest that the audit log holds.', entryId: 'aud-7' });
  expect(proofLook({ records: [record('holds', 'aud-7'), record('open_hour')] })).toMatchObject({ word: 'Hour is open', says: '1 record of 2 is in an hour whose digest is not closed yet.', entryId: null });
  expect(proofLook({ records: [record('holds'), record('erased'), record('before_digests'), record('does_not_match', 'aud-9')] })).toMatchObject({ state: 'broken', entryId: 'aud-9' });
});

it('does not say that it holds where nothing is known', () => {
  expect(proofLook({ records: [] })).toMatchObject({ state: 'unknown', word: 'Not known' });
});
