/** What pricing a call adds to ingest: finding its price and computing, warm, against the two multiplications that a constant price would take. */
import { PriceBook } from '../electron/engine/cost/book.ts';
import { compute } from '../electron/engine/cost/price.ts';
import { median } from './table.ts';
import type { Row } from './table.ts';

const calls = 1_000_000;
const models = ['claude-opus-5-5', 'gpt-5', 'gpt-6-sol', 'gemini-2.5-flash', 'claude-haiku-4-5', 'gpt-4o', 'o3', 'gemini-2.5-pro'];

/** Nanoseconds a call; the sum keeps the work from being optimised away. */
function timed(work: (at: number) => number): { readonly ns: number; readonly sum: number } {
  let sum = 0;
  const began = performance.now();
  for (let at = 0; at < calls; at += 1) sum += work(at);
  return { ns: ((performance.now() - began) / calls) * 1e6, sum };
}

export function benchPrices(rounds: number): Row[] {
  const book = new PriceBook([]);
  const asked = models.map((model) => ({ provider: '', model, region: '', tier: '', day: 20_741 }));
  const usages = Array.from({ length: 4096 }, (_, at) => ({ input: at, output: 60, cacheRead: 2000, cacheWrite: 100, cacheWrite1h: 0, reasoning: 10 }));
  const priced = (at: number): number => {
    const price = book.find(asked[at % models.length] as (typeof asked)[number]);
    return price === null ? Number.NaN : compute(price, usages[at % usages.length] as (typeof usages)[number]);
  };
  const bare = (at: number): number => (usages[at % usages.length]?.input ?? 0) * 4 + (usages[at % usages.length]?.output ?? 0) * 20;
  timed(priced);
  timed(bare);
  const runs = Array.from({ length: Math.max(3, rounds) }, () => ({ priced: timed(priced), bare: timed(bare) }));
  if (runs.some((run) => Number.isNaN(run.priced.sum) || run.bare.sum <= 0)) throw new Error('a call of the bench has no price');
  const ns = median(runs.map((run) => run.priced.ns));
  const times = median(runs.map((run) => run.priced.ns / run.bare.ns));
  return [
    { what: 'a call priced', measured: ns, limit: 1000, sense: 'max', unit: ' ns', note: `find and compute, ${models.length} models in turn, warm` },
    { what: 'against a bare multiplication', measured: times, limit: 15, sense: 'max', unit: ' x', note: 'two products and a sum of the same counts, same run' },
  ];
}
