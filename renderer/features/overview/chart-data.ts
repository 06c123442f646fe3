/** From the contract's series and gaps to what a chart draws. Pure. */
import type { Series } from '../../../shared/contract.ts';
import type { Gap } from '../../../shared/domain.ts';
import { inertString } from '../../ui/agent-text.ts';
import { formatClock, formatDay } from '../../ui/format.ts';
import type { TimeBin } from '../../ui/time-chart-geometry.ts';

export const chartBins = (series: Series): TimeBin[] => series.bins.map((bin) => ({ at: Date.parse(bin.at), values: bin.values, seen: bin.seen }));

export const sumOf = (series: Series): number => series.bins.reduce((sum, bin) => bin.values.reduce((total, value) => total + value, sum), 0);

export function chartGaps(gaps: readonly Gap[], now = Date.now()): { from: number; to: number; text: string }[] {
  return gaps.map((gap) => ({ from: Date.parse(gap.from), to: gap.to === null ? now : Date.parse(gap.to), text: inertString(gap.text, 60).replace(/\.$/, '') }));
}

/** "15 min", "1 h": how long a bar is. */
export function binWords(binMs: number): string {
  const minutes = Math.round(binMs / 60_000);
  if (minutes < 1) return `${Math.max(1, Math.round(binMs / 1000))} s`;
  if (minutes < 60) return `${minutes} min`;
  return minutes % 60 === 0 || minutes > 240 ? `${Math.round(minutes / 60)} h` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** "This machine slept, 05:00 to 05:46". The day is said when a gap is not of today. */
export function gapWords(gap: Gap, now = new Date()): string {
  const from = new Date(gap.from);
  const to = gap.to === null ? null : new Date(gap.to);
  // Minutes would make nothing of a short gap: "01:00 to 01:00".
  const short = to === null || to.getTime() - from.getTime() >= 120_000;
  const end = to === null ? '' : to.toDateString() === from.toDateString() ? formatClock(to, { short }) : dayAndTime(to, now, short);
  const text = inertString(gap.text, 80).replace(/\.$/, '');
  return to === null ? `${text}, since ${dayAndTime(from, now)}` : `${text}, ${dayAndTime(from, now, short)} to ${end}`;
}

/** "14:32" today, "yesterday 14:32", "17 Nov 14:32". */
export function dayAndTime(date: Date, now = new Date(), short = true): string {
  const time = formatClock(date, { short });
  const yesterday = new Date(now.getFullYear(), now.getMonth(), now.getDate() - 1);
  if (date.toDateString() === now.toDateString()) return time;
  return date.toDateString() === yesterday.toDateString() ? `yesterday ${time}` : `${formatDay(date).replace(/ \d{4}$/, '')} ${time}`;
}
