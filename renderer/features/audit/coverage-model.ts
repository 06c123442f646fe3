/** Where the bars of the completeness statement stand: shares of the width, from the same periods that are listed. Pure. */
import type { Completeness } from '../../../shared/reports.ts';
import { formatTime, plural } from '../../ui/format.ts';

type Row = Completeness['connections'][number];
export interface Blind { left: number; width: number; name: string }
interface Tick { left: number; label: string }

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'] as const;
const dayMs = 86_400_000;
const tickOf = (ms: number, withClock: boolean): string => {
  const date = new Date(ms);
  return withClock ? date.toISOString().slice(11, 16) : `${String(date.getUTCDate())} ${months[date.getUTCMonth()] ?? ''}`;
};

const utc = (iso: string): string => formatTime(new Date(iso), { zone: 'UTC', short: true, now: new Date(0) });

/** "Not seen, 14 Aug 2026 05:00 to 14 Aug 2026 09:46 UTC, this machine slept" */
export const unseenName = ({ from, to, text }: Row['notSeen'][number]): string => `Not seen, ${utc(from)} to ${utc(to)} UTC, ${text.replace(/\.$/, '')}`;

/** Periods that are not seen, within `[from, to)`. Each is drawn, however short: a bar without it would say too much. */
export function blindOf(row: Row, from: string, to: string): Blind[] {
  const [start, end] = [Date.parse(from), Date.parse(to)];
  if (end <= start) return [];
  return row.notSeen.flatMap((one) => {
    const [first, last] = [Math.max(start, Date.parse(one.from)), Math.min(end, Date.parse(one.to))];
    return last <= first ? [] : [{ left: (first - start) / (end - start), width: (last - first) / (end - start), name: unseenName(one) }];
  });
}

/** Beginning, end and two moments between, named by day, or by hour when it is all within two days. */
export function ticksOf(from: string, to: string): Tick[] {
  const [start, end] = [Date.parse(from), Date.parse(to)];
  const short = end - start <= 2 * dayMs;
  const step = short ? 3_600_000 : dayMs;
  const ticks = [0, 1, 2, 3].map((at) => {
    const exact = start + ((end - start) * at) / 3;
    const ms = at === 0 ? start : at === 3 ? end : Math.round(exact / step) * step;
    return { left: (ms - start) / (end - start), label: tickOf(at === 3 ? ms - 1 : ms, short) };
  });
  return ticks.filter((tick, at) => ticks.findIndex((other) => other.label === tick.label) === at);
}

/** A bar in words, for whoever does not see it. */
export function barWords(row: Row): string {
  const periods = row.notSeen.length + row.moreNotSeen;
  return periods === 0 ? 'seen all the time' : `${plural(periods, 'period')} not seen: ${row.notSeen.slice(0, 3).map(unseenName).join('; ')}${periods > 3 ? `; and ${String(periods - 3)} more` : ''}`;
}

/** Below this a figure asks for attention: the same limit as for days of cost. */
export const isLow = (seenPercent: number): boolean => seenPercent < 95;
