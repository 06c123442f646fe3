/** What version 8 adds: the chain and the seals of the audit log, digests over ingested activity, reports, retention by connection, holds and erasures. */
import type { WriteDb } from './database.ts';
import { addAuditChain } from './schema-8-audit.ts';
import { SCHEMA_8_DIGESTS } from './schema-8-digests.ts';
import { SCHEMA_8_REPORTS } from './schema-8-reports.ts';
import { SCHEMA_8_RETENTION } from './schema-8-retention.ts';

export function toVersion8(db: WriteDb): void {
  db.exec(SCHEMA_8_DIGESTS);
  db.exec(SCHEMA_8_REPORTS);
  db.exec(SCHEMA_8_RETENTION);
  addAuditChain(db);
}
