/** What tasks cost by how they came out, and what a finished one costs. */
import type { CostRow, MoneyBySide } from '../../../../shared/cost.ts';
import { OUTCOME } from '../codes.ts';
import { divided, type EstimateError } from './cost-error.ts';

/** Some tasks of one group that came out alike, with money in one currency (0: none is known). */
export interface TaskLine {
  readonly model: number; readonly outcome: number; readonly currency: number;
  readonly tasks: number; readonly micros: number; readonly retried: number; readonly afterStop: number; readonly onlyComputed: number; readonly unpricedTasks: number;
}

export const taskSums = `sum(s.tasks) AS tasks, sum(s.micros) AS micros, sum(s.retried) AS retried, sum(s.after_stop) AS afterStop, sum(s.only_computed) AS onlyComputed, sum(s.unpriced_tasks) AS unpricedTasks`;

interface Money {
  micros: number; onlyComputed: number; ended: number; finishedTasks: number;
  readonly spent: { -readonly [K in keyof CostRow['spent']]: CostRow['spent'][K] };
  /** money of ended tasks that only the book knows, by model. */
  readonly estimated: Map<number, number>;
}

const noMoney = (): Money => ({ micros: 0, onlyComputed: 0, ended: 0, finishedTasks: 0, spent: { finishedMicros: 0, retriedMicros: 0, failedMicros: 0, afterStopMicros: 0, openMicros: 0, unknownMicros: 0 }, estimated: new Map() });

export type PerTask = Pick<CostRow, 'perTaskMicros' | 'lowMicros' | 'highMicros'>;
const noFigure: PerTask = { perTaskMicros: null, lowMicros: null, highMicros: null };

/** Sums of any tasks. Money of other currencies is kept apart. */
export class TaskSum {
  finished = 0;
  failed = 0;
  open = 0;
  unknown = 0;
  unpriced = 0;
  private unpricedEnded = 0;
  private readonly byCurrency = new Map<number, Money>();

  add(line: TaskLine): void {
    const { outcome, tasks } = line;
    if (outcome === OUTCOME.completed) this.finished += tasks;
    else if (outcome === OUTCOME.failed || outcome === OUTCOME.cancelled) this.failed += tasks;
    else if (outcome === OUTCOME.unknown) this.unknown += tasks;
    else this.open += tasks;
    this.unpriced += line.unpricedTasks;
    if (isEnded(outcome)) this.unpricedEnded += line.unpricedTasks;
    this.addMoney(line);
  }

  private addMoney({ outcome, currency, model, tasks, micros, retried, afterStop, onlyComputed }: TaskLine): void {
    let money = this.byCurrency.get(currency);
    if (money === undefined) this.byCurrency.set(currency, money = noMoney());
    money.micros += micros;
    money.onlyComputed += onlyComputed;
    const { spent } = money;
    spent.afterStopMicros += afterStop;
    const rest = micros - afterStop;
    if (outcome === OUTCOME.completed) {
      money.finishedTasks += tasks;
      spent.retriedMicros += retried;
      spent.finishedMicros += rest - retried;
    } else if (outcome === OUTCOME.failed || outcome === OUTCOME.cancelled) spent.failedMicros += rest;
    else if (outcome === OUTCOME.unknown) spent.unknownMicros += rest;
    else spent.openMicros += rest;
    if (!isEnded(outcome)) return;
    money.ended += micros;
    if (onlyComputed > 0) money.estimated.set(model, (money.estimated.get(model) ?? 0) + onlyComputed);
  }

  /** In which most of its money is; 0: none is known. */
  mainCurrency(): number {
    return [...this.byCurrency].filter(([currency]) => currency !== 0).toSorted((a, b) => b[1].micros - a[1].micros || a[0] - b[0])[0]?.[0] ?? 0;
  }

  micros(currency: number): number {
    return this.byCurrency.get(currency)?.micros ?? 0;
  }

  spent(currency: number): CostRow['spent'] {
    return { ...(this.byCurrency.get(currency) ?? noMoney()).spent };
  }

  /** Micro-units of ended tasks. */
  ended(currency: number): number {
    return this.byCurrency.get(currency)?.ended ?? 0;
  }

  /** What ended tasks cost, by the number that finished: those that cost in another currency are not among them. */
  perTask(currency: number, error: EstimateError | null): PerTask {
    const money = this.byCurrency.get(currency);
    if (currency === 0 || money === undefined) return noFigure;
    const finished = money.finishedTasks + (this.byCurrency.get(0)?.finishedTasks ?? 0);
    if (finished === 0) return noFigure;
    const each = (micros: number): number => divided(BigInt(micros), BigInt(finished));
    const off = error === null ? 0 : [...money.estimated].reduce((sum, [model, micros]) => sum + error.of(model, micros), 0);
    // What has no price costs something: how much more it could be nobody knows.
    return { perTaskMicros: each(money.ended), lowMicros: each(Math.max(0, money.ended - off)), highMicros: this.unpricedEnded > 0 ? null : each(money.ended + off) };
  }

  /** Of money of ended tasks, and of what was spent after a stop. */
  wasted(currency: number): number | null {
    const { finishedMicros, retriedMicros, failedMicros, afterStopMicros } = this.spent(currency);
    const lost = retriedMicros + failedMicros + afterStopMicros;
    return finishedMicros + lost === 0 ? null : lost / (finishedMicros + lost);
  }

  /** Tasks know what is shown of them, and what of it rests on the book alone. Bills know no tasks. */
  money(currency: number, name: string): MoneyBySide {
    const { micros, onlyComputed } = this.byCurrency.get(currency) ?? noMoney();
    const reported = micros - onlyComputed;
    const known = currency !== 0;
    return {
      billedMicros: null, reportedMicros: reported > 0 ? reported : null, computedMicros: onlyComputed > 0 ? onlyComputed : null,
      shown: { amountMicros: !known && this.unpriced > 0 ? null : micros, currency: name, provenance: this.unpriced > 0 ? 'unpriced' : onlyComputed > 0 || !known ? 'computed' : 'reported', unpriced: this.unpriced },
      shownReportedMicros: reported, shownComputedMicros: onlyComputed, shownBilledMicros: 0, unpriced: this.unpriced,
    };
  }
}

export const isEnded = (outcome: number): boolean => outcome === OUTCOME.completed || outcome === OUTCOME.failed || outcome === OUTCOME.cancelled;
