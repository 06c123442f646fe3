/** Brings every row that a transaction touched, or whose surroundings it changed, to what the tree says now. */
import { FLAG, KIND, STATUS } from '../codes.ts';
import type { AgentBook } from './agents.ts';
import type { FailureBook } from './failures.ts';
import type { IdentityBook } from './identity.ts';
import type { TextOf } from './merge.ts';
import { BY, has, toldStatus, type Row } from './row.ts';
import type { RowCache } from './row-cache.ts';
import { absorb, above, agentOf, callerOf, countedFailures, keepOnly, kindOf, parentOf, rootClaim, stateTops, type Surroundings } from './settle.ts';
import type { TaskState } from './tasks.ts';
import type { SpanNode, TraceState } from './traces.ts';

export interface Settling {
  readonly cache: RowCache;
  readonly agents: AgentBook;
  readonly failures: FailureBook;
  readonly identity: IdentityBook;
  readonly textOf: TextOf;
  readonly nowUs: number;
  readonly stateTop: (task: TaskState, node: SpanNode) => void;
  /** rows that may stand for one agent's run by another, and who began it; 0: it is none. */
  readonly calls: Map<Row, number>;
  /** service agents that a row left, and where it went. */
  readonly left: Map<number, number>;
}

const noRuns: ReadonlyMap<number, number> = new Map();
let passes = 1;

export function settleAll(s: Settling): void {
  touchTrees(s);
  const settled = new Map<TraceState, Surroundings>();
  for (const trace of s.cache.touched) {
    const task = trace.task;
    if (task === null || !trace.matters) continue;
    s.cache.tasks.touched.add(task);
    const around: Surroundings = { pass: ++passes, runs: task.runs, textOf: s.textOf };
    keepOnly(trace, (row) => row.trace === trace);
    for (const row of absorb(trace, around)) vanish(s, task, row);
    stateTops(trace, around, (node) => s.stateTop(task, node));
    settleRoot(s, trace, task, around);
    settled.set(trace, around);
  }
  for (const task of s.cache.rebase) settleTaskRoot(s, task);
  for (const [trace, around] of settled) for (const row of trace.rows) settleRow(s, row, trace, trace.task as TaskState, around);
  const loose: Row[] = [];
  for (const row of s.cache.changes) {
    if (row.gone || (row.trace !== null && settled.has(row.trace))) continue;
    loose.push(row);
  }
  for (const row of loose) settleLoose(s, row);
  for (const task of s.cache.rebase) rebase(s, task, settled);
  for (const [task, runs] of s.cache.learned) applyRuns(s, task, runs, settled);
  interrupt(s);
  for (const [trace, around] of settled) countFailures(s, trace, trace.rows, around);
  for (const row of s.cache.changes) if (!row.gone && (row.trace === null || !settled.has(row.trace)) && !(outOfSight(row) && row.saved?.status === row.f.status)) countFailures(s, null, [row], null);
}

/** Every tree with a row that changed, or with a row whose run has just been given a name. */
function touchTrees(s: Settling): void {
  for (const [task, runs] of s.cache.learned) {
    if (task.gone) continue;
    for (const row of everyRow(s, task)) if (runs.has(row.f.run)) s.cache.markTraceOf(row);
  }
  for (const row of s.cache.changes) if (!row.gone) s.cache.markTraceOf(row);
}

/** The row went into another one: its key is free, its record belongs to the other. */
function vanish(s: Settling, task: TaskState, row: Row): void {
  task.rows.delete(row.f.key);
  if (row.f.id === 0 && row.into !== null) s.cache.further(row.into, row.f.record, row.payload);
}

function settleRoot(s: Settling, trace: TraceState, task: TaskState, around: Surroundings): void {
  if (trace.partial) return;
  const root = rootClaim(trace, around);
  if (root.agent === trace.rootAgent && root.us === trace.rootUs) return;
  const held = trace.rootAgent !== 0 && trace.rootAgent === task.f.rootAgent && trace.rootUs === task.f.rootUs;
  trace.rootAgent = root.agent;
  trace.rootUs = root.us;
  trace.changed = true;
  const earlier = root.agent !== 0 && (task.f.rootAgent === 0 || root.us < task.f.rootUs || (root.us === task.f.rootUs && root.agent < task.f.rootAgent));
  if (earlier || held) s.cache.rebase.add(task);
}

/** The earliest root over all traces of the task: those in memory know better than the file. */
function settleTaskRoot(s: Settling, task: TaskState): void {
  let best = { agent: 0, us: 0 };
  const offer = (agent: number, us: number): void => {
    if (agent !== 0 && (best.agent === 0 || us < best.us || (us === best.us && agent < best.agent))) best = { agent, us };
  };
  for (const trace of task.traces) offer(trace.rootAgent, trace.rootUs);
  if (!task.complete) {
    const held = new Set([...task.traces].map((trace) => trace.id));
    for (const one of s.cache.traces.rootsOf(task.f.id)) if (!held.has(one.id)) offer(one.agent, one.us);
  }
  task.f.rootAgent = best.agent;
  task.f.rootUs = best.us;
  task.dirty = true;
}

function settleRow(s: Settling, row: Row, trace: TraceState | null, task: TaskState, around: Surroundings): void {
  const found = agentOf(trace, row, around);
  const kind = kindOf(trace, row, around);
  const parent = parentOf(trace, row, around);
  // A tree that is not whole proves no absence: what was found when it was stays.
  if (!(trace?.partial === true && row.f.agent !== 0 && found.basis > row.f.basis)) place(s, row, task, found.agent, found.basis);
  if (kind !== row.f.kind) row.touch().kind = kind;
  if (parent !== null && (parent.f.id === 0 || parent.f.id !== row.f.parent)) {
    row.touch();
    row.parentRow = parent;
  }
  if (has(row.f, FLAG.agentRole)) s.calls.set(row, kind !== KIND.handoff ? 0 : trace === null ? s.cache.rootAgent(task) : callerOf(trace, row, around));
  if (row.f.claim !== 0 && trace !== null) s.identity.calls(above(trace, row.f.parentSpan, around).atAgent, row.f.claim);
  else if (row.f.run !== 0 && row.f.basis === BY.claim) s.identity.calls(s.cache.rootAgent(task), row.f.agent);
}

function place(s: Settling, row: Row, task: TaskState, found: number, by: number): void {
  let agent = found;
  let basis = by;
  if (agent === 0) {
    agent = s.cache.rootAgent(task);
    basis = BY.taskRoot;
  }
  if (agent === 0) {
    agent = s.agents.forService(task.f.connection, s.textOf(row.f.service), row.f.source, row.f.ts, s.nowUs);
    basis = BY.service;
  }
  if (row.f.agent === agent && row.f.basis === basis) return;
  if (row.f.agent !== 0 && row.f.basis === BY.service) s.left.set(row.f.agent, agent);
  const f = row.touch();
  f.agent = agent;
  f.basis = basis;
}

function settleLoose(s: Settling, row: Row): void {
  const task = row.owner;
  if (outOfSight(row)) return;
  settleRow(s, row, null, task, { pass: 0, runs: task.runs, textOf: s.textOf });
}

/** A row of a tree too big to be read back: what was found when the tree was there stays. */
function outOfSight(row: Row): boolean {
  return row.trace === null && row.f.trace !== 0 && row.f.agent !== 0;
}

/** The task's root agent changed: rows that have their agent from it, or from nobody, follow. */
function rebase(s: Settling, task: TaskState, settled: ReadonlyMap<TraceState, Surroundings>): void {
  if (task.gone) return;
  for (const row of everyRow(s, task)) {
    if (row.gone || (row.trace !== null && settled.has(row.trace))) continue;
    // Told by a log, so begun by whoever the task belongs to.
    if (row.f.trace === 0 && row.f.kind === KIND.handoff && has(row.f, FLAG.agentRole)) s.calls.set(row, s.cache.rootAgent(task));
    if (row.f.basis !== BY.taskRoot && row.f.basis !== BY.service) continue;
    place(s, row, task, 0, BY.taskRoot);
  }
}

function applyRuns(s: Settling, task: TaskState, runs: ReadonlySet<number>, settled: ReadonlyMap<TraceState, Surroundings>): void {
  if (task.gone) return;
  for (const row of everyRow(s, task)) {
    if (row.gone || row.f.claim !== 0 || !runs.has(row.f.run) || (row.trace !== null && settled.has(row.trace))) continue;
    place(s, row, task, task.runs.get(row.f.run) ?? 0, BY.claim);
  }
}

function everyRow(s: Settling, task: TaskState): Row[] {
  if (!task.complete) for (const facts of s.cache.rows.allOfTask(task.f.id)) s.cache.adopt(task, facts);
  return [...task.rows.values()];
}

/** The turn or the session is over: what began in it and is still open was cut off. A result that comes after all wins again. */
function interrupt(s: Settling): void {
  for (const task of s.cache.tasks.touched) {
    if (!task.horizonMoved || task.gone) continue;
    task.horizonMoved = false;
    if (!task.complete) for (const facts of s.cache.rows.running(task.f.id, task.f.horizonUs)) s.cache.adopt(task, facts);
    for (const row of task.rows.values()) cutOff(row, task.f.horizonUs);
  }
  for (const row of s.cache.changes) {
    if (row.f.status === STATUS.running && !row.gone) cutOff(row, row.owner.f.horizonUs);
  }
}

export function cutOff(row: Row, horizonUs: number): boolean {
  if (row.gone || toldStatus(row.f) !== STATUS.running || row.f.ts >= horizonUs || has(row.f, FLAG.interruptedInferred)) return false;
  const f = row.touch();
  f.status = STATUS.interrupted;
  f.flags |= FLAG.interruptedInferred;
  return true;
}

function countFailures(s: Settling, trace: TraceState | null, rows: readonly Row[], around: Surroundings | null): void {
  const counted = countedFailures(trace, rows, around ?? { pass: 0, runs: noRuns, textOf: s.textOf });
  for (const row of rows) {
    if (!counted.has(row)) {
      if (row.f.failure !== 0) row.touch().failure = 0;
    } else if (row.dirty || row.f.failure === 0) {
      const failure = s.failures.idFor(row.f, s.nowUs);
      if (failure !== row.f.failure) row.touch().failure = failure;
    }
  }
}
