/** What an agent held when an administrator approved of it, and what is different now. */
import { diffOf, type Comparable } from '../access/drift.ts';
import type { AccessCommands } from './access-commands.ts';
import { markDirty } from './access-dirty.ts';
import { appendAudit } from './audit.ts';
import { bounded } from './bounded.ts';
import type { AnyDb, WriteDb } from './database.ts';
import { StoreError } from './errors.ts';
import { opens } from './grant-changes.ts';
import { headOf, membersOf } from './heads.ts';
import { heldGrants, type HeldGrant } from './held-grants.ts';
import { publicId } from './ids.ts';
import { comparableOf, readingOf, type StoredGrant } from './stored-grant.ts';
import { statement } from './statements.ts';

/** One line of `access_baseline.grants`. Found again by where it comes from, its kind and its name: a document that is imported anew is the same permission. */
export interface ApprovedGrant extends Comparable {
  readonly connection: number;
  /** of a document; null: a runtime told it. */
  readonly documentName: string | null;
  readonly kind: StoredGrant['kind'];
  readonly name: string;
}

export interface Deviation {
  readonly added: readonly HeldGrant[];
  readonly removed: readonly ApprovedGrant[];
  readonly changed: readonly { readonly grant: HeldGrant; readonly widening: boolean; readonly text: string }[];
}

const keyOf = (one: Pick<ApprovedGrant, 'connection' | 'documentName' | 'kind' | 'name'>): string => JSON.stringify([one.connection, one.documentName, one.kind, one.name]);

export function approve(db: WriteDb, p: AccessCommands['access.approve']['params'], nowUs: number): { id: number; grants: number } {
  const head = headOf(db, p.agent);
  if (statement(db, 'SELECT 1 FROM agent WHERE id = ?').get(head) === undefined) throw new StoreError('not_found', `There is no agent with the identifier ${publicId('agent', p.agent)} any more. Nothing was changed.`);
  const members = membersOf(db, head);
  const approved = heldGrants(db, head, members).map((one): ApprovedGrant => ({ connection: one.connection, documentName: one.documentName, kind: one.kind, name: one.name, ...comparableOf(one, readingOf(one)) }));
  for (const member of members) statement(db, 'DELETE FROM access_baseline WHERE agent = ?').run(member);
  statement(db, 'INSERT INTO access_baseline (agent, at_us, actor, note, grants) VALUES (?, ?, ?, ?, ?)').run(head, nowUs, p.audit.actor, bounded(p.note, 4_000), JSON.stringify(approved));
  markDirty(db, [head]);
  appendAudit(db, p.audit, nowUs);
  return { id: head, grants: approved.length };
}

/** Pure. */
export function deviationOf(approved: readonly ApprovedGrant[], held: readonly HeldGrant[]): Deviation {
  const left = new Map(approved.map((one) => [keyOf(one), one]));
  const added: HeldGrant[] = [];
  const changed: Deviation['changed'][number][] = [];
  for (const grant of held) {
    const key = keyOf(grant);
    const was = left.get(key);
    left.delete(key);
    if (was === undefined) added.push(grant);
    else {
      const difference = diffOf(was, comparableOf(grant, readingOf(grant)));
      if (difference !== null) changed.push({ grant, widening: difference.widening, text: difference.text });
    }
  }
  return { added, removed: [...left.values()], changed };
}

/** What of it reaches further than was approved. */
export function widenedBy({ added, removed, changed }: Deviation): { readonly grantId: number; readonly name: string; readonly text: string; readonly sinceUs: number }[] {
  return [
    ...added.filter((one) => opens(one) && one.role !== 'boundary' && one.role !== 'scp').map((one) => ({ grantId: one.id, name: one.name, text: 'It was not there.', sinceUs: one.firstUs })),
    ...changed.filter((one) => one.widening).map((one) => ({ grantId: one.grant.id, name: one.grant.name, text: one.text, sinceUs: one.grant.firstUs })),
    // A gate, a deny or a boundary that is gone held something back; there is no grant any more to name.
    ...removed.filter((one) => !opens(one)).map((one) => ({ grantId: 0, name: one.name, text: 'It held something back, and is gone.', sinceUs: 0 })),
  ];
}

export interface StoredBaseline { readonly atUs: number; readonly actor: string; readonly note: string; readonly grants: readonly ApprovedGrant[] }

/** The newest of all that its sources were approved under. */
export function baselineOf(db: AnyDb, members: readonly number[]): StoredBaseline | null {
  const row = statement<number[], { atUs: number; actor: string; note: string; grants: string }>(db, `SELECT at_us AS atUs, actor, note, grants FROM access_baseline WHERE agent IN (${members.map(() => '?').join(', ')}) ORDER BY at_us DESC LIMIT 1`).get(...members);
  return row === undefined ? null : { ...row, grants: JSON.parse(row.grants) as ApprovedGrant[] };
}
