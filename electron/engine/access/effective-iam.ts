/** What remains of IAM statements, action by action of the catalogue: an action stays where there is a resource for which it could be permitted. */
import type { CataloguedAction } from './action-catalogue.ts';
import { conditionOf } from './condition-text.ts';
import { ANY, globCovers, tokensOf } from './glob.ts';
import { actionsNamed, cataloguedActions } from './iam-classes.ts';
import { iamFacets, ofService } from './iam-column.ts';
import { butSome, MOST_LABELS } from './labels.ts';
import type { Facet } from './labels.ts';
import { allowsAny, best, byDocument, principalFits } from './iam-decide.ts';
import { hasVariable, isActionPattern, isResourcePattern, resourceTokens } from './iam-pattern.ts';
import type { Fit } from './iam-pattern.ts';
import { bare, isNegated } from './normalised.ts';
import type { Held, Normalised } from './normalised.ts';
import { noPermission } from './remaining.ts';
import type { Remaining } from './remaining.ts';
import { someText } from './some-text.ts';
import type { Alternative, Demand } from './some-text.ts';

/** SECURITY: thousands of statements against thousands are not weighed to the end; what is not weighed stays, and is not certain. */
const MOST_WORK = 10_000_000;

export function effectiveIam(statements: readonly Held[]): Remaining[] {
  const left = { work: MOST_WORK };
  // A deny that is only written down takes nothing away, and a boundary that is only written down limits nothing.
  const limiting = statements.filter(({ enforcement }) => enforcement !== 'log_only');
  // What limits one statement limits every other of the same credential: found once, since there may be hundreds of each.
  const known = new Map<string | null, Limits>();
  const limitsFor = (one: Held): Limits => {
    const limits = known.get(one.credential) ?? limitsOf(limiting.filter((other) => concerns(other, one)), one.credential);
    known.set(one.credential, limits);
    return limits;
  };
  return statements.map((one) => (one.reading.effect === 'deny' || one.role === 'boundary' || one.role === 'scp' ? noPermission : remainingOf(one, limitsFor(one), left)));
}

/** Policies of two different roles or keys do not limit each other. */
const concerns = (other: Held, one: Held): boolean => other.credential === null || one.credential === null || other.credential === one.credential;

/** What of the others bears on one statement. */
interface Limits { readonly all: readonly Limit[]; readonly denies: readonly Limit[]; readonly boundaries: readonly (readonly Limit[])[]; readonly organisation: readonly (readonly Limit[])[] }
/** `sure`: it holds whatever the moment is. */
interface Limit { /** how much of an action it must take to concern it: a sure deny the whole, everything else any of it. */ readonly how: 'whole' | 'any'; readonly reading: Normalised; readonly sure: boolean; readonly actions: ReadonlySet<CataloguedAction>; /** its resources, and those that it leaves: read once, for it stands against every statement. */ readonly own: Alternative; readonly left: Alternative }

function remainingOf({ reading, role, credential }: Held, limits: Limits, left: { work: number }): Remaining {
  const meant = principalOf(reading, credential);
  if (meant === 'no') return { state: 'nothing', facets: [], certain: true, why: ['It names another principal.'] };
  const all = actionsNamed(reading);
  left.work -= all.length * limits.all.length;
  if (left.work < 0) return { state: 'whole', facets: iamFacets(reading), certain: false, why: ['There are too many policies to weigh against each other; it stands as its source says.'] };
  const memo = new Map<string, Left>();
  const fits = new Map(all.map((action) => [action, leftOf(action, reading, limits, memo)]));
  const kept = all.filter((action) => fits.get(action)?.fit !== 'no');
  const narrowed = kept.filter((action) => fits.get(action)?.narrowed === true);
  const sure = isSure(reading) && meant === 'yes' && (role === 'identity' || role === null || role === 'resource');
  const certain = sure && kept.every((action) => fits.get(action)?.fit === 'yes');
  const why = [kept.length < all.length ? `Other policies take ${kept.length === 0 ? 'all' : 'a part'} of it away.` : '', narrowed.length > 0 ? 'Other policies take some of its resources away.' : '', sure ? '' : 'It hangs on the moment or on a part that could not be read.', sure && !certain ? 'Other policies may take a part of it away, by their conditions.' : ''].filter((text) => text !== '');
  const state = kept.length === 0 ? 'nothing' : kept.length < all.length || narrowed.length > 0 || (sure && !certain) ? 'limited' : 'whole';
  return { state, facets: narrowed.length > 0 ? facetsLeft(reading, kept, new Set(narrowed), limits, left) : kept.length === all.length ? iamFacets(reading) : iamFacets(reading, kept), certain, why };
}

/** Of actions that are left for some of its resources only: each resource by itself, and the column of one that is left in part says so. */
function facetsLeft(reading: Normalised, kept: readonly CataloguedAction[], narrowed: ReadonlySet<CataloguedAction>, limits: Limits, left: { work: number }): Facet[] {
  const [whole, part] = [kept.filter((action) => !narrowed.has(action)), kept.filter((action) => narrowed.has(action))];
  const facets = whole.length > 0 ? iamFacets(reading, whole) : [];
  const { resources } = reading;
  left.work -= part.length * limits.all.length * resources.length;
  if (resources.length < 2 || resources.length > MOST_LABELS || resources.some(isNegated) || left.work < 0) return [...facets, ...iamFacets(reading, part).map(inPart)];
  return [...facets, ...resources.flatMap((resource) => {
    const one = { ...reading, resources: [resource] };
    const memo = new Map<string, Left>();
    const there = part.filter(({ service, lower }) => ofService(service || (lower === '*' ? '' : lower.split(':')[0] ?? ''), resources).includes(resource)).map((action) => ({ action, ...leftOf(action, one, limits, memo) }));
    const of = (some: typeof there): Facet[] => (some.length > 0 ? iamFacets(one, some.map(({ action }) => action)) : []);
    return [...of(there.filter(({ fit, narrowed: some }) => fit !== 'no' && !some)), ...of(there.filter(({ fit, narrowed: some }) => fit !== 'no' && some)).map(inPart)];
  })];
}

const inPart = (facet: Facet): Facet => ({ ...facet, resource: butSome(facet.resource) });

const isSure = (reading: Normalised): boolean => reading.understood !== 'not' && reading.conditions.every(isPrincipal) && !reading.resources.some(hasVariable);
const isPrincipal = (text: string): boolean => conditionOf(text)?.key === 'principal';

/** Whether a policy at a resource means this holder. A policy that hangs on its holder does. */
function principalOf({ conditions }: Normalised, credential: string | null): Fit {
  const fits = conditions.map(conditionOf).filter((condition) => condition?.key === 'principal').map((condition): Fit => {
    const found = best((condition?.values ?? []).map((value) => principalFits(value, credential !== null && credential.startsWith('arn:') ? credential : null)));
    return condition?.operator === 'is-not' ? (found === 'yes' ? 'no' : found === 'no' ? 'yes' : 'maybe') : found;
  });
  return fits.includes('no') ? 'no' : fits.includes('maybe') ? 'maybe' : 'yes';
}

function limitsOf(others: readonly Held[], credential: string | null): Limits {
  const allows = (some: readonly Held[]): Limit[] => some.filter(({ reading }) => reading.effect === 'allow').map(({ reading }) => limitOf(reading, credential));
  const of = (role: Held['role']): Held[][] => byDocument(others.filter((other) => other.role === role));
  const denies = others.filter(({ reading }) => reading.effect === 'deny' && principalOf(reading, credential) !== 'no').map(({ reading }) => limitOf(reading, credential));
  const [boundaries, organisation] = [of('boundary').map(allows), of('scp').filter(allowsAny).map(allows)];
  return { denies, boundaries, organisation, all: [...denies, ...boundaries.flat(), ...organisation.flat()] };
}

function limitOf(reading: Normalised, credential: string | null): Limit {
  const sure = isSure(reading) && principalOf(reading, credential) === 'yes';
  return { reading, sure, how: reading.effect === 'deny' && sure ? 'whole' : 'any', actions: cataloguedActions(reading.actions), own: reach(reading), left: refusal(reading) };
}

/** Whether a deny takes the whole action, or whether a limit lets any of it through. Of a catalogued action both are the same. */
function concernsAction({ reading, actions, how }: Limit, action: CataloguedAction): boolean {
  if (actions.has(action)) return true;
  if (action.service !== '' && reading.understood !== 'not') return false;
  // A name that no catalogue has may be a pattern itself; so it is compared as one.
  const patterns = reading.actions.map((pattern) => bare(pattern).toLowerCase());
  if (patterns.length === 0 || !patterns.every((pattern) => isActionPattern(pattern))) return how === 'any';
  const not = reading.actions.every(isNegated);
  const covered = (): boolean => patterns.some((pattern) => globCovers(pattern, action.lower));
  const touched = (): boolean => patterns.some((pattern) => someText([pattern, action.lower].map((text) => [{ patterns: [tokensOf(text)], none: false }])) !== false);
  if (how === 'whole') return not ? !touched() : covered();
  return not ? !covered() : touched();
}

/** no: for no resource and at no moment. yes: for some resource at every moment. `narrowed`: at no moment for all of the resources that it names. */
interface Left { readonly fit: Fit; readonly narrowed: boolean }

function leftOf(action: CataloguedAction, reading: Normalised, limits: Limits, memo: Map<string, Left>): Left {
  // Most of over twenty thousand actions meet the same limits: those are decided once.
  let key = '';
  for (const limit of limits.all) key += concernsAction(limit, action) ? '1' : '0';
  const known = memo.get(key);
  if (known !== undefined) return known;
  const those = (some: readonly Limit[]): Limit[] => some.filter((limit) => concernsAction(limit, action));
  const concerned = { denies: those(limits.denies), boundaries: limits.boundaries.map(those), organisation: limits.organisation.map(those) };
  const fit = leftWith(reading, concerned);
  const left = { fit, narrowed: fit !== 'no' && takesSome(reading, concerned) };
  memo.set(key, left);
  return left;
}

/** With only those limits that concern the action. */
function leftWith(reading: Normalised, { denies, boundaries, organisation }: Omit<Limits, 'all'>): Fit {
  const own = [reach(reading)];
  const reaches = (some: readonly Limit[]): Alternative[] => some.map((limit) => limit.own);
  const sure = (some: readonly Limit[]): Limit[] => some.filter((limit) => limit.sure);
  const most: Demand[] = [own, ...sure(denies).map((deny) => [deny.left]), ...boundaries.map(reaches), ...(organisation.length > 0 ? [reaches(organisation.flat())] : [])];
  if (someText(most) === false) return 'no';
  const least: Demand[] = [own, ...denies.map((deny) => [deny.left]), ...[...boundaries, ...organisation].map((some) => reaches(sure(some)))];
  return someText(least) === true ? 'yes' : 'maybe';
}

/** Whether a resource that it names is sure to be taken away: by a deny, or since a boundary lets it through nowhere. */
function takesSome(reading: Normalised, { denies, boundaries, organisation }: Omit<Limits, 'all'>): boolean {
  if (reading.resources.some(hasVariable)) return false;
  const own = [reach(reading)];
  const walls = [...boundaries, ...(organisation.length > 0 ? [organisation.flat()] : [])];
  return denies.some((deny) => deny.sure && someText([own, [deny.own]]) === true) || walls.some((some) => someText([own, ...some.map((limit): Demand => [limit.left])]) === true);
}

/** The resources that a statement could be about at most: a variable may stand for anything, and what is left out by one may be left out for nobody. */
function reach({ resources }: Normalised): Alternative {
  if (resources.length === 0) return { patterns: [[ANY]], none: false };
  const none = resources.every(isNegated);
  const patterns = resources.map(bare).filter((pattern) => !none || (isResourcePattern(pattern) && !hasVariable(pattern)));
  return { patterns: patterns.map((pattern) => (isResourcePattern(pattern) ? resourceTokens(pattern, null) ?? [] : [ANY])), none };
}

function refusal(reading: Normalised): Alternative {
  const { patterns, none } = reach(reading);
  return { patterns, none: !none };
}
