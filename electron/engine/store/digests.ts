/**
 * Keeps the digests: each record that a transaction keeps is counted in the same transaction, in the digest of its connection and the hour of arrival. The hour
 * is the writer's clock at that transaction, so late data is where it arrived. An hour that is closed stays closed: with a clock that was set back, records
 * go into the first hour behind it. Nothing of it is held in memory between transactions, so a rollback or a crash has nothing to undo. Taking in pays for
 * little more than a line a block: leaves and roots follow in turns (digest-fold.ts), before anything can be sealed.
 */
import type { Statement } from 'better-sqlite3';
import { appendAudit } from './audit.ts';
import { US_HOUR } from './codes.ts';
import type { WriteDb } from './database.ts';
import { dropLeaves, foldWhole, keepLeaves, rootToClose } from './digest-fold.ts';
import { isGone, placesInBlock } from './digest-run.ts';
import { publicId } from './ids.ts';
import type { Place } from './payloads.ts';
import { statement } from './statements.ts';

export const digestAction = 'activity.digest';
const mostInEntry = 1_000;
export const iso = (hour: number): string => new Date(hour * 3_600_000).toISOString();

interface OpenDigest { readonly id: number; readonly hour: number; readonly records: number; readonly open: number }

const isBehind = (one: Place, other: Place): boolean => one.block.id > other.block.id || (one.block.id === other.block.id && one.slot > other.slot);

export class DigestBook {
  private readonly newest: Statement<[number], OpenDigest>;
  private readonly begin: Statement<[number, number]>;
  private readonly save: Statement<[number, number]>;
  private readonly insertRun: Statement<[number, number, number, number]>;
  /** of this transaction. */
  private kept = new Map<number, Place[]>();

  constructor(db: WriteDb) {
    this.newest = db.prepare('SELECT id, hour, records, root IS NULL AS open FROM digest WHERE connection = ? ORDER BY hour DESC LIMIT 1');
    this.begin = db.prepare('INSERT INTO digest (connection, hour, records, folded) VALUES (?, ?, 0, 0)');
    this.save = db.prepare('UPDATE digest SET records = ? WHERE id = ?');
    this.insertRun = db.prepare('INSERT INTO digest_run (place, digest, first, n) VALUES (?, ?, ?, ?)');
  }

  /** A record of this connection is kept there. It gets one leaf, however many activities it tells of. */
  keep(connection: number, place: Place): void {
    if (!place.block.firstUse(place.slot)) return;
    const places = this.kept.get(connection);
    if (places === undefined) this.kept.set(connection, [place]);
    else places.push(place);
  }

  /** Once the blocks have their numbers. */
  flush(nowUs: number): void {
    if (this.kept.size === 0) return;
    for (const [connection, places] of this.kept) this.append(connection, places, Math.floor(nowUs / US_HOUR));
    this.kept = new Map();
  }

  forget(): void {
    this.kept = new Map();
  }

  private append(connection: number, places: Place[], hour: number): void {
    // They mostly come in their order already.
    if (!places.every((one, at) => at === 0 || isBehind(one, places[at - 1] as Place))) places.sort((one, two) => one.block.id - two.block.id || one.slot - two.slot);
    const digest = this.digestOf(connection, hour);
    let next = digest.records;
    for (let from = 0; from < places.length;) {
      const { block, slot } = places[from] as Place;
      let to = from + 1;
      while (to < places.length && places[to]?.block === block && places[to]?.slot === slot + to - from) to += 1;
      this.insertRun.run(block.id * placesInBlock + slot, digest.id, next, to - from);
      next += to - from;
      from = to;
    }
    this.save.run(next, digest.id);
  }

  private digestOf(connection: number, hour: number): Pick<OpenDigest, 'id' | 'records'> {
    const newest = this.newest.get(connection);
    if (newest !== undefined && newest.open === 1 && newest.hour >= hour) return newest;
    const next = newest === undefined ? hour : Math.max(hour, newest.hour + 1);
    return { id: Number(this.begin.run(connection, next).lastInsertRowid), records: 0 };
  }
}

interface Closing { readonly id: number; readonly connection: number; readonly hour: number; readonly records: number; readonly gone: number }

/**
 * Digests whose hour is over. One far ahead of the clock (which was set back) is over too, and what comes next goes into the one behind it; the next hour
 * waits, since a clock that is set right by a second must not put all that follows an hour too late.
 */
function overDigests(db: WriteDb, nowUs: number): Closing[] {
  return statement<[{ hour: number }], Closing>(db, 'SELECT id, connection, hour, records, gone FROM digest WHERE root IS NULL AND (hour < @hour OR hour > @hour + 1) ORDER BY hour, connection').all({ hour: Math.floor(nowUs / US_HOUR) });
}

/** In steps of some milliseconds, each a transaction, so that telemetry is taken in meanwhile; the last one closes. */
export function* closingDigests(db: WriteDb, inTransaction: <T>(run: () => T) => T, nowUs: number): Generator<number, Closed> {
  for (const { id } of overDigests(db, nowUs)) while (inTransaction(() => foldWhole(db, id, stepMs, true))) yield 0;
  return inTransaction(() => closeDigests(db, nowUs));
}

export interface Closed { readonly digests: number; readonly entries: readonly number[] }
const stepMs = 25;

/** Inside a transaction of the writer's. */
export function closeDigests(db: WriteDb, nowUs: number): Closed {
  const over = overDigests(db, nowUs);
  const close = statement(db, 'UPDATE digest SET root = ?, entry = ?, closed_us = ? WHERE id = ?');
  const entries: number[] = [];
  for (let from = 0; from < over.length; from += mostInEntry) {
    const some = over.slice(from, from + mostInEntry).map((one) => ({ ...one, root: rootToClose(db, one.id) }));
    const { id } = appendAudit(db, {
      actor: 'Gatehouse', actorKind: 'engine', action: digestAction, subject: null, outcome: 'done',
      text: `Closed ${some.length === 1 ? 'the digest' : `${some.length} digests`} over ${some.reduce((sum, one) => sum + one.records, 0)} records of activity.`,
      details: { digests: some.map((one) => ({ connection: publicId('connection', one.connection), hour: iso(one.hour), records: one.records, root: one.root.toString('hex') })) },
    }, nowUs);
    entries.push(id);
    for (const one of some) {
      close.run(one.root, id, nowUs, one.id);
      if (one.gone === one.records) dropLeaves(db, one.id, nowUs);
    }
  }
  return { digests: over.length, entries };
}

interface Run { readonly place: number; readonly digest: number; readonly n: number; readonly gone: Buffer | null }

/**
 * Records of a block were let go or erased, or rightly changed by an erasure; `slots` null: all of them. Their leaves stay until the last record of their hour is
 * gone, so that the others can still be checked; then only count and root stay, and when that was. To be
 * called before the block is written anew.
 */
export function recordsGone(db: WriteDb, block: number, slots: ReadonlySet<number> | null, nowUs: number): void {
  // What its leaves are made of is about to go.
  keepLeaves(db, block);
  const runs = statement<[number, number], Run>(db, 'SELECT place, digest, n, gone FROM digest_run WHERE place >= ? AND place < ?').all(block * placesInBlock, (block + 1) * placesInBlock);
  for (const { place, digest, n, gone } of runs) {
    const bits = Buffer.from(gone ?? Buffer.alloc(Math.ceil(n / 8)));
    let fresh = 0;
    for (let at = 0; at < n; at++) {
      if (isGone(bits, at) || (slots !== null && !slots.has((place % placesInBlock) + at))) continue;
      bits[at >> 3] = (bits[at >> 3] ?? 0) | (1 << (at & 7));
      fresh += 1;
    }
    if (fresh === 0) continue;
    statement(db, 'UPDATE digest_run SET gone = ? WHERE place = ?').run(bits, place);
    const all = statement<[number, number], { all: number }>(db, 'UPDATE digest SET gone = gone + ? WHERE id = ? RETURNING gone = records AND root IS NOT NULL AS "all"').get(fresh, digest);
    if (all?.all === 1) dropLeaves(db, digest, nowUs);
  }
}
