/** Whom budgets and alert rules mean: their name, and the agents and connections in them now. */
import type { BudgetScope } from '../../../../shared/budgets.ts';
import { rowIdOf } from '../ids.ts';
import { ownersOf } from './cost-groups.ts';
import type { Reading } from './reading.ts';

const gone = '(no longer there)';

export function scopeName(reading: Reading, scope: BudgetScope): string {
  switch (scope.kind) {
    case 'everything': return 'Everything';
    case 'tag': return `Tag ${scope.tag}`;
    case 'owner': return `Agents of ${scope.name}`;
    case 'connection': return reading.sql<[number], { name: string }>('SELECT name FROM connection WHERE id = ?').get(rowIdOf('connection', scope.id) ?? 0)?.name ?? gone;
    case 'agent': {
      const id = rowIdOf('agent', scope.id) ?? 0;
      return reading.sql<[number], { n: number }>('SELECT 1 AS n FROM agent WHERE id = ?').get(id) === undefined ? gone : reading.agent(id).name;
    }
  }
}

/** Heads in it now; null: all. What is no longer there means nobody. */
export function scopeHeads(reading: Reading, scope: BudgetScope): number[] | null {
  switch (scope.kind) {
    case 'everything': return null;
    case 'tag': return heads(reading, reading.sql<[string], number>('SELECT agent FROM agent_tag WHERE tag = ?').pluck().all(scope.tag));
    case 'owner': return [...ownersOf(reading)].filter(([, name]) => name === scope.name).map(([head]) => head);
    case 'connection': return heads(reading, reading.sql<[number], number>('SELECT id FROM agent WHERE connection = ?').pluck().all(rowIdOf('connection', scope.id) ?? 0));
    case 'agent': return heads(reading, reading.sql<[number], number>('SELECT id FROM agent WHERE id = ?').pluck().all(rowIdOf('agent', scope.id) ?? 0));
  }
}

/** Of a scope of agents those that they are seen by; null: all. */
export function scopeConnections(reading: Reading, scope: BudgetScope, agents: readonly number[] | null): number[] | null {
  if (scope.kind === 'connection') return [rowIdOf('connection', scope.id) ?? 0];
  if (agents === null) return null;
  return [...new Set(agents.flatMap((head) => reading.sourcesOf(head)).map((source) => reading.agent(source).connection))];
}

const heads = (reading: Reading, agents: readonly number[]): number[] => [...new Set(agents.map((one) => reading.headOf(one)))];
