/** The period that every screen shows: a span and where it ends. `[` and `]` move it. */
import { useSyncExternalStore } from 'react';
import type { Period } from '../../shared/contract.ts';
import { formatClock, formatDay } from '../ui/format.ts';
import { oneOf, stored } from './stored.ts';

export const spans = ['1h', '24h', '7d', '30d'] as const;
export type Span = (typeof spans)[number];

const hour = 3_600_000;
export const spanMs: Record<Span, number> = { '1h': hour, '24h': 24 * hour, '7d': 7 * 24 * hour, '30d': 30 * 24 * hour };
export const spanWords: Record<Span, string> = { '1h': 'Last 1 h', '24h': 'Last 24 h', '7d': 'Last 7 d', '30d': 'Last 30 d' };

/** `end` null: until now, and it moves on. Small and stable, so it serves as part of a query key. */
export interface PeriodChoice { span: Span; end: string | null }

const storedSpan = stored<Span>('period', oneOf(spans), '24h');
let choice: PeriodChoice = { span: '24h', end: null };
let begun = false;
const listeners = new Set<() => void>();

function snapshot(): PeriodChoice {
  if (!begun) {
    begun = true;
    choice = { span: storedSpan.get(), end: null };
  }
  return choice;
}

function change(next: PeriodChoice): void {
  choice = next;
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export const usePeriod = (): PeriodChoice => useSyncExternalStore(subscribe, snapshot);

export function setSpan(span: Span): void {
  storedSpan.set(span);
  change({ span, end: null });
}

export function earlierThan({ span, end }: PeriodChoice, now: number): PeriodChoice {
  const to = end === null ? now : Date.parse(end);
  return { span, end: new Date(to - spanMs[span]).toISOString() };
}

/** A period that would reach into the future is "until now". */
export function laterThan({ span, end }: PeriodChoice, now: number): PeriodChoice {
  if (end === null) return { span, end };
  const to = Date.parse(end) + spanMs[span];
  return { span, end: to >= now - 60_000 ? null : new Date(to).toISOString() };
}

export const goEarlier = (): void => change(earlierThan(snapshot(), Date.now()));
export const goLater = (): void => change(laterThan(snapshot(), Date.now()));
/** A period that a figure stands for, e.g. one day of a chart. */
export function showUntil(span: Span, end: string): void {
  storedSpan.set(span);
  change({ span, end });
}
export const goNow = (): void => change({ ...snapshot(), end: null });

/** Asked at fetch time, so that "until now" begins where now stands. */
export function toPeriod({ span, end }: PeriodChoice, now = Date.now()): Period {
  const to = end === null ? now : Date.parse(end);
  return { from: new Date(to - spanMs[span]).toISOString(), to: end };
}

/** `Last 24 h`, or `17 Nov 2026 14:32, 24 h` for one that has ended. */
export function periodWords({ span, end }: PeriodChoice): string {
  if (end === null) return spanWords[span];
  const date = new Date(end);
  return `${spanWords[span].slice(5)} to ${formatDay(date)} ${formatClock(date, { short: true })}`;
}

/** What a query factory wants to know of a period: a stable key, and the dates when it asks. */
export interface AskedPeriod { key: string; toPeriod: () => Period }

export function askedPeriod(choice: PeriodChoice): AskedPeriod {
  return { key: `${choice.span}@${choice.end ?? 'now'}`, toPeriod: () => toPeriod(choice) };
}

export const useAskedPeriod = (): AskedPeriod => askedPeriod(usePeriod());
