import { actionsMatching, actionsOf, serviceNames } from './action-catalogue.ts';
import type { CataloguedAction } from './action-catalogue.ts';
import { bare, isNegated } from './normalised.ts';
import type { Normalised } from './normalised.ts';
import { mergeClasses } from './worst.ts';
import type { ClassReading } from './worst.ts';

/** The catalogued actions that a list of patterns names; with `not ` before them, all but those. An empty list could be any. */
export function cataloguedActions(patterns: readonly string[]): ReadonlySet<CataloguedAction> {
  const named = new Set(patterns.flatMap((pattern) => actionsMatching(bare(pattern))));
  if (patterns.length > 0 && !patterns.every(isNegated)) return named;
  return new Set(serviceNames().flatMap((service) => [...actionsOf(service).values()]).filter((action) => !named.has(action)));
}

/** What one statement by itself is about. A name that the catalogue does not have could be of any class. */
export function iamClasses({ actions, understood }: Pick<Normalised, 'actions' | 'understood'>): ClassReading[] {
  const unread: ClassReading[] = understood === 'not' || actions.some((action) => !isNegated(action) && action !== '*' && actionsMatching(action).length === 0) ? [{ class: 'not_understood', reversibility: 'unknown' }] : [];
  if (understood === 'not' && actions.length === 0) return unread;
  return mergeClasses([...[...cataloguedActions(actions)].flatMap((action) => action.classes), ...unread]);
}
