/** A person's word on how a task came out: it counts for more than whatever else is known, everywhere. */
import type { Assembler } from './assemble/assembler.ts';
import type { Changes } from './assemble/write-out.ts';
import { appendAudit } from './audit.ts';
import { bounded } from './bounded.ts';
import { OUTCOME } from './codes.ts';
import type { CostCommands } from './cost-commands.ts';
import type { WriteDb } from './database.ts';
import { StoreError } from './errors.ts';

export function markTask(db: WriteDb, assembler: Assembler, { id, outcome, note, audit }: CostCommands['tasks.mark']['params'], nowUs: number): Changes {
  if (outcome !== null && outcome !== OUTCOME.completed && outcome !== OUTCOME.failed) throw new StoreError('bad_request', 'A task can be marked as finished or as failed only. Nothing was changed.');
  const task = assembler.cache.tasks.get(id);
  if (task === undefined) throw new StoreError('not_found', 'This task is no longer in the history: the retention or somebody removed it. Nothing was changed.');
  if (outcome === null) db.prepare('DELETE FROM task_mark WHERE task = ?').run(id);
  else db.prepare('INSERT OR REPLACE INTO task_mark (task, outcome, actor, at_us, note) VALUES (?, ?, ?, ?, ?)').run(id, outcome, bounded(audit.actor, 256), nowUs, bounded(note, 1_000));
  assembler.cache.tasks.forgetMarks();
  task.dirty = true;
  appendAudit(db, audit, nowUs);
  return assembler.finish(nowUs);
}
