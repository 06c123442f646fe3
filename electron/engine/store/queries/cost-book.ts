/** The price book as the reader knows it: bundled entries, own ones, their versions, and what was used that has no price. */
import type { ParsedParams, Result } from '../../../../shared/contract.ts';
import type { PriceBook as BookFacts, UnpricedModel } from '../../../../shared/cost.ts';
import { PriceBook } from '../../cost/book.ts';
import { PROVENANCE, US_DAY } from '../codes.ts';
import { StoreError } from '../errors.ts';
import { rowIdOf } from '../ids.ts';
import { ownPrice, ownPrices } from '../price-entries.ts';
import { repricingState } from '../repricing.ts';
import { iso, type Reading } from './reading.ts';

interface EntryRow { readonly id: number; readonly origin: 'import' | 'local'; readonly body: string; readonly changedUs: number; readonly changedBy: string; readonly removedUs: number | null; readonly replaces: number | null; readonly overrides: string | null }
const columns = 'id, origin, body, changed_us AS changedUs, changed_by AS changedBy, removed_us AS removedUs, replaces, overrides';

const books = new WeakMap<Reading, { readonly stamp: string; readonly book: PriceBook; readonly own: number }>();

/** Made anew when an entry came or went. */
export function bookOf(reading: Reading): { readonly book: PriceBook; readonly own: number } {
  const stamp = reading.sql<[], string>("SELECT count(*) || ' ' || coalesce(max(id), 0) || ' ' || count(removed_us) FROM price_entry").pluck().get() ?? '';
  let known = books.get(reading);
  if (known?.stamp !== stamp) {
    const own = ownPrices(reading.db);
    known = { stamp, book: new PriceBook(own), own: own.length };
    books.set(reading, known);
  }
  return known;
}

/** Models whose units nobody priced, by day sums; the largest first. */
interface UnpricedRow { readonly model: number; readonly activities: number; readonly input: number; readonly output: number; readonly cacheRead: number; readonly cacheWrite: number; readonly firstDay: number; readonly lastDay: number }

function unpricedRows(reading: Reading): UnpricedRow[] {
  return reading.sql<[], UnpricedRow>(`SELECT s.model, sum(s.unpriced) AS activities, sum(s.input) AS input, sum(s.output) AS output, sum(s.cache_read) AS cacheRead, sum(s.cache_write) AS cacheWrite, min(s.day) AS firstDay, max(s.day) AS lastDay
    FROM agent a CROSS JOIN by_day s ON s.agent = a.id WHERE s.unpriced > 0 GROUP BY s.model ORDER BY activities DESC`).all();
}

export function bookFacts(reading: Reading): BookFacts {
  const { own } = bookOf(reading);
  const repricing = repricingState(reading.db);
  return { bundled: PriceBook.bundled, own, repricing: repricing === null ? null : { done: repricing.done, of: repricing.of }, unpricedModels: unpricedRows(reading).length };
}

interface Circumstance { readonly model: string; readonly provider: string; readonly region: string; readonly tier: string; readonly day: number }

/** Its newest unpriced call: who is told to serve it, in which tier, and when. */
function exampleOf(reading: Reading, row: UnpricedRow): { us: number; provider: string; tier: string } | undefined {
  const day = reading.sql<number[], { agent: number }>('SELECT s.agent FROM agent a CROSS JOIN by_day s ON s.agent = a.id AND s.day = ? AND s.model = ? WHERE s.unpriced > 0 LIMIT 1').get(row.lastDay, row.model);
  if (day === undefined) return undefined;
  return reading.sql<number[], { us: number; provider: string; tier: string }>(`SELECT a.ts_us AS us, coalesce(b.provider, '') AS provider, coalesce(b.tier, '') AS tier FROM activity a INDEXED BY activity_agent LEFT JOIN billing b ON b.id = a.billing
    WHERE a.agent = ? AND a.ts_us >= ? AND a.ts_us < ? AND a.model = ? AND a.provenance = ${PROVENANCE.unpriced} ORDER BY a.ts_us DESC LIMIT 1`).get(day.agent, row.lastDay * US_DAY, (row.lastDay + 1) * US_DAY, row.model);
}

/** First seen is told by the day: records may be gone already. */
export function unpricedModels(reading: Reading): Result<'prices.unpriced'> {
  const { book } = bookOf(reading);
  const rows = unpricedRows(reading).map((row): UnpricedModel => {
    const model = reading.texts.of(row.model);
    const example = exampleOf(reading, row);
    return {
      model, provider: example?.provider || null, tier: example?.tier || null, activities: row.activities, inputTokens: row.input, outputTokens: row.output, cacheReadTokens: row.cacheRead, cacheWriteTokens: row.cacheWrite,
      firstSeen: iso(row.firstDay * US_DAY), lastSeen: iso(example?.us ?? row.lastDay * US_DAY), // What the usual tier costs is no start for another one: lent with one press it would be taken for its price.
      like: model === '' || (example?.tier ?? '') !== '' ? null : book.nearest(model),
    };
  });
  return { rows };
}

/** Every combination of names that a price was ever looked for with is not kept: the models are, and who was told to serve them. */
function usedEntries(reading: Reading, book: PriceBook): Set<string> {
  const models = reading.sql<[], { model: number; lastDay: number }>('SELECT model, max(day) AS lastDay FROM spend_day WHERE model <> 0 GROUP BY model').all();
  const told = [{ provider: '', region: '', tier: '' }, ...reading.sql<[], Omit<Circumstance, 'model' | 'day'>>('SELECT provider, region, tier FROM billing LIMIT 200').all()];
  const used = new Set<string>();
  for (const { model, lastDay } of models) {
    for (const one of told) {
      const found = book.find({ ...one, model: reading.texts.of(model), day: lastDay });
      if (found !== null) used.add(found.entry.id);
    }
  }
  return used;
}

export function listPrices(reading: Reading, params: ParsedParams<'prices.list'>): Result<'prices.list'> {
  const { book } = bookOf(reading);
  const used = usedEntries(reading, book);
  const text = params.text?.trim().toLowerCase() ?? '';
  const rows = book.entries().filter((entry) => (params.origin === undefined || (entry.origin === 'bundled') === (params.origin === 'bundled')) && (!params.usedOnly || used.has(entry.id))
    && (text === '' || [entry.model, entry.provider ?? '', entry.tier ?? '', entry.region ?? '', entry.source].some((one) => one.toLowerCase().includes(text))));
  return { rows: rows.slice(params.after, params.after + params.limit).map((entry) => ({ ...entry, used: used.has(entry.id) })), total: rows.length };
}

/** Versions of one own entry, newest first; of a bundled one: itself, and what stands for it. */
export function priceHistory(reading: Reading, { id }: ParsedParams<'prices.history'>): Result<'prices.history'> {
  const row = rowIdOf('price', id);
  const bundled = row === null ? bookOf(reading).book.entry(id) : null;
  const rows = row === null ? versions(reading, 'overrides = ?', id) : versions(reading, 'id = ?', row);
  if (bundled === null && rows.length === 0) throw new StoreError('not_found', `There is no price with the identifier ${id.slice(0, 64)}.`);
  const last = rows.find((one) => one.overrides !== null)?.overrides ?? null;
  const under = bundled ?? (last === null ? null : bookOf(reading).book.entry(last));
  return { rows: [...rows.map((one) => ({ ...ownPrice(one), removed: one.removedUs !== null })), ...(under === null ? [] : [{ ...under, removed: false }])] };
}

/** All that replace and were replaced, from any of them. */
function versions(reading: Reading, where: string, value: number | string): EntryRow[] {
  return reading.sql<(number | string)[], EntryRow>(`WITH RECURSIVE chain (id) AS (SELECT id FROM price_entry WHERE ${where} UNION SELECT p.replaces FROM chain JOIN price_entry p ON p.id = chain.id WHERE p.replaces IS NOT NULL
    UNION SELECT p.id FROM chain JOIN price_entry p ON p.replaces = chain.id) SELECT ${columns} FROM price_entry WHERE id IN (SELECT id FROM chain) ORDER BY id DESC LIMIT 500`).all(value);
}
