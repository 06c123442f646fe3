/** What takes how much room in the history file, by part. Reads every page of it: on a thread of its own (survey-worker.ts). */
import { readdirSync, statfsSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { DiskPart, DiskUse } from '../../../shared/retention.ts';
import type { AnyDb } from './database.ts';
import { publicId } from './ids.ts';

const parts: readonly (readonly [RegExp, DiskPart])[] = [
  [/^payload$/, 'payloads'], [/^string$/, 'texts'], [/^(activity|task$|task_(agent|run|alias|authority)$|trace|link$|agent_call|extra_ref|failure$|seen$)/, 'activity'],
  [/^(by_|hour_total|spend_hour|tool_|failed_hours|failure_|link_day|task_(day|cost|kept)|counted)/, 'sums'], [/^(grant_|access_|finding|credential|agent_credential|identity_|right_check)/, 'access'],
  [/^(price_entry|bill|billing)/, 'cost'], [/^(stop_|rule_|alert|delivery|budget|approval|canary|operator|agent_tried)/, 'orders'], [/^(audit_)/, 'audit'], [/^digest/, 'proof'], [/^report/, 'reports'],
];
const partOf = (table: string): DiskPart => parts.find(([pattern]) => pattern.test(table))?.[1] ?? 'other';

export function diskUse(db: AnyDb, file: string, nowMs: number): DiskUse {
  const tables = new Map(db.prepare<[], { name: string; tbl: string }>('SELECT name, tbl_name AS tbl FROM sqlite_schema').all().map((row) => [row.name, row.tbl]));
  const sizes = new Map<DiskPart, number>();
  const add = (part: DiskPart, bytes: number): void => { if (bytes > 0) sizes.set(part, (sizes.get(part) ?? 0) + bytes); };
  for (const { name, bytes } of db.prepare<[], { name: string; bytes: number }>("SELECT name, pgsize AS bytes FROM dbstat('main', 1)").all()) add(partOf(tables.get(name) ?? name), bytes);
  const pragma = (name: string): number => Number(db.pragma(name, { simple: true }));
  const fileBytes = pragma('page_count') * pragma('page_size');
  add('free', pragma('freelist_count') * pragma('page_size'));
  // Pages that say where the others are stand in no table.
  add('other', fileBytes - [...sizes.values()].reduce((sum, bytes) => sum + bytes, 0));
  return {
    at: new Date(nowMs).toISOString(), fileBytes, walBytes: sizeOf(`${file}-wal`), diskFreeBytes: roomBeside(file),
    parts: [...sizes].map(([part, bytes]) => ({ part, bytes })).toSorted((a, b) => b.bytes - a.bytes),
    connections: byConnection(db, (sizes.get('activity') ?? 0) + (sizes.get('payloads') ?? 0) + (sizes.get('texts') ?? 0)), copies: copiesOf(file),
  };
}

/** Blocks hold records of several connections: how many activities each has is the best that can be said. */
function byConnection(db: AnyDb, bytes: number): DiskUse['connections'] {
  const rows = db.prepare<[], { id: number; name: string; activities: number }>('SELECT c.id, c.name, (SELECT coalesce(sum(rows), 0) FROM agent a WHERE a.connection = c.id) AS activities FROM connection c ORDER BY 3 DESC, 2').all();
  const all = rows.reduce((sum, row) => sum + row.activities, 0);
  return rows.map(({ id, name, activities }) => ({ connectionId: publicId('connection', id), connectionName: name, activities, estimatedBytes: all === 0 ? 0 : Math.round((bytes * activities) / all) }));
}

/** Copies that upgrades and damage left beside the file. */
export function copiesOf(file: string): DiskUse['copies'] {
  const stem = basename(file, '.db');
  return readdirSync(dirname(file)).filter((name) => name !== basename(file) && new RegExp(`^${stem}\\.(v\\d+\\..*\\.backup|damaged\\..*)\\.db(-wal|-shm)?$`).test(name)).map((name) => {
    const { size, mtimeMs } = statSync(join(dirname(file), name));
    return { name, bytes: size, at: new Date(mtimeMs).toISOString() };
  }).toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

function sizeOf(path: string): number {
  try {
    return statSync(path).size;
  } catch {
    // Not there: the log is folded in.
    return 0;
  }
}

function roomBeside(file: string): number | null {
  try {
    const { bavail, bsize } = statfsSync(dirname(file));
    return bavail * bsize;
  } catch {
    // Some file systems do not say.
    return null;
  }
}
