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
  const history = new TestHistory();
  const [seed] = fc.sample(fc.array(fc.nat(), { minLength: 200, maxLength: 400 }), 1);
  fill(history.db, diceOf(seed ?? [1]));
  for (let n = 0; n < 700; n++) history.db.prepare('INSERT INTO activity (task, agent, ts_us, dur_us, kind, status, flags, name, model, key, trace, span, parent_span, claim, service, source, record, block, slot) VALUES (1, 1, ?, 1, 1, 2, 0, 1, 0, ?, 0, 0, 0, 0, 0, 0, 0, 0, 0)').run(t0 + n, 10_000 + n);
  const db = openReader(historyFile(history.dir));
  onTestFinished(() => { db.close(); history.close(); });
  return new Heard(db);
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
