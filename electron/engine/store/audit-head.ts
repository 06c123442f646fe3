/** Where the audit log stands, as one row of the file: read and moved on in the transaction that appends. */
import { appended, bodyText, emptyLog, hashOf, lineText, microTime } from '../audit/chain.ts';
import type { LogBody, LogHead, LogLine } from '../audit/chain.ts';
import { grown, leafHash } from '../audit/merkle.ts';
import type { Frontier } from '../audit/merkle.ts';
import type { AnyDb, WriteDb } from './database.ts';
import { statement } from './statements.ts';

/** What an entry says, before it has its place. */
export interface NewEntry { readonly atUs: number; readonly actorKind: string; readonly action: string; readonly subject: string | null; readonly outcome: string }

interface HeadRow { readonly size: number; readonly last: Buffer; readonly frontier: Buffer }
export interface EntryRow { readonly id: number; readonly atUs: number; readonly actorKind: string; readonly action: string; readonly subject: string | null; readonly outcome: string; readonly body: Buffer; readonly hash: Buffer }

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

/** Null: these are not the roots of a tree of that size. */
export function frontierOf(size: number, roots: Buffer): Frontier | null {
  if (!Number.isSafeInteger(size) || size < 0 || !Buffer.isBuffer(roots)) return null;
  const ones = size.toString(2).replaceAll('0', '').length;
  if (roots.length !== (size === 0 ? 0 : ones * 32)) return null;
  return { size, roots: Array.from({ length: roots.length / 32 }, (_, i) => roots.subarray(i * 32, i * 32 + 32)) };
}
export const frontierBytes = ({ roots }: Frontier): Buffer => Buffer.concat(roots);

/** In a page that was damaged anything may stand. */
const isHash = (value: unknown): boolean => Buffer.isBuffer(value) && value.length === 32;

/** Null: the row is gone or is none. */
export function readHead(db: AnyDb): LogHead | null {
  const row = statement<[], HeadRow>(db, 'SELECT size, last, frontier FROM audit_head WHERE one = 1').get();
  const frontier = row === undefined ? null : frontierOf(row.size, row.frontier);
  return row === undefined || frontier === null || !isHash(row.last) ? null : { frontier, last: hex(row.last) };
}

export function writeHead(db: WriteDb, { frontier, last }: LogHead): void {
  statement<[number, Buffer, Buffer]>(db, 'INSERT INTO audit_head (one, size, last, frontier) VALUES (1, ?, ?, ?) ON CONFLICT DO UPDATE SET size = excluded.size, last = excluded.last, frontier = excluded.frontier').run(frontier.size, Buffer.from(last, 'hex'), frontierBytes(frontier));
}

export const lineOf = (seq: number, entry: NewEntry, body: string): LogLine => ({ seq, at: microTime(entry.atUs), actorKind: entry.actorKind, action: entry.action, subject: entry.subject, outcome: entry.outcome, body });

/** One entry at the end. Everything in it is well-formed. */
export function appendEntry(db: WriteDb, head: LogHead, entry: NewEntry, body: LogBody): LogHead {
  const seq = head.frontier.size + 1;
  const bodyHash = hashOf(bodyText(body));
  const next = appended(head, lineOf(seq, entry, bodyHash));
  statement(db, 'INSERT INTO audit_entry (id, at_us, actor_kind, action, subject, outcome, body, hash, salt, actor, text, details) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)')
    .run(seq, entry.atUs, entry.actorKind, entry.action, entry.subject, entry.outcome, Buffer.from(bodyHash, 'hex'), Buffer.from(next.hash, 'hex'), Buffer.from(body.salt, 'hex'), body.actor, body.text, body.details);
  writeHead(db, next.head);
  return next.head;
}

/** Where the log stands behind what a prune let go. */
export function prunedHead(db: AnyDb): LogHead {
  const row = statement<[], HeadRow>(db, 'SELECT up_to AS size, last, frontier FROM audit_tombstone ORDER BY up_to DESC LIMIT 1').get();
  const frontier = row === undefined ? null : frontierOf(row.size, row.frontier);
  return row === undefined || frontier === null || !isHash(row.last) ? emptyLog : { frontier, last: hex(row.last) };
}

/**
 * The head as the entries tell it, for a file whose head was taken away or does not fit: the console goes on writing what is done in it, and the check says what
 * is wrong. Entries that are missing count as empty leaves, so that numbers stay as they are.
 */
export function countAnew(db: WriteDb): LogHead {
  let { frontier, last } = prunedHead(db);
  const rows = db.prepare<[number], EntryRow>('SELECT id, at_us AS atUs, actor_kind AS actorKind, action, subject, outcome, body, hash FROM audit_entry WHERE id > ? ORDER BY id').all(frontier.size);
  for (const row of rows) {
    while (frontier.size + 1 < row.id) frontier = grown(frontier, leafHash(Buffer.alloc(0)));
    frontier = grown(frontier, leafHash(Buffer.from(lineText(lineOf(row.id, row, hex(row.body)), last))));
    last = hex(row.hash);
  }
  return { frontier, last };
}
