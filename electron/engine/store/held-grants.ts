/** Everything that one holder holds now: its own, what documents give it, and what connections offer whose credential it is said to hold. */
import type { DocumentRole, GrantKind } from '../../../shared/access.ts';
import type { AnyDb } from './database.ts';
import { storedColumns, type StoredGrant } from './stored-grant.ts';
import { statement } from './statements.ts';

export interface HeldGrant extends StoredGrant {
  readonly connectionName: string | null;
  readonly documentName: string | null;
  readonly role: DocumentRole | null;
  /** as a policy at a resource would name it, if it is an ARN. */
  readonly credentialName: string | null;
}

const select = `SELECT ${storedColumns}, c.name AS connectionName, d.name AS documentName, d.role, k.name AS credentialName FROM grant_seen g LEFT JOIN connection c ON c.id = g.connection LEFT JOIN grant_document d ON d.id = g.document AND g.document > 0 LEFT JOIN credential k ON k.id = g.credential`;

/** `holder`: a head with all its sources, or minus the id of a connection. `kinds`: of these only. */
export function heldGrants(db: AnyDb, holder: number, members: readonly number[], kinds: readonly GrantKind[] = []): HeldGrant[] {
  // The plus: not by the index of kinds, which leads to everybody's.
  const ofKind = kinds.length === 0 ? '' : `AND +g.kind IN (${kinds.map(() => '?').join(', ')})`;
  if (holder < 0) return statement<(number | string)[], HeldGrant>(db, `${select} WHERE g.connection = ? AND g.agent = 0 AND g.gone_us IS NULL ${ofKind} ORDER BY g.id`).all(-holder, ...kinds);
  const marks = members.map(() => '?').join(', ');
  const own = statement<(number | string)[], HeldGrant>(db, `${select} WHERE g.agent IN (${marks}) AND g.gone_us IS NULL ${ofKind} ORDER BY g.id`).all(...members, ...kinds);
  const offered = connectionsHeld(db, members).flatMap((connection) => heldGrants(db, -connection, [], kinds));
  return [...own, ...offered];
}

export function connectionsHeld(db: AnyDb, members: readonly number[]): number[] {
  return statement<number[], { connection: number }>(db, `SELECT DISTINCT connection FROM grant_holder WHERE agent IN (${members.map(() => '?').join(', ')}) ORDER BY connection`).all(...members).map((one) => one.connection);
}
