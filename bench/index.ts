/**
 * `npm run bench`: prints ratios against limits, all measured in this run. Parts by name (`ingest`, `store`, `prices`, `queries`,
 * `export`, `window`, `stop-dispatch`, `stop`), default all. `--rounds N`, `--bodies N`, `--rows 1m|10m`; for the window `--minutes N` (how long memory is
 * watched at each rate: ten for the limit as it is written) and `--rates 1000,10000`;
 * for stop `--runs N`.
 */
import { parseArgs } from 'node:util';
import { benchExport } from './export.ts';
import { benchIngest } from './ingest.ts';
import { benchPrices } from './prices.ts';
import { benchQueries } from './queries.ts';
import { benchStop } from './stop.ts';
import { benchStopDispatch } from './stop-dispatch.ts';
import { benchStore } from './store.ts';
import { holds, printTable } from './table.ts';
import type { Row } from './table.ts';
import { benchWindow } from './window.ts';

const { values, positionals } = parseArgs({ allowPositionals: true, options: {
  rounds: { type: 'string', default: '3' }, bodies: { type: 'string', default: '120' }, rows: { type: 'string', default: '1m' },
  minutes: { type: 'string', default: '1' }, runs: { type: 'string', default: '1000' }, rates: { type: 'string', default: '1000,10000' },
} });
const wanted = (part: string): boolean => positionals.length === 0 || positionals.includes(part);

function rowsOf(text: string): number {
  const match = /^(\d+)([km]?)$/i.exec(text);
  if (!match) throw new Error(`--rows takes 1m, 10m or a number, not ${text}`);
  return Number(match[1]) * ({ k: 1_000, m: 1_000_000 }[(match[2] ?? '').toLowerCase()] ?? 1);
}

const all: Row[] = [];
async function part(name: string, title: string, work: () => Promise<Row[]>): Promise<void> {
  if (!wanted(name)) return;
  const rows = await work();
  printTable(title, rows);
  all.push(...rows);
}

await part('ingest', 'Ingest, HTTP to acknowledged after commit', () => benchIngest({ rounds: Number(values.rounds), bodies: Number(values.bodies) }));
await part('store', 'Store alone', () => benchStore(Number(values.rounds)));
await part('prices', 'Prices', async () => benchPrices(Number(values.rounds)));
await part('queries', 'Queries that screens make', () => benchQueries(rowsOf(values.rows)));
await part('export', 'Reports of all activities', () => benchExport(rowsOf(values.rows)));
await part('window', 'The window', () => benchWindow({ rows: rowsOf(values.rows), rounds: Number(values.rounds), minutes: Number(values.minutes), rates: values.rates.split(',').filter((rate) => rate !== '').map(Number) }));
await part('stop-dispatch', 'From the word to the wire', () => benchStopDispatch(rowsOf(values.rows)));
await part('stop', 'Stopping runs of a LangGraph server', () => benchStop(Number(values.runs)));
const missed = all.filter((row) => !holds(row));
process.stdout.write(`\n${all.length - missed.length} of ${all.length} limits hold${missed.length > 0 ? `; missed: ${missed.map((row) => row.what).join('; ')}` : ''}\n`);
process.exitCode = missed.length > 0 ? 1 : 0;
