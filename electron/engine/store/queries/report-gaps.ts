/** Gaps for a report: what could not be seen within the period, and why. */
import { columnsOf } from '../../export/columns.ts';
import { publicId } from '../ids.ts';
import { at, atOrNull, connectionCells, rowMaker } from './report-cells.ts';
import { both, oneOf, part } from './report-part.ts';
import type { Part } from './report-part.ts';
import type { Selection } from './report-scope.ts';

interface Raw { readonly id: number; readonly connection: number | null; readonly fromUs: number; readonly toUs: number | null; readonly reason: string; readonly text: string }
const make = rowMaker(columnsOf.gaps);

export function gapPart({ fromUs, toUs, nowUs, connections }: Selection): Part {
  const own = oneOf('g.connection', connections);
  return part<Raw>({
    row: 'gap', from: 'gap g', key: ['g.id'], select: 'g.id, g.connection, g.from_us AS fromUs, g.to_us AS toUs, g.reason, g.text',
    where: both({ sql: 'g.from_us < ? AND (g.to_us IS NULL OR g.to_us > ?)', values: [toUs, fromUs] }, { sql: `g.connection IS NULL OR ${own.sql}`, values: own.values }),
    rowOf: (reading, g) => make({
      id: publicId('gap', g.id), ...connectionCells(reading, g.connection), from: at(g.fromUs), to: atOrNull(g.toUs), durationUs: Math.max(0, Math.min(g.toUs ?? nowUs, toUs) - Math.max(g.fromUs, fromUs)), reason: g.reason, text: g.text,
    }),
  });
}
