/** A file of version 4 becomes one of version 5: grants keep their ids, and what its rows tell of refusals, use and hand-offs is counted. */
import { existsSync } from 'node:fs';
import { expect, it } from 'vitest';
import { KIND, STATUS, US_DAY } from './codes.ts';
import type { WriteDb } from './database.ts';
import { durationBucket } from './histogram.ts';
import { schemaVersion } from './migrations.ts';
import { olderFile } from './test-older.ts';

const us = Date.UTC(2026, 2, 1, 12) * 1_000;
const day = Math.floor(us / US_DAY);

let next = 0;
function activity(db: WriteDb, row: { agent: number; at: number; kind: number; status: number; name: number; dur?: number | null; flags?: number; parent?: number | null; failure?: number | null }): number {
  next += 1;
  db.prepare(`INSERT INTO activity (id, task, agent, ts_us, dur_us, kind, status, flags, name, model, failure, parent, key, trace, span, parent_span, claim, service, source, record, block, slot)
    VALUES (?, 1, ?, ?, ?, ?, ?, ?, ?, 0, ?, ?, ?, 0, 0, 0, 0, 0, 0, 0, 0, 0)`).run(next, row.agent, row.at, row.dur ?? null, row.kind, row.status, row.flags ?? 0, row.name, row.failure ?? null, row.parent ?? null, next);
  return next;
}

it('keeps the ids of grants and gives none twice', () => {
  const { db, up } = olderFile(4);
  const add = db.prepare("INSERT INTO grant_seen (id, connection, agent, kind, name, read_only, source, first_us, last_us, gone_us, description) VALUES (?, 3, ?, 'tool', ?, 1, 'tools/list', 5, 6, ?, 'text')");
  add.run(7, 0, 'read_file', null);
  add.run(9, 2, 'delete_file', 6);
  add.run(12, 0, 'late', null);
  db.prepare('DELETE FROM grant_seen WHERE id = 12').run();

  const { from, backup } = up();

  expect([from, db.pragma('user_version', { simple: true }), backup !== null && existsSync(backup), db.pragma('integrity_check', { simple: true })]).toEqual([4, schemaVersion, true, 'ok']);
  expect(db.prepare('SELECT id, connection, agent, document, kind, name, read_only, first_us, last_us, gone_us, effect, understood, reading, description FROM grant_seen ORDER BY id').all()).toEqual([
    { id: 7, connection: 3, agent: 0, document: 0, kind: 'tool', name: 'read_file', read_only: 1, first_us: 5, last_us: 6, gone_us: null, effect: 'allow', understood: 'partly', reading: '{}', description: 'text' },
    { id: 9, connection: 3, agent: 2, document: 0, kind: 'tool', name: 'delete_file', read_only: 1, first_us: 5, last_us: 6, gone_us: 6, effect: 'allow', understood: 'partly', reading: '{}', description: 'text' },
  ]);
  expect(Number(db.prepare("INSERT INTO grant_seen (connection, agent, kind, name, source, first_us, last_us) VALUES (3, 0, 'tool', 'new', 'x', 1, 1)").run().lastInsertRowid)).toBe(13);
});

it('counts refused calls, first and last use from the rows, and says nothing of rows that are gone', () => {
  const { db, up } = olderFile(4);
  const line = db.prepare('INSERT INTO tool_day (agent, day, name, bucket, calls, failures, last_us) VALUES (?, ?, ?, ?, ?, 0, ?)');
  const bucket = durationBucket(1_000);
  line.run(1, day, 5, -1, 2, us + 9);
  line.run(1, day, 5, bucket, 2, us + 30);
  // Its rows went with the retention.
  line.run(1, day - 40, 5, bucket, 3, us - 40 * US_DAY);
  activity(db, { agent: 1, at: us, kind: KIND.tool_call, status: STATUS.denied, name: 5 });
  activity(db, { agent: 1, at: us + 9, kind: KIND.tool_call, status: STATUS.denied, name: 5 });
  activity(db, { agent: 1, at: us + 20, kind: KIND.tool_call, status: STATUS.ok, name: 5, dur: 1_000, flags: 3 << 8 });
  activity(db, { agent: 1, at: us + 30, kind: KIND.tool_call, status: STATUS.denied, name: 5, dur: 1_000, flags: 3 << 8 });
  activity(db, { agent: 1, at: us + 99, kind: KIND.model_call, status: STATUS.denied, name: 5 });

  up();

  expect(db.prepare('SELECT day, bucket, calls, denied, last_denied_us FROM tool_day ORDER BY day, bucket').all()).toEqual([
    { day: day - 40, bucket, calls: 3, denied: 0, last_denied_us: 0 },
    { day, bucket: -1, calls: 2, denied: 2, last_denied_us: us + 9 },
    { day, bucket, calls: 2, denied: 1, last_denied_us: us + 30 },
  ]);
  expect(db.prepare('SELECT * FROM tool_use').all()).toEqual([{ agent: 1, name: 5, calls: 7, denied: 3, first_used_us: us + 20, last_used_us: us + 20, last_denied_us: us + 30 }]);
});

it('counts runs of agents inside the work of others, knows of no authority, and has everything folded', () => {
  const { db, up } = olderFile(4);
  db.prepare(`INSERT INTO task (id, connection, key_kind, key, name, started_us, last_us, received_us, root_agent, root_us, loose_agent, loose_us, stated_us, stated_outcome, stated_basis, horizon_us, outcome, basis,
    activities, failures, denials, open, interrupted, input, output, cache_read, cache_write, reasoning, micros, currency, priced, unpriced)
    VALUES (1, 1, 1, 's', '', 0, 0, 0, 1, 0, 0, 0, 0, 6, 8, 0, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)`).run();
  const agent = db.prepare("INSERT INTO agent (id, connection, key, name, service, source, provisional, identity, created_us, first_us, last_us, rows) VALUES (?, 1, ?, 'a', '', 0, 0, 5, 0, 0, 0, 1)");
  for (const id of [1, 2, 3]) agent.run(id, `a${id}`);
  db.prepare("INSERT INTO grant_seen (connection, agent, kind, name, source, first_us, last_us) VALUES (3, 0, 'tool', 'x', 'x', 1, 1)").run();
  const agentRole = 16;
  const run = activity(db, { agent: 2, at: us, kind: KIND.handoff, status: STATUS.ok, name: 0, flags: agentRole });
  activity(db, { agent: 3, at: us + 1, kind: KIND.handoff, status: STATUS.error, name: 0, flags: agentRole, parent: run, failure: 4 });
  activity(db, { agent: 3, at: us + 2, kind: KIND.handoff, status: STATUS.ok, name: 0, flags: agentRole, parent: run });
  // The agent's own hand-off row names nobody that was called, and its own life cycle is no call.
  activity(db, { agent: 1, at: us + 3, kind: KIND.handoff, status: STATUS.ok, name: 9 });
  activity(db, { agent: 1, at: us + 4, kind: KIND.lifecycle, status: STATUS.ok, name: 0, flags: agentRole });

  up();

  expect(db.prepare('SELECT * FROM link_day ORDER BY caller, called').all()).toEqual([
    { caller: 1, called: 2, day, calls: 1, failures: 0, last_us: us }, { caller: 2, called: 3, day, calls: 2, failures: 1, last_us: us + 2 },
  ]);
  expect(db.prepare('SELECT (SELECT count(*) FROM task_authority) AS authority, (SELECT group_concat(holder) FROM access_dirty) AS dirty').get()).toEqual({ authority: 0, dirty: '-3,1,2,3' });
});
