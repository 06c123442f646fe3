/** What a person or a file gives for a price: whether it can be used, and if not, why, in a sentence. */
import { priceDraft } from '../../../shared/cost.ts';
import type { ModelMatch, PriceDraft, PriceEntry, UnitPrice } from '../../../shared/cost.ts';
import { regexProblem } from './match.ts';
import { tierOf } from './names.ts';

const mostEntries = 10_000;
const mostProblems = 500;

function unitProblem(units: readonly UnitPrice[]): string | null {
  const seen = new Set<string>();
  for (const { unit, per, fromInputTokens } of units) {
    const key = `${unit} from ${fromInputTokens ?? 0}`;
    if (seen.has(key)) return `It gives two prices for ${fromInputTokens === undefined ? unit : key + ' input tokens'}.`;
    seen.add(key);
    if (1_000_000_000 % per !== 0) return `The price of ${unit} is per ${per}, which does not divide 1,000,000,000: use 1, 1,000 or 1,000,000.`;
  }
  const bare = units.find(({ unit, fromInputTokens }) => fromInputTokens !== undefined && !seen.has(`${unit} from 0`));
  return bare === undefined ? null : `It has a price of ${bare.unit} from ${bare.fromInputTokens} input tokens on, but none below.`;
}

function matchProblem(match: ModelMatch, provider: string | null): string | null {
  if ('regex' in match) {
    const problem = regexProblem(match.regex);
    return problem === null ? null : `The regular expression ${match.regex} cannot be used: ${problem}.`;
  }
  // For one provider that is a way to say that all of its models cost the same, e.g. nothing.
  return provider === null && 'like' in match && /^\**$/.test(match.like) ? 'It would price every model of every provider: name a provider or a part of the model.' : null;
}

/** What the form of a draft does not say. Null: it can be used. */
export function draftProblem(draft: PriceDraft): string | null {
  const { provider, region, tier, currency, from, to } = draft;
  if (!/^[A-Z]{3}$/.test(currency)) return `${currency} is no currency: three capital letters, e.g. USD.`;
  if ([provider, region, tier].some((text) => text !== null && (text.trim() === '' || text.length > 200))) return 'Provider, region and tier are 1 to 200 characters, or left out.';
  if (tier !== null && tierOf(tier) === '') return `The tier ${tier} is the usual one: leave it out.`;
  if (from !== null && to !== null && from >= to) return `It ends on ${to}, before it begins on ${from}.`;
  return unitProblem(draft.units) ?? (draft.match ?? []).map((match) => matchProblem(match, provider)).find((problem) => problem !== null) ?? null;
}

export type EntryFacts = Pick<PriceEntry, 'id' | 'origin' | 'sourceDate' | 'changedAt' | 'changedBy'>;

export function entryOf(draft: PriceDraft, facts: EntryFacts): PriceEntry {
  const { provider, model, region, tier, currency, units, from, to, source, note } = draft;
  return { ...facts, provider, model, match: draft.match ?? [{ equals: model }], region, tier, currency, units, from, to, source, note };
}

export interface ImportProblem {
  /** counted from 1; 0: the file as a whole. */
  readonly entry: number;
  readonly reason: string;
}

export interface ImportRead {
  readonly drafts: readonly PriceDraft[];
  /** one for each entry that is wrong; nothing may be kept while there is one. */
  readonly problems: readonly ImportProblem[];
}

const whole = (reason: string): ImportRead => ({ drafts: [], problems: [{ entry: 0, reason }] });

/** A JSON list of entries as `prices.list` gives them; what an entry carries beyond a draft (its id, who changed it) is not taken. */
export function readImport(text: string): ImportRead {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch (error) {
    return whole(`This is not JSON: ${error instanceof Error ? error.message.slice(0, 200) : 'it cannot be read'}`);
  }
  if (!Array.isArray(parsed)) return whole('This is not a list of entries.');
  if (parsed.length === 0) return whole('The list is empty.');
  if (parsed.length > mostEntries) return whole(`The list has ${parsed.length} entries; ${mostEntries} can be taken at once.`);
  const drafts: PriceDraft[] = [];
  const problems: ImportProblem[] = [];
  const seen = new Map<string, number>();
  for (const [at, given] of parsed.entries()) {
    const entry = at + 1;
    const read = priceDraft.safeParse(given);
    const reason = read.success ? (draftProblem(read.data) ?? twice(read.data, entry, seen)) : sentence(read.error.issues[0]);
    if (reason !== null) problems.push({ entry, reason });
    else if (read.success) drafts.push(read.data);
    if (problems.length >= mostProblems) return { drafts, problems: [...problems, { entry: 0, reason: 'There may be more: reading stopped here.' }] };
  }
  return { drafts, problems };
}

function twice(draft: PriceDraft, entry: number, seen: Map<string, number>): string | null {
  const key = JSON.stringify([draft.provider, draft.model, draft.region, draft.tier, draft.from].map((part) => part?.toLowerCase() ?? null));
  const first = seen.get(key);
  if (first !== undefined) return `It prices the same as entry ${first}: provider, model, region, tier and first day are equal.`;
  seen.set(key, entry);
  return null;
}

function sentence(issue: { readonly path: readonly PropertyKey[]; readonly message: string } | undefined): string {
  if (issue === undefined) return 'It cannot be read.';
  return issue.path.length === 0 ? issue.message : `${issue.path.map(String).join('.')}: ${issue.message}`;
}
