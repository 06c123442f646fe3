/**
 * What remains of each grant when everything that its holder holds is taken together: an explicit deny takes away, a boundary or an
 * organisation's policy only lets through. What cannot be decided without the moment's context stays, and says so: never more than the sources
 * permit together under any circumstance, never less than they permit under some.
 */
import { effectiveCedar } from './effective-cedar.ts';
import { effectiveIam } from './effective-iam.ts';
import { facetsOf } from './column.ts';
import type { Facet } from './labels.ts';
import { mergeClasses } from './worst.ts';
import type { ClassReading } from './worst.ts';
import { globMatches } from './glob.ts';
import type { Held, Normalised } from './normalised.ts';
import { noPermission } from './remaining.ts';
import type { Remaining } from './remaining.ts';

export type { Remaining } from './remaining.ts';

/** In the order of `held`. */
export function effective(held: readonly Held[]): Remaining[] {
  const statements = held.filter(({ reading }) => reading.kind === 'statement');
  const policies = held.filter(({ reading }) => reading.kind === 'policy');
  const ofStatements = new Map(effectiveIam(statements).map((remaining, place) => [statements[place], remaining]));
  const ofPolicies = new Map(effectiveCedar(policies).map((remaining, place) => [policies[place], remaining]));
  const denies = held.filter(({ reading, enforcement }) => reading.effect === 'deny' && enforcement !== 'log_only' && reading.kind !== 'statement' && reading.kind !== 'policy');
  return held.map((one) => ofStatements.get(one) ?? ofPolicies.get(one) ?? byName(one, denies));
}

/** The classes that remain over all grants, with the worst of their reversibilities. */
export function effectiveClasses(held: readonly Held[]): ClassReading[] {
  return mergeClasses(effective(held).flatMap(({ facets }) => facets.map((facet: Facet) => ({ class: facet.class, reversibility: facet.reversibility }))));
}

/** Tools and everything else that is denied by its name. */
function byName({ reading }: Held, denies: readonly Held[]): Remaining {
  if (reading.effect === 'deny' || reading.kind === 'gate') return noPermission;
  const against = denies.filter(({ reading: deny }) => deny.kind === reading.kind && names(deny).some((name) => globMatches(name, reading.name)));
  if (against.some(({ reading: deny }) => deny.conditions.length === 0 && deny.understood !== 'not' && wholly(deny, reading))) return { state: 'nothing', facets: [], certain: true, why: ['It is denied by name.'] };
  return { state: against.length > 0 ? 'limited' : 'whole', facets: facetsOf(reading), certain: against.length === 0 && reading.conditions.length === 0 && reading.understood !== 'not', why: against.length > 0 ? ['It may be denied: a deny of that name has parts or conditions of its own.'] : [] };
}

const names = ({ name, kind, actions }: Normalised): readonly string[] => (kind === 'tool' && actions.length > 0 ? actions : [name]);

/** A deny of some actions or some resources takes only those away. Of a tool, its actions are its names. */
const wholly = (deny: Normalised, reading: Normalised): boolean => (deny.kind === 'tool' || deny.actions.length === 0 || reading.actions.every((action) => deny.actions.includes(action) || deny.actions.includes('*'))) && (deny.resources.length === 0 || deny.resources.includes('*') || (reading.resources.length > 0 && reading.resources.every((resource) => deny.resources.includes(resource))));
