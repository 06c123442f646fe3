/**
 * Service tiers that the bundled data does not carry and whose price the provider documents as half of the usual one, for every model:
 * Anthropic's Message Batches (all token usage at 50 %) and OpenAI's Batch API and flex processing (input and output at 50 %). What is
 * not counted in tokens (searches, requests) keeps its price.
 */
import type { PriceEntry, PriceUnit, UnitPrice } from '../../../shared/cost.ts';
import { scaled } from './decimal.ts';

const halved: Readonly<Record<string, { readonly tiers: readonly string[]; readonly source: string }>> = {
  anthropic: { tiers: ['batch'], source: 'https://platform.claude.com/docs/en/build-with-claude/batch-processing' },
  openai: { tiers: ['batch', 'flex'], source: 'https://openai.com/api/pricing' },
};

const notTokens: ReadonlySet<PriceUnit> = new Set(['request', 'web_search', 'file_search', 'image', 'hour']);

/** Nano-units are kept: where a half would need a tenth digit there is none. */
function half(price: UnitPrice): UnitPrice | null {
  if (notTokens.has(price.unit)) return price;
  const nano = scaled(price.price, 9);
  if (nano === null || nano % 2n !== 0n) return null;
  const digits = (nano / 2n).toString().padStart(10, '0');
  return { ...price, price: `${digits.slice(0, -9)}.${digits.slice(-9)}`.replace(/\.?0+$/, '') };
}

const made = new WeakMap<PriceEntry, Map<string, PriceEntry>>();

/** Null: nothing documents that this tier costs half. The same entry and tier give the same object. */
export function halfPriced(entry: PriceEntry, tier: string): PriceEntry | null {
  const rule = halved[entry.provider ?? ''];
  if (rule === undefined || !rule.tiers.includes(tier)) return null;
  const known = made.get(entry)?.get(tier);
  if (known !== undefined) return known;
  const units = entry.units.map(half);
  if (units.some((price) => price === null)) return null;
  const derived: PriceEntry = {
    ...entry, id: `${entry.id}#${tier}`, tier, units: units.filter((price) => price !== null), source: `Half of the usual price by ${rule.source}; the usual one: ${entry.source}`,
  };
  made.set(entry, (made.get(entry) ?? new Map<string, PriceEntry>()).set(tier, derived));
  return derived;
}
