/** Gaps for a report: what could not be seen within the period, and why. */
import { columnsOf } from '../../export/columns.ts';
import { publicId } from '../ids.ts';
import { at, atOrNull, connectionCells, rowMaker } from './report-cells.ts';
import { both, oneOf, part } from './report-part.ts';
import type { Part } from './report-part.ts';
import type { Selection } from './report-scope.ts';

interface Raw { readonly key: number; readonly connection: number | null; readonly fromUs: number; readonly toUs: number | null; readonly reason: string; readonly text: string }
const make = rowMaker(columnsOf.gaps);

const sinceUs = 'min(c.created_us, coalesce((SELECT min(a.first_us) FROM agent a WHERE a.connection = c.id AND a.rows > 0), c.created_us))';
/** What was kept as a gap, and what needs no keeping: the time before a connection was made and after it was removed. Those have keys below nothing. */
const unseen = `(SELECT id AS key, connection, from_us, to_us, reason, text FROM gap
  UNION ALL SELECT -2 * c.id, c.id, 0, ${sinceUs}, 'not_connected', 'It was not connected yet.' FROM connection c
  UNION ALL SELECT -2 * c.id - 1, c.id, c.removed_us, NULL, 'removed', 'The connection was removed.' FROM connection c WHERE c.removed_us IS NOT NULL) g`;

const idOf = ({ key, connection, reason }: Raw): string => (key > 0 ? publicId('gap', key) : `${publicId('connection', connection ?? 0)}/${reason}`);

/** As the completeness statement knows connections: not those that came only after the period, or were gone before it. */
export function gapPart({ fromUs, toUs, nowUs, connections }: Selection): Part {
  const own = oneOf('g.connection', connections);
  return part<Raw>({
    row: 'gap', from: unseen, key: ['g.key'], select: 'g.key, g.connection, g.from_us AS fromUs, g.to_us AS toUs, g.reason, g.text',
    where: both(
      { sql: 'g.from_us < ? AND (g.to_us IS NULL OR g.to_us > ?)', values: [toUs, fromUs] }, { sql: "g.reason <> 'not_connected' OR g.to_us < ?", values: [toUs] }, { sql: "g.reason <> 'removed' OR g.from_us > ?", values: [fromUs] },
      { sql: `g.connection IS NULL OR ${own.sql}`, values: own.values },
    ),
    rowOf: (reading, g) => make({
      id: idOf(g), ...connectionCells(reading, g.connection), from: at(g.reason === 'not_connected' ? fromUs : g.fromUs), to: atOrNull(g.toUs), durationUs: Math.max(0, Math.min(g.toUs ?? nowUs, toUs) - Math.max(g.fromUs, fromUs)), reason: g.reason, text: g.text,
    }),
  });
}
