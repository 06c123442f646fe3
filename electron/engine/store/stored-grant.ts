/** A grant as the file holds it, and what the pure code of access wants of it. */
import type { Comparable } from '../access/drift.ts';
import type { Normalised } from '../access/normalised.ts';
import type { Grant } from '../../../shared/access.ts';
import type { WriteDb } from './database.ts';

/** The column `reading`. */
export type ReadingColumn = Pick<Grant, 'classes' | 'actions' | 'resources' | 'conditions' | 'notUnderstood'>;

export interface StoredGrant {
  readonly id: number; readonly connection: number; readonly agent: number; readonly document: number; readonly kind: Grant['kind']; readonly name: string; readonly description: string | null;
  readonly readOnly: number | null; readonly destructive: number | null; readonly openWorld: number | null; readonly idempotent: number | null; readonly from: string;
  readonly firstUs: number; readonly goneUs: number | null; readonly effect: Grant['effect']; readonly understood: Grant['understood']; readonly enforcement: Grant['enforcement'];
  readonly reversibility: Grant['reversibility']; readonly dataClass: string | null; readonly expiresUs: number | null; readonly credential: number | null; readonly reading: string;
}

export const storedColumns = `g.id, g.connection, g.agent, g.document, g.kind, g.name, g.description, g.read_only AS readOnly, g.destructive, g.open_world AS openWorld, g.idempotent, g.source AS "from",
  g.first_us AS firstUs, g.gone_us AS goneUs, g.effect, g.understood, g.enforcement, g.reversibility, g.data_class AS dataClass, g.expires_us AS expiresUs, g.credential, g.reading`;

const nothing: ReadingColumn = { classes: [], actions: [], resources: [], conditions: [], notUnderstood: [] };

/** Of a file of version 4, until the runtime lists it again, there is none. */
export function readingOf(row: Pick<StoredGrant, 'reading'>): ReadingColumn {
  return { ...nothing, ...(JSON.parse(row.reading) as Partial<ReadingColumn>) };
}

export function normalisedOf(row: StoredGrant, reading: ReadingColumn): Normalised {
  return { kind: row.kind, name: row.name, effect: row.effect, understood: row.understood, classes: reading.classes, actions: reading.actions, resources: reading.resources, conditions: reading.conditions };
}

export const claimOf = (flag: number | null): boolean | null => (flag === null ? null : flag === 1);
export const flagOf = (claim: boolean | null): number | null => (claim === null ? null : Number(claim));

export function comparableOf(row: StoredGrant, reading: ReadingColumn): Comparable {
  return {
    effect: row.effect, understood: row.understood, classes: reading.classes, actions: reading.actions, resources: reading.resources, conditions: reading.conditions,
    readOnly: claimOf(row.readOnly), destructive: claimOf(row.destructive), openWorld: claimOf(row.openWorld), enforcement: row.enforcement,
    expiresAt: row.expiresUs === null ? null : new Date(row.expiresUs / 1_000).toISOString(), description: row.description,
  };
}

export function dropGrants(db: WriteDb, where: string, ...values: number[]): void {
  const ids = `SELECT id FROM grant_seen WHERE ${where}`;
  for (const table of ['grant_source', 'grant_change', 'grant_use', 'access_facet']) db.prepare(`DELETE FROM ${table} WHERE grant_id IN (${ids})`).run(...values);
  db.prepare(`DELETE FROM grant_seen WHERE ${where}`).run(...values);
  // Which grants stand behind columns (`allColumns` in access-save.ts).
  db.prepare('INSERT INTO access_turn (holder, n) VALUES (0, 1) ON CONFLICT DO UPDATE SET n = n + 1').run();
}
