/** Why an activity shows the cost that it shows: computed anew with the book as it is. */
import type { ParsedParams } from '../../../../shared/contract.ts';
import type { CostExplained } from '../../../../shared/cost.ts';
import { PROVENANCE, US_DAY } from '../codes.ts';
import { StoreError } from '../errors.ts';
import { explain, type BilledUnits, type Explanation } from '../../cost/price.ts';
import { bookOf } from './cost-book.ts';
import { rowId, type Reading } from './reading.ts';

interface Row {
  readonly ts: number; readonly model: number; readonly input: number | null; readonly output: number | null; readonly cacheRead: number | null; readonly cacheWrite: number | null; readonly cacheWrite1h: number | null; readonly reasoning: number | null;
  readonly micros: number | null; readonly currency: number | null; readonly provenance: number | null; readonly units: string | null; readonly provider: string | null; readonly region: string | null; readonly tier: string | null;
}

const words = { 1: 'billed', 2: 'reported', 3: 'computed', 4: 'unpriced' } as const;

export function explainCost(reading: Reading, { activityId }: ParsedParams<'cost.explain'>): CostExplained {
  const row = reading.sql<[number], Row>(`SELECT a.ts_us AS ts, a.model, a.input, a.output, a.cache_read AS cacheRead, a.cache_write AS cacheWrite, a.cache_write_1h AS cacheWrite1h, a.reasoning, a.micros, a.currency, a.provenance, u.units,
    b.provider, b.region, b.tier FROM activity a LEFT JOIN billing b ON b.id = a.billing LEFT JOIN activity_units u ON u.activity = a.id WHERE a.id = ?`).get(rowId('activity', activityId));
  if (row === undefined) throw new StoreError('not_found', 'This activity is no longer in the history: the retention or somebody removed it.');
  const currency = reading.texts.of(row.currency) || 'USD';
  const { computed, whyNot } = computedOf(reading, row);
  return {
    shown: { amountMicros: row.micros ?? (row.provenance === PROVENANCE.unpriced ? null : 0), currency, provenance: words[(row.provenance ?? PROVENANCE.computed) as keyof typeof words], unpriced: row.provenance === PROVENANCE.unpriced ? 1 : 0 },
    reported: row.provenance === PROVENANCE.reported && row.micros !== null ? { amountMicros: row.micros, currency } : null,
    computed, whyNot, billing: { provider: row.provider || null, region: row.region || null, tier: row.tier || null },
  };
}

function computedOf(reading: Reading, row: Row): Explanation {
  const units = row.units === null ? null : JSON.parse(row.units) as BilledUnits;
  if (units === null && (row.input ?? 0) + (row.output ?? 0) + (row.cacheRead ?? 0) + (row.cacheWrite ?? 0) === 0) return { computed: null, whyNot: 'It told of no tokens or other billed units.' };
  const asked = { provider: row.provider ?? '', region: row.region ?? '', tier: row.tier ?? '', model: reading.texts.of(row.model), day: Math.floor(row.ts / US_DAY) };
  const { book } = bookOf(reading);
  const price = book.find(asked);
  if (price === null) return { computed: null, whyNot: book.whyNot(asked) };
  return explain(price, {
    input: row.input ?? 0, output: row.output ?? 0, cacheRead: row.cacheRead ?? 0, cacheWrite: row.cacheWrite ?? 0, cacheWrite1h: row.cacheWrite1h, reasoning: row.reasoning ?? 0, units: units ?? undefined,
  });
}
