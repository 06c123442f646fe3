/** Explains why what we know of a day and what was billed for it differ, as far as that can be said. Parts are signed as the difference: ours minus the bill. */
import type { Reconciliation } from '../../../shared/cost.ts';
import { modelNames } from './names.ts';

export interface DayFacts {
  /** null: no bill covers the day. */
  readonly billedMicros: number | null;
  /** of each activity the reported figure, else the computed one; null: nothing is known. */
  readonly knownMicros: number | null;
  /** activities of the day that no price is known for. */
  readonly unpriced: number;
  /** of activities that have both: the sums. */
  readonly reportedOfBoth: number;
  readonly computedOfBoth: number;
  /** share of the day that the connection was seen, 0 to 1; null: not known. */
  readonly seen: number | null;
  /** of known: what was told only after the bill had been made. */
  readonly lateMicros: number;
  /** by model; empty where the bill does not tell models apart. */
  readonly billedByModel: ReadonlyMap<string, number>;
  readonly knownByModel: ReadonlyMap<string, number>;
}

export type Reason = Reconciliation['reasons'][number];

/** `anthropic/claude-x-20250514`, `claude-x@20250514` and `claude-x` are one model to a bill. */
function bare(model: string): string {
  return (modelNames(model).at(-1) ?? '').replace(/[-@]20\d{2}-?\d{2}-?\d{2}/, '');
}

function only(of: ReadonlyMap<string, number>, notIn: ReadonlyMap<string, number>): { readonly names: readonly string[]; readonly micros: number } {
  const others = new Set([...notIn.keys()].map(bare));
  const missing = [...of].filter(([name, micros]) => name !== '' && micros !== 0 && !others.has(bare(name)));
  return { names: missing.map(([name]) => name), micros: missing.reduce((sum, [, micros]) => sum + micros, 0) };
}

const sumOf = (reasons: readonly Reason[]): number => reasons.reduce((sum, reason) => sum + (reason.micros ?? 0), 0);
const list = (names: readonly string[]): string => (names.length <= 3 ? names.join(', ') : `${names.slice(0, 3).join(', ')} and ${names.length - 3} more`);
const calls = (count: number): string => (count === 1 ? '1 call' : `${count} calls`);

/** Ours minus the bill; null without one of them. */
export function differenceOf({ billedMicros, knownMicros }: DayFacts): number | null {
  if (billedMicros === null) return null;
  return (knownMicros ?? 0) - billedMicros;
}

export function reasonsOf(facts: DayFacts): readonly Reason[] {
  const difference = differenceOf(facts);
  if (difference === null || difference === 0) return [];
  const exact = byModels(facts);
  const open = difference - sumOf(exact);
  const reasons = [...exact, ...(open < 0 ? whyLess(facts, open) : []), ...(open > 0 ? whyMore(facts, open) : [])];
  const rest = difference - sumOf(reasons);
  if (rest === 0) return reasons;
  const unsized = reasons.some((reason) => reason.micros === null);
  return [...reasons, { id: 'unexplained', text: unsized ? 'The rest; how much of it the reasons without an amount explain is not known.' : 'No reason is known for the rest.', micros: rest }];
}

/** Exact parts: models that only one side has. */
function byModels({ billedByModel, knownByModel, unpriced }: DayFacts): Reason[] {
  if (![...billedByModel.keys()].some((name) => name !== '')) return [];
  const reasons: Reason[] = [];
  const notBilled = only(knownByModel, billedByModel);
  if (notBilled.micros !== 0) reasons.push({ id: 'not_in_bill', text: `The bill has no line for ${list(notBilled.names)}.`, micros: notBilled.micros });
  const notKnown = only(billedByModel, knownByModel);
  if (notKnown.micros !== 0) reasons.push({ id: unpriced > 0 ? 'unpriced' : 'not_seen', text: unpriced > 0 ? `The bill has ${list(notKnown.names)}, for which no priced call is known here.` : `The bill has ${list(notKnown.names)}, of which no call was seen here.`, micros: -notKnown.micros });
  return reasons;
}

/** The bill is higher: something was not seen, or seen without a price. */
function whyLess({ unpriced, seen, knownMicros }: DayFacts, difference: number): Reason[] {
  const reasons: Reason[] = [];
  if (unpriced > 0) reasons.push({ id: 'unpriced', text: `${calls(unpriced)} of the day ${unpriced === 1 ? 'has' : 'have'} no price.`, micros: null });
  if (seen !== null && seen < 0.999) {
    // If the unseen time was like the seen one, it cost so much; never more than the whole difference.
    const missed = seen > 0.05 && knownMicros !== null && unpriced === 0 ? -Math.min(Math.round((knownMicros * (1 - seen)) / seen), -difference) : null;
    reasons.push({ id: 'not_seen', text: `The connection was seen for ${Math.floor(seen * 100)} % of the day.`, micros: missed === 0 ? null : missed });
  }
  return reasons;
}

/** The bill is lower: what agents reported was above the list prices, or the bill is older than what we know. */
function whyMore({ reportedOfBoth, computedOfBoth, lateMicros }: DayFacts, difference: number): Reason[] {
  const reasons: Reason[] = [];
  const above = reportedOfBoth - computedOfBoth;
  if (above > 0) reasons.push({ id: 'reported_differs', text: 'Agents reported more than the price book says for the same calls.', micros: Math.min(above, difference) });
  const left = difference - (reasons[0]?.micros ?? 0);
  if (lateMicros > 0 && left > 0) reasons.push({ id: 'late', text: 'Part of the work was told after the bill had been made.', micros: Math.min(lateMicros, left) });
  return reasons;
}
