/**
 * Finds what depends on the whole tree: agents by ancestors, hand-off or life cycle, whose failure counts, what speaks of its
 * parent's activity. A function of the tree alone, so it does not matter in which order the spans came.
 */
import { FLAG, KIND, STATUS } from '../codes.ts';
import { failsByItself, mergeGuest, type TextOf } from './merge.ts';
import { BY, has, type Facts, type Row } from './row.ts';
import { ROLE, type SpanNode, type TraceState } from './traces.ts';

export interface Surroundings {
  readonly pass: number;
  readonly runs: ReadonlyMap<number, number>;
  readonly textOf: TextOf;
}

/** Hostile parents could make a circle or a chain without end. */
const deepest = 2_000;
/** And one body could hold many such chains: beyond this many steps a tree is taken as it is. */
const mostSteps = 1_000_000;
const nothing: SpanNode = Object.freeze({ atAgent: 0, atAgentRole: false, atTop: false, atRow: null }) as unknown as SpanNode;
const top: SpanNode = Object.freeze({ atAgent: 0, atAgentRole: false, atTop: true, atRow: null }) as unknown as SpanNode;

function claimOf(node: SpanNode, around: Surroundings): number {
  const facts = node.row?.f;
  if (facts !== undefined && facts.claim !== 0) return facts.claim;
  if (node.claim !== 0) return node.claim;
  const run = node.run !== 0 ? node.run : (facts?.run ?? 0);
  return run === 0 ? 0 : (around.runs.get(run) ?? 0);
}

/** What a child of span `span` inherits. `top`: the child is a root; `nothing`: the parent has not come. */
export function above(trace: TraceState, span: number, around: Surroundings): SpanNode {
  if (span === 0) return top;
  const first = trace.spans.get(span);
  if (first === undefined) return nothing;
  if (first.pass === around.pass) return first;
  const path: SpanNode[] = [];
  let base: SpanNode = nothing;
  for (let node: SpanNode | undefined = first; node !== undefined; node = trace.spans.get(node.parent)) {
    if (node.pass === around.pass) {
      base = node;
      break;
    }
    if (path.length >= deepest) break;
    path.push(node);
    if (node.parent === 0) {
      base = top;
      break;
    }
  }
  for (let i = path.length - 1; i >= 0; i--) {
    const node = path[i] as SpanNode;
    const claim = claimOf(node, around);
    node.atAgent = claim !== 0 ? claim : base.atAgent;
    node.atAgentRole = base.atAgentRole || node.role === ROLE.agent;
    // Only plain spans may stand between an agent and the top for the agent to be the one that was asked.
    node.atTop = base.atTop && node.role === ROLE.plain;
    node.atRow = node.row ?? base.atRow;
    node.pass = around.pass;
    base = node;
  }
  return first;
}

/** What a row inherits: from its span's parent, past other spans that tell of the same row. */
function aboveRow(trace: TraceState, row: Row, around: Surroundings): SpanNode {
  let span = row.f.parentSpan;
  for (let step = 0; step < deepest; step++) {
    const node = trace.spans.get(span);
    if (node === undefined || node.row !== row) break;
    if (node.parent === 0) return top;
    span = node.parent;
  }
  return above(trace, span, around);
}

/** Rows that speak of their parent's activity go into it. Answers the rows that vanished. */
export function absorb(trace: TraceState, around: Surroundings): Row[] {
  const vanished: Row[] = [];
  let budget = mostSteps;
  const host = (span: number, self: Row | null, kind: number, depth: number): Row | null => {
    for (let step = 0; step < deepest && span !== 0 && budget > 0; step++) {
      budget -= 1;
      const node = trace.spans.get(span);
      if (node === undefined) return null;
      const row = node.row;
      if (row !== null && row !== self) {
        if (row.f.kind !== kind) return null;
        if (has(row.f, FLAG.joins) && depth < 50 && !row.gone) guest(row, depth + 1);
        return node.row;
      }
      span = node.parent;
    }
    return null;
  };
  const guest = (row: Row, depth: number): void => {
    const into = host(row.f.parentSpan, row, row.f.kind, depth);
    if (into === null || into === row || into.gone) return;
    row.touch();
    mergeGuest(into.touch(), row.f, around.textOf);
    row.gone = true;
    row.into = into;
    vanished.push(row);
    into.aliased = true;
    for (const node of nodesOf(trace, row)) {
      node.row = into;
      node.unsaved = true;
    }
  };
  for (const row of trace.rows) if (!row.gone && has(row.f, FLAG.joins)) guest(row, 0);
  for (const node of trace.spans.values()) {
    if (node.joinKind === 0 || node.row !== null) continue;
    const into = host(node.parent, null, node.joinKind, 0);
    if (into === null) continue;
    node.row = into;
    into.aliased = true;
    node.unsaved = true;
    mergeGuest(into.touch(), guestOf(node, into.f), around.textOf);
  }
  if (vanished.length > 0) keepOnly(trace, (row) => !row.gone);
  return vanished;
}

/** The spans that tell of a row. */
export function nodesOf(trace: TraceState, row: Row): SpanNode[] {
  if (row.aliased) return [...trace.spans.values()].filter((node) => node.row === row);
  const node = trace.spans.get(row.f.span);
  return node === undefined || node.row !== row ? [] : [node];
}

export function keepOnly(trace: TraceState, test: (row: Row) => boolean): void {
  let kept = 0;
  for (const row of trace.rows) if (test(row)) trace.rows[kept++] = row;
  trace.rows.length = kept;
}

/** A structure span brings nothing but its status. */
function guestOf(node: SpanNode, host: Facts): Facts {
  return {
    ...host, status: node.status, flags: node.explicit ? FLAG.explicit : 0, hasUsage: false, units: null, micros: -1, errorType: 0, errorMessage: 0, errorStack: 0, name: 0, model: 0,
  };
}

export interface Settled {
  /** agent that a row has by itself or by its ancestors; 0: neither. */
  agent: number;
  basis: number;
}

export function agentOf(trace: TraceState | null, row: Row, around: Surroundings): Settled {
  const f = row.f;
  if (f.claim !== 0) return { agent: f.claim, basis: BY.claim };
  const byRun = f.run === 0 ? 0 : (around.runs.get(f.run) ?? 0);
  if (byRun !== 0) return { agent: byRun, basis: BY.claim };
  const agent = trace === null ? 0 : aboveRow(trace, row, around).atAgent;
  return { agent, basis: agent === 0 ? BY.taskRoot : BY.ancestor };
}

/** Hand-off when it happens inside an agent's work, life cycle when it is the work itself. */
export function kindOf(trace: TraceState | null, row: Row, around: Surroundings): number {
  if (!has(row.f, FLAG.agentRole)) return row.f.kind;
  if (trace === null) return row.f.kind;
  const up = aboveRow(trace, row, around);
  const inside = up.atAgentRole || (up.atAgent !== 0 && row.f.claim !== 0 && up.atAgent !== row.f.claim);
  return inside ? KIND.handoff : KIND.lifecycle;
}

/** Whose work a row stands in, by its claim; 0: nobody is known, or it has no place in a tree. */
export function callerOf(trace: TraceState | null, row: Row, around: Surroundings): number {
  return trace === null ? 0 : aboveRow(trace, row, around).atAgent;
}

export function parentOf(trace: TraceState | null, row: Row, around: Surroundings): Row | null {
  return trace === null ? null : aboveRow(trace, row, around).atRow;
}

/** The agent that the trace's earliest agent span names, where no ancestor names one. */
export function rootClaim(trace: TraceState, around: Surroundings): { agent: number; us: number } {
  let best = { agent: 0, us: 0 };
  for (const node of trace.spans.values()) {
    if (node.role === ROLE.plain || (node.role === ROLE.activity && node.parent !== 0)) continue;
    const claim = claimOf(node, around);
    if (claim === 0 || above(trace, node.parent, around).atAgent !== 0) continue;
    const us = node.row?.f.ts ?? node.startUs;
    if (best.agent === 0 || us < best.us || (us === best.us && claim < best.agent)) best = { agent: claim, us };
  }
  return best;
}

/** An agent under nothing but plain spans is the one that was asked: its end is the task's end. */
export function stateTops(trace: TraceState, around: Surroundings, tell: (node: SpanNode) => void): void {
  for (const node of trace.spans.values()) {
    if (node.role !== ROLE.agent || node.outcome === 0 || node.endUs === 0) continue;
    if (above(trace, node.parent, around).atTop) tell(node);
  }
}

/** Rows whose error counts as a failure: one that travelled upwards is one failure, counted where it happened. */
export function countedFailures(trace: TraceState | null, rows: readonly Row[], around: Surroundings): Set<Row> {
  const failed = rows.filter((row) => row.f.status === STATUS.error && (failsByItself(row.f.kind) || row.f.kind === KIND.lifecycle));
  const counted = new Set(failed);
  if (trace === null || failed.length < 2) return counted;
  let budget = mostSteps;
  for (const row of failed) {
    let at = aboveRow(trace, row, around).atRow;
    for (let step = 0; at !== null && step < deepest && budget > 0; step++) {
      budget -= 1;
      if (counted.has(at) && propagated(at.f, row.f)) counted.delete(at);
      const next = aboveRow(trace, at, around).atRow;
      if (next === at) break;
      at = next;
    }
  }
  return counted;
}

function propagated(up: Facts, down: Facts): boolean {
  if (up.kind === KIND.lifecycle) return true;
  if (up.kind !== KIND.tool_call && up.kind !== KIND.handoff) return false;
  return up.errorMessage === 0 || up.errorMessage === down.errorMessage;
}
