import fc from 'fast-check';
import { expect, it, onTestFinished } from 'vitest';
import { columnsOf } from '../../export/columns.ts';
import { day, diceOf, fill, spec } from '../../export/test-report.ts';
import { openReader } from '../database.ts';
import { historyFile } from '../open.ts';
import { t0, TestHistory } from '../test-history.ts';
import { Reading } from './reading.ts';
import { contentRows } from './report-contents.ts';
import { selectionOf } from './report-scope.ts';

/** Remembers what was asked. */
class Heard extends Reading {
  readonly asked: string[] = [];
  override sql<P extends unknown[], R>(text: string): ReturnType<typeof Reading.prototype.sql<P, R>> {
    this.asked.push(text);
    return super.sql<P, R>(text);
  }
}

function filled(): Heard {
  return filledWith().reading;
}

function filledWith(): { reading: Heard; history: TestHistory } {
  const history = new TestHistory();
  const [seed] = fc.sample(fc.array(fc.nat(), { minLength: 200, maxLength: 400 }), 1);
  fill(history.db, diceOf(seed ?? [1]));
  for (let n = 0; n < 700; n++) history.db.prepare('INSERT INTO activity (task, agent, ts_us, dur_us, kind, status, flags, name, model, key, trace, span, parent_span, claim, service, source, record, block, slot) VALUES (1, 1, ?, 1, 1, 2, 0, 1, 0, ?, 0, 0, 0, 0, 0, 0, 0, 0, 0)').run(t0 + n, 10_000 + n);
  const db = openReader(historyFile(history.dir));
  onTestFinished(() => { db.close(); history.close(); });
  return { reading: new Heard(db), history };
}

it('looks for a page behind the last one, not from where the report begins', () => {
  const reading = filled();
  const rows = [...contentRows(reading, 'activity', selectionOf(reading, spec(), t0)).pages()].flat();
  const counted = reading.db.prepare<number[], { n: number }>('SELECT count(*) AS n FROM activity WHERE ts_us >= ? AND ts_us < ?').get(t0 - 10 * day, t0 + 10 * day)?.n;
  expect(rows).toHaveLength(counted ?? -1);
  expect(new Set(rows.map(({ id }) => id)).size).toBe(rows.length);
  const walk = reading.asked.find((text) => text.includes('activity a NOT INDEXED') && text.includes('ORDER BY')) ?? '';
  const values = Array.from(walk.matchAll(/\?/g), () => 1);
  const seeks = reading.db.prepare<number[], { opcode: string; p1: number }>(`EXPLAIN ${walk}`).all(...values).filter(({ opcode, p1 }) => opcode.startsWith('Seek') && p1 === 0);
  // GE would be the end that all pages share.
  expect(seeks.map(({ opcode }) => opcode)).toEqual(['SeekGT']);
});

it('tells an activity in the order of its columns', () => {
  const reading = filled();
  const [first] = [...contentRows(reading, 'activity', selectionOf(reading, spec(), t0)).pages()].flat();
  expect(Object.keys(first ?? {})).toEqual(columnsOf.activity.map(({ name }) => name));
});

it('tells each row once that stays, and none that comes, whatever is written between two pages', () => {
  const { reading, history } = filledWith();
  const within = (): number[] => history.db.prepare<number[], number>('SELECT id FROM activity WHERE ts_us >= ? AND ts_us < ?').pluck().all(t0 - 10 * day, t0 + 10 * day);
  const before = new Set(within());
  const told: number[] = [];
  let pages = 0;
  for (const page of contentRows(reading, 'activity', selectionOf(reading, spec(), t0)).pages()) {
    told.push(...page.map(({ id }) => Number.parseInt(String(id).slice(4), 36)));
    pages += 1;
    // One that was told, one that was not yet, and a new one at a time that was told already.
    history.db.exec('DELETE FROM activity WHERE id IN ((SELECT min(id) FROM activity), (SELECT max(id) - 3 FROM activity))');
    history.db.prepare('INSERT INTO activity (task, agent, ts_us, dur_us, kind, status, flags, name, model, key, trace, span, parent_span, claim, service, source, record, block, slot) VALUES (1, 1, ?, 1, 1, 2, 0, 1, 0, ?, 0, 0, 0, 0, 0, 0, 0, 0, 0)').run(t0, 90_000 + pages);
  }
  expect(pages).toBeGreaterThan(1);
  const ids = new Set(told);
  expect(ids.size).toBe(told.length);
  expect(told.filter((id) => !before.has(id))).toEqual([]);
  expect(within().filter((id) => before.has(id) && !ids.has(id))).toEqual([]);
});

it('tells each row once where hundreds share the beginning of their key', () => {
  const { reading, history } = filledWith();
  history.db.exec('DELETE FROM failure_day; DELETE FROM agent_stitch');
  const add = history.db.prepare('INSERT INTO failure_day (failure, agent, day, count) VALUES (1, 1, ?, 1)');
  const more = history.db.prepare('INSERT INTO failure_day (failure, agent, day, count) VALUES (1, ?, ?, 1)');
  const first = Math.floor((t0 - 9 * day) / day);
  for (let n = 0; n < 9; n++) add.run(first + n);
  for (let agent = 2; agent < 102; agent++) for (let n = 0; n < 9; n++) more.run(agent, first + n);
  const told = [...contentRows(reading, 'failures', selectionOf(reading, spec(), t0)).pages()].flat().filter(({ row }) => row === 'day');
  expect(told).toHaveLength(101 * 9);
  expect(new Set(told.map((row) => JSON.stringify(row))).size).toBe(101 * 9);
});
