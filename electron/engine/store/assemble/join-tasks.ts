/** A task turns out to be part of another: a trace that names its session late, a run that another run began. */
import { mergeFacts, type TextOf } from './merge.ts';
import type { Row } from './row.ts';
import type { RowCache } from './row-cache.ts';
import { nodesOf } from './settle.ts';
import type { TaskState } from './tasks.ts';

export function joinTasks(cache: RowCache, from: TaskState, into: TaskState, textOf: TextOf): void {
  if (from === into || from.gone) return;
  if (!from.complete) for (const facts of cache.rows.allOfTask(from.f.id)) cache.adopt(from, facts);
  for (const row of from.rows.values()) moveRow(cache, row, into, textOf);
  from.rows.clear();
  moveFacts(from, into);
  for (const trace of from.traces) {
    cache.tie(trace, into);
    cache.mark(trace);
  }
  cache.traces.moveToTask(from.f.id, into.f.id);
  for (const [run, agent] of from.runs) if (!into.runs.has(run)) cache.learnRun(into, run, agent);
  cache.tasks.alias(from, into);
  cache.rebase.add(into);
  from.gone = true;
  from.into = into;
  into.dirty = true;
  // It stays among the touched ones: its line and its sums are still to be taken out of the file.
  cache.tasks.touched.add(from);
}

function moveRow(cache: RowCache, row: Row, into: TaskState, textOf: TextOf): void {
  row.touch().task = into.f.id;
  row.owner = into;
  const twin = cache.row(into, row.f.key);
  if (twin === null) {
    into.rows.set(row.f.key, row);
    return;
  }
  mergeFacts(twin.touch(), row.f, textOf);
  row.gone = true;
  row.into = twin;
  if (row.payload !== null || row.f.id === 0) cache.further(twin, row.f.record, row.payload);
  const { trace } = row;
  if (trace === null) return;
  for (const node of nodesOf(trace, row)) {
    cache.attach(twin, trace, node);
    if (twin.f.span === 0) {
      twin.f.span = node.span;
      twin.f.parentSpan = node.parent;
    }
  }
  row.trace = null;
}

function moveFacts(from: TaskState, into: TaskState): void {
  const f = from.f;
  if (f.statedUs > 0) into.state(f.statedUs, f.statedOutcome, f.statedBasis);
  into.endWork(f.horizonUs);
  into.f.receivedUs = Math.max(into.f.receivedUs, f.receivedUs);
  if (into.f.name === '') into.f.name = f.name;
  if (f.looseAgent !== 0 && (into.f.looseAgent === 0 || f.looseUs < into.f.looseUs)) {
    into.f.looseAgent = f.looseAgent;
    into.f.looseUs = f.looseUs;
  }
  if (f.rootAgent !== 0 && (into.f.rootAgent === 0 || f.rootUs < into.f.rootUs)) {
    into.f.rootAgent = f.rootAgent;
    into.f.rootUs = f.rootUs;
  }
}
