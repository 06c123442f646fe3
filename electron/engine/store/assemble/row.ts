/**
 * One row of `activity` in memory. The assembler changes rows here and writes each once, at the end of the transaction;
 * `saved` is the row as the file holds it, so that rollups get exactly the difference.
 */
import type { BilledUnits } from '../../cost/price.ts';
import { FLAG } from '../codes.ts';
import type { Place } from '../payloads.ts';
import { noBilling, type Billing } from './billing.ts';
import type { TaskState } from './tasks.ts';
import type { TraceState } from './traces.ts';

/** How well a time or a name is known; the better one wins in a join, whichever came first. */
export const RANK = { none: 0, weak: 1, log: 2, span: 3 } as const;
/** Why a row has its agent. */
export const BY = { claim: 0, ancestor: 1, taskRoot: 2, service: 3 } as const;

export interface Facts {
  /** 0: not yet inserted. */
  id: number;
  task: number;
  agent: number;
  ts: number;
  /** -1: not ended, or not known. */
  dur: number;
  kind: number;
  status: number;
  flags: number;
  startRank: number;
  endRank: number;
  nameRank: number;
  basis: number;
  name: number;
  model: number;
  errorType: number;
  errorMessage: number;
  errorStack: number;
  failure: number;
  /** null counts: the activity has no billed units. */
  hasUsage: boolean;
  input: number;
  output: number;
  cacheRead: number;
  cacheWrite: number;
  reasoning: number;
  /** of `cacheWrite`: what is kept for an hour; -1: not told apart. */
  cacheWrite1h: number;
  /** billed units beyond tokens. */
  units: BilledUnits | null;
  billing: Billing;
  /** as the agent told it; -1: it did not. What is shown, see `pricing.ts`. */
  micros: number;
  currency: number;
  /** what the price book says; -1: nothing. */
  computed: number;
  computedCurrency: number;
  parent: number;
  key: number;
  trace: number;
  span: number;
  parentSpan: number;
  /** agent that the record itself names; 0 none. */
  claim: number;
  run: number;
  service: number;
  source: number;
  record: number;
  block: number;
  slot: number;
}

/** One agent had another one run: what an activity brings into `link_day`. */
export interface AgentCall { readonly caller: number; readonly called: number; readonly day: number; readonly failed: number; readonly us: number }

export class Row {
  f: Facts;
  /** as in the file; null: new in this transaction. */
  saved: Facts | null = null;
  dirty = false;
  /** absorbed by another row: it must vanish from the file. */
  gone = false;
  /** where `gone` went. */
  into: Row | null = null;
  parentRow: Row | null = null;
  payload: Place | null = null;
  /** the task of `f.task`. */
  owner: TaskState;
  /** where its span or its log stands. */
  trace: TraceState | null = null;
  /** spans besides its own tell of it. */
  aliased = false;
  /** the run of one agent by another that it stands for; undefined: not read from the file yet. */
  call: AgentCall | null | undefined = undefined;
  /** further tellings of this transaction. */
  also: number[] | null = null;
  private readonly changes: Row[];

  /** `changes` collects the rows that a transaction changed. */
  constructor(facts: Facts, owner: TaskState, changes: Row[]) {
    this.f = facts;
    this.owner = owner;
    this.changes = changes;
  }

  /** Before any change of a row that is in the file. */
  touch(): Facts {
    if (!this.dirty) {
      this.dirty = true;
      this.changes.push(this);
      if (this.f.id !== 0) this.saved = { ...this.f };
    }
    return this.f;
  }
}

export function has(facts: Facts, flag: number): boolean {
  return (facts.flags & flag) !== 0;
}

/** The status that the records told, without our own conclusion that the work was interrupted. */
export function toldStatus(facts: Facts): number {
  return (facts.flags & FLAG.interruptedInferred) !== 0 ? 1 : facts.status;
}

/** In the flags column: the row has a line in `activity_units`. */
export const hasUnits = 1 << 16;

/** Ranks and basis share the flags column from bit 8 on. */
export function packFlags(f: Facts): number {
  return (f.flags & 0xff) | (f.startRank << 8) | (f.endRank << 10) | (f.nameRank << 12) | (f.basis << 14) | (f.units === null ? 0 : hasUnits);
}

export function blankFacts(): Facts {
  return {
    id: 0, task: 0, agent: 0, ts: 0, dur: -1, kind: 0, status: 1, flags: 0, startRank: 0, endRank: 0, nameRank: 0, basis: 3, name: 0, model: 0,
    errorType: 0, errorMessage: 0, errorStack: 0, failure: 0, hasUsage: false, input: 0, output: 0, cacheRead: 0, cacheWrite: 0, reasoning: 0,
    cacheWrite1h: -1, units: null, billing: noBilling, micros: -1, currency: 0, computed: -1, computedCurrency: 0, parent: 0, key: 0, trace: 0, span: 0, parentSpan: 0, claim: 0, run: 0, service: 0, source: 0, record: 0, block: 0, slot: 0,
  };
}
