/**
 * What remains of each grant when everything that its holder holds is taken together: an explicit deny takes away, a boundary or an
 * organisation's policy only lets through. What cannot be decided without the moment's context stays, and says so.
 */
import type { CataloguedAction } from './action-catalogue.ts';
import { facetsOf } from './column.ts';
import { globCovers } from './glob.ts';
import { cataloguedActions } from './iam-classes.ts';
import { iamFacets } from './iam-column.ts';
import type { Facet } from './labels.ts';
import { bare, isNegated } from './normalised.ts';
import type { Held, Normalised } from './normalised.ts';

export interface Remaining {
  /** whole: as its source says. limited: something else takes a part away. nothing: nothing of it remains. no_permission: it permits nothing by itself (a deny, a boundary, a gate). */
  readonly state: 'whole' | 'limited' | 'nothing' | 'no_permission';
  readonly facets: readonly Facet[];
  /** what limits it, or what could at the moment of use: one sentence each. */
  readonly why: readonly string[];
}

/** In the order of `held`. */
export function effective(held: readonly Held[]): Remaining[] {
  return held.map((one) => remainingOf(one, held));
}

const nothing: Remaining = { state: 'no_permission', facets: [], why: [] };

function remainingOf(one: Held, held: readonly Held[]): Remaining {
  const { reading, role } = one;
  if (reading.effect === 'deny' || role === 'boundary' || role === 'scp' || reading.kind === 'gate') return nothing;
  if (reading.kind === 'statement') return ofStatement(one, held.filter((other) => concerns(other, one)));
  const denied = held.some((other) => other.reading.effect === 'deny' && other.reading.kind === reading.kind && other.reading.conditions.length === 0 && other.reading.understood !== 'not' && other.reading.name === reading.name);
  return denied ? { state: 'nothing', facets: [], why: ['It is denied by name.'] } : { state: 'whole', facets: facetsOf(reading), why: [] };
}

const concerns = (other: Held, one: Held): boolean => other.reading.kind === 'statement' && (other.credential === null || one.credential === null || other.credential === one.credential);

function ofStatement({ reading }: Held, others: readonly Held[]): Remaining {
  const all = cataloguedActions(reading.actions);
  const left = new Set([...all].filter((action) => isLeft(action, reading, others)));
  const facets = iamFacets(reading, left);
  return { state: left.size === all.size ? 'whole' : facets.length > 0 ? 'limited' : 'nothing', facets, why: left.size === all.size ? [] : ['Another policy takes a part of it away.'] };
}

function isLeft(action: CataloguedAction, reading: Normalised, others: readonly Held[]): boolean {
  const denied = others.some(({ reading: deny }) => deny.effect === 'deny' && deny.understood !== 'not' && deny.conditions.length === 0 && cataloguedActions(deny.actions).has(action) && reading.resources.every((resource) => !isNegated(resource) && deny.resources.some((wide) => !isNegated(wide) && globCovers(bare(wide), resource))));
  if (denied) return false;
  const limits = others.filter(({ role }) => role === 'boundary');
  return limits.length === 0 || limits.some(({ reading: limit }) => limit.effect === 'allow' && cataloguedActions(limit.actions).has(action));
}
