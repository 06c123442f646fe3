/** The price book: which entry prices a call. Own entries come before bundled ones; what was found once is remembered. */
import type { PriceEntry } from '../../../shared/cost.ts';
import { bundledAbout, bundledProvider, bundledProviders, providerNamed, providerServing } from './bundled.ts';
import type { BundledModel, BundledProvider } from './bundled.ts';
import { halfPriced } from './half-price.ts';
import { fitOf } from './match.ts';
import type { Fit } from './match.ts';
import { modelNames, plain, tierOf, vendorIn } from './names.ts';
import { nearestName } from './nearest.ts';
import { compile } from './price.ts';
import type { CompiledPrice } from './price.ts';

/** Texts as told; '' where nothing was told. `day`: UTC days since epoch. */
export interface PriceQuery {
  readonly provider: string;
  readonly model: string;
  readonly region: string;
  readonly tier: string;
  readonly day: number;
}

/** Prices for one combination of names, best first; the first that holds on the day counts. */
interface Slot {
  readonly provider: string;
  readonly region: string;
  readonly tier: string;
  readonly prices: readonly CompiledPrice[];
}

interface Own {
  readonly price: CompiledPrice;
  readonly fit: Fit;
  /** as `providerId` spells it; '': whoever serves the model. */
  readonly provider: string;
  readonly region: string;
  readonly tier: string;
}

/** SECURITY: names come from agents without end; what is remembered of them is bounded. */
const mostSlots = 8_192;

const compiled = new WeakMap<PriceEntry, CompiledPrice>();

function compiledOf(entry: PriceEntry): CompiledPrice {
  const known = compiled.get(entry);
  if (known !== undefined) return known;
  const price = compile(entry);
  compiled.set(entry, price);
  return price;
}

const providerId = (text: string): string => providerNamed(text)?.id ?? plain(text);

export class PriceBook {
  private readonly own: readonly Own[];
  private readonly entriesOwn: readonly PriceEntry[];
  private readonly slots = new Map<string, Slot[]>();
  private kept = 0;
  private last: Slot | null = null;
  private lastModel = '';

  /** `own`: entries of persons and imports that are in force. */
  constructor(own: readonly PriceEntry[]) {
    this.entriesOwn = own;
    this.own = own.map((entry) => ({
      price: compile(entry), fit: fitOf(entry.match), provider: entry.provider === null ? '' : providerId(entry.provider), region: plain(entry.region ?? ''), tier: tierOf(entry.tier ?? ''),
    }));
  }

  static get bundled(): { readonly source: string; readonly version: string; readonly date: string; readonly entries: number } {
    const { source, version, date } = bundledAbout();
    return { source, version, date, entries: bundledEntries().length };
  }

  /** Own entries, then all bundled ones in the order of their providers. */
  entries(): readonly PriceEntry[] {
    return [...this.entriesOwn, ...bundledEntries()];
  }

  entry(id: string): PriceEntry | null {
    const own = this.entriesOwn.find((one) => one.id === id);
    if (own !== undefined) return own;
    const [base = '', tier] = id.split('#', 2);
    const entry = bundledEntries().find((one) => one.id === base) ?? null;
    return entry === null || tier === undefined ? entry : halfPriced(entry, tier);
  }

  /** Called for each model call at ingest: as a rule a look at what was found last, or one in a map. */
  find(asked: PriceQuery): CompiledPrice | null {
    const slot = this.last !== null && this.lastModel === asked.model && same(this.last, asked) ? this.last : this.slotOf(asked);
    const { prices } = slot;
    for (let at = 0; at < prices.length; at += 1) {
      const price = prices[at] as CompiledPrice;
      if (price.from <= asked.day && asked.day < price.to) return price;
    }
    return null;
  }

  /** Why `find` gives null, as a sentence. */
  whyNot(asked: PriceQuery): string {
    if (asked.model === '') return 'The record names no model.';
    if (this.slotOf(asked).prices.length > 0) return `The price book has no price for ${asked.model} on that day.`;
    const tier = tierOf(asked.tier);
    if (tier !== '' && this.slotOf({ ...asked, tier: '' }).prices.length > 0) return `The price book has prices for ${asked.model}, but none for the service tier ${tier}.`;
    return `The price book has no entry for ${asked.model}.`;
  }

  /** Id of the entry whose model is named most like this one; null: none is like it. */
  nearest(model: string): string | null {
    return nearestName(modelNames(model), this.entries());
  }

  private slotOf(asked: PriceQuery): Slot {
    let slot = slotIn(this.slots.get(asked.model), asked);
    if (slot === undefined) {
      slot = { provider: asked.provider, region: asked.region, tier: asked.tier, prices: this.look(asked) };
      this.keep(asked.model, slot);
    }
    this.last = slot;
    this.lastModel = asked.model;
    return slot;
  }

  private keep(model: string, slot: Slot): void {
    if (this.kept >= mostSlots) {
      this.slots.clear();
      this.kept = 0;
    }
    const list = this.slots.get(model);
    if (list === undefined) this.slots.set(model, [slot]);
    else list.push(slot);
    this.kept += 1;
  }

  private look(asked: PriceQuery): readonly CompiledPrice[] {
    const names = modelNames(asked.model);
    if (names.length === 0) return [];
    const vendor = vendorIn(asked.model);
    const provider = providerNamed(asked.provider) ?? (vendor === '' ? undefined : providerNamed(vendor));
    const maker = provider === undefined ? firstOf(names, providerServing) : undefined;
    const own = this.ownFor(names, [provider?.id ?? plain(asked.provider), maker?.id ?? ''], plain(asked.region), tierOf(asked.tier));
    return [...own, ...bundledFor(names, provider, tierOf(asked.tier)).map(compiledOf)];
  }

  private ownFor(names: readonly string[], providers: readonly string[], region: string, tier: string): readonly CompiledPrice[] {
    const ranked: { readonly rank: number; readonly one: Own }[] = [];
    for (const one of this.own) {
      if ((one.provider !== '' && !providers.includes(one.provider)) || (one.region !== '' && one.region !== region) || one.tier !== tier) continue;
      const fit = names.reduce((best, name) => { const found = one.fit(name); return found >= 0 && (best < 0 || found < best) ? found : best; }, -1);
      if (fit < 0) continue;
      const unnamed = (one.provider === '' ? 2 : 0) + (one.region === '' ? 1 : 0);
      ranked.push({ rank: (one.price.entry.origin === 'local' ? 0 : 100) + unnamed * 10 + fit, one });
    }
    return ranked.sort((a, b) => a.rank - b.rank || compareDays(b.one.price.from, a.one.price.from)).map(({ one }) => one.price);
  }
}

function compareDays(a: number, b: number): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

function slotIn(slots: readonly Slot[] | undefined, asked: PriceQuery): Slot | undefined {
  if (slots === undefined) return undefined;
  for (let at = 0; at < slots.length; at += 1) if (same(slots[at] as Slot, asked)) return slots[at];
  return undefined;
}

function same(slot: Slot, asked: PriceQuery): boolean {
  return slot.provider === asked.provider && slot.tier === asked.tier && slot.region === asked.region;
}

let allBundled: readonly PriceEntry[] | null = null;
function bundledEntries(): readonly PriceEntry[] {
  allBundled ??= bundledProviders().flatMap(({ models }) => models.flatMap(({ entries }) => entries));
  return allBundled;
}

function firstOf<T>(names: readonly string[], look: (name: string) => T | undefined): T | undefined {
  for (const name of names) {
    const found = look(name);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** A service tier has prices of its own; the usual ones would be wrong for it. */
function bundledFor(names: readonly string[], provider: BundledProvider | undefined, tier: string): readonly PriceEntry[] {
  const found = (provider === undefined ? undefined : modelOf(provider, names)) ?? firstOf(names, byMaker);
  if (found === undefined || tier === '') return found?.entries ?? [];
  return found.entries.map((entry) => halfPriced(entry, tier)).filter((entry) => entry !== null);
}

/** By the name alone: who makes models of that name. */
function byMaker(name: string): BundledModel | undefined {
  const maker = providerServing(name);
  return maker === undefined ? undefined : modelOf(maker, [name]);
}

/** The first that fits, in the order of the data; then with the day written apart (`-20250514`, `-2025-05-14`); then of those whose models the provider resells. */
function modelOf(provider: BundledProvider, names: readonly string[]): BundledModel | undefined {
  const own = firstOf(names, (name) => fitting(provider, name) ?? fitting(provider, name.replace(/-(20\d{2})([01]\d)([0-3]\d)(?=-|:|$)/, '-$1-$2-$3')));
  return own ?? firstOf(provider.fallback, (id) => {
    const other = bundledProvider(id);
    return other === undefined ? undefined : modelOf(other, names);
  });
}

function fitting(provider: BundledProvider, name: string): BundledModel | undefined {
  return provider.models.find((model) => model.fit(name) >= 0);
}
