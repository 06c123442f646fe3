/** The audit log: what people did in the console and what the console did to runtimes. Entries are only ever added; triggers in the file see to it. */
import { createHash, randomBytes } from 'node:crypto';
import { appendEntry, countAnew, readHead } from './audit-head.ts';
import type { NewEntry } from './audit-head.ts';
import type { LogBody } from '../audit/chain.ts';
import { bounded, boundedOrNull } from './bounded.ts';
import type { WriteDb } from './database.ts';
import type { AuditWords } from './runtime-commands.ts';
import { statement } from './statements.ts';

/** Answers may be long; beyond this the log keeps what proves which one it was. */
const longestDetails = 1024 * 1024;
const wellFormed = (text: string): string => text.toWellFormed();

/** In the transaction of what it is about, so that neither is ever without the other. */
export function appendAudit(db: WriteDb, words: AuditWords, nowUs: number): { id: number } {
  const entry: NewEntry = { atUs: nowUs, actorKind: words.actorKind, action: wellFormed(bounded(words.action, 128)), subject: boundedOrNull(words.subject, 64)?.toWellFormed() ?? null, outcome: words.outcome };
  const body: LogBody = { actor: wellFormed(bounded(words.actor, 256)), text: wellFormed(bounded(words.text, 4_000)), details: wellFormed(detailsOf(words.details)), salt: newSalt() };
  const head = readHead(db);
  const fits = head !== null && statement<[number], { id: number }>(db, 'SELECT id FROM audit_entry WHERE id > ? LIMIT 1').get(head.frontier.size) === undefined;
  const to = fits ? head : appendMended(db, head === null ? null : head.frontier.size, nowUs);
  return { id: appendEntry(db, to, entry, body).frontier.size };
}

export const newSalt = (): string => randomBytes(16).toString('hex');

/** SECURITY: a file that was meddled with must neither stop what people do nor pass in silence: that it was counted anew is an entry too. */
function appendMended(db: WriteDb, size: number | null, nowUs: number): ReturnType<typeof countAnew> {
  const head = countAnew(db);
  const body: LogBody = { actor: 'Gatehouse', text: 'What the file said of where this log stands did not fit its entries. They were counted anew; check the log.', details: JSON.stringify({ said: size, counted: head.frontier.size }), salt: newSalt() };
  return appendEntry(db, head, { atUs: nowUs, actorKind: 'engine', action: 'audit.counted_anew', subject: null, outcome: 'done' }, body);
}

function detailsOf(details: AuditWords['details']): string {
  const text = JSON.stringify(details);
  if (text.length <= longestDetails) return text;
  return JSON.stringify({ cut: true, length: text.length, sha256: createHash('sha256').update(text).digest('hex'), begins: text.slice(0, 65_536) });
}
