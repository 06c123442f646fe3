/** Readiness in shapes and words. Pure. */
import type { ReadinessCell, ReadinessRow } from '../../../shared/stop.ts';
import type { StopLevel } from '../../../shared/domain.ts';
import { formatAge, formatDuration } from '../../ui/format.ts';
import type { State } from '../../ui/state-shapes.tsx';

type ReadinessState = ReadinessCell['state'];

export const readinessLooks: Record<ReadinessState, { state: State; word: string }> = {
  ready: { state: 'ready', word: 'Ready' }, failed: { state: 'drill_failed', word: 'Failed' }, stale: { state: 'stale', word: 'Stale' }, never: { state: 'unverified', word: 'Never tried' }, none: { state: 'cancelled', word: 'No lever' },
};
export const readinessStates: readonly ReadinessState[] = ['failed', 'never', 'stale', 'ready', 'none'];

/** "cut 4.1 s, 6 d ago": kind, how long it took, how long ago. */
export function cellSays(cell: ReadinessCell, nowMs: number): string {
  if (cell.state === 'none') return '';
  const rights = cell.rights === 'missing' ? 'right missing' : cell.rights === 'unknown' ? 'rights not known' : null;
  const took = cell.tookMs === null ? null : formatDuration(cell.tookMs);
  const tried = cell.triedAt === null ? null : `${formatAge(nowMs - Date.parse(cell.triedAt))} ago`;
  const parts = [rights, [cell.kind, took].filter((part) => part !== null).join(' '), tried].filter((part) => part !== null && part !== '');
  return parts.join(', ');
}

const rank: Record<ReadinessState, number> = { failed: 0, never: 1, stale: 2, ready: 3, none: 4 };
export const cellRank = (cell: ReadinessCell): number => rank[cell.state] * 2 - (cell.rights === 'missing' ? 1 : 0);
export const levelsOf: readonly StopLevel[] = ['cancel', 'suspend', 'revoke'];

export interface ReadinessFilter { text: string; state: ReadinessState | null; canary: boolean }

export function filterReadiness(rows: readonly ReadinessRow[], filter: ReadinessFilter): ReadinessRow[] {
  const words = filter.text.trim().toLowerCase().split(/\s+/).filter((word) => word !== '');
  return rows.filter((row) => {
    if (filter.canary && row.canary === null) return false;
    if (filter.state !== null && !levelsOf.some((level) => row[level].state === filter.state)) return false;
    const text = [row.agentName, row.agentId, ...row.connectionNames, ...row.tags].join('\n').toLowerCase();
    return words.every((word) => text.includes(word));
  });
}

/** How many agents have no lever at all that is ready. */
export const unready = (rows: readonly ReadinessRow[]): number => rows.filter((row) => !levelsOf.some((level) => row[level].state === 'ready')).length;
