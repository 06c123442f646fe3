/** The actions of an IAM statement, and what they let its holder do. */
import { actionsMatching, allActions } from './action-catalogue.ts';
import type { CataloguedAction } from './action-catalogue.ts';
import { isActionPattern } from './iam-pattern.ts';
import { bare, isNegated } from './normalised.ts';
import type { Normalised } from './normalised.ts';
import { mergeClasses } from './worst.ts';
import type { ClassReading } from './worst.ts';

/** Of one list of patterns: a statement of everything names over twenty thousand actions, and there are many such statements. */
interface Listed { readonly actions: ReadonlySet<CataloguedAction>; readonly classes: readonly ClassReading[]; services: ReadonlyMap<string, readonly ClassReading[]> | null }
const lists = new Map<string, Listed>();

function listed(patterns: readonly string[]): Listed {
  const key = patterns.join('\n');
  const known = lists.get(key);
  if (known) return known;
  const named = new Set(patterns.map(bare).filter(isActionPattern).flatMap(actionsMatching));
  const actions = patterns.every(isNegated) ? new Set(allActions().filter((action) => !named.has(action))) : named;
  const found: Listed = { actions, classes: classesIn(actions), services: null };
  // SECURITY: documents of strangers must not fill the memory with lists.
  if (lists.size >= 100) lists.clear();
  lists.set(key, found);
  return found;
}

/** The catalogued actions that a list of patterns names; with `not ` before them, all but those. An empty list could be any. */
export const cataloguedActions = (patterns: readonly string[]): ReadonlySet<CataloguedAction> => listed(patterns).actions;

/** Actions share few lists of classes: those are merged, not the actions. */
function classesIn(actions: Iterable<CataloguedAction>): ClassReading[] {
  const distinct = new Set<readonly ClassReading[]>();
  for (const { classes } of actions) distinct.add(classes);
  return mergeClasses([...distinct].flat());
}

/** A name that no catalogue has is an action too; `service` is empty. `lower` may be a pattern. */
const unread = (lower: string): CataloguedAction => ({ full: lower, service: '', lower, classes: [doubt] });
const doubt: ClassReading = { class: 'not_understood', reversibility: 'unknown' };

/** Names that no catalogue has, and anything at all where it cannot be read. */
export function unknownActions({ actions }: Pick<Normalised, 'actions'>): CataloguedAction[] {
  if (actions.length === 0) return [unread('*')];
  return actions.filter((action) => !isNegated(action)).flatMap((action) => (!isActionPattern(action) ? [unread('*')] : actionsMatching(action).length === 0 ? [unread(action.toLowerCase())] : []));
}

/** Everything that a statement could be about. */
export function actionsNamed(reading: Pick<Normalised, 'actions' | 'understood'>): CataloguedAction[] {
  return [...(reading.actions.length === 0 ? [] : cataloguedActions(reading.actions)), ...unknownActions(reading)];
}

/** By service, what all that a statement could be about lets its holder do. */
export function classesByService(reading: Pick<Normalised, 'actions' | 'understood'>): ReadonlyMap<string, readonly ClassReading[]> {
  const unknown = unknownActions(reading);
  if (unknown.length > 0 || reading.understood === 'not' || reading.actions.length === 0) return byService(actionsNamed(reading), reading.understood);
  const known = listed(reading.actions);
  known.services ??= byService([...known.actions], reading.understood);
  return known.services;
}

/** A name that no catalogue has stands under the service that it names; what could be anything under none. */
export function byService(actions: readonly CataloguedAction[], understood: Normalised['understood']): ReadonlyMap<string, readonly ClassReading[]> {
  const services = Map.groupBy(actions, ({ service, lower }) => service || (lower === '*' ? '' : lower.split(':')[0] ?? ''));
  return new Map([...services].map(([service, some]) => [service, mergeClasses([...classesIn(some), ...(understood === 'not' ? [doubt] : [])])]));
}

/** What one statement by itself is about. One that could not be read whole may permit more of an action than its class says. */
export function iamClasses(reading: Pick<Normalised, 'actions' | 'understood'>): ClassReading[] {
  const unknown = unknownActions(reading);
  return mergeClasses([...(reading.actions.length === 0 ? [] : listed(reading.actions).classes), ...(unknown.length > 0 || reading.understood === 'not' ? [doubt] : [])]);
}
