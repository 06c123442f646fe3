/** For tests: the smallest reading of what drafts mean together (draft.ts says it), without a database. */
import type { AgentClaim, Draft, Normalised } from '../draft.ts';
import type { LogRecord, SpanRecord } from '../record.ts';
import { normalise } from './normalise.ts';

export interface Row {
  key: string;
  kind: string;
  name: string;
  placeholder: boolean;
  status: string;
  explicit: boolean;
  agent: string;
  model: string | undefined;
  usage: Draft['usage'];
  billing: Draft['billing'];
  cost: number | undefined;
  error: Draft['error'];
  run: string;
}

const rank: Readonly<Record<string, number>> = { denied: 7, error: 6, cancelled: 5, ok: 4, interrupted: 2, running: 1 };

function strength(status: string, explicit: boolean): number {
  return status === 'ok' && !explicit ? 3 : (rank[status] ?? 0);
}

export interface Assembled {
  readonly rows: Row[];
  readonly asides: Record<string, number>;
  readonly refusals: Record<string, number>;
  readonly runs: string[];
}

function nearest(draft: Draft, spans: ReadonlyMap<string, Draft>, test: (ancestor: Draft) => boolean): Draft | undefined {
  let at = spans.get(draft.parentSpanId);
  for (let depth = 0; at !== undefined && depth < 100; depth += 1) {
    if (test(at)) return at;
    at = spans.get(at.parentSpanId);
  }
  return undefined;
}

function agentName(draft: Draft, spans: ReadonlyMap<string, Draft>, runNames: ReadonlyMap<string, string>): string {
  const named = (claim: AgentClaim | undefined): string => claim?.name ?? claim?.id ?? runNames.get(claim?.runId ?? '') ?? '';
  if (draft.role !== 'agent' && draft.agent !== undefined && named(draft.agent) !== '') return named(draft.agent);
  if (draft.role === 'agent') return named(draft.agent);
  const ancestor = nearest(draft, spans, (one) => named(one.agent) !== '');
  return ancestor === undefined ? '' : named(ancestor.agent);
}

function joined(row: Row | undefined, draft: Draft, agent: string): Row {
  if (row === undefined) {
    return {
      key: draft.key, kind: draft.kind, name: draft.name, placeholder: draft.namePlaceholder === true, status: draft.status, explicit: draft.statusExplicit,
      agent, model: draft.model, usage: draft.usage, billing: draft.billing, cost: draft.reportedCost?.micros, error: draft.error, run: draft.run?.id ?? '',
    };
  }
  const better = strength(draft.status, draft.statusExplicit) > strength(row.status, row.explicit);
  const rename = draft.name !== '' && (row.name === '' || (row.placeholder && draft.namePlaceholder !== true));
  return {
    ...row,
    name: rename ? draft.name : row.name, placeholder: rename ? draft.namePlaceholder === true : row.placeholder,
    status: better ? draft.status : row.status, explicit: better ? draft.statusExplicit : row.explicit,
    agent: row.agent === '' ? agent : row.agent, model: row.model ?? draft.model, usage: row.usage ?? draft.usage, billing: row.billing ?? draft.billing,
    cost: row.cost ?? draft.reportedCost?.micros, error: row.error ?? draft.error,
  };
}

function collect(records: readonly (SpanRecord | LogRecord)[]): { drafts: Draft[]; asides: Record<string, number>; refusals: Record<string, number> } {
  const drafts: Draft[] = [];
  const asides: Record<string, number> = {};
  const refusals: Record<string, number> = {};
  const note = (said: Normalised): void => {
    if (said.t === 'drafts') drafts.push(...said.drafts);
    else if (said.t === 'aside') asides[said.reason] = (asides[said.reason] ?? 0) + 1;
    else refusals[said.reason] = (refusals[said.reason] ?? 0) + 1;
  };
  for (const record of records) note(normalise(record));
  return { drafts, asides, refusals };
}

export function assemble(records: readonly (SpanRecord | LogRecord)[]): Assembled {
  const { drafts, asides, refusals } = collect(records);
  const spans = new Map(drafts.filter((draft) => draft.spanId !== '').map((draft) => [draft.spanId, draft]));
  const runNames = new Map(drafts.flatMap((draft) => (draft.agent?.runId !== undefined && draft.agent.name !== undefined ? [[draft.agent.runId, draft.agent.name] as const] : [])));
  const rows = new Map<string, Row>();
  const target = (draft: Draft): string | undefined => {
    const host = draft.joins === 'parent' ? nearest(draft, spans, (one) => one.role !== 'structure') : undefined;
    if (host !== undefined && host.kind === draft.kind) return host.key;
    // A call that any application makes counts where something of an agent is in its trace.
    if (draft.plain === true && !drafts.some((one) => one.traceId === draft.traceId && one.plain !== true)) return undefined;
    return draft.role === 'structure' ? undefined : draft.key;
  };
  // Hosts first: a real store joins in any order; here the order only decides whose name and usage stand.
  for (const draft of drafts.toSorted((a, b) => Number(a.joins === 'parent') - Number(b.joins === 'parent'))) {
    const key = target(draft);
    if (key !== undefined) rows.set(key, joined(rows.get(key), draft, agentName(draft, spans, runNames)));
  }
  const runs = [...new Set(drafts.filter((draft) => draft.plain !== true).map((draft) => draft.run?.id ?? draft.traceId))];
  return { rows: [...rows.values()], asides, refusals, runs };
}

export interface Totals { in: number; out: number; read: number; write: number; reasoning: number; cost: number }

/** Sums over model calls; every other row must have no usage. */
export function totals(rows: readonly Row[]): Totals {
  const sum: Totals = { in: 0, out: 0, read: 0, write: 0, reasoning: 0, cost: 0 };
  for (const { usage, cost } of rows) {
    sum.in += usage?.inputTokens ?? 0;
    sum.out += usage?.outputTokens ?? 0;
    sum.read += usage?.cacheReadTokens ?? 0;
    sum.write += usage?.cacheWriteTokens ?? 0;
    sum.reasoning += usage?.reasoningTokens ?? 0;
    sum.cost += cost ?? 0;
  }
  return sum;
}

/** `tool_call get_invoice ok x2 @Invoice Agent`, sorted: one line per kind, name, status and agent. */
export function summary(rows: readonly Row[]): string[] {
  const counts = new Map<string, number>();
  for (const row of rows) {
    const line = `${row.kind} ${row.name} ${row.status} @${row.agent}`;
    counts.set(line, (counts.get(line) ?? 0) + 1);
  }
  return [...counts].map(([line, count]) => `${line} x${count}`).toSorted();
}
