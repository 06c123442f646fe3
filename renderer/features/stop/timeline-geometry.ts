/**
 * Where the marks of a stop order stand. The first five seconds take a quarter of the axis, because there most happens; the rest is even.
 * Pure: times in, pixels out.
 */
import type { OrderLever } from '../../../shared/stop.ts';

export const wideMs = 5_000;
const wideShare = 0.25;
/** An axis of less would leave nothing behind the break. */
const shortestMs = 10_000;
/** Half a mark must fit at either end. */
export const padding = 9;
/** Marks of one lever that come sooner after each other stand side by side, in their order. */
const apart = 10;
/** Acts nearer than this are drawn as one. */
const actsApart = 7;

export interface Axis { readonly commandedMs: number; readonly endMs: number; readonly width: number }

/** `lastMs`: now while the order runs, else the last thing that is drawn. */
export function axisOf(commandedMs: number, lastMs: number, width: number): Axis {
  return { commandedMs, endMs: commandedMs + Math.max(shortestMs, lastMs - commandedMs), width: Math.max(80, width) };
}

/** Pixels from the left. What came before the command stands at it. */
export function placeOn(axis: Axis, atMs: number): number {
  const inner = axis.width - 2 * padding;
  const at = Math.max(0, atMs - axis.commandedMs);
  const span = axis.endMs - axis.commandedMs;
  const share = at <= wideMs ? (at / wideMs) * wideShare : wideShare + (Math.min(at, span) - wideMs) / (span - wideMs) * (1 - wideShare);
  return padding + share * inner;
}

export interface Tick { readonly x: number; readonly label: string }

const steps = [5, 10, 15, 30, 60, 120, 300, 600, 900, 1_800, 3_600, 7_200, 14_400, 28_800, 86_400].map((seconds) => seconds * 1000);
const narrowestPx = 62;

/** `30 s`, `1 min`, `1:30`, `2 h`. */
export function tickLabel(ms: number): string {
  const seconds = Math.round(ms / 1000);
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3600) return seconds % 60 === 0 ? `${seconds / 60} min` : `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
  return seconds % 3600 === 0 ? `${seconds / 3600} h` : `${Math.floor(seconds / 3600)} h ${Math.round((seconds % 3600) / 60)}`;
}

/** `keepFree`: a mark of its own stands there (the present), so no label does. */
export function ticksOf(axis: Axis, keepFree: number | null): Tick[] {
  const span = axis.endMs - axis.commandedMs;
  const at = (ms: number): number => placeOn(axis, axis.commandedMs + ms);
  const quarter = at(wideMs) - at(0);
  const first = quarter >= 110 ? [0, 1_000, 2_000, wideMs] : [0, wideMs];
  const room = axis.width - padding - at(wideMs);
  const step = steps.find((one) => (room * one) / (span - wideMs) >= narrowestPx) ?? steps.at(-1) ?? wideMs;
  const rest: number[] = [];
  for (let ms = step; ms <= span; ms += step) if (ms > wideMs) rest.push(ms);
  return [...first, ...rest]
    .map((ms) => ({ x: at(ms), label: ms === 0 ? '0 s' : ms < wideMs ? String(ms / 1000) : tickLabel(ms), ms }))
    .filter((tick) => (keepFree === null || Math.abs(tick.x - keepFree) >= narrowestPx * 0.8) && (tick.ms <= wideMs || tick.x - at(wideMs) >= narrowestPx * 0.7))
    .map(({ x, label }) => ({ x, label }));
}

export type MarkKind = 'requested' | 'reported' | 'confirmed' | 'failed' | 'acted' | 'acting' | 'cannot' | 'unknown' | 'holding';
export interface Mark { readonly kind: MarkKind; readonly x: number; readonly at: string | null; /** acts that this mark stands for. */ readonly count: number }
export interface Line { readonly from: number; readonly to: number; readonly style: 'solid' | 'dashed'; readonly against: boolean }
export interface Row { readonly lines: readonly Line[]; readonly marks: readonly Mark[] }

/** Acts as triangles; those that would cover each other become one that says how many it is. */
function actMarks(axis: Axis, acts: readonly string[], after: number): Mark[] {
  const marks: Mark[] = [];
  for (const at of acts.toSorted()) {
    const x = Math.max(after + apart, placeOn(axis, Date.parse(at)));
    const last = marks.at(-1);
    if (last !== undefined && x - last.x < actsApart) marks[marks.length - 1] = { ...last, count: last.count + 1 };
    else marks.push({ kind: 'acted', x, at, count: 1 });
  }
  return marks;
}

/** The mark at the right end of a line that has not come to its end; null: the line just goes on. */
function endMark(lever: OrderLever, x: number): Mark | null {
  const mark = (kind: MarkKind): Mark => ({ kind, x, at: null, count: 1 });
  if (lever.state === 'unknown') return mark('unknown');
  if (lever.confirmed === 'no') return mark('acting');
  if (lever.confirmed === 'cannot') return mark('cannot');
  if (lever.kind === 'hold' && lever.undoState === 'open') return mark('holding');
  return null;
}

/** Solid until the runtime answered, then dashed until it was confirmed from outside, or until now. */
export function rowOf(axis: Axis, lever: OrderLever, lastMs: number): Row {
  if (lever.sentAt === null) return { lines: [], marks: [] };
  const right = placeOn(axis, lastMs);
  const sent = placeOn(axis, Date.parse(lever.sentAt));
  const marks: Mark[] = [{ kind: 'requested', x: sent, at: lever.sentAt, count: 1 }];
  const against = lever.confirmed === 'no';
  const beside = (from: number, at: string): number => Math.max(from + apart, placeOn(axis, Date.parse(at)));
  const answeredAt = lever.reportedAt;
  if (lever.state === 'failed') {
    const x = answeredAt === null ? sent + apart : beside(sent, answeredAt);
    return { lines: [{ from: sent, to: x, style: 'solid', against: false }], marks: [...marks, { kind: 'failed', x, at: answeredAt, count: 1 }] };
  }
  if (answeredAt === null) {
    const end = endMark(lever, Math.max(right, sent + apart));
    return { lines: [{ from: sent, to: Math.max(right, sent), style: lever.state === 'unknown' ? 'dashed' : 'solid', against }], marks: [...marks, ...actMarks(axis, lever.actsAt, sent), ...(end === null ? [] : [end])] };
  }
  const answered = beside(sent, answeredAt);
  marks.push({ kind: 'reported', x: answered, at: answeredAt, count: 1 });
  const lines: Line[] = [{ from: sent, to: answered, style: 'solid', against: false }];
  if (lever.confirmed === 'yes' && lever.confirmedAt !== null) {
    const confirmed = beside(answered, lever.confirmedAt);
    lines.push({ from: answered, to: confirmed, style: 'dashed', against: false });
    return { lines, marks: [...marks, ...actMarks(axis, lever.actsAt, answered), { kind: 'confirmed', x: confirmed, at: lever.confirmedAt, count: 1 }] };
  }
  const end = endMark(lever, Math.max(right, answered + apart));
  lines.push({ from: answered, to: Math.max(right, answered), style: 'dashed', against });
  return { lines, marks: [...marks, ...actMarks(axis, lever.actsAt, answered), ...(end === null ? [] : [end])] };
}

/** The right end of the picture: now while somebody looks on, else the last thing that happened. */
export function lastMoment(order: { commandedAt: string | null; endedAt: string | null; verifiedAt: string | null; answeredAt: string | null; lastActAt: string | null; state: string }, levers: readonly OrderLever[], nowMs: number): number {
  if (order.state !== 'verified' && order.endedAt === null) return nowMs;
  const times = [order.commandedAt, order.verifiedAt, order.answeredAt, order.lastActAt, ...levers.flatMap((lever) => [lever.sentAt, lever.reportedAt, lever.confirmedAt, ...lever.actsAt])].flatMap((iso) => (iso === null ? [] : [Date.parse(iso)]));
  return times.length === 0 ? nowMs : Math.max(...times);
}
