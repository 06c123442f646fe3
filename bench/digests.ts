/**
 * What the digests cost: reading bodies and storing them, with and without digests, in one process and in turns of a few bodies, into two histories that
 * change roles and order from turn to turn (of two that are the same, one was 7 % dearer, so neither may be one or the other for good). Counted is processor
 * time of this process with all that V8 does beside it, since other programs on the machine disturb that least. What the receiver, the sender and the thread
 * that folds the log cost is not in it: beside all of ingest the share is smaller. Leaves and roots are made when nothing comes in; what they cost then is
 * measured behind it, and stands in the note.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { BodyJob } from '../electron/engine/ingest/writer-messages.ts';
import { DigestBook } from '../electron/engine/store/digests.ts';
import { realIntake } from '../electron/engine/store/intake.ts';
import { openHistory } from '../electron/engine/store/open.ts';
import { prepare } from '../electron/engine/store/prepared.ts';
import { BodyReader } from '../electron/engine/store/read-body.ts';
import { Writer } from '../electron/engine/store/writer.ts';
import { makeCorpus } from './corpus.ts';
import { encodeProtobuf } from './otlp-codec.ts';
import { median, quantile } from './table.ts';
import type { Row } from './table.ts';

const spansInBody = 512;
/** What a transaction of large bodies holds. */
const bodiesInTurn = 2;
const turnsAtOnce = 20;
const warmTurns = 20;
/** Other programs only ever add to what a turn costs: its quiet quarter says what is ours. */
const quiet = 0.25;

let on = true;
setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

/** As the program was before: nobody counts records. Only here; the engine has no such switch. */
function withSwitch(): void {
  const { keep, flush } = DigestBook.prototype;
  DigestBook.prototype.keep = function kept(this: DigestBook, ...where: Parameters<typeof keep>): void { if (on) keep.apply(this, where); };
  DigestBook.prototype.flush = function flushed(this: DigestBook, nowUs: number): void { if (on) flush.call(this, nowUs); };
}

class Side {
  private readonly folder = mkdtempSync(join(tmpdir(), 'gatehouse-digests-'));
  private readonly writer: Writer;
  private readonly reader = new BodyReader(realIntake);

  constructor() {
    const { db } = openHistory(this.folder, Date.now() * 1_000);
    db.prepare("INSERT INTO connection (kind, name, created_us, enabled, demo, content, token_hash, token_ends) VALUES ('otlp', 'bench', 0, 1, 0, 'full', x'00', 'abcd')").run();
    this.writer = new Writer(db, realIntake);
  }

  /** Answers microseconds a span. */
  take(bodies: readonly Buffer[], digests: boolean): number {
    on = digests;
    const nowUs = Date.now() * 1_000;
    const jobs = bodies.map((body, n): BodyJob => ({ n, connection: 1, signal: 'traces', encoding: 'protobuf', content: 'full', body: new Uint8Array(body), receivedUs: nowUs }));
    const before = process.cpuUsage();
    const { results } = this.writer.storePrepared(jobs.map((job) => prepare(job, this.reader)), nowUs);
    const { user, system } = process.cpuUsage(before);
    if (results.some((one) => one.t !== 'stored')) throw new Error('a body was not stored');
    return (user + system) / (bodies.length * spansInBody);
  }

  /** Processor time that leaves and roots cost, a record. */
  fold(): number {
    on = true;
    const before = process.cpuUsage();
    while (this.writer.foldDigests(25));
    const { user, system } = process.cpuUsage(before);
    return (user + system) / this.records;
  }

  get records(): number {
    return this.writer.db.prepare<[], { n: number }>('SELECT coalesce(sum(records), 0) AS n FROM digest').get()?.n ?? 0;
  }

  close(): void {
    this.writer.db.close();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** `turns` of each, in twenties. */
export function benchDigests(turns: number): Row[] {
  withSwitch();
  const sides = [new Side(), new Side()] as const;
  const us = { with: [] as number[], without: [] as number[] };
  try {
    for (let turn = 0; turn < warmTurns + turns; turn += turnsAtOnce) {
      const bodies = makeCorpus({ seed: 40_000 + turn, spansPerBody: spansInBody, bodies: turnsAtOnce * bodiesInTurn, fromMs: Date.now() - 6 * 86_400_000, days: 5 }).map(encodeProtobuf);
      // What making them left behind is nobody's to clear away.
      collectGarbage();
      for (let at = 0; at < turnsAtOnce; at++) {
        const some = bodies.slice(at * bodiesInTurn, (at + 1) * bodiesInTurn);
        const having = at % 2;
        for (const which of at % 4 < 2 ? [0, 1] as const : [1, 0] as const) {
          const spent = sides[which].take(some, which === having);
          if (turn >= warmTurns) us[which === having ? 'with' : 'without'].push(spent);
        }
      }
    }
    const kept = (warmTurns + turns) * bodiesInTurn * spansInBody;
    if (sides[0].records + sides[1].records !== kept) throw new Error(`digests hold ${sides[0].records} and ${sides[1].records} records, together not ${kept}`);
    const [with_, without] = [quantile(us.with, quiet), quantile(us.without, quiet)];
    return [{
      what: 'ingest with digests, x without (processor time)', measured: with_ / without, limit: 1.05, sense: 'max', unit: '',
      note: `reading and storing alone: ${with_.toFixed(1)} against ${without.toFixed(1)} us a span, lower quartiles of ${turns} turns of ${bodiesInTurn} bodies each (medians ${(median(us.with) / median(us.without)).toFixed(3)}); later, when nothing comes in, ${sides[0].fold().toFixed(1)} us a record`,
    }];
  } finally {
    on = true;
    for (const side of sides) side.close();
  }
}
