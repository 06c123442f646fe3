/** A body as the thread that reads bodies hands it to the writer: what it says in columns, its records in blocks. */
import type { MetricSum } from '../ingest/decoded-body.ts';
import type { PayloadContext, PayloadRef } from '../ingest/payload.ts';
import type { BodyJob } from '../ingest/writer-messages.ts';
import type { BodySample } from '../processes/body-sample.ts';
import { BlockFiller, PackedBlock, recordsInBlock, type OpenBlock, type Packed, type Place } from './payloads.ts';
import { newReadBody, type BodyReader, type ReadBody } from './read-body.ts';
import { fromColumns, toColumns, type ToldColumns } from './told-columns.ts';

/** Records that do not fill a block: the writer puts them into one with those of other bodies, so that many small bodies pack well. */
interface LooseRecords {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** start and end of resource and scope of each context. */
  readonly contexts: readonly Pick<PayloadContext, 'resourceStart' | 'resourceEnd' | 'scopeStart' | 'scopeEnd'>[];
  readonly records: readonly { readonly kind: PayloadRef['kind']; readonly start: number; readonly end: number; readonly context: number }[];
}

type Counts = readonly (readonly [reason: string, count: number])[];

export interface PreparedBody {
  readonly n: number;
  readonly connection: number;
  readonly receivedUs: number;
  /** of the body as it came. */
  readonly bytes: number;
  readonly spans: number;
  readonly logs: number;
  readonly points: number;
  readonly series: readonly MetricSum[];
  readonly malformed: string | null;
  readonly sample: BodySample | null;
  readonly asides: Counts;
  readonly refused: Counts;
  readonly lost: Counts;
  readonly told: ToldColumns;
  readonly blocks: readonly { readonly codec: number; readonly body: Uint8Array<ArrayBuffer> }[];
  readonly loose: LooseRecords;
}

/** Reads a body and compresses its full blocks. Throws only where the program itself is wrong. */
export function prepare(job: BodyJob, reader: BodyReader): PreparedBody {
  const filler = new BlockFiller();
  const body = reader.read(job, filler);
  const full = filler.blocks.filter((block) => block.full);
  const at = new Map<unknown, number>(filler.blocks.map((block, index) => [block, index * recordsInBlock]));
  return {
    n: body.n, connection: body.connection, receivedUs: body.receivedUs, bytes: body.bytes, spans: body.spans, logs: body.logs, points: body.points, series: body.series,
    malformed: body.malformed, sample: body.sample, asides: [...body.asides], refused: [...body.refused], lost: [...body.lost],
    told: toColumns(body.told, ({ block, slot }) => (at.get(block) ?? 0) + slot),
    blocks: full.map((block) => owned(block.take())),
    loose: looseOf(filler.blocks.find((block) => !block.full)),
  };
}

/** What crosses to the other thread without being copied. */
export function buffersOf({ told, blocks, loose }: PreparedBody): ArrayBuffer[] {
  return [told.numbers.buffer, loose.bytes.buffer, ...blocks.map((block) => block.body.buffer)];
}

/** On the writer's side. The records that are left over find their places through `filler`. */
export function unprepared(from: PreparedBody, filler: BlockFiller): ReadBody {
  const body = newReadBody(from.n, from.connection, from.receivedUs, from.bytes);
  const packed = from.blocks.map((block) => new PackedBlock(block));
  const left = placesOf(from.loose, filler);
  const placeAt = (place: number): Place => {
    const block = packed[Math.floor(place / recordsInBlock)];
    return block === undefined ? (left[place - packed.length * recordsInBlock] as Place) : { block, slot: place % recordsInBlock };
  };
  body.spans = from.spans;
  body.logs = from.logs;
  body.points = from.points;
  body.series = from.series;
  body.malformed = from.malformed;
  body.sample = from.sample;
  for (const [reason, count] of from.asides) body.asides.set(reason, count);
  for (const [reason, count] of from.refused) body.refused.set(reason, count);
  for (const [reason, count] of from.lost) body.lost.set(reason, count);
  body.told = fromColumns(from.told, { connection: from.connection, receivedUs: from.receivedUs, placeAt });
  return body;
}

function placesOf(loose: LooseRecords, filler: BlockFiller): Place[] {
  const contexts = loose.contexts.map((context): PayloadContext => ({ source: loose.bytes, ...context }));
  return loose.records.map(({ kind, start, end, context }) => filler.place({ kind, source: loose.bytes, start, end, context: contexts[context] as PayloadContext }));
}

/** A buffer of a pool may not be given away. */
function owned({ codec, body }: Packed): { readonly codec: number; readonly body: Uint8Array<ArrayBuffer> } {
  const isAlone = body.buffer instanceof ArrayBuffer && body.byteLength === body.buffer.byteLength;
  return { codec, body: isAlone ? new Uint8Array(body.buffer) : new Uint8Array(body) };
}

/** Copies what the records need out of the body, so that the body can go. */
function looseOf(block: OpenBlock | undefined): LooseRecords {
  const refs = block?.refs ?? [];
  const contexts = [...new Set(refs.map((ref) => ref.context))];
  const size = refs.reduce((sum, ref) => sum + ref.end - ref.start, 0) + contexts.reduce((sum, one) => sum + one.resourceEnd - one.resourceStart + one.scopeEnd - one.scopeStart, 0);
  const bytes = new Uint8Array(size);
  let at = 0;
  const keep = (source: Uint8Array, start: number, end: number): number => {
    bytes.set(source.subarray(start, end), at);
    at += end - start;
    return at;
  };
  return {
    bytes,
    contexts: contexts.map(({ source, resourceStart, resourceEnd, scopeStart, scopeEnd }) => {
      const from = at;
      const scope = keep(source, resourceStart, resourceEnd);
      return { resourceStart: from, resourceEnd: scope, scopeStart: scope, scopeEnd: keep(source, scopeStart, scopeEnd) };
    }),
    records: refs.map(({ kind, source, start, end, context }) => ({ kind, start: at, end: keep(source, start, end), context: contexts.indexOf(context) })),
  };
}
