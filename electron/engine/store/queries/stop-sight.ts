/** Could we see? Gaps and what was stored last, for the judge and for certificates. */
import type { Connection } from '../../../../shared/domain.ts';
import type { ConnectionSight } from '../stop-commands.ts';
import type { Reading } from './reading.ts';
import type { Span } from './span-of-time.ts';

export interface GapLine { readonly connection: number | null; readonly fromUs: number; readonly toUs: number | null; readonly text: string }
const mostGaps = 500;

/** Gaps that touch the period, the oldest first. */
export function gapsOf(reading: Reading, { fromUs, toUs }: Span): GapLine[] {
  const columns = 'SELECT connection, from_us AS fromUs, to_us AS toUs, text FROM gap INDEXED BY gap_to WHERE';
  return [
    ...reading.sql<number[], GapLine>(`${columns} to_us IS NULL AND from_us <= ? LIMIT ?`).all(toUs, mostGaps),
    ...reading.sql<number[], GapLine>(`${columns} to_us > ? AND from_us <= ? LIMIT ?`).all(fromUs, toUs, mostGaps),
  ].toSorted((one, two) => one.fromUs - two.fromUs).slice(0, mostGaps);
}

export function sightOf(reading: Reading, { connections, sinceUs }: { readonly connections: readonly number[]; readonly sinceUs: number }, nowUs: number): ConnectionSight[] {
  const gaps = gapsOf(reading, { fromUs: sinceUs, toUs: Math.max(sinceUs, nowUs) });
  const about = reading.sql<[number], { kind: Connection['kind']; enabled: number; removed: number }>('SELECT kind, enabled, removed_us IS NOT NULL AS removed FROM connection WHERE id = ?');
  const seen = reading.sql<[number], { toUs: number }>('SELECT to_us AS toUs FROM seen WHERE connection = ? ORDER BY from_us DESC LIMIT 1');
  return connections.flatMap((connection) => {
    const found = about.get(connection);
    if (found === undefined) return [];
    return [{
      connection, kind: found.kind, enabled: found.enabled === 1 && found.removed === 0, seenToUs: seen.get(connection)?.toUs ?? null,
      gaps: gaps.filter((gap) => gap.connection === null || gap.connection === connection).map(({ fromUs, toUs, text }) => ({ fromUs, toUs, text })),
    }];
  });
}
