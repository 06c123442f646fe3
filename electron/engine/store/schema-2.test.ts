/** A file of version 1 with data in it becomes one of version 2 without losing any of it. */
import Sqlite from 'better-sqlite3';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openWriter, type WriteDb } from './database.ts';
import { migrate, migrations } from './migrations.ts';
import { SCHEMA_1 } from './schema.ts';

const uuid = 'fe096781-5601-53d2-b2f6-0d3403f7e9ca';
const now = Date.UTC(2026, 2, 1) * 1_000;
let dir: string;
let file: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'gatehouse-migrate-'));
  file = join(dir, 'history.db');
});
afterEach(() => { rmSync(dir, { recursive: true, force: true }); });

/** As version 1 wrote it. */
function versionOne(): void {
  const db = openWriter(file);
  db.exec(SCHEMA_1);
  db.pragma('user_version = 1');
  const connect = db.prepare("INSERT INTO connection (kind, name, created_us, enabled, demo, content, token_hash, token_ends, removed_us, bodies, bytes) VALUES ('otlp', ?, ?, 1, 0, 'redacted', ?, 'abcd', ?, 3, 99)");
  connect.run('one', now, Buffer.from('one'), null);
  connect.run('two', now, Buffer.from('two'), now);
  connect.run('three', now, Buffer.from('three'), null);
  db.prepare("DELETE FROM connection WHERE name = 'three'").run();
  const agent = db.prepare('INSERT INTO agent (connection, key, name, service, source, provisional, identity, created_us, first_us, last_us, rows) VALUES (1, ?, ?, ?, 0, ?, 5, 1, 1, 1, 1)');
  agent.run('shop/clerk', 'clerk', 'shop', 0);
  agent.run(uuid, 'planner', 'shop', 0);
  agent.run('shop', 'shop', 'shop', 1);
  const task = db.prepare(`INSERT INTO task VALUES (NULL, 1, ?, ?, 'name', 1, 2, 3, 1, 1, 0, 0, 0, 6, 8, 0, 1, 2, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)`);
  task.run(1, 's1');
  task.run(3, 'trace');
  db.close();
}

function migrated(): { db: WriteDb; backup: string | null } {
  const db = openWriter(file);
  const { backup } = migrate(db, file, now, migrations.filter((step) => step.to <= 2));
  return { db, backup };
}

const all = (db: { prepare(sql: string): { all(): unknown[] } }, sql: string): unknown[] => db.prepare(sql).all();

describe('version 2', () => {
  it('keeps connections as they were, their tokens and their ids', () => {
    versionOne();
    const before = new Sqlite(file, { readonly: true });
    const connections = all(before, 'SELECT * FROM connection');
    const tasks = all(before, 'SELECT * FROM task');
    before.close();
    const { db, backup } = migrated();
    expect(all(db, 'SELECT * FROM connection')).toEqual(connections);
    expect(all(db, 'SELECT * FROM task')).toEqual(tasks);
    // The third one was removed: its id is not given again.
    expect(Number(db.prepare("INSERT INTO connection (kind, name, created_us, enabled, demo, content) VALUES ('a2a', 'new', 1, 1, 0, 'full')").run().lastInsertRowid)).toBe(4);
    expect(() => db.prepare("INSERT INTO connection (kind, name, created_us, enabled, demo, content, token_hash) SELECT 'otlp', 'thief', 1, 1, 0, 'full', token_hash FROM connection WHERE id = 1").run()).toThrow(/UNIQUE/);
    expect([db.pragma('user_version', { simple: true }), backup !== null && existsSync(backup), db.pragma('integrity_check', { simple: true })]).toEqual([2, true, 'ok']);
    db.close();
    const copy = new Sqlite(backup ?? '', { readonly: true });
    expect([copy.pragma('user_version', { simple: true }), all(copy, 'SELECT * FROM connection')]).toEqual([1, connections]);
    copy.close();
  });

  it('gives the agents that are there the names by which others know them', () => {
    versionOne();
    const { db } = migrated();
    expect(all(db, 'SELECT agent, alias FROM agent_alias ORDER BY agent, alias')).toEqual([
      { agent: 1, alias: 'service:shop/clerk' }, { agent: 2, alias: `langgraph.assistant:${uuid}` }, { agent: 2, alias: 'service:shop/planner' }, { agent: 3, alias: 'service.name:shop' },
    ]);
    db.close();
  });

  it('finds a run by its own id, once', () => {
    versionOne();
    const { db } = migrated();
    const run = db.prepare("INSERT INTO task SELECT NULL, connection, 4, 'r1', name, started_us, last_us, received_us, root_agent, root_us, loose_agent, loose_us, stated_us, stated_outcome, stated_basis, horizon_us, outcome, basis, activities, failures, denials, open, interrupted, input, output, cache_read, cache_write, reasoning, micros, currency, priced, unpriced FROM task WHERE key = 's1'");
    run.run();
    expect(() => run.run()).toThrow(/UNIQUE/);
    db.close();
  });
});
