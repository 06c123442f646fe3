/** What changed in grants, told once each: the list of drift, and the history of one grant. */
import type { Grant, GrantChange } from '../../../shared/access.ts';
import { bounded } from './bounded.ts';
import type { WriteDb } from './database.ts';

export interface NewChange {
  readonly connection: number;
  readonly agent: number;
  readonly grant: number;
  readonly kind: Grant['kind'];
  readonly name: string;
  readonly what: GrantChange['what'];
  readonly widening: boolean;
  /** told by the first list of its connection or agent, or by its import: no drift. */
  readonly first: boolean;
  readonly text: string;
}

/** SECURITY: a server that changes its tools with every list fills no disk. */
export const mostChanges = 20_000;

export function noteChanges(db: WriteDb, changes: readonly NewChange[], nowUs: number): void {
  const add = db.prepare('INSERT INTO grant_change (at_us, connection, agent, grant_id, kind, name, what, widening, first, text) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)');
  const connections = new Set<number>();
  for (const one of changes) {
    add.run(nowUs, one.connection, one.agent, one.grant, one.kind, one.name, one.what, Number(one.widening), Number(one.first), bounded(one.text, 2_000));
    if (one.connection !== 0) connections.add(one.connection);
  }
  const oldest = db.prepare<[number, number], { id: number }>('SELECT id FROM grant_change WHERE connection = ? ORDER BY id DESC LIMIT 1 OFFSET ?');
  const drop = db.prepare('DELETE FROM grant_change WHERE connection = ? AND id <= ?');
  for (const connection of connections) {
    const last = oldest.get(connection, mostChanges);
    if (last !== undefined) drop.run(connection, last.id);
  }
}

/** A grant that is there now and was not: further, unless it is one that only holds back. */
export function opens(grant: Pick<Grant, 'kind' | 'effect'>): boolean {
  return grant.effect === 'allow' && grant.kind !== 'gate';
}
