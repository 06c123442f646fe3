/** What the records behind activities say, read block by block: neighbours in the report are neighbours in the file, and a block is unfolded once. */
import type { Statement } from 'better-sqlite3';
import { contentSide } from '../../ingest/normalise/content-side.ts';
import type { ContentSide } from '../../ingest/normalise/content-side.ts';
import { unpackPayload, unpackPayloads } from '../../ingest/payload.ts';
import type { PayloadRef } from '../../ingest/payload.ts';
import { recordFacts } from '../../ingest/stored-record.ts';
import type { RecordFacts, RecordPlace } from '../../ingest/stored-record.ts';
import type { ReadDb } from '../database.ts';
import { decompress } from '../payloads.ts';

export interface Spot { readonly block: number; readonly slot: number }
export interface Told {
  readonly input: string | null;
  readonly output: string | null;
  readonly other: string | null;
  readonly spanId: string | null;
  readonly parentSpanId: string | null;
  /** records whose time was over, or that cannot be read any more. */
  readonly gone: number;
  /** there are more of them than were read. */
  readonly more: boolean;
}

interface Block { readonly format: number; readonly body: Uint8Array; /** null: not all of them can be read. */ readonly records: readonly PayloadRef[] | null }
/** Unfolded blocks that are kept: connections that come in side by side fill blocks side by side. */
const mostKept = 4;
/**
 * Blocks are copied into room that is used again. As they come they would be let go only when the thread clears up all of its memory, which of bytes outside of
 * its heap it does every 64 MB.
 */
const roomBytes = 512 * 1024;
/** A row made of more records than this tells the texts of the first of them, and says so. */
const mostRecords = 200;

export class RecordTexts {
  private readonly block: Statement<[number], { format: number; codec: number; body: Buffer }>;
  private readonly kept = new Map<number, Block | null>();
  private readonly rooms: Buffer[] = [];

  constructor(db: ReadDb) {
    this.block = db.prepare('SELECT format, codec, body FROM payload WHERE id = ?');
  }

  /** `further`: the other tellings of it, in their order. */
  of(own: Spot, further: readonly Spot[]): Told {
    if (further.length === 0) return this.ofOne(own);
    const spots = [own, ...further];
    const read = spots.slice(0, mostRecords).map((spot) => this.facts(spot));
    const facts = read.filter((one) => one !== null);
    const telling = facts.find((one) => one.spanId !== null);
    const missing = spots.slice(0, mostRecords).filter(({ block }, i) => block !== 0 && read[i] === null).length;
    return { ...textsOf(facts), spanId: telling?.spanId ?? null, parentSpanId: telling?.parentSpanId ?? null, gone: missing, more: spots.length > mostRecords };
  }

  /** As nearly all are. */
  private ofOne(own: Spot): Told {
    const facts = this.facts(own);
    if (facts === null) return { input: null, output: null, other: null, spanId: null, parentSpanId: null, gone: own.block === 0 ? 0 : 1, more: false };
    const { input, output, other } = textsOf([facts]);
    return { input, output, other, spanId: facts.spanId, parentSpanId: facts.spanId === null ? null : facts.parentSpanId, gone: 0, more: false };
  }

  private facts({ block, slot }: Spot): RecordFacts | null {
    const found = block === 0 ? null : this.unfolded(block);
    if (found === null) return null;
    const place = found.records?.[slot] ?? placeIn(found, slot);
    // Its time was over: the slot was emptied.
    return place.end === place.start ? null : recordFacts(place, isContent);
  }

  private unfolded(id: number): Block | null {
    const known = this.kept.get(id);
    if (known !== undefined) return known;
    for (const old of this.kept.keys()) {
      if (this.kept.size < mostKept) break;
      this.rooms.push(...roomOf(this.kept.get(old)));
      this.kept.delete(old);
    }
    const row = this.block.get(id);
    const block = row === undefined ? null : blockOf(row.format, this.held(decompress(row)));
    this.kept.set(id, block);
    return block;
  }

  private held(body: Uint8Array): Uint8Array {
    if (body.byteLength > roomBytes) return body;
    const room = this.rooms.pop() ?? Buffer.allocUnsafeSlow(roomBytes);
    room.set(body);
    return room.subarray(0, body.byteLength);
  }
}

/** What a block that is let go stood in. */
const roomOf = (block: Block | null | undefined): Buffer[] => (block?.body.buffer.byteLength === roomBytes ? [Buffer.from(block.body.buffer)] : []);

function blockOf(format: number, body: Uint8Array): Block {
  try {
    return { format, body, records: unpackPayloads(format, body) };
  } catch {
    // Some of its records may be whole all the same: each is then looked for by itself, and says what is wrong with it.
    return { format, body, records: null };
  }
}

function placeIn({ format, body }: Block, slot: number): RecordPlace {
  const { kind, record } = unpackPayload(format, body, slot);
  return { kind, source: record, start: 0, end: record.byteLength };
}

const sides = new Map<string, ContentSide | null>();
const mostSides = 1_000;

/** The same keys come again and again; they come from strangers. */
function sideOf(key: string): ContentSide | null {
  let side = sides.get(key);
  if (side === undefined) {
    side = contentSide(key);
    if (sides.size >= mostSides) sides.clear();
    if (key.length < 200) sides.set(key, side);
  }
  return side;
}
const isContent = (key: string): boolean => sideOf(key) !== null;

type Texts = Map<string, string>;
type Sides = Record<ContentSide, Texts | null>;

function textsOf(facts: readonly RecordFacts[]): Pick<Told, 'input' | 'output' | 'other'> {
  const told: Sides = { input: null, output: null, other: null };
  for (const { attributes } of facts) {
    for (const { key, value } of attributes) {
      const side = sideOf(key);
      if (side !== null) note(told[side] ??= new Map(), key, value);
    }
  }
  return { input: one(told.input), output: one(told.output), other: told.other === null ? null : JSON.stringify(Object.fromEntries(told.other)) };
}

/** Two records may tell the same attribute differently: both stay. */
function note(texts: Texts, key: string, value: string): void {
  let name = key;
  for (let n = 2; texts.has(name); n++) {
    if (texts.get(name) === value) return;
    name = `${key}#${n}`;
  }
  texts.set(name, value);
}

/** One text as it is; several as JSON by attribute. */
function one(texts: Texts | null): string | null {
  if (texts === null) return null;
  const [first, ...others] = texts.values();
  return first === undefined ? null : others.length === 0 ? first : JSON.stringify(Object.fromEntries(texts));
}
