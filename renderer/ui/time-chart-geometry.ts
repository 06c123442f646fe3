/** Pure arithmetic behind the time chart: where ticks stand, which bins were not seen, and where a reason may be written. */

export interface TimeBin {
  /** start, epoch milliseconds. */
  at: number;
  values: readonly number[];
  /** share of the bin that was seen, 0 to 1, one a source. */
  seen: readonly number[];
}

/** Bins [from, to) by index. */
export interface Run { from: number; to: number }

/** A bin is hatched when less than half of it was seen. */
const enoughSeen = 0.5;

/** No source was seen: the whole column is hatched. A chart without sources saw nothing. */
export function isBlind(bin: TimeBin): boolean {
  return bin.seen.every((share) => share < enoughSeen);
}

function runsWhere(bins: readonly TimeBin[], test: (bin: TimeBin) => boolean): Run[] {
  const runs: Run[] = [];
  let from = -1;
  for (let index = 0; index <= bins.length; index += 1) {
    const bin = bins[index];
    const inside = bin !== undefined && test(bin);
    if (inside && from < 0) from = index;
    if (!inside && from >= 0) {
      runs.push({ from, to: index });
      from = -1;
    }
  }
  return runs;
}

export const blindRuns = (bins: readonly TimeBin[]): Run[] => runsWhere(bins, isBlind);

/** Where one source was not seen: the hatched parts of its lane. */
export function laneRuns(bins: readonly TimeBin[], source: number): Run[] {
  return runsWhere(bins, (bin) => (bin.seen[source] ?? 0) < enoughSeen);
}

/** Round numbers from 0 to at least `most`, at most five of them; the axis ends at the last. */
export function niceTicks(most: number, count = 4): number[] {
  if (!(most > 0)) return [0];
  const rough = most / (count - 1);
  const power = 10 ** Math.floor(Math.log10(rough));
  const factor = [1, 2, 2.5, 5, 10].find((candidate) => candidate * power >= rough * 0.9999) ?? 10;
  const step = factor * power;
  const ticks: number[] = [];
  // Rounded to the step's own digits, so that 3 x 0.1 is written 0.3.
  const digits = Math.max(0, 2 - Math.floor(Math.log10(step)));
  for (let index = 0; ; index += 1) {
    const value = Number((index * step).toFixed(Math.min(12, digits)));
    ticks.push(value);
    if (value >= most) return ticks;
  }
}

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;
const steps = [minute, 2 * minute, 5 * minute, 10 * minute, 15 * minute, 30 * minute, hour, 2 * hour, 3 * hour, 4 * hour, 6 * hour, 12 * hour, day, 2 * day, 3 * day, 5 * day, 7 * day, 14 * day];

/** Local midnights, hours or minutes between `from` and `to`, at most `most` of them. */
export function timeTicks(from: number, to: number, most: number, minutesEast = -new Date(from).getTimezoneOffset()): { at: number; day: boolean }[] {
  const step = steps.find((candidate) => (to - from) / candidate <= most) ?? 30 * day;
  const shift = minutesEast * minute;
  const ticks: { at: number; day: boolean }[] = [];
  for (let at = Math.ceil((from + shift) / step) * step - shift; at < to; at += step) ticks.push({ at, day: step >= day });
  return ticks;
}

/** Marks from the start of a task: `+1 min`, `+2 min`. Round steps down to a millisecond. */
const spans = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, 15_000, 30_000, ...steps.slice(0), 28 * day];
export function spanTicks(from: number, to: number, origin: number, most: number): number[] {
  const step = spans.find((candidate) => (to - from) / candidate <= most) ?? (to - from) / most;
  const ticks: number[] = [];
  for (let index = Math.ceil((from - origin) / step); origin + index * step < to && ticks.length <= most; index += 1) ticks.push(index * step);
  return ticks;
}

/** Tallest stack of the bins that are drawn. */
export function tallest(bins: readonly TimeBin[]): number {
  let most = 0;
  for (const bin of bins) {
    let sum = 0;
    for (const value of bin.values) sum += value;
    if (sum > most) most = sum;
  }
  return most;
}

/** Running sums, for the line: null where nothing was seen, so that the line breaks there instead of lying flat. */
export function runningSums(bins: readonly TimeBin[]): (number | null)[] {
  let sum = 0;
  return bins.map((bin) => {
    for (const value of bin.values) sum += value;
    return isBlind(bin) ? null : sum;
  });
}

export interface Placed { x: number; anchor: 'start' | 'middle' | 'end'; index: number }

/**
 * Places one line of labels above their columns without overlap: centred where there is room, pushed in from the edges,
 * left out where a neighbour stands (the hatched column's own name still says it).
 */
export function placeLabels(labels: readonly { at: number; width: number }[], from: number, to: number, space = 8): Placed[] {
  const placed: Placed[] = [];
  let taken = -Infinity;
  labels.forEach((label, index) => {
    const half = label.width / 2;
    const anchor = label.at - half < from ? 'start' : label.at + half > to ? 'end' : 'middle';
    const x = anchor === 'start' ? from : anchor === 'end' ? to : label.at;
    const left = anchor === 'start' ? x : anchor === 'end' ? x - label.width : x - half;
    if (label.width > to - from || left < taken + space) return;
    taken = left + label.width;
    placed.push({ x, anchor, index });
  });
  return placed;
}
