/** What strangers can make many of is not all kept: beyond its bound it is read anew, and the answer is the same. */
import { dirname } from 'node:path';
import Database from 'better-sqlite3';
import { expect, it, onTestFinished } from 'vitest';
import { US_DAY } from '../codes.ts';
import { openReader } from '../database.ts';
import { historyFile } from '../open.ts';
import { t0, TestHistory } from '../test-history.ts';
import { daySums, failedHours } from './agent-days.ts';
import { countsOf, Tally } from './failure-counts.ts';
import { grantNames } from './grant-names.ts';
import { Reading } from './reading.ts';

const today = Math.floor(t0 / US_DAY);
const ids = (most: number): number[] => Array.from({ length: most }, (_, at) => at + 1);

/** Remembers what was asked. */
class Heard extends Reading {
  asked: string[] = [];
  override sql<P extends unknown[], R>(text: string): ReturnType<typeof Reading.prototype.sql<P, R>> {
    this.asked.push(text);
    return super.sql<P, R>(text);
  }

  times(table: string): number {
    const times = this.asked.filter((text) => text.includes(`CROSS JOIN ${table}`)).length;
    this.asked = [];
    return times;
  }
}

/** So many agents failed in one way yesterday and today. */
function filled(agents: number): Heard {
  const history = new TestHistory();
  history.db.exec(`WITH RECURSIVE n (id) AS (SELECT 1 UNION ALL SELECT id + 1 FROM n WHERE id < ${agents}) INSERT INTO failure_agent (failure, agent, count) SELECT 1, id, 3 FROM n`);
  for (const [day, count] of [[today - 1, 1], [today, 2]] as const) {
    history.db.prepare('INSERT INTO failure_day (day, failure, agent, count) SELECT ?, 1, agent, ? FROM failure_agent').run(day, count);
    history.db.prepare('INSERT INTO failed_hours (agent, day, h3) SELECT agent, ?, ? FROM failure_agent').run(day, count);
  }
  history.db.prepare('INSERT INTO day_turn (id, open, n) VALUES (1, ?, 1)').run(today);
  const db = openReader(historyFile(history.dir));
  onTestFinished(() => { db.close(); history.close(); });
  return new Heard(db);
}

it.each([[10, false], [25_000, true]])('of %i agents that failed', (agents, anew) => {
  const reading = filled(agents);
  const bins = { fromUs: (today - 7) * US_DAY, toUs: (today + 1) * US_DAY, binUs: US_DAY, count: 8, days: { from: today - 7, to: today } };
  const counted = (): unknown => [...countsOf(reading, new Tally(reading, bins, [1])).get(1) ?? []];
  const first = counted();
  expect(first).toEqual(ids(agents).map((agent) => [agent, 3]));
  expect(reading.times('failure_agent')).toBe(2);
  expect(counted()).toEqual(first);
  expect(reading.times('failure_agent')).toBe(anew ? 2 : 1);
});

it.each([[10, false], [5_000, true]])('of hours of %i agents', (agents, anew) => {
  const reading = filled(agents);
  const hours = (): number[] => failedHours(reading, ids(agents), [today - 30, today]).map((one) => one.hours.reduce((sum, count) => sum + count, 0));
  const first = hours();
  expect(first.reduce((sum, one) => sum + one, 0)).toBe(3 * agents);
  reading.times('failed_hours');
  expect(hours()).toEqual(first);
  expect(reading.times('failed_hours')).toBe(anew ? 2 : 1);
  expect(daySums(reading, ids(agents), [today - 30, today]).size).toBe(0);
});

it('of tools that a server has others of each time it is asked', () => {
  const reading = filled(1);
  const history = new Database(historyFile(dirname(reading.db.name)));
  onTestFinished(() => { history.close(); });
  const list = (from: number, most: number): void => {
    history.exec(`DELETE FROM grant_seen; WITH RECURSIVE n (id) AS (SELECT ${from} UNION ALL SELECT id + 1 FROM n WHERE id < ${from + most - 1}) INSERT INTO grant_seen (connection, agent, kind, name, source, first_us, last_us) SELECT 1, 1, 'tool', 'tool_' || id, 's', 1, 1 FROM n`);
  };
  list(1, 10);
  const first = grantNames(reading);
  expect(first.with('tool_').length).toBe(10);
  list(1_000, 10);
  expect(grantNames(reading)).toBe(first);
  list(10_000, 101_000);
  expect(grantNames(reading).with('tool_1000').length).toBeGreaterThan(10);
  list(200_000, 10);
  const later = grantNames(reading);
  expect(later).not.toBe(first);
  expect(later.with('tool_').map(({ name }) => name)).toEqual(Array.from({ length: 10 }, (_, at) => `tool_${200_000 + at}`));
});
