/**
 * Ingest: HTTP to acknowledged after commit, against the naive design in the same run. Designs take turns (A B C A B C),
 * medians over the rounds. The load generator shares the machine with what it loads, so only ratios mean something.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ServedEngine } from '../e2e/engine/serve.ts';
import { makeCorpus } from './corpus.ts';
import type { CorpusBody } from './corpus.ts';
import { runLoad } from './load.ts';
import type { LoadResult } from './load.ts';
import { encodeProtobuf } from './otlp-codec.ts';
import { median } from './table.ts';
import type { Row } from './table.ts';

const spansInBody = 512;
const warmBodies = 60;
const here = (file: string): string => fileURLToPath(new URL(file, import.meta.url));

export interface IngestOptions { readonly rounds: number; readonly bodies: number }

interface Corpus { readonly protobuf: Buffer[]; readonly json: Buffer[]; readonly warm: Buffer[]; readonly wireBytes: number }

/** Every round gets spans of its own: a repeated body would be recognised and cost nothing. */
function corpusOf(seed: number, bodies: number): Corpus {
  const from = Date.now() - 7 * 86_400_000;
  const large = makeCorpus({ seed, spansPerBody: spansInBody, bodies, fromMs: from, days: 6 });
  const other = makeCorpus({ seed: seed + 500, spansPerBody: spansInBody, bodies, fromMs: from, days: 6 });
  const warm = makeCorpus({ seed: seed + 900, spansPerBody: spansInBody, bodies: warmBodies, fromMs: from, days: 1 });
  const protobuf = large.map(encodeProtobuf);
  return { protobuf, json: other.map((body: CorpusBody) => Buffer.from(JSON.stringify(body))), warm: warm.map(encodeProtobuf), wireBytes: protobuf.reduce((sum, body) => sum + body.length, 0) };
}

const load = (endpoint: string, token: string, type: string, bodies: readonly Buffer[], connections: number): Promise<LoadResult> =>
  runLoad({ url: `${endpoint}/v1/traces`, headers: { 'content-type': type, authorization: `Bearer ${token}` }, bodies, connections });

async function withNaive<T>(work: (endpoint: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-naive-'));
  const child = spawn(process.execPath, [here('naive-server.ts'), join(folder, 'naive.db')], { stdio: ['ignore', 'pipe', 'inherit'] });
  const port = await new Promise<string>((resolve) => { child.stdout.once('data', (chunk: Buffer) => { resolve(chunk.toString().trim()); }); });
  try {
    return await work(`http://127.0.0.1:${port}`);
  } finally {
    const gone = new Promise((resolve) => { child.once('exit', resolve); });
    child.kill('SIGTERM');
    await gone;
    rmSync(folder, { recursive: true, force: true });
  }
}

const folderBytes = (folder: string): number => readdirSync(folder).filter((name) => name.includes('.db') || name.includes('.sqlite')).reduce((sum, name) => sum + statSync(join(folder, name)).size, 0);

interface EngineRound { readonly spansPerSecond: number; readonly bytesPerSpan: number; readonly lagP99: number }

async function engineRound(content: 'full' | 'redacted', type: string, bodies: readonly Buffer[]): Promise<EngineRound> {
  const lagFile = join(tmpdir(), `gatehouse-lag-${process.pid}.json`);
  const engine = await ServedEngine.start({ nodeArgs: ['--import', here('loop-lag.ts')], env: { GATEHOUSE_LOOP_LAG: lagFile } });
  try {
    const { endpoint, token } = await engine.addOtlp('bench', content);
    // A few bodies first: statements prepared, threads warm, as in an engine that has run for a minute.
    const warm = makeCorpus({ seed: 77, spansPerBody: spansInBody, bodies: warmBodies, fromMs: Date.now() - 86_400_000, days: 1 }).map(encodeProtobuf);
    await load(endpoint, token, 'application/x-protobuf', warm, 4);
    engine.process.kill('SIGUSR2');
    const result = await load(endpoint, token, type, bodies, 4);
    engine.process.kill('SIGUSR2');
    await new Promise((resolve) => { setTimeout(resolve, 200); });
    const lag = JSON.parse(readFileSync(lagFile, 'utf8')) as { p99: number };
    await engine.kill('SIGTERM');
    return { spansPerSecond: result.bodiesPerSecond * spansInBody, bytesPerSpan: folderBytes(engine.folder) / ((bodies.length + warmBodies) * spansInBody), lagP99: lag.p99 };
  } finally {
    rmSync(lagFile, { force: true });
    await engine.stop();
  }
}

export async function benchIngest(options: IngestOptions): Promise<Row[]> {
  const protobufType = 'application/x-protobuf';
  const spans = options.bodies * spansInBody;
  const naive: number[] = [];
  const rounds: Record<'full' | 'redacted' | 'json', EngineRound[]> = { full: [], redacted: [], json: [] };
  let wire = 0;
  for (let round = 0; round < options.rounds; round += 1) {
    const corpus = corpusOf(round * 10 + 1, options.bodies);
    wire = corpus.wireBytes / spans;
    naive.push(await withNaive(async (endpoint) => {
      await load(endpoint, 'none', protobufType, corpus.warm, 4);
      return (await load(endpoint, 'none', protobufType, corpus.protobuf, 4)).bodiesPerSecond * spansInBody;
    }));
    rounds.full.push(await engineRound('full', protobufType, corpus.protobuf));
    rounds.redacted.push(await engineRound('redacted', protobufType, corpus.protobuf));
    rounds.json.push(await engineRound('full', 'application/json', corpus.json));
  }
  const rate = (name: keyof typeof rounds): number => median(rounds[name].map((one) => one.spansPerSecond));
  const of = (name: keyof typeof rounds, key: keyof EngineRound): number => median(rounds[name].map((one) => one[key]));
  const k = (value: number): string => `${(value / 1_000).toFixed(1)}k spans/s`;
  return [
    { what: 'protobuf ingest, x naive design', measured: rate('full') / median(naive), limit: 2.5, sense: 'min', unit: '', note: `content in full, as the naive design keeps it: ${k(rate('full'))} against ${k(median(naive))}` },
    { what: 'JSON bodies, x protobuf', measured: rate('json') / rate('full'), limit: 0.45, sense: 'min', unit: '', note: k(rate('json')) },
    { what: 'default redaction, x content in full', measured: rate('redacted') / rate('full'), limit: 0.6, sense: 'min', unit: '', note: `${k(rate('redacted'))}, ${(rate('redacted') / median(naive)).toFixed(2)} x naive` },
    { what: 'database, x protobuf wire size', measured: of('full', 'bytesPerSpan') / wire, limit: 0.35, sense: 'max', unit: '', note: `${of('full', 'bytesPerSpan').toFixed(0)} of ${wire.toFixed(0)} B a span, content in full` },
    { what: 'engine loop lag p99 under full ingest', measured: of('redacted', 'lagP99'), limit: 20, sense: 'max', unit: ' ms', note: 'main thread of the engine' },
  ];
}
