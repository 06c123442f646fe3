/** While the turn of an agent stands, the sums of its tool calls before its newest day do not change, whatever comes in. */
import { expect, it, onTestFinished } from 'vitest';
import { openReader } from '../database.ts';
import { historyFile } from '../open.ts';
import { Reading } from '../queries/reading.ts';
import { toolSums } from '../queries/tool-days.ts';
import { agentDraft, second, spanDraft, t0, TestHistory, trace } from '../test-history.ts';
import { US_DAY } from '../codes.ts';

const hour = 3_600;

it('what is kept of earlier days is what would be read', () => {
  const history = new TestHistory();
  const db = openReader(historyFile(history.dir));
  onTestFinished(() => { db.close(); history.close(); });
  const keeping = new Reading(db);
  const place = (agent: number): { newest: number; n: number } | undefined => db.prepare<[number], { newest: number; n: number }>('SELECT newest, n FROM tool_turn WHERE agent = ?').get(agent);
  let seed = 1;
  const pick = (most: number): number => { seed = (seed * 16_807) % 2_147_483_647; return seed % most; };
  const kept = new Set<string>();
  for (let n = 1; n <= 60; n += 1) {
    // Mostly later and later, now and then of days before.
    const at = (pick(4) === 0 ? pick(10 * 24) : Math.floor(n * 4)) * hour;
    history.tell([agentDraft(1, 0, ['clerk', 'other'][pick(2)] ?? 'clerk', { traceId: trace(n), at }), ...Array.from({ length: 1 + pick(3) }, (_, of) => spanDraft(2 + of, 1, { traceId: trace(n), at: at + of, for: 1 + pick(9), name: `tool-${pick(3)}`, ...(pick(3) === 0 ? { status: 'error' as const } : {}) }))], t0 + 20 * 24 * hour * second);
    const [from, to] = db.prepare<[], [number, number]>('SELECT min(day), max(day) FROM tool_day').raw().get() ?? [0, 0];
    const agents = db.prepare<[], number>('SELECT DISTINCT agent FROM tool_day').pluck().all();
    for (const days of [[from, to], [to - 2, to], [from, to - 3]] as const) {
      const [fast, slow] = [toolSums(keeping, agents, days), toolSums(new Reading(db), agents, days)];
      for (const agent of agents) {
        const read = db.prepare('SELECT name, sum(calls), sum(failures), sum(denied), max(last_us), count(*) FROM tool_day WHERE agent = ? AND day BETWEEN ? AND ? GROUP BY name').raw().all(agent, ...days);
        expect(fast(agent)).toEqual(read);
        expect(slow(agent)).toEqual(read);
        kept.add(`${agent} ${JSON.stringify(place(agent))}`);
      }
    }
  }
  // Otherwise nothing was ever kept, or nothing ever came late.
  expect(kept.size).toBeLessThan(100);
  expect(Math.max(...[...kept].map((one) => Number(/"n":(\d+)/.exec(one)?.[1])))).toBeGreaterThan(2);
  expect(US_DAY).toBe(24 * hour * second);
});
