/** What one call costs by one entry of the price book: exact integers, rounded once to micro-units. */
import type { CostExplained, PriceEntry, PriceUnit, UnitPrice } from '../../../shared/cost.ts';
import { attoInMicro, attoRate, decimalText, roundToMicros } from './decimal.ts';

/** Tokens as `usage` tells them apart: input is uncached, output holds reasoning, cacheWrite holds cacheWrite1h (null: not told apart). */
export interface PricedUsage {
  readonly input: number;
  readonly output: number;
  readonly cacheRead: number;
  readonly cacheWrite: number;
  readonly cacheWrite1h: number | null;
  readonly reasoning: number;
  /**
   * Billed units beyond those. `input_audio`, `input_image`, `input_video` are parts of input, `cache_read_audio` of cacheRead,
   * `output_audio`, `output_image` of output; the others are counted apart.
   */
  readonly units?: BilledUnits | undefined;
}

export type BilledUnits = Readonly<Partial<Record<PriceUnit, number>>>;

/** What micro-units the six kinds of tokens cost, as whole numbers over one denominator. -1: the entry has no price for it. */
interface TokenRates {
  readonly over: number;
  readonly input: number;
  readonly output: number;
  readonly reasoning: number;
  readonly cacheRead: number;
  readonly cacheWrite: number;
  readonly cacheWrite1h: number;
}

interface Level {
  /** whole input from which on it holds. */
  readonly from: number;
  readonly units: ReadonlyMap<PriceUnit, UnitPrice>;
  /** null: numbers too large for the short way, or something is charged that is not counted in tokens. */
  readonly rates: TokenRates | null;
}

export interface CompiledPrice {
  readonly entry: PriceEntry;
  readonly currency: string;
  /** days since epoch: first on which it holds, first on which it holds no longer. */
  readonly from: number;
  readonly to: number;
  readonly levels: readonly Level[];
}

/** Where an entry names no price for a unit, it is priced as the kind that it is part of. */
const partOf: Readonly<Partial<Record<PriceUnit, PriceUnit>>> = {
  cache_read: 'input', cache_write: 'input', cache_write_1h: 'cache_write', cache_read_audio: 'cache_read', reasoning: 'output',
  input_audio: 'input', input_image: 'input', input_video: 'input', output_audio: 'output', output_image: 'output',
};

const dayMs = 86_400_000;

export function dayOf(text: string | null, otherwise: number): number {
  return text === null ? otherwise : Math.floor(Date.parse(`${text}T00:00:00Z`) / dayMs);
}

export function compile(entry: PriceEntry): CompiledPrice {
  const thresholds = [...new Set([0, ...entry.units.map((price) => price.fromInputTokens ?? 0)])].sort((a, b) => a - b);
  const levels = thresholds.map((from) => levelFrom(entry.units, from));
  return { entry, currency: entry.currency, from: dayOf(entry.from, Number.NEGATIVE_INFINITY), to: dayOf(entry.to, Number.POSITIVE_INFINITY), levels };
}

function levelFrom(prices: readonly UnitPrice[], from: number): Level {
  const units = new Map<PriceUnit, UnitPrice>();
  for (const price of prices) {
    const start = price.fromInputTokens ?? 0;
    const held = units.get(price.unit);
    if (start <= from && (held === undefined || (held.fromInputTokens ?? 0) <= start)) units.set(price.unit, price);
  }
  return { from, units, rates: units.has('request') ? null : tokenRates(units) };
}

function priceOf(units: ReadonlyMap<PriceUnit, UnitPrice>, unit: PriceUnit): UnitPrice | undefined {
  for (let at: PriceUnit | undefined = unit; at !== undefined; at = partOf[at]) {
    const price = units.get(at);
    if (price !== undefined) return price;
  }
  return undefined;
}

function common(a: bigint, b: bigint): bigint {
  return b === 0n ? a : common(b, a % b);
}

function tokenRates(units: ReadonlyMap<PriceUnit, UnitPrice>): TokenRates | null {
  const attos = (['input', 'output', 'reasoning', 'cache_read', 'cache_write', 'cache_write_1h'] as const).map((unit) => {
    const price = priceOf(units, unit);
    return price === undefined ? -1n : attoRate(price.price, price.per);
  });
  const shared = attos.reduce((divisor, atto) => (atto < 0n ? divisor : common(divisor, atto)), attoInMicro);
  const whole = attos.map((atto) => (atto < 0n ? -1 : Number(atto / shared)));
  if (!whole.every((rate) => Number.isSafeInteger(rate))) return null;
  const [input = -1, output = -1, reasoning = -1, cacheRead = -1, cacheWrite = -1, cacheWrite1h = -1] = whole;
  return { over: Number(attoInMicro / shared), input, output, reasoning, cacheRead, cacheWrite, cacheWrite1h };
}

function levelOf(levels: readonly Level[], wholeInput: number): Level {
  let at = levels.length - 1;
  while (at > 0 && (levels[at] as Level).from > wholeInput) at -= 1;
  return levels[at] as Level;
}

/** Micro-units of the price's currency; -1: something was used that the entry has no price for. */
export function compute(price: CompiledPrice, usage: PricedUsage): number {
  const { input, output, cacheRead, cacheWrite } = usage;
  const { rates } = levelOf(price.levels, input + cacheRead + cacheWrite);
  if (rates === null || usage.units !== undefined) return computeLong(price, usage);
  const kept = usage.cacheWrite1h === null ? 0 : Math.min(usage.cacheWrite1h, cacheWrite);
  const thought = Math.min(usage.reasoning, output);
  if (input > 0 && rates.input < 0 || output > 0 && (rates.output < 0 || rates.reasoning < 0) || cacheRead > 0 && rates.cacheRead < 0 || cacheWrite > 0 && (rates.cacheWrite < 0 || rates.cacheWrite1h < 0)) return computeLong(price, usage);
  const sum = input * rates.input + (output - thought) * rates.output + thought * rates.reasoning + cacheRead * rates.cacheRead + (cacheWrite - kept) * rates.cacheWrite + kept * rates.cacheWrite1h;
  // Every term is at least zero: a sum within the safe integers was added up without a loss.
  if (!(sum <= Number.MAX_SAFE_INTEGER)) return computeLong(price, usage);
  const rest = sum % rates.over;
  return (sum - rest) / rates.over + (rest * 2 >= rates.over ? 1 : 0);
}

function computeLong(price: CompiledPrice, usage: PricedUsage): number {
  const told = parts(price, usage);
  if (typeof told === 'string') return -1;
  const micros = roundToMicros(told.reduce((sum, part) => sum + part.atto, 0n));
  return micros > BigInt(Number.MAX_SAFE_INTEGER) ? -1 : Number(micros);
}

interface Part {
  readonly unit: PriceUnit;
  readonly count: number;
  readonly price: UnitPrice;
  readonly atto: bigint;
}

/** Each kind of unit once, parts taken out of the kind that holds them. */
function counts(usage: PricedUsage, prices: ReadonlyMap<PriceUnit, UnitPrice>): ReadonlyMap<PriceUnit, number> {
  const { units = {} } = usage;
  const kept = Math.min(usage.cacheWrite1h ?? 0, usage.cacheWrite);
  const thought = prices.has('reasoning') ? Math.min(usage.reasoning, usage.output) : 0;
  const heard = units.cache_read_audio ?? 0;
  const seen = (units.input_audio ?? 0) + (units.input_image ?? 0) + (units.input_video ?? 0);
  const made = (units.output_audio ?? 0) + (units.output_image ?? 0);
  const told = new Map<PriceUnit, number>(Object.entries(units) as [PriceUnit, number][]);
  told.set('input', Math.max(0, usage.input - seen));
  told.set('output', Math.max(0, usage.output - thought - made));
  told.set('reasoning', thought);
  told.set('cache_read', Math.max(0, usage.cacheRead - heard));
  told.set('cache_write', usage.cacheWrite - kept);
  told.set('cache_write_1h', kept);
  // A price per request is charged once for each call; nobody tells that unit.
  if (prices.has('request')) told.set('request', units.request ?? 1);
  return told;
}

function parts(price: CompiledPrice, usage: PricedUsage): readonly Part[] | string {
  const level = levelOf(price.levels, usage.input + usage.cacheRead + usage.cacheWrite);
  const list: Part[] = [];
  for (const [unit, count] of counts(usage, level.units)) {
    if (!Number.isSafeInteger(count) || count < 0) return `The number of ${unit} units was not told as a whole number.`;
    if (count === 0) continue;
    const unitPrice = priceOf(level.units, unit);
    if (unitPrice === undefined) return `The price of ${price.entry.model} names none for ${unit}.`;
    list.push({ unit, count, price: unitPrice, atto: BigInt(count) * attoRate(unitPrice.price, unitPrice.per) });
  }
  return list;
}

export interface Explanation {
  /** null: it cannot be priced. */
  readonly computed: NonNullable<CostExplained['computed']> | null;
  readonly whyNot: string | null;
}

/** The same figure as `compute` gives, with the parts that make it. */
export function explain(price: CompiledPrice, usage: PricedUsage): Explanation {
  const told = parts(price, usage);
  if (typeof told === 'string') return { computed: null, whyNot: told };
  const amountMicros = compute(price, usage);
  if (amountMicros < 0) return { computed: null, whyNot: 'The amount is larger than can be kept.' };
  const lines = told.map((part) => ({ unit: part.unit, units: part.count, per: part.price.per, price: part.price.price, amount: decimalText(part.atto) }));
  return { computed: { amountMicros, currency: price.currency, entry: price.entry, parts: lines }, whyNot: null };
}
