/**
 * Whether there is a text that meets all of several demands; a demand is met by one of its alternatives: "matched by one of these patterns",
 * or "by none of these". Exact: the patterns are walked together, over all signs that tell them apart.
 */
import { ANY, ANY_IN_PART, firstPlaces, nextPlaces, ONE, ONE_IN_PART, tokensMatch } from './glob.ts';
import type { Token } from './glob.ts';

export interface Alternative { readonly patterns: readonly (readonly Token[])[]; /** matched by none of them. */ readonly none: boolean }
export type Demand = readonly Alternative[];

/** SECURITY: patterns made to explode are given up after so many steps. */
const MOST_STEPS = 2_000_000;

/** null: too entangled to tell. */
export function someText(demands: readonly Demand[]): boolean | null {
  if (demands.some((demand) => demand.every(isHopeless))) return false;
  if (hasWitness(demands)) return true;
  // A text that meets a list of patterns meets one of them: each is walked by itself, which keeps the walks small.
  const at = demands.findIndex((demand) => demand.every(({ none }) => !none));
  const each = demands[at]?.flatMap(({ patterns }) => patterns.map((pattern): Demand => [{ patterns: [pattern], none: false }])) ?? [];
  const rest = demands.filter((_demand, place) => place !== at);
  const left = { steps: MOST_STEPS };
  if (each.length === 0) return walk(demands, left);
  const found = each.map((one) => walk([one, ...rest], left));
  return found.includes(true) ? true : found.includes(null) ? null : false;
}

/** Nothing matches one of no patterns, and everything matches `*`. */
const isHopeless = ({ patterns, none }: Alternative): boolean => (none ? patterns.some((tokens) => tokens.length > 0 && tokens.every((token) => token === ANY)) : patterns.length === 0);

const meets = (demands: readonly Demand[], text: string): boolean => demands.every((demand) => demand.some(({ patterns, none }) => patterns.some((pattern) => tokensMatch(pattern, text)) !== none));

/** A sign that no pattern has. */
const FRESH = '\u0001';

/** Most pairs are settled by a text that a pattern itself suggests. */
function hasWitness(demands: readonly Demand[]): boolean {
  const suggesting = demands.flatMap((demand) => demand.flatMap(({ patterns }) => patterns)).slice(0, 64);
  const suggestions = [[ANY] as const, ...suggesting].flatMap((pattern) => ['', FRESH].map((filling) => pattern.map((token) => (token === ANY || token === ANY_IN_PART ? filling : token === ONE || token === ONE_IN_PART ? FRESH : String(token))).join('')));
  return suggestions.some((text) => meets(demands, text));
}

function walk(demands: readonly Demand[], left: { steps: number }): boolean | null {
  const patterns = demands.flatMap((demand) => demand.flatMap((one) => one.patterns));
  const signs = [...new Set([FRESH, ':', ...patterns.flatMap((tokens) => tokens.filter((token) => typeof token === 'string'))])];
  const seen = new Set<string>();
  const open = [patterns.map(firstPlaces)];
  while (open.length > 0) {
    const places = open.pop() ?? [];
    const key = places.map((some) => some.join(',')).join('|');
    if (seen.has(key)) continue;
    seen.add(key);
    if (accepts(demands, places)) return true;
    left.steps -= signs.length * patterns.length;
    if (left.steps < 0) return null;
    for (const sign of signs) {
      const next = patterns.map((tokens, at) => nextPlaces(tokens, places[at] ?? [], sign));
      if (canStill(demands, next)) open.push(next);
    }
  }
  return false;
}

function accepts(demands: readonly Demand[], places: readonly (readonly number[])[]): boolean {
  let at = 0;
  return demands.map((demand) => demand.map(({ patterns, none }) => patterns.map((tokens) => places[at++]?.at(-1) === tokens.length).includes(true) !== none).includes(true)).every(Boolean);
}

/** Whether no demand is lost already: of one that wants a match, a pattern must still be alive. */
function canStill(demands: readonly Demand[], places: readonly (readonly number[])[]): boolean {
  let at = 0;
  return demands.map((demand) => demand.map(({ patterns, none }) => patterns.map(() => (places[at++]?.length ?? 0) > 0).includes(true) || none).includes(true)).every(Boolean);
}
