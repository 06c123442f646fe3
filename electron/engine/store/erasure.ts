/**
 * Erases a person: names become "erased person <n>", records that carry them become tombstones whose leaf stays, audit entries keep their place in the chain and
 * lose actor, text and details. Whom it was of stands nowhere afterwards, only a slow salted hash.
 */
import { accessSync, constants, statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname } from 'node:path';
import type { ErasureRemains } from '../../../shared/retention.ts';
import { erasureAction } from '../audit/log-check.ts';
import { packPayloads, payloadFormat, payloadKinds, slotsOf, type PayloadRef } from '../ingest/payload.ts';
import { markAll } from './access-dirty.ts';
import { appendAudit } from './audit.ts';
import type { WriteDb } from './database.ts';
import { recordsGone } from './digests.ts';
import { mergedTables } from './erasure-tables.ts';
import { Tally, walk, type BlockHit, type Progress, type RowHit } from './erasure-walk.ts';
import { hash53 } from './hash.ts';
import { publicId } from './ids.ts';
import { compress } from './payloads.ts';
import { PersonMatcher } from './person-matcher.ts';
import type { ChoreBy } from './retention-commands.ts';
import { refTo, shrink } from './retention.ts';
import { statement } from './statements.ts';
import type { Writer } from './writer.ts';

export interface ErasureJob { readonly erasure: number; readonly spellings: readonly string[]; readonly rewrite: boolean; readonly by: ChoreBy }

export const replacementOf = (erasure: number): string => `erased person ${erasure}`;
const entriesAtOnce = 5_000;

export function* erase(writer: Writer, job: ErasureJob, nowUs: () => number): Generator<Progress> {
  const { db } = writer;
  const tally = new Tally();
  const matcher = new PersonMatcher(job.spellings);
  const by = replacementOf(job.erasure);
  const blank: number[] = [];
  // What is overwritten or deleted from now on is zeros in the file, not free room with the old bytes in it.
  const usual = Number(db.pragma('secure_delete', { simple: true }));
  db.pragma('secure_delete = ON');
  try {
    yield* walk(db, {
      matcher, near: null, inStep: (run) => writer.inTransaction(run),
      row: (hit) => {
        replaceRow(db, hit, matcher, by);
        // What comes in between two steps must not be written with the old text once more.
        writer.forgetTexts();
      },
      block: (hit) => emptySlots(db, hit, nowUs()),
      audit: (ids) => { blank.push(...ids); },
    }, tally);
    for (let from = 0; from < blank.length; from += entriesAtOnce) {
      writer.inTransaction(() => blankEntries(db, blank.slice(from, from + entriesAtOnce), job, nowUs()));
      yield { step: 'Blanking entries of the audit log', done: Math.min(from + entriesAtOnce, blank.length), total: blank.length };
    }
    writer.inTransaction(() => {
      markAll(db);
      textsChanged(db);
    });
    writer.forgetTexts();
    for (const _ of shrink(db)) yield { step: 'Giving free pages back', done: 0, total: null };
    if (job.rewrite) yield { step: 'Writing the file anew', done: 0, total: null };
    const left = job.rewrite ? rewriteFile(db) : 'The file was not written anew: traces of earlier rows may stand between the present ones until it is (gatehouse retention free --rewrite).';
    if (left !== null) tally.stays('file', left);
    if (!(yield* emptyLog(db))) tally.stays('file', 'Somebody was reading the history all the time, so the log beside the file could not be emptied. It is with the next closing of Gatehouse.');
    writer.inTransaction(() => saveOutcome(db, job.erasure, tally));
  } finally {
    db.pragma(`secure_delete = ${usual}`);
  }
}

/** Readers keep texts that never change; these did. */
function textsChanged(db: WriteDb): void {
  db.prepare("INSERT INTO meta (key, value) VALUES ('texts_changed', '1') ON CONFLICT DO UPDATE SET value = CAST(value AS INTEGER) + 1").run();
}

function replaceRow(db: WriteDb, { table, row }: RowHit, matcher: PersonMatcher, by: string): void {
  const changed = table.columns.flatMap((column, i) => {
    const text = row[`c${i}`];
    if (typeof text !== 'string') return [];
    const now = matcher.replaced(text, by);
    return now === text ? [] : [{ column, now }];
  });
  const keys = table.keys.map((_, i) => row[`k${i}`]);
  const where = table.keys.map((key) => `"${key}" = ?`).join(' AND ');
  const set = (suffix: string): void => {
    const values = changed.map(({ now }) => (/^[{[]/.test(now) ? now : now + suffix));
    const hash = table.name === 'string' ? [hash53(values[0] ?? '')] : [];
    statement(db, `UPDATE "${table.name}" SET ${[...changed.map(({ column }) => `"${column}" = ?`), ...hash.map(() => 'hash = ?')].join(', ')} WHERE ${where}`).run(...values, ...hash, ...keys);
  };
  for (let n = 1; ; n++) {
    try {
      set(n === 1 ? '' : ` (${n})`);
      return;
    } catch (cause) {
      if (!isTaken(cause) || n > 1_000) throw cause;
      if (!mergedTables.has(table.name)) continue;
      statement(db, `DELETE FROM "${table.name}" WHERE ${where}`).run(...keys);
      return;
    }
  }
}

const isTaken = (cause: unknown): boolean => typeof cause === 'object' && cause !== null && 'code' in cause && String(cause.code).startsWith('SQLITE_CONSTRAINT');

/** The other records of the block stay as they are, byte for byte: their leaves still fit. */
function emptySlots(db: WriteDb, { id, format, plain, used, slots }: BlockHit, nowUs: number): void {
  const tombstone = Buffer.from(JSON.stringify({ erased: new Date(nowUs / 1_000).toISOString(), text: 'This record carried data of a person and was erased.' }));
  const none = { source: tombstone, resourceStart: 0, resourceEnd: 0, scopeStart: 0, scopeEnd: 0 };
  const stone: PayloadRef = { kind: payloadKinds.outline, source: tombstone, start: 0, end: tombstone.length, context: none };
  const refs = Array.from({ length: slotsOf(plain) }, (_, slot) => (slots.has(slot) ? stone : refTo(format, plain, slot)));
  const { codec, body } = compress(packPayloads(refs));
  recordsGone(db, id, slots, nowUs);
  statement(db, 'UPDATE payload SET format = ?, codec = ?, body = ?, used = ? WHERE id = ?').run(payloadFormat, codec, body, used, id);
}

/** The entry that says so comes first: the file lets nobody blank one without it. */
function blankEntries(db: WriteDb, ids: readonly number[], { erasure, by }: ErasureJob, nowUs: number): void {
  const ranges: [number, number][] = [];
  for (const id of ids) {
    const last = ranges.at(-1);
    if (last !== undefined && last[1] === id - 1) last[1] = id;
    else ranges.push([id, id]);
  }
  const entry = appendAudit(db, {
    ...by, action: erasureAction, subject: publicId('erasure', erasure), outcome: 'done',
    text: `Blanked ${ids.length === 1 ? 'one entry' : `${ids.length} entries`} by or about an erased person: actor, text and details are gone, place, time and deed stay in the chain.`, details: { entries: ranges },
  }, nowUs);
  const blank = statement(db, "UPDATE audit_entry SET erasure = ?, actor = '', text = '', details = '', salt = x'' WHERE id = ?");
  for (const id of ids) blank.run(entry.id, id);
}

function saveOutcome(db: WriteDb, erasure: number, tally: Tally): void {
  db.prepare('UPDATE erasure SET found = ?, remains = ? WHERE id = ?').run(JSON.stringify(tally.list()), JSON.stringify([...tally.remains.values(), ...outOfReach]), erasure);
}

/** What no erasure of ours reaches. */
export const outOfReach: readonly ErasureRemains[] = [
  { why: 'copies', count: null, text: 'Copies of the history: those that upgrades left beside it (Settings lists them), and backups that you made. Delete them.' },
  { why: 'exports', count: null, text: 'Reports, packs, certificates and alerts that left Gatehouse.' },
  { why: 'unread', count: null, text: 'What no search for words finds: pictures, base64 and compressed parts of records, a name whose parts stand in separate fields, and spellings that were not ticked.' },
  { why: 'runtime', count: null, text: 'The runtimes themselves. What they tell again from now on comes in again.' },
];

/** Why the file was not written anew; null: it was. The writer stands still meanwhile, so not while somebody is being stopped. */
export function rewriteFile(db: WriteDb): string | null {
  const again = 'Do it later: gatehouse retention free --rewrite.';
  if (db.prepare('SELECT 1 FROM stop_order WHERE ended_us IS NULL').get() !== undefined) return `The file was not written anew, since a stop order has not ended and must be able to write. ${again}`;
  const bytes = (Number(db.pragma('page_count', { simple: true })) - Number(db.pragma('freelist_count', { simple: true }))) * Number(db.pragma('page_size', { simple: true }));
  const short = [dirname(db.name), temporaryFolder()].find((folder) => roomIn(folder) < bytes * 2.2);
  if (short !== undefined) return `The file was not written anew: that needs ${Math.ceil((bytes * 2.2) / 1024 / 1024)} MiB free in ${short}. ${again}`;
  // Else the whole copy would be built in memory.
  db.pragma('temp_store = FILE');
  try {
    db.exec('VACUUM');
  } finally {
    db.pragma('temp_store = MEMORY');
  }
  return null;
}

/** Where SQLite puts what it needs for a while. */
function temporaryFolder(): string {
  const folders = process.platform === 'win32' ? [tmpdir()] : [process.env['SQLITE_TMPDIR'], process.env['TMPDIR'], '/var/tmp', '/usr/tmp', '/tmp'];
  return folders.find((folder): folder is string => {
    try {
      if (folder !== undefined) accessSync(folder, constants.W_OK);
      return folder !== undefined;
    } catch {
      // Not there or not ours: the next one.
      return false;
    }
  }) ?? tmpdir();
}

function roomIn(folder: string): number {
  try {
    const { bavail, bsize } = statfsSync(folder);
    return bavail * bsize;
  } catch {
    // Where nobody can say, SQLite itself says when it is full.
    return Number.POSITIVE_INFINITY;
  }
}

const busyMs = 2_000;

/** Folds the log into the file and cuts it to nothing, between readers. Answers whether that came about. */
export function* emptyLog(db: WriteDb): Generator<Progress, boolean> {
  for (let n = 0; n < 200; n++) {
    db.pragma('busy_timeout = 25');
    try {
      const [said] = db.pragma('wal_checkpoint(TRUNCATE)') as [{ busy: number }];
      if (said.busy === 0) return true;
    } finally {
      db.pragma(`busy_timeout = ${busyMs}`);
    }
    yield { step: 'Emptying the log beside the file', done: n, total: null };
  }
  return false;
}
