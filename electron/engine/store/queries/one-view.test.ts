/** What is asked in one view fits together, and nothing is held of the file afterwards. */
import { expect, it, onTestFinished } from 'vitest';
import { openReader } from '../database.ts';
import { historyFile } from '../open.ts';
import { TestHistory } from '../test-history.ts';
import { inOneView } from './one-view.ts';
import { Reading } from './reading.ts';

function opened(): { history: TestHistory; reading: Reading; count: () => number; add: () => void; foldsLog: () => boolean } {
  const history = new TestHistory();
  const db = openReader(historyFile(history.dir));
  onTestFinished(() => { db.close(); history.close(); });
  const reading = new Reading(db);
  return {
    history, reading, count: () => reading.sql<[], number>('SELECT count(*) FROM connection').pluck().get() ?? 0, add: () => { history.connect(`c${Math.random()}`); },
    foldsLog: () => (history.db.pragma('wal_checkpoint(TRUNCATE)') as [{ busy: number }])[0].busy === 0,
  };
}

it('sees one state of the file, also in a view within it, and the next one afterwards', () => {
  const { reading, count, add } = opened();
  const before = count();
  inOneView(reading, () => {
    expect(count()).toBe(before);
    add();
    expect(inOneView(reading, count)).toBe(before);
    expect(count()).toBe(before);
  });
  expect(count()).toBe(before + 1);
});

it.each([['a mistake', 'SELECT * FROM no_table', 'no such table'], ['an error while it runs', "SELECT json_extract('{', '$')", 'malformed JSON']])('lets go of the file after %s', (_what, wrong, said) => {
  const { history, reading, count, add, foldsLog } = opened();
  history.db.pragma('busy_timeout = 0');
  expect(() => inOneView(reading, () => { count(); return reading.sql(wrong).get(); })).toThrow(said);
  expect(reading.db.inTransaction).toBe(false);
  const before = count();
  add();
  expect(count()).toBe(before + 1);
  expect(foldsLog()).toBe(true);
});

it('lets the log be folded between two questions, and in one of them not', () => {
  const { history, reading, count, add, foldsLog } = opened();
  history.db.pragma('busy_timeout = 0');
  inOneView(reading, () => {
    count();
    add();
    expect(foldsLog()).toBe(false);
  });
  expect(foldsLog()).toBe(true);
});
