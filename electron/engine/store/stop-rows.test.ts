/** Short acts since a moment: with a limit, exactly the oldest of those that are there without one. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { openReader } from './database.ts';
import { historyFile } from './open.ts';
import { Reading } from './queries/reading.ts';
import { rowsSince } from './stop-rows.ts';
import { logDraft, second, t0, TestHistory } from './test-history.ts';

it('are the oldest of all agents, however the agents share them', () => {
  const history = new TestHistory();
  const random = fc.sample(fc.record({ by: fc.constantFrom('a', 'a', 'a', 'b', 'b', 'c', 'd'), at: fc.integer({ min: 0, max: 120 }), took: fc.integer({ min: 0, max: 9 }) }), { numRuns: 300, seed: 7 });
  history.tell(random.map(({ by, at, took }, n) => logDraft(`tool:${n}`, at, { name: 'x', agent: { id: by, name: by }, endUs: t0 + (at + took) * second })));
  const db = openReader(historyFile(history.dir));
  const reading = new Reading(db);
  try {
    const sources = history.all<{ id: number }>('SELECT id FROM agent').map(({ id }) => id);
    expect(sources.length).toBeGreaterThan(3);
    fc.assert(fc.property(fc.integer({ min: -5, max: 130 }), fc.integer({ min: 1, max: 320 }), fc.subarray(sources), (since, limit, some) => {
      const watched = { sources: some, tasks: null };
      const all = some.flatMap((source) => rowsSince(reading, { sources: [source], tasks: null }, t0 + since * second, 10_000)).sort((a, b) => a.ts - b.ts || a.id - b.id);
      expect(rowsSince(reading, watched, t0 + since * second, limit)).toEqual(all.slice(0, limit));
    }), { numRuns: 100 });
  } finally {
    db.close();
    history.close();
  }
});
