/**
 * Goes through everything that the history holds, some rows at a time, and says where a person stands: for the preview, which only counts, and for the erasure,
 * which writes between two steps. What a hold covers and what is in use is told apart.
 */
import type { ErasurePlace, ErasureRemains } from '../../../shared/retention.ts';
import { slotsOf, unpackPayload, type UnpackedPayload } from '../ingest/payload.ts';
import { erasureAction } from '../audit/log-check.ts';
import type { AnyDb } from './database.ts';
import { HoldCover, type HitRow } from './erasure-cover.ts';
import { placeTexts, textTables, type TextTable } from './erasure-tables.ts';
import { heldNow } from './holds.ts';
import { decompress } from './payloads.ts';
import { searchable, type NearNames, type PersonMatcher } from './person-matcher.ts';
import { recordCarries, textOf } from './person-records.ts';

export interface RowHit { readonly table: TextTable; /** key columns as k0, k1…, links, and `c0`… the texts. */ readonly row: HitRow }
export interface BlockHit { readonly id: number; readonly format: number; readonly plain: Uint8Array; readonly used: number; readonly slots: ReadonlySet<number> }

/** What is done with what was found. Called within `inStep`. */
export interface Walker {
  readonly matcher: PersonMatcher;
  /** Every text, for whoever looks for other spellings; null: nobody does. */
  readonly near: Pick<NearNames, 'maybe' | 'maybeBytes' | 'look'> | null;
  row(hit: RowHit): void;
  block(hit: BlockHit): void;
  audit(ids: readonly number[]): void;
  /** Everything of one step. */
  inStep<T>(run: () => T): T;
}

const rowsAStep = 1_000;
const entriesAStep = 500;
const bytesAStep = 1024 * 1024;

export class Tally {
  readonly counts = new Map<ErasurePlace, number>();
  readonly remains = new Map<string, ErasureRemains & { count: number }>();

  found(place: ErasurePlace, count = 1): void {
    if (count > 0) this.counts.set(place, (this.counts.get(place) ?? 0) + count);
  }

  stays(why: ErasureRemains['why'], text: string, count = 1): void {
    if (count === 0) return;
    const key = `${why} ${text}`;
    this.remains.set(key, { why, text, count: (this.remains.get(key)?.count ?? 0) + count });
  }

  get total(): number { return [...this.counts.values()].reduce((sum, count) => sum + count, 0); }

  list(): { place: ErasurePlace; count: number; text: string }[] {
    return [...this.counts].map(([place, count]) => ({ place, count, text: placeTexts[place] })).toSorted((a, b) => b.count - a.count);
  }
}

export const heldText = 'A legal hold covers it: it stays as it is. Erase again when the hold is lifted.';

export interface Progress { readonly step: string; readonly done: number; readonly total: number | null }

export function* walk(db: AnyDb, walker: Walker, tally: Tally): Generator<Progress> {
  const look = cover(db);
  for (const table of textTables(db)) yield* walkTable(db, table, walker, tally, look);
  yield* walkAudit(db, walker, tally, look);
  yield* walkRecords(db, walker, tally, look);
}

/** Read anew when holds changed since. */
function cover(db: AnyDb): () => HoldCover {
  let known = new HoldCover(db, heldNow(db));
  return () => {
    const held = heldNow(db);
    if (held.word !== known.held.word) known = new HoldCover(db, held);
    return known;
  };
}

const name = (column: string): string => `"${column.replaceAll('"', '""')}"`;

function* walkTable(db: AnyDb, table: TextTable, walker: Walker, tally: Tally, look: () => HoldCover): Generator<Progress> {
  const keys = table.keys.map(name);
  const select = [...keys.map((key, i) => `${key} AS k${i}`), ...table.columns.map((column, i) => `${name(column)} AS c${i}`), ...table.links.map(name), `${table.inUse === null ? '0' : `(${table.inUse.where})`} AS in_use`];
  const of = (where: string): string => `SELECT ${select.join(', ')} FROM ${name(table.name)} ${where} ORDER BY ${keys.join(', ')} LIMIT ${rowsAStep}`;
  const first = db.prepare<[], HitRow>(of(''));
  const next = db.prepare<unknown[], HitRow>(of(`WHERE (${keys.join(', ')}) > (${keys.map(() => '?').join(', ')})`));
  let last: HitRow | null = null;
  let done = 0;
  for (;;) {
    const rows: HitRow[] = walker.inStep(() => {
      const found: HitRow[] = last === null ? first.all() : next.all(...keys.map((_, i) => (last as HitRow)[`k${i}`]));
      const holds = look();
      for (const row of found) takeRow({ table, row }, walker, tally, holds);
      return found;
    });
    done += rows.length;
    last = rows.at(-1) ?? last;
    yield { step: `Looking through ${placeTexts[table.place]}`, done, total: null };
    if (rows.length < rowsAStep) return;
  }
}

function takeRow(hit: RowHit, walker: Walker, tally: Tally, holds: HoldCover): void {
  const { table, row } = hit;
  let carries = false;
  for (let i = 0; i < table.columns.length; i++) {
    const text = row[`c${i}`];
    if (typeof text !== 'string' || text === '') continue;
    if (walker.near?.maybe(text) === true) walker.near.look(text);
    carries ||= walker.matcher.maybe(text) && walker.matcher.in(text);
  }
  if (!carries) return;
  if (holds.covers(table, row)) tally.stays('hold', heldText);
  else if (table.inUse !== null && row['in_use'] === 1) tally.stays(table.inUse.why, table.inUse.text);
  else {
    tally.found(table.place);
    walker.row(hit);
  }
}

interface Entry { readonly id: number; readonly action: string; readonly subject: string | null; readonly actor: string; readonly text: string; readonly details: string }

function* walkAudit(db: AnyDb, walker: Walker, tally: Tally, look: () => HoldCover): Generator<Progress> {
  const upTo = db.prepare<[], { n: number | null }>('SELECT max(id) AS n FROM audit_entry').get()?.n ?? 0;
  const find = db.prepare<[number, number, number], Entry>('SELECT id, action, subject, actor, text, details FROM audit_entry WHERE id > ? AND id <= ? AND erasure IS NULL ORDER BY id LIMIT ?');
  const ids: number[] = [];
  for (let last = 0; last < upTo;) {
    const entries = find.all(last, upTo, entriesAStep);
    const holds = look();
    for (const entry of entries) {
      const texts = [entry.actor, entry.text, entry.details];
      for (const text of texts) if (walker.near?.maybe(text) === true) walker.near.look(text);
      if (!texts.some((text) => walker.matcher.maybe(text) && walker.matcher.in(text))) continue;
      if (holds.coversSubject(entry.subject)) tally.stays('hold', heldText);
      else if (entry.action === erasureAction) tally.stays('audit', 'An entry that says which entries were blanked cannot be blanked itself; it names who erased.');
      else ids.push(entry.id);
    }
    last = entries.at(-1)?.id ?? upTo;
    yield { step: `Looking through ${placeTexts.audit}`, done: last, total: upTo };
  }
  tally.found('audit', ids.length);
  if (ids.length > 0) walker.audit(ids);
}

interface Stored { readonly id: number; readonly format: number; readonly codec: number; readonly body: Buffer; readonly used: number }

function* walkRecords(db: AnyDb, walker: Walker, tally: Tally, look: () => HoldCover): Generator<Progress> {
  const upTo = db.prepare<[], { n: number | null }>('SELECT max(id) AS n FROM payload').get()?.n ?? 0;
  const next = db.prepare<[number, number], Stored>('SELECT id, format, codec, body, used FROM payload WHERE id > ? AND id <= ? ORDER BY id LIMIT 1');
  for (let last = 0; last < upTo;) {
    walker.inStep(() => {
      const holds = look();
      for (let bytes = 0; bytes < bytesAStep;) {
        const block = next.get(last, upTo);
        last = block?.id ?? upTo;
        if (block === undefined) break;
        const plain = decompress(block);
        bytes += plain.length;
        takeBlock({ id: block.id, format: block.format, used: block.used, plain }, walker, tally, holds);
      }
    });
    yield { step: 'Reading the kept records', done: last, total: upTo };
  }
}

function takeBlock(block: Omit<BlockHit, 'slots'>, walker: Walker, tally: Tally, holds: HoldCover): void {
  const bytes = searchable(block.plain);
  const near = walker.near?.maybeBytes(bytes) === true ? walker.near : null;
  if (near === null && !walker.matcher.maybeBytes(bytes)) return;
  const text = textOf(block.plain);
  near?.look(text);
  if (!walker.matcher.maybe(text)) return;
  const slots = new Set<number>();
  for (let slot = 0; slot < slotsOf(block.plain); slot++) {
    const record: UnpackedPayload = unpackPayload(block.format, block.plain, slot);
    if (record.record.length === 0 || !recordCarries(walker.matcher, record)) continue;
    if (holds.coversSlot(block.id, slot)) tally.stays('hold', heldText);
    else slots.add(slot);
  }
  tally.found('records', slots.size);
  if (slots.size > 0) walker.block({ ...block, slots });
}
