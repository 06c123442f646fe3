/** How cells of a report stand on paper. Pure. */
import type { ReportDocument } from '../../../shared/reports.ts';

type Section = Pick<ReportDocument['sections'][number], 'columns' | 'rows'>;

const longest = 20;
/** So many characters of a line may be kept together before the other columns have no room. */
const roomFor = 78;

/** A hash says which text it was of, not what it said: its beginning is enough on paper, the whole stands in the data files. */
export const printedCell = (text: string): string => text.replaceAll(/\bsha256:([0-9a-f]{12})[0-9a-f]{52}\b/g, 'sha256:$1…');

/** Columns of times, numbers, identifiers and states: their cells are not broken, the shortest first, as long as there is room. */
export function unbroken({ columns, rows }: Section): Set<number> {
  const widths = columns.map(({ name }, at) => ({ at, width: Math.max(name.length, ...rows.map((row) => printedCell(row[at] ?? '').length)) })).filter(({ width }) => width <= longest).toSorted((a, b) => a.width - b.width);
  const kept = new Set<number>();
  let used = 0;
  for (const { at, width } of widths) {
    if (used + width > roomFor) break;
    used += width;
    kept.add(at);
  }
  return kept;
}
