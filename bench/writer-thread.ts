/** A thread that writes prepared bodies at full speed through the real writer until it is told to stop; for bench/store.ts. */
import { parentPort, workerData } from 'node:worker_threads';
import { realIntake } from '../electron/engine/store/intake.ts';
import { openHistory } from '../electron/engine/store/open.ts';
import { Writer } from '../electron/engine/store/writer.ts';
import { makeCorpus } from './corpus.ts';
import { encodeProtobuf } from './otlp-codec.ts';

export interface WriterThreadData { readonly folder: string; readonly first: number }

const { folder, first } = workerData as WriterThreadData;
const spansInBody = 512;
const nowUs = Date.now() * 1_000;
const { db } = openHistory(folder, nowUs);
db.prepare("INSERT INTO connection (kind, name, created_us, enabled, demo, content, token_hash, token_ends) VALUES ('otlp', 'bench', ?, 1, 0, 'full', x'00', 'abcd')").run(nowUs);
const writer = new Writer(db, realIntake);
let seed = 1;
const store = (bodies: number): void => {
  for (const body of makeCorpus({ seed: seed++, spansPerBody: spansInBody, bodies, fromMs: Date.now() - 86_400_000, days: 1 }).map(encodeProtobuf)) {
    writer.store([{ n: 1, connection: 1, signal: 'traces', encoding: 'protobuf', content: 'full', body: new Uint8Array(body), receivedUs: nowUs }], nowUs);
  }
};

store(first);
const waiting = Array.from({ length: 120 }, (_, at) => makeCorpus({ seed: 10_000 + at, spansPerBody: spansInBody, bodies: 1, fromMs: Date.now() - 86_400_000, days: 1 }).map(encodeProtobuf)[0] ?? Buffer.alloc(0));
parentPort?.once('message', () => {
  const began = performance.now();
  for (const body of waiting) writer.store([{ n: 1, connection: 1, signal: 'traces', encoding: 'protobuf', content: 'full', body: new Uint8Array(body), receivedUs: nowUs }], nowUs);
  const seconds = (performance.now() - began) / 1_000;
  db.close();
  parentPort?.postMessage({ t: 'done', spansPerSecond: (waiting.length * spansInBody) / seconds });
});
parentPort?.postMessage({ t: 'ready' });
