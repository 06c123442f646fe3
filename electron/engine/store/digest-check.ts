/**
 * Checks the history against its digests: every leaf is made anew from the stored record, every root from the leaves, and compared with what the audit log says.
 * What a retention or an erasure took is known by its mark; what is missing, changed or put in without one is damage, told by the activity where there is one.
 */
import type { AuditDamage } from '../../../shared/audit.ts';
import { leafBytes, leafOf } from '../ingest/leaf.ts';
import { unpackPayload } from '../ingest/payload.ts';
import type { AnyDb } from './database.ts';
import { DigestEntries, digestKey, saidDigests } from './digest-entry.ts';
import { digestColumns, type DigestRow } from './digest-places.ts';
import { blockOf, chunkAt, isGone, placesInBlock } from './digest-run.ts';
import { digestAction, iso } from './digests.ts';
import { headOf, leavesInChunk } from './digest-tree.ts';
import { publicId, rowIdOf } from './ids.ts';
import { decompress } from './payloads.ts';
import { statement } from './statements.ts';

export interface DigestCheck { readonly digests: number; readonly records: number; readonly damage: readonly AuditDamage[]; readonly more: boolean }
/** How far it is, in records. */
export interface CheckStep { readonly records: number; readonly of: number }

const mostDamage = 100;
const rowsAStep = 20_000;

interface Checked extends DigestRow { readonly gone: number; readonly letGoUs: number | null }
interface Run { readonly place: number; readonly first: number; readonly n: number; readonly gone: Buffer | null }
interface Bad { readonly kind: 'changed' | 'missing'; readonly what: string }

class Checker {
  private readonly db: AnyDb;
  private readonly entries: DigestEntries;
  readonly damage: AuditDamage[] = [];
  more = false;
  digests = 0;
  records = 0;
  of = 0;
  /** by place: what is wrong with the record there, until the activities that stand on it are found. */
  private readonly bad = new Map<number, Bad & { readonly digest: Checked }>();
  /** places of bad records that an activity was found for. */
  private readonly told = new Set<number>();
  private known: { readonly block: number; readonly runs: readonly { readonly place: number; readonly n: number }[] } | null = null;
  private block: { readonly id: number; readonly format: number; readonly plain: Uint8Array | null } | null = null;

  constructor(db: AnyDb) {
    this.db = db;
    this.entries = new DigestEntries(db);
  }

  say(kind: AuditDamage['kind'], where: AuditDamage['where'], at: number, text: string): void {
    if (this.damage.length < mostDamage) this.damage.push({ kind, where, at, text });
    else this.more = true;
  }

  private sayOf(kind: AuditDamage['kind'], digest: Checked, text: string): void {
    this.say(kind, 'digest', digest.entry ?? 0, `${text} (${publicId('connection', digest.connection)}, hour ${iso(digest.hour)})`);
  }

  /** One snapshot a digest: a retention that runs meanwhile must not look like damage. */
  *digest(id: number): Generator<CheckStep> {
    const begun = !this.db.inTransaction;
    if (begun) this.db.exec('BEGIN');
    try {
      const digest = statement<[number], Checked>(this.db, `SELECT ${digestColumns}, gone, let_go_us AS letGoUs FROM digest WHERE id = ?`).get(id);
      if (digest === undefined) return;
      this.block = null;
      this.digests += 1;
      if (digest.letGoUs === null) yield* this.leaves(digest);
      if (digest.root !== null) this.entry(digest);
    } finally {
      if (begun) this.db.exec('COMMIT');
    }
  }

  /** Chunk by chunk: the leaves against the records, the heads against the leaves, the root against the heads. */
  private *leaves(digest: Checked): Generator<CheckStep> {
    const chunkOf = statement<[number], { root: Buffer; leaves: Buffer }>(this.db, 'SELECT root, leaves FROM digest_chunk WHERE at = ?');
    const runsOf = statement<[number, number, number], Run>(this.db, 'SELECT place, first, n, gone FROM digest_run WHERE digest = ? AND first >= ? ORDER BY first LIMIT ?');
    const end = digest.root === null ? digest.folded : digest.records;
    const roots: Buffer[] = [];
    let leaves = Buffer.alloc(0);
    let [from, at, gone, badHeads] = [0, 0, 0, 0];
    for (let chunk = 0; chunk * leavesInChunk < end; chunk++) {
      const row = chunkOf.get(chunkAt(digest.id, chunk));
      if (row?.leaves.length !== (Math.min(end, (chunk + 1) * leavesInChunk) - chunk * leavesInChunk) * leafBytes) return this.sayOf('missing', digest, `Leaves from number ${chunk * leavesInChunk} on are missing from the digest`);
      roots.push(row.root);
      if (!headOf(row.leaves).equals(row.root)) badHeads += 1;
      // Runs go over the borders of chunks: what is left of the one before stays.
      leaves = Buffer.concat([leaves.subarray((at - from) * leafBytes), row.leaves]);
      from = at;
      const known = from + leaves.length / leafBytes;
      for (const run of runsOf.all(digest.id, at, leavesInChunk)) {
        if (run.first + run.n > known) break;
        if (run.first !== at || run.n < 1) return this.sayOf('missing', digest, `What is known of where records from number ${at} on stand does not fit together`);
        gone += this.run(digest, run, leaves.subarray((at - from) * leafBytes, (at - from + run.n) * leafBytes));
        at += run.n;
      }
      yield { records: this.records, of: this.of };
    }
    // Of an hour that is open the last run may go on behind the last chunk.
    if (digest.root === null) return;
    if (at !== digest.records) this.sayOf('missing', digest, `The digest counts ${digest.records} records, and where ${at} of them stand is known`);
    else if (!headOf(Buffer.concat(roots)).equals(digest.root)) this.sayOf('does_not_match', digest, 'The leaves in the history do not give the root of the digest');
    if (badHeads > 0) this.sayOf('does_not_match', digest, 'Leaves of the digest were changed');
    if (gone !== digest.gone) this.sayOf('changed', digest, `The digest says that ${digest.gone} of its records were let go or erased, and ${gone} are marked so`);
  }

  /** Answers how many are marked as gone. */
  private run(digest: Checked, { place, n, gone }: Run, leaves: Buffer): number {
    let marked = 0;
    for (let at = 0; at < n; at++) {
      this.records += 1;
      if (isGone(gone, at)) {
        marked += 1;
        continue;
      }
      const bad = this.record(place + at, leaves.subarray(at * leafBytes, (at + 1) * leafBytes));
      if (bad === null) continue;
      if (this.bad.size < mostDamage) this.bad.set(place + at, { ...bad, digest });
      else this.more = true;
    }
    return marked;
  }

  private record(place: number, leaf: Buffer): Bad | null {
    const id = blockOf(place);
    if (this.block?.id !== id) this.block = this.open(id);
    if (this.block === null) return { kind: 'missing', what: 'is missing from the history' };
    if (this.block.plain === null) return { kind: 'changed', what: 'cannot be read any more' };
    try {
      const stored = unpackPayload(this.block.format, this.block.plain, place % placesInBlock);
      if (leafOf(stored).equals(leaf)) return null;
      return stored.record.length === 0 ? { kind: 'missing', what: 'is missing from the history' } : { kind: 'changed', what: 'is not as it came' };
    } catch (cause) {
      if (cause instanceof RangeError) return { kind: 'changed', what: 'cannot be read any more' };
      throw cause;
    }
  }

  private open(id: number): Checker['block'] {
    const row = statement<[number], { format: number; codec: number; body: Buffer }>(this.db, 'SELECT format, codec, body FROM payload WHERE id = ?').get(id);
    if (row === undefined) return null;
    try {
      return { id, format: row.format, plain: decompress(row) };
    } catch {
      // Whatever the decompressor says of it, its records are not what they were.
      return { id, format: row.format, plain: null };
    }
  }

  private entry(digest: Checked): void {
    const said = this.entries.of(digest);
    if (said === 'missing') this.sayOf('missing', digest, 'The audit log has no line of this digest');
    else if (said === 'differs') this.sayOf('does_not_match', digest, 'The audit log says another count or root of this digest');
  }

  /** Activities that stand on records that are bad, and such as stand on one that no digest knows. */
  *activities(): Generator<CheckStep> {
    const from = statement<[], { block: number }>(this.db, "SELECT CAST(value AS INTEGER) AS block FROM meta WHERE key = 'digests_from_block'").get()?.block ?? 1;
    const rows = statement<[number, number], Standing>(this.db, 'SELECT id, block, slot FROM activity WHERE id > ? ORDER BY id LIMIT ?');
    let last = 0;
    for (let page = rows.all(0, rowsAStep); page.length > 0; page = rows.all(last, rowsAStep)) {
      for (const row of page) this.stands(row, from);
      last = page.at(-1)?.id ?? last;
      yield { records: this.records, of: this.of };
    }
    const furthers = statement<[number, number, number], Standing & { record: number }>(this.db, 'SELECT activity AS id, record, block, slot FROM extra_ref WHERE (activity, record) > (?, ?) ORDER BY activity, record LIMIT ?');
    let at = { id: 0, record: -1 };
    for (let page = furthers.all(0, -1, rowsAStep); page.length > 0; page = furthers.all(at.id, at.record, rowsAStep)) {
      for (const row of page) this.stands(row, from);
      at = page.at(-1) ?? at;
      yield { records: this.records, of: this.of };
    }
    for (const [place, { digest, kind, what }] of this.bad) if (!this.told.has(place)) this.sayOf(kind, digest, `A record that no activity stands on ${what}`);
  }

  private stands({ id, block, slot }: Standing, from: number): void {
    if (block < from) return;
    const place = block * placesInBlock + slot;
    const bad = this.bad.get(place);
    if (bad !== undefined) {
      this.told.add(place);
      this.say(bad.kind, 'activity', id, `A record of this activity ${bad.what} (${publicId('connection', bad.digest.connection)}, hour ${iso(bad.digest.hour)})`);
    } else if (!this.isKnown(block, place) && this.isStill(id, block, slot)) this.say('does_not_match', 'activity', id, 'This activity stands on a record that no digest knows: it did not come in through Gatehouse');
  }

  private isKnown(block: number, place: number): boolean {
    if (this.known?.block !== block) this.known = { block, runs: statement<[number, number], { place: number; n: number }>(this.db, 'SELECT place, n FROM digest_run WHERE place >= ? AND place < ?').all(block * placesInBlock, (block + 1) * placesInBlock) };
    return this.known.runs.some((run) => run.place <= place && place < run.place + run.n);
  }

  /** It may have come, or gone, while the check looked. */
  private isStill(id: number, block: number, slot: number): boolean {
    this.known = null;
    if (this.isKnown(block, block * placesInBlock + slot)) return false;
    return statement<[number, number, number, number, number, number], { n: number }>(this.db, 'SELECT 1 AS n FROM activity WHERE id = ? AND block = ? AND slot = ? UNION ALL SELECT 1 FROM extra_ref WHERE activity = ? AND block = ? AND slot = ?').get(id, block, slot, id, block, slot) !== undefined;
  }

  /** What the log says was there and the history knows nothing of. */
  *said(): Generator<CheckStep> {
    const entries = statement<[string, number], { id: number; details: string }>(this.db, 'SELECT id, details FROM audit_entry WHERE action = ? AND id > ? ORDER BY id LIMIT 1');
    const known = statement<[number, number], { n: number }>(this.db, 'SELECT 1 AS n FROM digest WHERE connection = ? AND hour = ?');
    for (let entry = entries.get(digestAction, 0); entry !== undefined; entry = entries.get(digestAction, entry.id)) {
      for (const { connection, hour } of saidDigests(entry.details)) {
        const row = rowIdOf('connection', connection);
        const at = Date.parse(hour) / 3_600_000;
        if (row === null || !Number.isInteger(at) || known.get(row, at) === undefined) this.say('missing', 'digest', entry.id, `The history has no digest of ${digestKey(connection.slice(0, 40), `in the hour ${hour.slice(0, 40)}`)}, though the audit log has`);
      }
      yield { records: this.records, of: this.of };
    }
  }
}

interface Standing { readonly id: number; readonly block: number; readonly slot: number }

/** For a thread and a connection of its own: each step is some milliseconds, and between steps nothing is held that the writer would wait for. */
export function* checkDigests(db: AnyDb): Generator<CheckStep, DigestCheck> {
  const checker = new Checker(db);
  const ids = statement<[], { id: number; records: number }>(db, 'SELECT id, CASE WHEN let_go_us IS NULL THEN records ELSE 0 END AS records FROM digest ORDER BY id').all();
  checker.of = ids.reduce((sum, one) => sum + one.records, 0);
  for (const { id } of ids) yield* checker.digest(id);
  yield* checker.said();
  yield* checker.activities();
  return { digests: checker.digests, records: checker.records, damage: checker.damage, more: checker.more };
}
