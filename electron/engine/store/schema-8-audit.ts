/** The chain of the audit log: each entry's hash, where the log stands, its seals and keys, and what was let go behind a seal. */
import type { WriteDb } from './database.ts';

const SCHEMA = `
-- Where the log stands. frontier: JSON of the tree's frontier, hex.
CREATE TABLE audit_head (one INTEGER PRIMARY KEY CHECK (one = 1), size INTEGER NOT NULL, last BLOB NOT NULL, frontier TEXT NOT NULL) STRICT;
`;

export function addAuditChain(db: WriteDb): void {
  db.exec(SCHEMA);
}
