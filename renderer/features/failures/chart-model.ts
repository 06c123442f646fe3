/** Where the bars, marks and hours of a group's chart stand, in shares of its width and height. Pure. */

/** Round steps only: times are counted whole. */
export function countTicks(most: number): number[] {
  for (let power = 1; ; power *= 10) {
    for (const factor of [1, 2, 5]) {
      const step = factor * power;
      if (2 * step >= most) return [0, step, 2 * step];
    }
  }
}

export interface Span { fromMs: number; toMs: number }

export const shareOf = ({ fromMs, toMs }: Span, at: number): number => (at - fromMs) / (toMs - fromMs);

export interface VersionMark { version: string; agentName: string; at: number }

/** Versions that were first seen inside the period, oldest first; one line where several agents changed in the same bin. */
export function versionMarks(rows: readonly { agentName: string; version: string | null; firstSeen: string }[], span: Span, bins: number): VersionMark[] {
  const binMs = (span.toMs - span.fromMs) / Math.max(1, bins);
  const marks: VersionMark[] = [];
  const inside = rows.flatMap((row) => (row.version === null ? [] : [{ version: row.version, agentName: row.agentName, at: Date.parse(row.firstSeen) }])).filter((row) => row.at > span.fromMs && row.at <= span.toMs);
  for (const row of inside.toSorted((a, b) => a.at - b.at)) {
    const last = marks.at(-1);
    if (last === undefined || row.at - last.at >= binMs) marks.push(row);
  }
  return marks;
}

/** One sentence for those who do not see the chart. */
export function chartSummary(bins: readonly (number | null)[]): string {
  const unseen = bins.filter((value) => value === null).length;
  const sum = bins.reduce<number>((total, value) => total + (value ?? 0), 0);
  const most = Math.max(0, ...bins.map((value) => value ?? 0));
  return `${sum.toLocaleString('en-US')} in the period, at most ${most.toLocaleString('en-US')} in one of ${bins.length} parts${unseen === 0 ? '' : `; ${unseen} not seen`}.`;
}
