/** What only time can tell: tasks that fell quiet, and calls whose result will not come any more. Cheap when nothing is due. */
import { FLAG, KIND, OUTCOME, STATUS } from './codes.ts';
import type { Assembler } from './assemble/assembler.ts';
import { interruptedUs, quietUs, saidToGoOn } from './assemble/outcome.ts';
import { has, type Row } from './assemble/row.ts';
import { cutOff } from './assemble/settle-all.ts';
import type { TaskState } from './assemble/tasks.ts';
import type { Changes } from './assemble/write-out.ts';
import type { WriteDb } from './database.ts';

/** A turn of the sweep looks at this many tasks; the next one goes on. */
const tasksATurn = 500;

export function sweep(db: WriteDb, assembler: Assembler, nowUs: number): Changes | null {
  const due = new Set<number>();
  // Open work in tasks that went on without it, or were quiet for long.
  for (const { task } of db.prepare<[], { task: number }>(`SELECT DISTINCT task FROM activity INDEXED BY activity_running WHERE status = ${STATUS.running} LIMIT 5000`).all()) due.add(task);
  // Tasks shown as running whose newest record is old enough to say more.
  for (const { id } of db.prepare<[number, number], { id: number }>('SELECT id FROM task INDEXED BY task_live WHERE outcome IN (4, 5) AND outcome = 4 AND last_us <= ? AND NOT (key_kind = 4 AND stated_us > 0) ORDER BY last_us DESC LIMIT ?').all(nowUs - quietUs, tasksATurn)) due.add(id);
  let changed = false;
  for (const id of due) {
    const task = assembler.cache.tasks.get(id);
    if (task !== undefined && settle(assembler, task, nowUs)) changed = true;
  }
  if (!changed) {
    assembler.cache.endTransaction();
    return null;
  }
  return assembler.finish(nowUs);
}

function settle(assembler: Assembler, task: TaskState, nowUs: number): boolean {
  const { f } = task;
  if (saidToGoOn(f)) return false;
  let changed = false;
  if (f.open > 0) {
    for (const facts of assembler.cache.rows.running(f.id, Number.MAX_SAFE_INTEGER)) {
      const row = assembler.cache.adopt(task, facts);
      if (isLost(row, task, nowUs)) changed = cutOff(row, Number.MAX_SAFE_INTEGER) || changed;
    }
  }
  if (!changed && !(f.open === 0 && (f.outcome === OUTCOME.running) && nowUs - f.lastUs >= quietUs && f.statedUs < f.lastUs)) return changed;
  task.dirty = true;
  return true;
}

/** Agents wait for their tools: a later model call of the same agent that has ended means that the result is not awaited any more. */
function isLost(row: Row, task: TaskState, nowUs: number): boolean {
  if (row.f.status !== STATUS.running || has(row.f, FLAG.interruptedInferred)) return false;
  if (nowUs - task.f.lastUs >= interruptedUs) return true;
  if (row.f.kind !== KIND.tool_call && row.f.kind !== KIND.approval) return false;
  return (task.agents.get(row.f.agent)?.modelUs ?? 0) > row.f.ts;
}
