/** The head of the access screen: how many agents hold how much, what of it was used, and what was found. */
import type { ParsedParams, Result } from '../../../../shared/contract.ts';
import { SEVERITY, US_DAY } from '../codes.ts';
import { iso, type Reading } from './reading.ts';

/** What a connection offers is counted with the agents that are said to hold it; only where there is none, by itself. */
const counted = '(r.holder > 0 OR NOT EXISTS (SELECT 1 FROM grant_holder h WHERE h.connection = -r.holder))';

interface Sums { readonly agents: number; readonly grants: number; readonly cannotTell: number; readonly notUnderstood: number; readonly denied: number }

function findingsOf(reading: Reading, nowUs: number): Result<'access.summary'>['findings'] {
  // In the order of its index, and the few that are dismissed by themselves: asked of all together, the one question takes twice as long.
  const all = reading.sql<[], { severity: number; n: number }>('SELECT severity, count(*) AS n FROM finding INDEXED BY finding_open WHERE gone_us IS NULL GROUP BY severity').all();
  const aside = new Map(reading.sql<[number], [number, number]>(
    'SELECT severity, count(*) FROM finding INDEXED BY finding_open WHERE gone_us IS NULL AND dismissed_us IS NOT NULL AND (dismissed_until_us IS NULL OR dismissed_until_us > ?) GROUP BY severity').raw().all(nowUs));
  const rows = all.map(({ severity, n }) => ({ severity, n, dismissed: aside.get(severity) ?? 0 }));
  const open = (severity: number): number => { const row = rows.find((one) => one.severity === severity); return row === undefined ? 0 : row.n - row.dismissed; };
  return { serious: open(SEVERITY.serious), attention: open(SEVERITY.attention), info: open(SEVERITY.info), dismissed: rows.reduce((sum, row) => sum + row.dismissed, 0) };
}

function readAt(reading: Reading): Result<'access.summary'>['readAt'] {
  const found = reading.sql<[], { oldest: number | null; newest: number | null }>(
    'SELECT min(discovered_us) AS oldest, max(discovered_us) AS newest FROM runtime r WHERE discovered_us IS NOT NULL AND EXISTS (SELECT 1 FROM grant_seen g WHERE g.connection = r.connection)').get();
  return found === undefined || found.oldest === null || found.newest === null ? null : { oldest: iso(found.oldest), newest: iso(found.newest) };
}

export function accessSummary(reading: Reading, { unusedDays }: ParsedParams<'access.summary'>, nowUs: number): Result<'access.summary'> {
  const sums = reading.sql<[], Sums>(`SELECT coalesce(sum(r.holder > 0), 0) AS agents, coalesce(sum(r.held), 0) AS grants, coalesce(sum(r.cannot_tell), 0) AS cannotTell, coalesce(sum(r.not_understood), 0) AS notUnderstood,
    coalesce(sum(r.denied), 0) AS denied FROM access_row r WHERE ${counted}`).get() ?? { agents: 0, grants: 0, cannotTell: 0, notUnderstood: 0, denied: 0 };
  const used = reading.sql<[number], { n: number }>(`SELECT count(*) AS n FROM access_row r CROSS JOIN grant_use u ON u.holder = r.holder AND u.last_used_us >= ? WHERE ${counted}`).get(nowUs - unusedDays * US_DAY)?.n ?? 0;
  return { ...sums, used, never: Math.max(0, sums.grants - used - sums.cannotTell), findings: findingsOf(reading, nowUs), readAt: readAt(reading) };
}
