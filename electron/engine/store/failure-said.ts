/** What people say of a group of failures: its state now, and everything that was ever said. */
import { appendAudit } from './audit.ts';
import { bounded, boundedOrNull } from './bounded.ts';
import type { CostCommands } from './cost-commands.ts';
import type { WriteDb } from './database.ts';
import { StoreError } from './errors.ts';

type Params<N extends keyof CostCommands> = CostCommands[N]['params'];

const longestNote = 4_000;

function countOf(db: WriteDb, failure: number): number {
  const row = db.prepare<[number], { count: number }>('SELECT count FROM failure WHERE id = ?').get(failure);
  if (row === undefined) throw new StoreError('not_found', 'There is no such group of failures any more: the retention or somebody removed it. Nothing was changed.');
  return row.count;
}

export function setFailureState(db: WriteDb, { id, state, untilUs, note, audit }: Params<'failures.setState'>, nowUs: number): { id: number } {
  const seen = countOf(db, id);
  const actor = bounded(audit.actor, 256);
  if (state === 'open') db.prepare('DELETE FROM failure_state WHERE failure = ?').run(id);
  else db.prepare('INSERT OR REPLACE INTO failure_state (failure, state, actor, at_us, until_us, seen) VALUES (?, ?, ?, ?, ?, ?)').run(id, state, actor, nowUs, state === 'snoozed' ? untilUs : null, seen);
  db.prepare('INSERT INTO failure_said (failure, at_us, actor, state, note) VALUES (?, ?, ?, ?, ?)').run(id, nowUs, actor, state === 'open' ? 'new' : state, boundedOrNull(note, longestNote));
  appendAudit(db, audit, nowUs);
  return { id };
}

export function noteFailure(db: WriteDb, { id, text, audit }: Params<'failures.note'>, nowUs: number): { id: number } {
  countOf(db, id);
  db.prepare('INSERT INTO failure_said (failure, at_us, actor, state, note) VALUES (?, ?, ?, NULL, ?)').run(id, nowUs, bounded(audit.actor, 256), bounded(text, longestNote));
  appendAudit(db, audit, nowUs);
  return { id };
}
