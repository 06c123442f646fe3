/** What the records behind activities say, read block by block: neighbours in the report are neighbours in the file, and a block is unfolded once. */
import type { Statement } from 'better-sqlite3';
import { contentSide } from '../../ingest/normalise/content-side.ts';
import type { ContentSide } from '../../ingest/normalise/content-side.ts';
import { unpackPayload } from '../../ingest/payload.ts';
import { recordFacts } from '../../ingest/stored-record.ts';
import type { RecordFacts } from '../../ingest/stored-record.ts';
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

interface Block { readonly format: number; readonly body: Uint8Array }
/** Unfolded blocks that are kept; the newest always is. */
const mostKept = 2 * 1024 * 1024;
/** A row made of more records than this tells the texts of the first of them, and says so. */
const mostRecords = 200;

export class RecordTexts {
  private readonly block: Statement<[number], { format: number; codec: number; body: Buffer }>;
  private readonly further: Statement<[number, number], Spot>;
  private readonly kept = new Map<number, Block | null>();
  private keptBytes = 0;

  constructor(db: ReadDb) {
    this.block = db.prepare('SELECT format, codec, body FROM payload WHERE id = ?');
    this.further = db.prepare('SELECT block, slot FROM extra_ref WHERE activity = ? AND block <> 0 ORDER BY block, slot LIMIT ?');
  }

  of(activity: number, own: Spot, hasFurther: boolean): Told {
    const spots = hasFurther ? [own, ...this.further.all(activity, mostRecords)] : [own];
    const read = spots.slice(0, mostRecords).map((spot) => this.facts(spot));
    const facts = read.filter((one) => one !== null);
    const telling = facts.find((one) => one.spanId !== null);
    const missing = spots.slice(0, mostRecords).filter(({ block }, i) => block !== 0 && read[i] === null).length;
    return { ...textsOf(facts), spanId: telling?.spanId ?? null, parentSpanId: telling?.parentSpanId ?? null, gone: missing, more: spots.length > mostRecords };
  }

  private facts({ block, slot }: Spot): RecordFacts | null {
    const found = block === 0 ? null : this.unfolded(block);
    if (found === null) return null;
    const record = unpackPayload(found.format, found.body, slot);
    // Its time was over: the slot was emptied.
    return record.record.length === 0 ? null : recordFacts(record);
  }

  private unfolded(id: number): Block | null {
    const known = this.kept.get(id);
    if (known !== undefined) return known;
    const row = this.block.get(id);
    const block = row === undefined ? null : { format: row.format, body: decompress(row) };
    const bytes = block?.body.byteLength ?? 0;
    for (const [old, one] of this.kept) {
      if (this.keptBytes + bytes <= mostKept) break;
      this.kept.delete(old);
      this.keptBytes -= one?.body.byteLength ?? 0;
    }
    this.kept.set(id, block);
    this.keptBytes += bytes;
    return block;
  }
}

function textsOf(facts: readonly RecordFacts[]): Pick<Told, 'input' | 'output' | 'other'> {
  const sides: Record<ContentSide, Map<string, string>> = { input: new Map(), output: new Map(), other: new Map() };
  for (const { attributes } of facts) {
    for (const { key, value } of attributes) {
      const side = contentSide(key);
      if (side !== null) note(sides[side], key, value);
    }
  }
  return { input: one(sides.input), output: one(sides.output), other: sides.other.size === 0 ? null : JSON.stringify(Object.fromEntries(sides.other)) };
}

/** Two records may tell the same attribute differently: both stay. */
function note(texts: Map<string, string>, key: string, value: string): void {
  let name = key;
  for (let n = 2; texts.has(name); n++) {
    if (texts.get(name) === value) return;
    name = `${key}#${n}`;
  }
  texts.set(name, value);
}

/** One text as it is; several as JSON by attribute. */
function one(texts: Map<string, string>): string | null {
  const [first, ...others] = texts.values();
  return first === undefined ? null : others.length === 0 ? first : JSON.stringify(Object.fromEntries(texts));
}
