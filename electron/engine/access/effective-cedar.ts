import { facetsOf } from './column.ts';
import type { Held } from './normalised.ts';
import { noPermission } from './remaining.ts';
import type { Remaining } from './remaining.ts';

export function effectiveCedar(policies: readonly Held[]): Remaining[] {
  return policies.map(({ reading }) => (reading.effect === 'deny' ? noPermission : { state: 'whole', facets: facetsOf(reading), certain: reading.conditions.length === 0 && reading.understood !== 'not', why: [] }));
}
