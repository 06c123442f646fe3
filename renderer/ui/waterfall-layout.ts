/**
 * The waterfall's arithmetic, without drawing: flat activities become rows of a tree in the order in which they began,
 * with brackets for parents and clear words for what is not known. Made for 100,000 rows, so without recursion.
 */
import type { Activity } from '../../shared/domain.ts';

export interface WaterfallRow {
  activity: Activity;
  depth: number;
  /** has rows below it: drawn as a bracket over all of them. */
  parent: boolean;
  /** folded: its rows are not in the list. */
  folded: boolean;
  /** rows that it hides while it is folded, all the way down. */
  below: number;
  start: number;
  /** null: open, drawn to now with an arrow head. */
  end: number | null;
  /** the parent that the record names was not seen. */
  orphan: boolean;
}

export interface WaterfallTree {
  rows: WaterfallRow[];
  /** earliest start and latest known end, epoch milliseconds. */
  from: number;
  to: number;
  /** something has not ended: the task reaches until now, which moves without a new layout. */
  open: boolean;
}

export interface WaterfallInput { activities: readonly Activity[]; folded?: ReadonlySet<string> }

interface Links { children: Int32Array; next: Int32Array; roots: number[]; orphans: Set<number> }

/** First child and next sibling of each row, in time order, as two arrays of indexes. Circles stay circles here. */
function link(sorted: readonly Activity[]): Links {
  const at = new Map<string, number>();
  sorted.forEach((activity, index) => at.set(activity.id, index));
  const children = new Int32Array(sorted.length).fill(-1);
  const last = new Int32Array(sorted.length).fill(-1);
  const next = new Int32Array(sorted.length).fill(-1);
  const roots: number[] = [];
  const orphans = new Set<number>();
  sorted.forEach((activity, index) => {
    const parent = activity.parentId === null ? -1 : (at.get(activity.parentId) ?? -1);
    if (activity.parentId !== null && parent < 0) orphans.add(index);
    if (parent < 0) {
      roots.push(index);
      return;
    }
    const before = last[parent] ?? -1;
    if (before < 0) children[parent] = index;
    else next[before] = index;
    last[parent] = index;
  });
  return { children, next, roots, orphans };
}

const startOf = (activity: Activity): number => Date.parse(activity.time);

/** The end that was reported, else start and duration, else open (null) or, when it is known to be over, the start itself. */
function endOf(activity: Activity, start: number): number | null {
  if (activity.endTime !== null) return Math.max(start, Date.parse(activity.endTime));
  if (activity.durationMs !== null && activity.status !== 'running') return start + activity.durationMs;
  return activity.status === 'running' ? null : start;
}

/** In time order; among equals a named parent stays before its children. */
function inOrder(activities: readonly Activity[]): readonly Activity[] {
  let sorted = true;
  for (let index = 1; index < activities.length && sorted; index += 1) {
    // ISO 8601 in UTC with a fixed precision sorts as text, which is far cheaper than parsing twice per comparison.
    if ((activities[index - 1]?.time ?? '') > (activities[index]?.time ?? '')) sorted = false;
  }
  return sorted ? activities : activities.toSorted((a, b) => (a.time < b.time ? -1 : a.time > b.time ? 1 : 0));
}

interface Step { index: number; depth: number; /** the folded row that hides this one. */ hiddenIn: WaterfallRow | null }

class Walk {
  readonly rows: WaterfallRow[] = [];
  from = Infinity;
  to = -Infinity;
  open = false;
  readonly #sorted: readonly Activity[];
  readonly #links: Links;
  readonly #folded: ReadonlySet<string>;
  readonly #met: Uint8Array;

  constructor(sorted: readonly Activity[], links: Links, folded: ReadonlySet<string>) {
    this.#sorted = sorted;
    this.#links = links;
    this.#folded = folded;
    this.#met = new Uint8Array(sorted.length);
  }

  all(): void {
    for (const root of this.#links.roots) this.#tree(root);
    // What no root leads to names itself as its own ancestor. It is shown at the top, as one whose parent was not seen.
    for (let index = 0; index < this.#sorted.length; index += 1) {
      if (this.#met[index] === 1) continue;
      this.#links.orphans.add(index);
      this.#tree(index);
    }
  }

  #tree(root: number): void {
    const stack: Step[] = [{ index: root, depth: 0, hiddenIn: null }];
    this.#met[root] = 1;
    for (let step = stack.pop(); step !== undefined; step = stack.pop()) {
      const kids: number[] = [];
      for (let child = this.#links.children[step.index] ?? -1; child >= 0; child = this.#links.next[child] ?? -1) {
        if (this.#met[child] === 1) continue;
        this.#met[child] = 1;
        kids.push(child);
      }
      const hiddenIn = this.#visit(step, kids.length > 0);
      for (let at = kids.length - 1; at >= 0; at -= 1) stack.push({ index: kids[at] ?? 0, depth: step.depth + 1, hiddenIn });
    }
  }

  #visit({ index, depth, hiddenIn }: Step, parent: boolean): WaterfallRow | null {
    const activity = this.#sorted[index];
    if (activity === undefined) return hiddenIn;
    const start = startOf(activity);
    const end = endOf(activity, start);
    this.from = Math.min(this.from, start);
    this.to = Math.max(this.to, end ?? start);
    this.open ||= end === null;
    if (hiddenIn !== null) {
      hiddenIn.below += 1;
      return hiddenIn;
    }
    const row: WaterfallRow = { activity, depth, parent, folded: parent && this.#folded.has(activity.id), below: 0, start, end, orphan: this.#links.orphans.has(index) };
    this.rows.push(row);
    return row.folded ? row : null;
  }
}

export function layOut({ activities, folded = new Set() }: WaterfallInput): WaterfallTree {
  const sorted = inOrder(activities);
  const walk = new Walk(sorted, link(sorted), folded);
  walk.all();
  if (walk.rows.length === 0) return { rows: [], from: 0, to: 1, open: false };
  return { rows: walk.rows, from: walk.from, to: Math.max(walk.to, walk.from + 1), open: walk.open };
}

/** What of a window of time is shown: pan and zoom never leave the task, never get thinner than a millisecond. */
export interface TimeWindow { from: number; to: number }

export function zoom(window: TimeWindow, whole: TimeWindow, factor: number, centre = (window.from + window.to) / 2): TimeWindow {
  const length = Math.min(whole.to - whole.from, Math.max(1, (window.to - window.from) * factor));
  const share = (centre - window.from) / (window.to - window.from);
  return fit({ from: centre - share * length, to: centre - share * length + length }, whole);
}

export function pan(window: TimeWindow, whole: TimeWindow, share: number): TimeWindow {
  const by = (window.to - window.from) * share;
  return fit({ from: window.from + by, to: window.to + by }, whole);
}

function fit(window: TimeWindow, whole: TimeWindow): TimeWindow {
  const length = Math.min(window.to - window.from, whole.to - whole.from);
  const from = Math.min(Math.max(window.from, whole.from), whole.to - length);
  return { from, to: from + length };
}

export interface Bar { left: number; width: number; /** cut by the window's edge. */ cutLeft: boolean; cutRight: boolean }

/** In percent of the plot's width; null when it lies outside the window. Thin bars are widened by the drawing, not here. */
export function barOf(start: number, end: number, window: TimeWindow): Bar | null {
  if (end < window.from || start > window.to) return null;
  const length = window.to - window.from;
  const from = Math.max(start, window.from);
  const to = Math.min(end, window.to);
  return { left: ((from - window.from) / length) * 100, width: ((to - from) / length) * 100, cutLeft: start < window.from, cutRight: end > window.to };
}

/** For the overview strip: how many activities were under way in each of `bins` columns, and whether one of them failed. */
export function strip(rows: readonly WaterfallRow[], whole: TimeWindow, bins: number, now: number): { count: number; failed: boolean }[] {
  const change = new Int32Array(bins + 1);
  const failed = new Uint8Array(bins);
  const length = whole.to - whole.from;
  const column = (time: number): number => Math.min(bins - 1, Math.max(0, Math.floor(((time - whole.from) / length) * bins)));
  for (const row of rows) {
    if (row.parent) continue;
    const first = column(row.start);
    const last = column(row.end ?? now);
    change[first] = (change[first] ?? 0) + 1;
    change[last + 1] = (change[last + 1] ?? 0) - 1;
    if (row.activity.status === 'error') failed[last] = 1;
  }
  let count = 0;
  return Array.from({ length: bins }, (_unused, index) => {
    count += change[index] ?? 0;
    return { count, failed: failed[index] === 1 };
  });
}
