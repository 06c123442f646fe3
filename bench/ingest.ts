/**
 * Ingest: HTTP to acknowledged after commit, against the naive design in the same run. Designs take turns, one round forwards
 * and the next backwards (A B C, C B A): a machine whose pace drifts favours neither. A ratio is the median of the rounds' own
 * ratios, each of two runs that followed one another; the ratio of the medians and the spread stand beside it. The load generator
 * shares the machine with what it loads, so only ratios mean something.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ServedEngine } from '../e2e/engine/serve.ts';
import { makeCorpus } from './corpus.ts';
import { benchDigests } from './digests.ts';
import type { CorpusBody } from './corpus.ts';
import { runLoad } from './load.ts';
import type { LoadResult } from './load.ts';
import { encodeProtobuf } from './otlp-codec.ts';
import { processorUs } from './processor-time.ts';
import { median } from './table.ts';
import type { Row } from './table.ts';

const spansInBody = 512;
const warmBodies = 60;
const protobufType = 'application/x-protobuf';
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

interface Measured { readonly spansPerSecond: number; readonly processorUs: number | null }

/** Spans a second, and what they cost the process that took them in. */
async function measured(pid: number | undefined, bodies: number, run: () => Promise<LoadResult>): Promise<Measured> {
  const before = processorUs(pid);
  const { bodiesPerSecond } = await run();
  const after = processorUs(pid);
  return { spansPerSecond: bodiesPerSecond * spansInBody, processorUs: before === null || after === null ? null : (after - before) / (bodies * spansInBody) };
}

async function withNaive<T>(work: (endpoint: string, pid: number | undefined) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-naive-'));
  const child = spawn(process.execPath, [here('naive-server.ts'), join(folder, 'naive.db')], { stdio: ['ignore', 'pipe', 'inherit'] });
  const port = await new Promise<string>((resolve) => { child.stdout.once('data', (chunk: Buffer) => { resolve(chunk.toString().trim()); }); });
  try {
    return await work(`http://127.0.0.1:${port}`, child.pid);
  } finally {
    const gone = new Promise((resolve) => { child.once('exit', resolve); });
    child.kill('SIGTERM');
    await gone;
    rmSync(folder, { recursive: true, force: true });
  }
}

const folderBytes = (folder: string): number => readdirSync(folder).filter((name) => name.includes('.db') || name.includes('.sqlite')).reduce((sum, name) => sum + statSync(join(folder, name)).size, 0);

interface EngineRound extends Measured { readonly bytesPerSpan: number; readonly lagP99: number }

function naiveRound({ warm, protobuf }: Corpus): Promise<Measured> {
  return withNaive(async (endpoint, pid) => {
    await load(endpoint, 'none', protobufType, warm, 4);
    return measured(pid, protobuf.length, () => load(endpoint, 'none', protobufType, protobuf, 4));
  });
}

async function engineRound(content: 'full' | 'redacted', type: string, bodies: readonly Buffer[]): Promise<EngineRound> {
  const lagFile = join(tmpdir(), `gatehouse-lag-${process.pid}.json`);
  const engine = await ServedEngine.start({ nodeArgs: ['--import', here('loop-lag.ts')], env: { GATEHOUSE_LOOP_LAG: lagFile } });
  try {
    const { endpoint, token } = await engine.addOtlp('bench', content);
    // A few bodies first: statements prepared, threads warm, as in an engine that has run for a minute.
    const warm = makeCorpus({ seed: 77, spansPerBody: spansInBody, bodies: warmBodies, fromMs: Date.now() - 86_400_000, days: 1 }).map(encodeProtobuf);
    await load(endpoint, token, protobufType, warm, 4);
    engine.process.kill('SIGUSR2');
    const result = await measured(engine.process.pid, bodies.length, () => load(endpoint, token, type, bodies, 4));
    engine.process.kill('SIGUSR2');
    await new Promise((resolve) => { setTimeout(resolve, 200); });
    const lag = JSON.parse(readFileSync(lagFile, 'utf8')) as { p99: number };
    await engine.kill('SIGTERM');
    return { ...result, bytesPerSpan: folderBytes(engine.folder) / ((bodies.length + warmBodies) * spansInBody), lagP99: lag.p99 };
  } finally {
    rmSync(lagFile, { force: true });
    await engine.stop();
  }
}

type Design = 'naive' | 'full' | 'redacted' | 'json';

/** Round by round, what each design did. */
class Rounds {
  readonly naive: Measured[] = [];
  readonly full: EngineRound[] = [];
  readonly redacted: EngineRound[] = [];
  readonly json: EngineRound[] = [];

  async run(corpus: Corpus, backwards: boolean): Promise<void> {
    const turns: (() => Promise<unknown>)[] = [
      async () => this.naive.push(await naiveRound(corpus)),
      async () => this.full.push(await engineRound('full', protobufType, corpus.protobuf)),
      async () => this.redacted.push(await engineRound('redacted', protobufType, corpus.protobuf)),
      async () => this.json.push(await engineRound('full', 'application/json', corpus.json)),
    ];
    for (const turn of backwards ? turns.toReversed() : turns) await turn();
  }

  /** Spans a second, as a word. */
  pace(design: Design): string {
    return `${(median(this[design].map((one) => one.spansPerSecond)) / 1_000).toFixed(1)}k spans/s`;
  }

  /** The ratio in each round. */
  paired(design: Design, over: Design): number[] {
    return this[design].map((one, round) => one.spansPerSecond / (this[over][round]?.spansPerSecond ?? Number.NaN));
  }

  /** How far the rounds lie apart, and what the medians of each design alone would say. */
  spread(design: Design, over: Design): string {
    const ratios = this.paired(design, over);
    const alone = median(this[design].map((one) => one.spansPerSecond)) / median(this[over].map((one) => one.spansPerSecond));
    return `rounds ${Math.min(...ratios).toFixed(2)} to ${Math.max(...ratios).toFixed(2)}, ratio of medians ${alone.toFixed(2)}`;
  }

  /** Empty where the system does not tell. */
  processorTime(design: Design, over: Design): string {
    const of = (which: Design): number[] => this[which].map((one) => one.processorUs).filter((us) => us !== null);
    if (of(design).length === 0 || of(over).length === 0) return '';
    return `; processor time ${median(of(design)).toFixed(1)} against ${median(of(over)).toFixed(1)} us a span`;
  }
}

export async function benchIngest(options: IngestOptions): Promise<Row[]> {
  const spans = options.bodies * spansInBody;
  const rounds = new Rounds();
  let wire = 0;
  for (let round = 0; round < options.rounds; round += 1) {
    const corpus = corpusOf(round * 10 + 1, options.bodies);
    wire = corpus.wireBytes / spans;
    await rounds.run(corpus, round % 2 === 1);
  }
  const { full, redacted } = rounds;
  const bytes = median(full.map((one) => one.bytesPerSpan));
  const ratio = (design: Design, over: Design): number => median(rounds.paired(design, over));
  return [
    {
      what: 'protobuf ingest, x naive design', measured: ratio('full', 'naive'), limit: 2.5, sense: 'min', unit: '',
      note: `content in full, as the naive design keeps it: ${rounds.pace('full')} against ${rounds.pace('naive')}; ${rounds.spread('full', 'naive')}${rounds.processorTime('full', 'naive')}`,
    },
    { what: 'JSON bodies, x protobuf', measured: ratio('json', 'full'), limit: 0.45, sense: 'min', unit: '', note: `${rounds.pace('json')}; ${rounds.spread('json', 'full')}` },
    { what: 'default redaction, x content in full', measured: ratio('redacted', 'full'), limit: 0.6, sense: 'min', unit: '', note: `${rounds.pace('redacted')}, ${ratio('redacted', 'naive').toFixed(2)} x naive; ${rounds.spread('redacted', 'full')}` },
    { what: 'database, x protobuf wire size', measured: bytes / wire, limit: 0.35, sense: 'max', unit: '', note: `${bytes.toFixed(0)} of ${wire.toFixed(0)} B a span, content in full` },
    { what: 'engine loop lag p99 under full ingest', measured: median(redacted.map((one) => one.lagP99)), limit: 20, sense: 'max', unit: ' ms', note: 'main thread of the engine' },
    ...benchDigests(options.rounds * 60),
  ];
}
