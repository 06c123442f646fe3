/** The audit log: what people did in the console and what the console did to runtimes. Lines are only ever added; triggers in the file see to it. */
import { createHash } from 'node:crypto';
import { bounded, boundedOrNull } from './bounded.ts';
import type { WriteDb } from './database.ts';
import type { AuditWords } from './runtime-commands.ts';

/** Answers may be long; beyond this the log keeps what proves which one it was. */
const longestDetails = 1024 * 1024;

export function appendAudit(db: WriteDb, words: AuditWords, nowUs: number): { id: number } {
  const { lastInsertRowid } = db.prepare('INSERT INTO audit_entry (at_us, actor, actor_kind, action, subject, outcome, text, details) VALUES (?, ?, ?, ?, ?, ?, ?, ?)')
    .run(nowUs, bounded(words.actor, 256), words.actorKind, bounded(words.action, 128), boundedOrNull(words.subject, 64), words.outcome, bounded(words.text, 4_000), detailsOf(words.details));
  return { id: Number(lastInsertRowid) };
}

function detailsOf(details: AuditWords['details']): string {
  const text = JSON.stringify(details);
  if (text.length <= longestDetails) return text;
  return JSON.stringify({ cut: true, length: text.length, sha256: createHash('sha256').update(text).digest('hex'), begins: text.slice(0, 65_536) });
}
