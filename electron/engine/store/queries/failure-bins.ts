/** Into which stretches a period of failures is divided: to the minute while it is short, in whole days beyond. */
import type { Period } from '../../../../shared/contract.ts';
import { US_DAY, US_HOUR } from '../codes.ts';
import { spanOf, type Span } from './span-of-time.ts';

export const mostBins = 48;
/** Counting single failures of a longer period takes too long: then sums by day are read. */
const longestExactUs = 49 * US_HOUR;

export interface Bins extends Span {
  /** null: the period is looked at to the microsecond. */
  readonly days: { readonly from: number; readonly to: number } | null;
  readonly binUs: number;
  readonly count: number;
}

export function failureBins(period: Period, nowUs: number): Bins {
  const span = spanOf(period, nowUs);
  if (span.toUs - span.fromUs <= longestExactUs) return { ...span, days: null, binUs: (span.toUs - span.fromUs) / mostBins, count: mostBins };
  const days = { from: Math.max(0, Math.floor(span.fromUs / US_DAY)), to: Math.floor((span.toUs - 1) / US_DAY) };
  const each = Math.ceil((days.to - days.from + 1) / mostBins);
  return { fromUs: days.from * US_DAY, toUs: span.toUs, days, binUs: each * US_DAY, count: Math.ceil((days.to - days.from + 1) / each) };
}
