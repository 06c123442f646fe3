/** An older file becomes one of version 3: what screens read is filled from what was there. */
import { readdirSync } from 'node:fs';
import { expect, it } from 'vitest';
import { olderFile } from './test-older.ts';

const sums = 'tasks, activities, failures, denials, input, output, cache_read, cache_write, reasoning, micros, priced, unpriced';
/** at, agent, model, currency, tasks, activities, failures, micros, priced */
type Line = readonly [number, number, number, number, number, number, number, number, number];
const hours: readonly Line[] = [
  [48, 2, 7, 3, 0, 4, 1, 900, 2], [48, 1, 7, 3, 1, 5, 2, 100, 5], [48, 1, 0, 0, 1, 6, 3, 0, 0], [71, 1, 8, 3, 0, 2, 1, 50, 1], [72, 1, 7, 3, 0, 3, 0, 40, 3], [72, 3, 7, 3, 0, 1, 0, 7, 1],
];

it('fills the new sums from the old ones and loses no line', () => {
  const { dir, db, up } = olderFile(2);
  const line = (table: string, unit: string, [at, agent, model, currency, tasks, activities, failures, micros, priced]: Line): void => {
    db.prepare(`INSERT INTO ${table} (${unit}, agent, model, currency, ${sums}) VALUES (?, ?, ?, ?, ?, ?, ?, 0, 10, 20, 0, 0, 0, ?, ?, 0)`).run(at, agent, model, currency, tasks, activities, failures, micros, priced);
  };
  for (const one of hours) line('by_hour', 'hour', one);
  line('by_day', 'day', [2, 1, 7, 3, 1, 5, 2, 100, 5]);
  line('by_day', 'day', [1, 2, 7, 3, 1, 5, 2, 100, 5]);
  for (const [id, connection] of [[1, 1], [2, 1], [3, 2]] as const) {
    db.prepare('INSERT INTO agent (id, connection, key, name, service, source, provisional, identity, created_us, first_us, last_us, rows) VALUES (?, ?, ?, ?, ?, 0, 0, 1, 0, 0, 0, 1)').run(id, connection, `k${id}`, `a${id}`, '');
  }
  for (const [day, failure, agent, count] of [[2, 1, 1, 3], [3, 1, 1, 4], [2, 1, 2, 5], [1, 2, 2, 1]]) db.prepare('INSERT INTO failure_day (day, failure, agent, count) VALUES (?, ?, ?, ?)').run(day, failure, agent, count);
  const task = db.prepare(`INSERT INTO task (connection, key_kind, key, name, started_us, last_us, received_us, root_agent, root_us, loose_agent, loose_us, stated_us, stated_outcome, stated_basis, horizon_us, outcome, basis,
    activities, failures, denials, open, interrupted, input, output, cache_read, cache_write, reasoning, micros, currency, priced, unpriced) VALUES (1, 3, '', '', 0, 0, 0, 1, 0, 1, 0, 0, 0, 0, 0, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)`);
  for (let n = 0; n < 3; n += 1) task.run();
  const before = db.prepare('SELECT * FROM by_hour ORDER BY hour, agent, model').all();

  expect(up().from).toBe(2);

  const all = (sql: string): unknown[] => db.prepare(sql).raw().all();
  expect(db.prepare('SELECT * FROM by_hour ORDER BY hour, agent, model').all()).toEqual(before.map((line) => ({ ...(line as object), computed: 0 })));
  expect(all('SELECT agent, day, model, activities FROM by_day ORDER BY 1')).toEqual([[1, 2, 7, 5], [2, 1, 7, 5]]);
  expect(all('SELECT agent, day, h0, h1, h23 FROM failed_hours')).toEqual([[1, 2, 5, 0, 1], [2, 2, 1, 0, 0]]);
  expect(all('SELECT hour, connection, model, currency, micros, priced FROM spend_hour')).toEqual([[48, 1, 7, 3, 1_000, 7], [71, 1, 8, 3, 50, 1], [72, 1, 7, 3, 40, 3], [72, 2, 7, 3, 7, 1]]);
  expect(all('SELECT failure, agent, day, count FROM failure_day')).toEqual([[1, 1, 2, 3], [1, 1, 3, 4], [1, 2, 2, 5], [2, 2, 1, 1]]);
  expect(all('SELECT failure, agent, count FROM failure_agent')).toEqual([[1, 1, 7], [1, 2, 5], [2, 2, 1]]);
  expect(all('SELECT what, n FROM counted')).toEqual([['tasks', 3]]);
  task.run();
  db.prepare('DELETE FROM task WHERE id < 3').run();
  expect(all('SELECT n FROM counted')).toEqual([[2]]);
  expect(readdirSync(dir).some((name) => name.includes('.backup.'))).toBe(true);
  db.close();
});
