/** Whose money a budget counts, and what its scope is called. */
import type { BudgetScope } from '../../../../shared/budgets.ts';
import { ownerOf } from '../owners.ts';
import { textId } from '../stop-rows.ts';
import type { Reading } from './reading.ts';
import { nameOf, watched } from './stop-rules.ts';

/** Heads in scope now; null: all. What is no longer there is nobody. */
export function headsIn(reading: Reading, scope: BudgetScope): number[] | null {
  return scope.kind === 'owner' ? ownedBy(reading, scope.name) : watched(reading, scope);
}

/** As Access shows it: of several words on an agent's owner the best one counts. */
function ownedBy(reading: Reading, name: string): number[] {
  const said = reading.sql<[string], { agent: number }>("SELECT agent FROM agent_owner WHERE role = 'owner' AND name = ? COLLATE NOCASE").all(name);
  const heads = new Set(said.map((one) => reading.headOf(one.agent)));
  return [...heads].filter((head) => ownerOf(reading.db, reading.sourcesOf(head), 'owner')?.name.toLowerCase() === name.toLowerCase());
}

export function scopeName(reading: Reading, scope: BudgetScope): string {
  return scope.kind === 'owner' ? `Agents of ${scope.name}` : nameOf(reading, scope);
}

/** Row ids under which money of a currency is kept; no currency is US dollars (reading.ts). */
export function currencyIds(reading: Reading, currency: string): number[] {
  const known = textId(reading, currency);
  return [...(known === null ? [] : [known]), ...(currency === 'USD' ? [0] : [])];
}

/** Agents in scope, for a screen. */
export function agentsIn(reading: Reading, heads: readonly number[] | null): number {
  if (heads !== null) return heads.length;
  return new Set(reading.sql<[], { id: number }>('SELECT id FROM agent WHERE rows > 0 OR discovered_us IS NOT NULL').all().map(({ id }) => reading.headOf(id))).size;
}
