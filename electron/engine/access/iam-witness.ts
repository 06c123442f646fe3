/**
 * For tests: resources that stand for all there are. What a policy says of a resource hangs only on which of its patterns match it, so one resource
 * for each such choice is enough. They are only proposed here: what is said of them is the oracle's to decide.
 */
import { firstPlaces, nextPlaces } from './glob.ts';
import type { Token } from './glob.ts';
import type { OraclePolicy } from './iam-oracle.ts';
import { resourceTokens } from './iam-pattern.ts';
import type { Context } from './iam-pattern.ts';

const patternsOf = (policies: readonly OraclePolicy[]): string[] => [...new Set(policies.flatMap((one) => one.Statement.flatMap(({ Resource, NotResource }) => [Resource ?? [], NotResource ?? []].flat())))];

/** Stands for every sign that no pattern names. */
const otherSign = 'z';
/** Far beyond what the patterns of the tests come to; more would be a test that never ends. */
const mostStates = 50_000;

/** One resource for each set of patterns that some resource matches, and no other. */
export function witnesses(policies: readonly OraclePolicy[], context: Context): string[] {
  const patterns = patternsOf(policies).map((pattern) => resourceTokens(pattern, context)).filter((tokens) => tokens !== null);
  const signs = [...new Set([...patterns.flat().filter((token) => typeof token === 'string'), otherSign])];
  const found = new Map<string, string>();
  const seen = new Set<string>();
  let reached: { text: string; places: number[][] }[] = [{ text: '', places: patterns.map((tokens) => firstPlaces(tokens)) }];
  while (reached.length > 0) {
    const fresh = reached.filter(({ places }) => isNew(seen, JSON.stringify(places)));
    if (seen.size > mostStates) throw new Error('more patterns than can be told apart');
    for (const { text, places } of fresh) {
      const matched = JSON.stringify(places.map((at, index) => at.includes(patterns[index]?.length ?? -1)));
      if (!found.has(matched)) found.set(matched, text);
    }
    reached = fresh.flatMap((one) => signs.map((sign) => step(one, patterns, sign)));
  }
  return [...found.values()];
}

function isNew(seen: Set<string>, key: string): boolean {
  if (seen.has(key)) return false;
  seen.add(key);
  return true;
}

function step({ text, places }: { text: string; places: number[][] }, patterns: readonly Token[][], sign: string): { text: string; places: number[][] } {
  return { text: text + sign, places: places.map((at, index) => nextPlaces(patterns[index] ?? [], at, sign)) };
}
