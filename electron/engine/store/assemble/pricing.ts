/** What the price book says that a row cost, and what is shown of it: told by the agent, else computed. */
import { compute, type BilledUnits, type CompiledPrice } from '../../cost/price.ts';
import { PROVENANCE, US_DAY } from '../codes.ts';
import type { Dictionary } from '../dictionary.ts';
import type { Facts } from './row.ts';

export interface Circumstances { readonly provider: string; readonly model: string; readonly region: string; readonly tier: string; /** days since the epoch. */ readonly day: number }
export interface Book { find(asked: Circumstances): CompiledPrice | null }

/** SECURITY: sums of these stay within what JavaScript counts exactly; one absurd figure must not spoil them. */
const mostMicros = 1_000_000_000_000;

export function wasUsed(f: Facts): boolean {
  return (f.hasUsage && f.input + f.output + f.cacheRead + f.cacheWrite > 0) || f.units !== null;
}

/** -1: nobody knows. */
export function shownMicros(f: Facts): number {
  return f.micros >= 0 ? f.micros : f.computed;
}

/** 0: nobody knows what it cost. */
export function shownCurrency(f: Facts): number {
  return f.micros >= 0 ? f.currency : f.computedCurrency;
}

/** Units were used, nobody said what they cost, and the book does not know. */
export function isUnpriced(f: Facts): boolean {
  return f.micros < 0 && f.computed < 0 && wasUsed(f);
}

export function provenanceOf(f: Facts): number | null {
  if (f.micros >= 0) return PROVENANCE.reported;
  if (f.computed >= 0) return PROVENANCE.computed;
  return wasUsed(f) ? PROVENANCE.unpriced : null;
}

/** The larger of each: two tellings of the same units, never their sum. */
export function joinUnits(a: BilledUnits | null, b: BilledUnits | null): BilledUnits | null {
  if (a === null || b === null) return a ?? b;
  const joined: Record<string, number> = { ...a };
  for (const [unit, count] of Object.entries(b)) joined[unit] = Math.max(joined[unit] ?? 0, count);
  return joined;
}

export class Pricing {
  /** null: nothing has a price. */
  book: Book | null = null;
  private readonly dictionary: Dictionary;

  constructor(dictionary: Dictionary) {
    this.dictionary = dictionary;
  }

  /** Writes what the book says of it into the row's facts. */
  price(f: Facts): void {
    f.computed = -1;
    f.computedCurrency = 0;
    if (this.book === null || f.model === 0 || !wasUsed(f)) return;
    const { provider, region, tier } = f.billing;
    const price = this.book.find({ provider, model: this.dictionary.text(f.model), region, tier, day: Math.floor(f.ts / US_DAY) });
    if (price === null) return;
    const micros = compute(price, { input: f.input, output: f.output, cacheRead: f.cacheRead, cacheWrite: f.cacheWrite, cacheWrite1h: f.cacheWrite1h < 0 ? null : f.cacheWrite1h, reasoning: f.reasoning, units: f.units ?? undefined });
    if (micros < 0 || micros > mostMicros) return;
    f.computed = micros;
    f.computedCurrency = this.dictionary.id(price.currency);
  }
}
