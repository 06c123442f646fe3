/** A file of version 5 becomes one of version 6: nothing is lost, and what nobody had a price for is priced in the background. */
import { existsSync } from 'node:fs';
import { expect, it } from 'vitest';
import { KIND, OUTCOME, PROVENANCE, STATUS, US_DAY, US_HOUR } from './codes.ts';
import type { WriteDb } from './database.ts';
import { hash53 } from './hash.ts';
import { realIntake } from './intake.ts';
import { schemaVersion } from './migrations.ts';
import { savePrice } from './price-entries.ts';
import { repricingState } from './repricing.ts';
import { price } from './test-cost.ts';
import { olderFile } from './test-older.ts';
import { words } from './test-runtime.ts';
import { Writer } from './writer.ts';

const us = Date.UTC(2026, 2, 1, 12) * 1_000;
const day = Math.floor(us / US_DAY);
const hour = Math.floor(us / US_HOUR);
const usd = 1;
const told = 2;
const quiet = 3;

/** One task of one agent: a call whose cost the agent told, two that nobody did, and a tool. */
function fill(db: WriteDb): void {
  const text = db.prepare('INSERT INTO string (id, hash, text) VALUES (?, ?, ?)');
  for (const [at, word] of ['USD', 'model-told', 'model-quiet', 'tool'].entries()) text.run(at + 1, hash53(word), word);
  db.exec("INSERT INTO agent (id, connection, key, name, service, source, provisional, identity, created_us, first_us, last_us, rows) VALUES (1, 1, 'a', 'a', '', 0, 0, 5, 0, 0, 0, 4)");
  db.prepare(`INSERT INTO task (id, connection, key_kind, key, name, started_us, last_us, received_us, root_agent, root_us, loose_agent, loose_us, stated_us, stated_outcome, stated_basis, horizon_us, outcome, basis,
    activities, failures, denials, open, interrupted, input, output, cache_read, cache_write, reasoning, micros, currency, priced, unpriced)
    VALUES (1, 1, 1, 's', 'work', ?, ?, ?, 1, ?, 0, 0, 0, 6, 8, 0, ${OUTCOME.completed}, 5, 4, 0, 0, 0, 0, 3000000, 0, 0, 0, 0, 70, 1, 1, 2)`).run(us, us + 3, us, us);
  db.prepare('INSERT INTO task_agent (task, agent, rows, first_us, model_us) VALUES (1, 1, 4, ?, 0)').run(us);
  const act = db.prepare(`INSERT INTO activity (id, task, agent, ts_us, kind, status, flags, name, model, input, output, cache_read, cache_write, reasoning, micros, currency, provenance, key, trace, span, parent_span, claim, service, source, record, block, slot)
    VALUES (?, 1, 1, ?, ?, ${STATUS.ok}, 1, 0, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0, 0, 0, 0, 0, 0, 0, 0, 0)`);
  act.run(1, us, KIND.model_call, told, 1_000_000, 0, 0, 0, 0, 70, usd, PROVENANCE.reported, 11);
  act.run(2, us + 1, KIND.model_call, quiet, 1_000_000, 0, 0, 0, 0, null, null, PROVENANCE.unpriced, 12);
  act.run(3, us + 2, KIND.model_call, quiet, 1_000_000, 0, 0, 0, 0, null, null, PROVENANCE.unpriced, 13);
  act.run(4, us + 3, KIND.tool_call, 0, null, null, null, null, null, null, null, null, 14);
  const columns = 'tasks, activities, failures, denials, input, output, cache_read, cache_write, reasoning, micros, priced, unpriced';
  for (const [table, unit, at] of [['by_hour', 'hour', hour], ['by_day', 'day', day]] as const) {
    const line = db.prepare(`INSERT INTO ${table} (agent, ${unit}, model, currency, ${columns}) VALUES (1, ?, ?, ?, ?, ?, 0, 0, ?, 0, 0, 0, 0, ?, ?, ?)`);
    line.run(at, 0, 0, 1, 1, 0, 0, 0, 0);
    line.run(at, told, usd, 0, 1, 1_000_000, 70, 1, 0);
    line.run(at, quiet, 0, 0, 2, 2_000_000, 0, 0, 2);
  }
  const total = db.prepare(`INSERT INTO hour_total (hour, connection, currency, ${columns}) VALUES (?, 1, ?, ?, ?, 0, 0, ?, 0, 0, 0, 0, ?, ?, ?)`);
  total.run(hour, 0, 1, 3, 2_000_000, 0, 0, 2);
  total.run(hour, usd, 0, 1, 1_000_000, 70, 1, 0);
  db.prepare('INSERT INTO spend_hour (hour, connection, model, currency, micros, priced) VALUES (?, 1, ?, ?, 70, 1)').run(hour, told, usd);
}

it('keeps every figure, and says of each that an agent told it', () => {
  const { db, up } = olderFile(5);
  fill(db);
  const before = db.prepare('SELECT * FROM activity ORDER BY id').all();
  const { from, backup } = up();
  expect([from, db.pragma('user_version', { simple: true }), backup !== null && existsSync(backup), db.pragma('integrity_check', { simple: true })]).toEqual([5, schemaVersion, true, 'ok']);
  expect(db.prepare('SELECT * FROM activity ORDER BY id').all()).toEqual(before.map((row) => ({ ...(row as object), computed: null, computed_currency: null, billing: 0, cache_write_1h: null })));
  expect(db.prepare('SELECT agent, day, model, currency, reported, reported_n, computed_n, only_computed_n, unpriced_n FROM spend_day ORDER BY model').all()).toEqual([
    { agent: 1, day, model: told, currency: usd, reported: 70, reported_n: 1, computed_n: 0, only_computed_n: 0, unpriced_n: 0 },
    { agent: 1, day, model: quiet, currency: 0, reported: 0, reported_n: 0, computed_n: 0, only_computed_n: 0, unpriced_n: 2 },
  ]);
});

it('is priced and folded in the background, once for each version of the book', () => {
  const { db, up } = olderFile(5);
  fill(db);
  up();
  const entry = (model: string): Parameters<typeof savePrice>[1] => ({ entry: price(model, { input: '2' }), replaces: null, overrides: null, audit: words('ann') });
  savePrice(db, entry('model-quiet'), us);
  savePrice(db, entry('model-told'), us);
  const writer = new Writer(db, realIntake);
  writer.priceIfBookIsNew();
  expect(repricingState(db)).toEqual({ before: 5, done: 0, of: 4 });
  for (let turns = 0; writer.costTurn(0).more; turns++) expect(turns).toBeLessThan(100);

  expect(db.prepare('SELECT id, micros, currency, provenance, computed FROM activity ORDER BY id').all()).toEqual([
    { id: 1, micros: 70, currency: usd, provenance: PROVENANCE.reported, computed: 2_000_000 },
    { id: 2, micros: 2_000_000, currency: usd, provenance: PROVENANCE.computed, computed: 2_000_000 },
    { id: 3, micros: 2_000_000, currency: usd, provenance: PROVENANCE.computed, computed: 2_000_000 },
    { id: 4, micros: null, currency: null, provenance: null, computed: null },
  ]);
  expect(db.prepare('SELECT micros, currency, priced, unpriced, computed FROM task').all()).toEqual([{ micros: 4_000_070, currency: usd, priced: 3, unpriced: 0, computed: 2 }]);
  expect(db.prepare('SELECT model, currency, activities, micros, priced, unpriced, computed FROM by_day ORDER BY model').all()).toEqual([
    { model: 0, currency: 0, activities: 1, micros: 0, priced: 0, unpriced: 0, computed: 0 },
    { model: told, currency: usd, activities: 1, micros: 70, priced: 1, unpriced: 0, computed: 0 },
    { model: quiet, currency: usd, activities: 2, micros: 4_000_000, priced: 2, unpriced: 0, computed: 2 },
  ]);
  expect(db.prepare('SELECT model, currency, reported, computed, only_computed, unpriced_n FROM spend_day ORDER BY model').all()).toEqual([
    { model: told, currency: usd, reported: 70, computed: 2_000_000, only_computed: 0, unpriced_n: 0 },
    { model: quiet, currency: usd, reported: 0, computed: 4_000_000, only_computed: 4_000_000, unpriced_n: 0 },
  ]);
  expect(db.prepare('SELECT model, micros, priced FROM spend_hour ORDER BY model').all()).toEqual([{ model: told, micros: 70, priced: 1 }, { model: quiet, micros: 4_000_000, priced: 2 }]);
  expect(db.prepare("SELECT day, tasks, micros, only_computed, (SELECT text FROM string WHERE id = kind) AS kind, model FROM task_day").all()).toEqual([{ day, tasks: 1, micros: 4_000_070, only_computed: 4_000_000, kind: 'work', model: quiet }]);
  expect(repricingState(db)).toBeNull();
  writer.priceIfBookIsNew();
  expect(repricingState(db)).toBeNull();
});
