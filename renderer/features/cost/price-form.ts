/** What a person types for a price, and whether it can be sent. Prices stay the texts that were typed: no sum is made of them here. Pure. */
import type { ModelMatch, PriceDraft, PriceEntry, PriceUnit, UnitPrice, UnpricedModel } from '../../../shared/cost.ts';

export interface UnitLine { unit: PriceUnit; price: string; from: string }
export interface PriceForm {
  /** the entry that is replaced or overridden; null: a new one. */
  id: string | null;
  model: string; provider: string; region: string; tier: string; currency: string;
  /** one pattern a line; empty: the model's own name exactly. */
  match: string;
  units: readonly UnitLine[];
  from: string; to: string; source: string; note: string;
}

// Written out here: importing the contract's values would bring all its checks into the page.
export const unitOrder: readonly PriceUnit[] = ['input', 'output', 'reasoning', 'cache_read', 'cache_write', 'cache_write_1h', 'input_audio', 'output_audio', 'cache_read_audio', 'input_image', 'output_image', 'input_video', 'request', 'web_search', 'file_search', 'image', 'hour'];
export const unitWords: Record<PriceUnit, string> = {
  input: 'Input', output: 'Output', reasoning: 'Reasoning', cache_read: 'Cache read', cache_write: 'Cache write', cache_write_1h: 'Cache write, 1 h', input_audio: 'Audio in', output_audio: 'Audio out', cache_read_audio: 'Audio from cache',
  input_image: 'Image in, tokens', output_image: 'Image out, tokens', input_video: 'Video in', request: 'Request', web_search: 'Web search', file_search: 'File search', image: 'Image', hour: 'Hour',
};
const single: ReadonlySet<PriceUnit> = new Set(['request', 'web_search', 'file_search', 'image', 'hour']);
/** Tokens are priced by the million; what is counted one by one, by the one or the thousand. */
export const perOf = (unit: PriceUnit): number => (unit === 'hour' || unit === 'image' ? 1 : single.has(unit) ? 1_000 : 1_000_000);
export const perWords = (per: number): string => (per === 1_000_000 ? 'per million' : per === 1_000 ? 'per thousand' : per === 1 ? 'each' : `per ${per.toLocaleString('en-US')}`);

export const emptyPrice: PriceForm = { id: null, model: '', provider: '', region: '', tier: '', currency: 'USD', match: '', units: [{ unit: 'input', price: '', from: '' }, { unit: 'output', price: '', from: '' }], from: '', to: '', source: '', note: '' };

/** `claude-*` with stars, `/regex/` between slashes, else the name exactly. */
export function readMatch(text: string): ModelMatch[] {
  return text.split('\n').map((line) => line.trim()).filter((line) => line !== '').map((line) => {
    const regex = /^\/(.+)\/$/.exec(line)?.[1];
    if (regex !== undefined) return { regex };
    return line.includes('*') ? { like: line } : { equals: line };
  });
}
export const writeMatch = (match: readonly ModelMatch[]): string => match.map((one) => ('regex' in one ? `/${one.regex}/` : 'like' in one ? one.like : one.equals)).join('\n');

/** A price whose `per` is another than ours, in ours: only the point moves, so nothing is rounded. Null: it cannot be moved without loss. */
export function movePoint(price: string, from: number, to: number): string | null {
  const shift = Math.log10(to / from);
  if (!Number.isInteger(shift)) return null;
  const [whole = '0', rest = ''] = price.split('.');
  const digits = `${'0'.repeat(Math.max(0, -shift))}${whole}${rest}${'0'.repeat(Math.max(0, shift))}`;
  const point = Math.max(0, -shift) + whole.length + shift;
  const head = digits.slice(0, point).replace(/^0+(?=\d)/, '') || '0';
  const tail = digits.slice(point).replace(/0+$/, '');
  if (head.length > 9 || tail.length > 9) return null;
  return tail === '' ? head : `${head}.${tail}`;
}

const lineOf = (one: UnitPrice): UnitLine => ({ unit: one.unit, price: movePoint(one.price, one.per, perOf(one.unit)) ?? one.price, from: one.fromInputTokens === undefined ? '' : String(one.fromInputTokens) });

export function formOf(entry: PriceEntry): PriceForm {
  const own = entry.match.length === 1 && entry.match[0] !== undefined && 'equals' in entry.match[0] && entry.match[0].equals.toLowerCase() === entry.model.toLowerCase();
  return {
    id: entry.id, model: entry.model, provider: entry.provider ?? '', region: entry.region ?? '', tier: entry.tier ?? '', currency: entry.currency, match: own ? '' : writeMatch(entry.match),
    units: entry.units.map(lineOf), from: entry.from ?? '', to: entry.to ?? '', source: entry.source, note: entry.note ?? '',
  };
}

/** A start for a model without a price: only what it used needs one. What is like it lends its prices, and says so. */
export function formFor(model: UnpricedModel, like: PriceEntry | null): PriceForm {
  const named = { id: null, model: model.model, provider: model.provider ?? '', region: '', tier: model.tier ?? '', match: '', from: '', to: '', note: '' };
  if (like !== null) return { ...formOf(like), ...named, source: `As ${like.model}: ${like.source}`.slice(0, 500), note: `Taken from the price of ${like.model}, not from a price list of its own.` };
  const used: UnitLine[] = [{ unit: 'input', price: '', from: '' }, { unit: 'output', price: '', from: '' }];
  if (model.cacheReadTokens > 0) used.push({ unit: 'cache_read', price: '', from: '' });
  if (model.cacheWriteTokens > 0) used.push({ unit: 'cache_write', price: '', from: '' });
  return { ...emptyPrice, ...named, currency: 'USD', units: used, source: '' };
}

const priceShape = /^\d{1,9}(\.\d{1,9})?$/;
const dayShape = /^\d{4}-\d{2}-\d{2}$/;
const isDay = (text: string): boolean => dayShape.test(text) && !Number.isNaN(Date.parse(text)) && new Date(text).toISOString().startsWith(text);

export interface Complaint { field: 'model' | 'currency' | 'units' | 'match' | 'from' | 'to' | 'source'; text: string }

function unitComplaints(units: readonly UnitLine[]): Complaint[] {
  const complaints: Complaint[] = [];
  const filled = units.filter((line) => line.price.trim() !== '');
  if (filled.length === 0) return [{ field: 'units', text: 'At least one unit needs a price. A model that costs nothing has the price 0.' }];
  const seen = new Set<string>();
  for (const line of filled) {
    const name = unitWords[line.unit];
    if (!priceShape.test(line.price.trim())) complaints.push({ field: 'units', text: `${name}: a price is a number with a point, such as 3 or 0.25, with at most 9 digits behind it.` });
    if (line.from.trim() !== '' && !/^[1-9]\d{0,11}$/.test(line.from.trim())) complaints.push({ field: 'units', text: `${name}: the step begins at a whole number of input tokens.` });
    const key = `${line.unit} ${line.from.trim()}`;
    if (seen.has(key)) complaints.push({ field: 'units', text: `${name} stands there twice${line.from.trim() === '' ? '' : ` from ${line.from.trim()} tokens`}.` });
    seen.add(key);
  }
  return complaints;
}

/** Everything that is wrong, in the order of the form. */
export function complaintsOf(form: PriceForm): Complaint[] {
  const complaints: Complaint[] = [];
  if (form.model.trim() === '') complaints.push({ field: 'model', text: 'The model needs a name.' });
  if (!/^[A-Z]{3}$/.test(form.currency.trim())) complaints.push({ field: 'currency', text: 'A currency is three capital letters, such as USD.' });
  complaints.push(...unitComplaints(form.units));
  const wrong = readMatch(form.match).find((one) => 'regex' in one && !compiles(one.regex));
  if (wrong !== undefined && 'regex' in wrong) complaints.push({ field: 'match', text: `/${wrong.regex.slice(0, 60)}/ is not a regular expression that can be read.` });
  const from = form.from.trim();
  const to = form.to.trim();
  if (from !== '' && !isDay(from)) complaints.push({ field: 'from', text: 'The first day is written 2026-11-17.' });
  if (to !== '' && !isDay(to)) complaints.push({ field: 'to', text: 'The day on which it ends is written 2026-11-17.' });
  if (isDay(from) && isDay(to) && to <= from) complaints.push({ field: 'to', text: 'It ends before it begins.' });
  if (form.source.trim() === '') complaints.push({ field: 'source', text: 'Say where the price was read: an address, a contract, a sentence.' });
  return complaints;
}

function compiles(source: string): boolean {
  try {
    return new RegExp(source) instanceof RegExp;
  } catch {
    // That it cannot be read is the answer.
    return false;
  }
}

const orNull = (text: string): string | null => (text.trim() === '' ? null : text.trim());

/** Only of a form without complaints. Lines without a price are left out. */
export function draftOf(form: PriceForm): PriceDraft {
  const match = readMatch(form.match);
  return {
    model: form.model.trim(), provider: orNull(form.provider), region: orNull(form.region), tier: orNull(form.tier), currency: form.currency.trim(), source: form.source.trim(), note: orNull(form.note),
    from: orNull(form.from), to: orNull(form.to), ...(match.length === 0 ? {} : { match }),
    units: form.units.filter((line) => line.price.trim() !== '').map((line) => ({ unit: line.unit, per: perOf(line.unit), price: line.price.trim(), ...(line.from.trim() === '' ? {} : { fromInputTokens: Number(line.from.trim()) }) })),
  };
}

/** `3 in, 15 out, 0.30 cache read`: the plain prices of an entry, for a row. Steps are counted, not left out in silence. */
export function priceOfUnit(entry: Pick<PriceEntry, 'units'>, unit: PriceUnit): string | null {
  const found = entry.units.find((one) => one.unit === unit && one.fromInputTokens === undefined);
  return found === undefined ? null : movePoint(found.price, found.per, perOf(unit)) ?? `${found.price} ${perWords(found.per)}`;
}
export const otherUnits = (entry: Pick<PriceEntry, 'units'>): number => entry.units.filter((one) => one.fromInputTokens !== undefined || !['input', 'output', 'cache_read', 'cache_write'].includes(one.unit)).length;

export const originWords = { bundled: 'bundled', import: 'imported', local: 'typed here' } as const;
