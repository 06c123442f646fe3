/**
 * Decoding alone, one thread, variants in turn in one run; only the ratios count. Run: `node bench/decode.ts`.
 *
 * The limit for the skim: a hand-written skim without any bounds checks, twelve columns, was measured at 5.0 x protobufjs on such a
 * corpus; 0.8 of that is 4.0.
 */
import { decodeBody } from '../electron/engine/ingest/decode.ts';
import { wantedAttributes } from '../electron/engine/ingest/normalise/normalise.ts';
import { packPayloads } from '../electron/engine/ingest/payload.ts';
import { makeCorpus } from './corpus.ts';
import { encodeProtobuf, Request } from './otlp-codec.ts';
import { holds, printTable } from './table.ts';
import type { Row } from './table.ts';

const bodies = 24;
const spansPerBody = 512;
const rounds = 12;

const corpus = makeCorpus({ seed: 11, spansPerBody, bodies, fromMs: Date.UTC(2026, 10, 1), days: 3 });
const protobuf = corpus.map(encodeProtobuf);
const json = corpus.map((body) => Buffer.from(JSON.stringify(body)));

const ours = (encoding: 'protobuf' | 'json', content: 'full' | 'redacted' | 'none', list: readonly Buffer[]) => (): void => {
  for (const wire of list) {
    // The decoder takes a body over: each round gives it a copy, as the receiver gives it its own. A copy costs about 2 %.
    const { records } = decodeBody({ signal: 'traces', encoding, content, body: new Uint8Array(wire) }, wantedAttributes);
    if (records.length !== spansPerBody) throw new Error(`${records.length} records came out`);
  }
};

const variants: Readonly<Record<string, () => void>> = {
  protobufjs: () => protobuf.forEach((wire) => Request.decode(wire)),
  'JSON.parse': () => json.forEach((wire) => JSON.parse(wire.toString('utf8')) as unknown),
  'parse+stringify': () => {
    for (const wire of json) {
      const body = JSON.parse(wire.toString('utf8')) as { resourceSpans: { scopeSpans: { spans: object[] }[] }[] };
      for (const span of body.resourceSpans[0]?.scopeSpans[0]?.spans ?? []) Buffer.from(JSON.stringify(span));
    }
  },
  'protobuf full': ours('protobuf', 'full', protobuf),
  'protobuf redacted': ours('protobuf', 'redacted', protobuf),
  'protobuf none': ours('protobuf', 'none', protobuf),
  'json full': ours('json', 'full', json),
  'json redacted': ours('json', 'redacted', json),
  'protobuf full, packed': () => {
    for (const wire of protobuf) {
      const { records } = decodeBody({ signal: 'traces', encoding: 'protobuf', content: 'full', body: new Uint8Array(wire) }, wantedAttributes);
      for (let at = 0; at < records.length; at += 64) packPayloads(records.slice(at, at + 64).map((one) => one.payload));
    }
  },
};

const rates = new Map<string, number[]>();
for (let round = -1; round < rounds; round++) {
  for (const [name, run] of Object.entries(variants)) {
    // CPU time of this thread: other programs on the machine take turns, not shares.
    const began = process.threadCpuUsage();
    run();
    const used = process.threadCpuUsage(began);
    const rate = (bodies * spansPerBody) / ((used.user + used.system) / 1_000_000);
    if (round >= 0) rates.set(name, [...(rates.get(name) ?? []), rate]);
  }
}

/** The fastest round: everything that disturbs makes a round slower, nothing makes it faster. */
const rate = (name: string): number => Math.max(...(rates.get(name) ?? [Number.NaN]));
const ratio = (what: string, over: string, limit: number, note: string): Row => ({ what: `${what} / ${over}`, measured: rate(what) / rate(over), limit, sense: 'min', unit: ' x', note });
const rows = [
  ratio('protobuf full', 'protobufjs', 4, 'skim and references, nothing copied'),
  ratio('protobuf redacted', 'protobuf full', 0.33, 'decoding alone; through HTTP and commit the limit is 0.6'),
  ratio('json full', 'JSON.parse', 0.7, 'JSON.parse alone, which keeps no record'),
  ratio('json full', 'parse+stringify', 1.5, 'the plain way to keep each record'),
  ratio('json full', 'protobuf full', 0.2, 'decoding alone; through HTTP and commit the limit is 0.45'),
  ratio('json redacted', 'json full', 0.6, 'decoding alone'),
];
process.stdout.write(`${[...rates.keys()].map((name) => `${name.padEnd(24)} ${Math.round(rate(name)).toLocaleString('en').padStart(10)} spans/s  ${(1e6 / rate(name)).toFixed(2)} us`).join('\n')}\n`);
printTable('Decoding', rows);
process.exitCode = rows.every(holds) ? 0 : 1;
