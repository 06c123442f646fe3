/** What is kept of days that are over is what would be read, whatever comes in late; readers that keep it answer as those that do not. */
import { expect, it, onTestFinished } from 'vitest';
import { contract } from '../../../../shared/contract.ts';
import { openReader } from '../database.ts';
import { historyFile } from '../open.ts';
import { agentDraft, second, spanDraft, t0, TestHistory, trace } from '../test-history.ts';
import { listAgents } from './agents.ts';
import { Reading } from './reading.ts';

const hour = 3_600;
const day = 24 * hour;

it('agents are told as by a reader that keeps nothing', () => {
  const history = new TestHistory();
  const db = openReader(historyFile(history.dir));
  onTestFinished(() => { db.close(); history.close(); });
  const keeping = new Reading(db);
  let seed = 1;
  const pick = (most: number): number => { seed = (seed * 16_807) % 2_147_483_647; return seed % most; };
  let failures = 0;
  for (let n = 1; n <= 24; n += 1) {
    // Mostly later and later, now and then of days before; the same record may come again with another end.
    const now = n * 8 * hour;
    const at = pick(4) === 0 ? pick(now) : now;
    const failed = pick(3) === 0;
    history.tell([agentDraft(1, 0, ['boss', 'clerk'][pick(2)] ?? 'boss', { traceId: trace(n), at, for: 5 }), spanDraft(2, 1, { traceId: trace(n), at: at + 1, name: 'tool', status: failed ? 'error' : 'ok' })], t0 + now * second);
    const nowUs = t0 + (now + hour) * second;
    for (const days of [7, 30]) {
      const params = contract['agents.list'].params.parse({ period: { from: new Date((nowUs - days * day * second) / 1_000).toISOString(), to: null }, includeIdle: true });
      const asked = (reading: Reading): ReturnType<typeof listAgents> => { reading.begin(); return listAgents(reading, params, nowUs); };
      const told = asked(keeping);
      expect(told).toEqual(asked(new Reading(db)));
      failures += told.rows.reduce((sum, row) => sum + row.failures, 0);
    }
  }
  expect(failures).toBeGreaterThan(5);
});
