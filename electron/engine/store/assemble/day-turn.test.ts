/** While the turn of days stands, what was done and handed on days that are over does not change, whatever comes in; and readers that keep it answer as those that do not. */
import { expect, it, onTestFinished } from 'vitest';
import { US_DAY } from '../codes.ts';
import { openReader, type ReadDb } from '../database.ts';
import { historyFile } from '../open.ts';
import { agentVolumes } from '../queries/agent-volumes.ts';
import { closedDays, type ClosedDays } from '../queries/closed-days.ts';
import { LinkDays, type LinkSum } from '../queries/link-days.ts';
import { Reading } from '../queries/reading.ts';
import { accessGraph } from '../queries/access-graph.ts';
import { contract } from '../../../../shared/contract.ts';
import { removeConnection } from '../retention.ts';
import { TestRuntime } from '../test-runtime.ts';
import { agentDraft, second, spanDraft, t0, TestHistory, trace } from '../test-history.ts';

const hour = 3_600;
const begun = Math.floor(t0 / US_DAY);

function opened(): { history: TestHistory; db: ReadDb; closed: () => ClosedDays } {
  const history = new TestHistory();
  const db = openReader(historyFile(history.dir));
  onTestFinished(() => { db.close(); history.close(); });
  return { history, db, closed: () => closedDays(new Reading(db)) };
}

/** boss has clerk call a tool, so many hours later. */
const tell = (history: TestHistory, n: number, hours: number, nowHours = hours, boss = 'boss'): void => {
  const at = hours * hour;
  history.tell([agentDraft(1, 0, boss, { traceId: trace(n), at, for: 9 }), agentDraft(2, 1, 'clerk', { traceId: trace(n), at: at + 1, for: 5 }), spanDraft(3, 2, { traceId: trace(n), at: at + 2, name: 'tool' })], t0 + nowHours * hour * second);
};

it('counts up only when a day that is over changes', () => {
  const { history, closed } = opened();
  expect(closed()).toEqual({ open: 0, n: 0 });
  tell(history, 1, 0);
  expect(closed()).toEqual({ open: begun, n: 1 });
  tell(history, 2, 1);
  expect(closed()).toEqual({ open: begun, n: 1 });
  tell(history, 3, 24);
  expect(closed()).toEqual({ open: begun + 1, n: 1 });
  tell(history, 4, 2, 24);
  expect(closed()).toEqual({ open: begun + 1, n: 2 });
  // A clock that runs ahead closes nothing.
  tell(history, 5, 24 * 40, 24);
  expect(closed()).toEqual({ open: begun + 1, n: 2 });
  // The same once more changes nothing.
  tell(history, 4, 2, 25);
  expect(closed()).toEqual({ open: begun + 1, n: 2 });
});

it('keeps days again once a clock that ran a year ahead is right', () => {
  const { history, closed } = opened();
  tell(history, 1, 24 * 365);
  expect(closed()).toEqual({ open: begun + 365, n: 1 });
  tell(history, 2, 0);
  expect(closed()).toEqual({ open: begun, n: 2 });
  tell(history, 3, 1);
  expect(closed()).toEqual({ open: begun, n: 2 });
  // By a day only: midnight, or a clock that was put right by little.
  tell(history, 4, 25);
  tell(history, 5, 2);
  expect(closed()).toEqual({ open: begun + 1, n: 3 });
});

it('is said too when a connection goes with its history', () => {
  const runtime = new TestRuntime();
  const db = openReader(historyFile(runtime.history.dir));
  onTestFinished(() => { db.close(); runtime.close(); });
  const other = runtime.history.connect('other');
  runtime.tell([agentDraft(1, 0, 'boss', { traceId: trace(1), at: 0 })], other);
  const { n } = closedDays(new Reading(db));
  for (const _ of removeConnection(runtime.writer, other)) expect(_).toBeGreaterThanOrEqual(0);
  expect(closedDays(new Reading(db)).n).toBe(n + 1);
});

/** As the file says. */
const linksBetween = (db: ReadDb, where: string, from: number, to: number): unknown[] => db.prepare(`SELECT caller, called, sum(calls) AS volume, sum(failures) AS failures, max(last_us) AS lastUs FROM link_day WHERE ${where} AND day BETWEEN ? AND ? GROUP BY caller, called ORDER BY caller, called`).all(from, to);
const told = (links: readonly LinkSum[]): unknown[] => links.map(({ caller, called, volume, failures, lastUs }) => ({ caller, called, volume, failures, lastUs }));

it('what is kept of days that are over is what would be read', () => {
  const { history, db, closed } = opened();
  const keeping = new Reading(db);
  let seed = 1;
  const pick = (most: number): number => { seed = (seed * 16_807) % 2_147_483_647; return Math.floor((seed / 2_147_483_647) * most); };
  const turns = new Set<number>();
  for (let n = 1; n <= 30; n += 1) {
    // Mostly later and later, now and then of days before; some questions find the turn of the question before.
    if (pick(3) > 0) tell(history, n, pick(3) === 0 ? pick(10 * 24) : n * 4, n * 4, ['boss', 'chief', 'head'][pick(3)] ?? 'boss');
    const { open, n: turn } = closed();
    turns.add(turn);
    const agents = db.prepare<[], number>('SELECT id FROM agent').pluck().all();
    for (const [from, to] of [[open - 6, open + 1], [open - 2, open], [open - 6, open - 2], [open, open]] as const) {
      const some = agents.filter(() => pick(3) > 0);
      const ids = some.length === 0 ? 'NULL' : some.join(', ');
      const links = new LinkDays(keeping, [from, to], pick(2) === 0);
      expect(told(links.out(some))).toEqual(linksBetween(db, `caller IN (${ids})`, from, to));
      expect(told(links.into(some))).toEqual(linksBetween(db, `called IN (${ids})`, from, to));
      const sinceUs = from * US_DAY + pick(24) * hour * second;
      expect([...links.keysInto(some, sinceUs)].sort((a, b) => a - b)).toEqual(db.prepare(`SELECT DISTINCT caller * 67108864 + called FROM link_day WHERE called IN (${ids}) AND day BETWEEN ? AND ? AND last_us >= ? ORDER BY 1`).pluck().all(from, to, sinceUs));
      const span = { fromUs: sinceUs, toUs: (to + 1) * US_DAY };
      expect(agentVolumes(keeping, span, agents)).toEqual(agentVolumes(new Reading(db), span, agents));
      const params = contract['access.graph'].params.parse({ period: { from: new Date(sinceUs / 1_000).toISOString(), to: null } });
      const asked = (reading: Reading): unknown => { reading.begin(); return accessGraph(reading, params, (to + 1) * US_DAY); };
      expect(asked(keeping)).toEqual(asked(new Reading(db)));
    }
  }
  // Otherwise nothing ever came late, or nothing was ever kept.
  expect(turns.size).toBeGreaterThan(3);
  expect(turns.size).toBeLessThan(20);
});
