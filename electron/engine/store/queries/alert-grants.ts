/** What changed in what agents hold, as rules of alerts ask for it: whether it goes beyond what an agent was approved to hold, or, without that, held. */
import type { GrantFact } from '../../alerts/facts.ts';
import { baselineOf, deviationOf, widenedBy } from '../baseline.ts';
import { heldGrants } from '../held-grants.ts';
import type { Reading } from './reading.ts';

/** So many ids are gone through at once, of so many agents with a baseline: the rest comes with the next look. */
const mostIds = 5_000;
const mostRows = 500;
const mostCompared = 10;

interface ChangeRow { readonly id: number; readonly atUs: number; readonly connection: number; readonly agent: number; readonly grant: number; readonly kind: string; readonly name: string; readonly what: string; readonly widening: number; readonly text: string }
interface Beyond { readonly grants: ReadonlySet<number>; readonly names: ReadonlySet<string> }

export function grantFacts(reading: Reading, after: number, newest: number): { rows: GrantFact[]; upTo: number } {
  const end = Math.min(newest, after + mostIds);
  const found = reading.sql<number[], ChangeRow>(`SELECT id, at_us AS atUs, connection, agent, grant_id AS "grant", kind, name, what, widening, text FROM grant_change WHERE id > ? AND id <= ? AND first = 0 ORDER BY id LIMIT ${mostRows}`).all(after, end);
  const compared = new Map<number, Beyond | null>();
  const rows: GrantFact[] = [];
  for (const row of found) {
    const head = row.agent === 0 ? null : reading.headOf(row.agent);
    if (head !== null && !compared.has(head)) {
      if (compared.size >= mostCompared) return { rows, upTo: rows.at(-1)?.id ?? after };
      compared.set(head, beyondOf(reading, head));
    }
    const beyond = head === null ? null : (compared.get(head) ?? null);
    const wide = row.widening === 1 && (beyond === null || beyond.grants.has(row.grant) || (row.what === 'removed' && beyond.names.has(row.name)));
    rows.push({ id: row.id, atUs: row.atUs, head, connection: row.connection, kind: row.kind, name: row.name, added: row.what === 'added' || row.what === 'back', beyond: wide, baseline: beyond !== null, text: row.text });
  }
  return { rows, upTo: found.length < mostRows ? end : (found.at(-1)?.id ?? end) };
}

/** null: it has no baseline. */
function beyondOf(reading: Reading, head: number): Beyond | null {
  const members = reading.sourcesOf(head);
  const baseline = baselineOf(reading.db, members);
  if (baseline === null) return null;
  const widened = widenedBy(deviationOf(baseline.grants, heldGrants(reading.db, head, members)));
  return { grants: new Set(widened.map((one) => one.grantId)), names: new Set(widened.filter((one) => one.grantId === 0).map((one) => one.name)) };
}
