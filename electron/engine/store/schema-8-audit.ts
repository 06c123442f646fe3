/** The chain of the audit log: each entry's hash, where the log stands, its seals and keys, and what was let go behind a seal. */
import { emptyLog } from '../audit/chain.ts';
import type { LogHead } from '../audit/chain.ts';
import { erasureAction } from '../audit/log-check.ts';
import { newSalt } from './audit.ts';
import { appendEntry, writeHead } from './audit-head.ts';
import type { WriteDb } from './database.ts';

const TABLES = `
-- Where the log stands. last: hash of the last line; frontier: the roots of the tree's perfect subtrees, largest first, 32 bytes each.
CREATE TABLE audit_head (one INTEGER PRIMARY KEY CHECK (one = 1), size INTEGER NOT NULL, last BLOB NOT NULL, frontier BLOB NOT NULL) STRICT;
-- id: the entry's number in the chain, without holes. body, hash: SHA-256 of what may be erased and of the line. erasure: number of the entry that says why salt, actor, text and details are gone.
CREATE TABLE audit_entry_8 (
  id INTEGER PRIMARY KEY, at_us INTEGER NOT NULL, actor_kind TEXT NOT NULL, action TEXT NOT NULL, subject TEXT, outcome TEXT NOT NULL,
  body BLOB NOT NULL, hash BLOB NOT NULL, erasure INTEGER, salt BLOB NOT NULL, actor TEXT NOT NULL, text TEXT NOT NULL, details TEXT NOT NULL
) STRICT;
-- note: as it was signed. hour: since the epoch. number: from 1, without holes.
CREATE TABLE audit_seal (number INTEGER PRIMARY KEY, hour INTEGER NOT NULL, size INTEGER NOT NULL, written_us INTEGER NOT NULL, reason TEXT, note TEXT NOT NULL) STRICT;
CREATE INDEX audit_seal_size ON audit_seal (size);
-- public: 32 bytes. handover: note by the key before, that this one goes on; null: the first, or the one before was lost.
CREATE TABLE audit_key (id INTEGER PRIMARY KEY, name TEXT NOT NULL, public BLOB NOT NULL, made_us INTEGER NOT NULL, retired_us INTEGER, place TEXT NOT NULL, handover TEXT) STRICT;
-- Entries up to up_to are gone. seal: number of the one that counted exactly these; last, frontier: as in audit_head, at that size; entry: number of the entry that says so.
CREATE TABLE audit_tombstone (id INTEGER PRIMARY KEY, up_to INTEGER NOT NULL, entries INTEGER NOT NULL, at_us INTEGER NOT NULL, by TEXT NOT NULL, reason TEXT NOT NULL, seal INTEGER NOT NULL, last BLOB NOT NULL, frontier BLOB NOT NULL, entry INTEGER NOT NULL) STRICT;
`;

/** SECURITY: whatever else goes wrong in this program, it cannot change or shorten the log. Third triggers, since REPLACE deletes without asking. */
const GUARDS = `
CREATE INDEX audit_subject ON audit_entry (subject, id) WHERE subject IS NOT NULL;
CREATE INDEX audit_action ON audit_entry (action, id);
CREATE INDEX audit_actor ON audit_entry (actor, id);
CREATE TRIGGER audit_no_update BEFORE UPDATE ON audit_entry WHEN NOT (
  OLD.erasure IS NULL AND NEW.erasure > OLD.id AND EXISTS (SELECT 1 FROM audit_entry e WHERE e.id = NEW.erasure AND e.action = '${erasureAction}' AND e.erasure IS NULL)
  AND NEW.id = OLD.id AND NEW.at_us = OLD.at_us AND NEW.actor_kind = OLD.actor_kind AND NEW.action = OLD.action AND NEW.subject IS OLD.subject AND NEW.outcome = OLD.outcome AND NEW.body = OLD.body AND NEW.hash = OLD.hash
  AND OLD.action <> '${erasureAction}' AND NEW.actor = '' AND NEW.text = '' AND NEW.details = '' AND NEW.salt = x''
) BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;
CREATE TRIGGER audit_no_delete BEFORE DELETE ON audit_entry WHEN NOT EXISTS (SELECT 1 FROM audit_tombstone WHERE up_to >= OLD.id) BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;
CREATE TRIGGER audit_no_replace BEFORE INSERT ON audit_entry WHEN EXISTS (SELECT 1 FROM audit_entry WHERE id = NEW.id) BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;
CREATE TRIGGER audit_seal_no_update BEFORE UPDATE ON audit_seal BEGIN SELECT RAISE(ABORT, 'the seals of the audit log are append-only'); END;
CREATE TRIGGER audit_seal_no_delete BEFORE DELETE ON audit_seal BEGIN SELECT RAISE(ABORT, 'the seals of the audit log are append-only'); END;
CREATE TRIGGER audit_seal_no_replace BEFORE INSERT ON audit_seal WHEN EXISTS (SELECT 1 FROM audit_seal WHERE number = NEW.number) BEGIN SELECT RAISE(ABORT, 'the seals of the audit log are append-only'); END;
CREATE TRIGGER audit_tombstone_no_update BEFORE UPDATE ON audit_tombstone BEGIN SELECT RAISE(ABORT, 'tombstones of the audit log are append-only'); END;
CREATE TRIGGER audit_tombstone_no_delete BEFORE DELETE ON audit_tombstone BEGIN SELECT RAISE(ABORT, 'tombstones of the audit log are append-only'); END;
`;

interface OldEntry { readonly id: number; readonly atUs: number; readonly actor: string; readonly actorKind: string; readonly action: string; readonly subject: string | null; readonly outcome: string; readonly text: string; readonly details: string }

/** Entries from before are taken into the chain as they stand. What they were when they were written nobody can prove, so an entry says how many there were. */
export function addAuditChain(db: WriteDb): void {
  db.exec(TABLES);
  db.exec('ALTER TABLE audit_entry RENAME TO audit_entry_7; ALTER TABLE audit_entry_8 RENAME TO audit_entry');
  const old = db.prepare<[number], OldEntry>('SELECT id, at_us AS atUs, actor, actor_kind AS actorKind, action, subject, outcome, text, details FROM audit_entry_7 WHERE id > ? ORDER BY id LIMIT 500');
  let head: LogHead = emptyLog;
  writeHead(db, head);
  let last = 0;
  for (let rows = old.all(0); rows.length > 0; rows = old.all(last)) {
    for (const row of rows) {
      head = appendEntry(db, head, row, { actor: row.actor.toWellFormed(), text: row.text.toWellFormed(), details: row.details.toWellFormed(), salt: newSalt() });
      last = row.id;
    }
  }
  db.exec('DROP TABLE audit_entry_7');
  db.exec(GUARDS);
  if (head.frontier.size > 0) began(db, head, last);
}

function began(db: WriteDb, head: LogHead, lastId: number): void {
  const entries = head.frontier.size;
  const { us } = db.prepare<[], { us: number }>("SELECT CAST(unixepoch('subsec') * 1000000 AS INTEGER) AS us").get() ?? { us: 0 };
  const text = `From here on entries are chained. The ${entries} before it were taken into the chain as they stood${lastId === entries ? '' : `; ${lastId - entries} numbers among them had no entry, and those behind them were numbered anew`}.`;
  appendEntry(db, head, { atUs: us, actorKind: 'engine', action: 'audit.began', subject: null, outcome: 'done' }, { actor: 'Gatehouse', text, details: JSON.stringify({ entries, lastNumber: lastId }), salt: newSalt() });
}
