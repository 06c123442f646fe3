/** What a runtime lists as reachable, kept with its reading, its source and what changed since the list before. */
import { diffOf } from '../access/drift.ts';
import { readOffer, type Offer } from '../access/read-offer.ts';
import type { FoundGrant } from '../ingest/collected.ts';
import { markDirty, markOffer } from './access-dirty.ts';
import { bounded, boundedOrNull } from './bounded.ts';
import type { WriteDb } from './database.ts';
import { noteChanges, opens, type NewChange } from './grant-changes.ts';
import { statement } from './statements.ts';
import { claimOf, comparableOf, dropGrants, flagOf, storedColumns, type StoredGrant } from './stored-grant.ts';

/** SECURITY: a server may list as many tools as it likes. */
export const mostGrants = 10_000;
/** SECURITY: and say as much about each; beyond this, of one list, the entries themselves are not kept. */
const mostSource = 16 * 1024 * 1024;
const longestSource = 64 * 1024;

export interface GrantPlace {
  readonly agent: number;
  readonly grant: FoundGrant;
}

export interface GrantList {
  readonly connection: number;
  readonly places: readonly GrantPlace[];
  /** what is missing from the list is gone. */
  readonly complete: boolean;
  /** agents that are discovered for the first time: what they hold is where they begin. */
  readonly newAgents: ReadonlySet<number>;
}

/** What can be reached now. Answers how many there was no room for. */
export function saveGrants(db: WriteDb, list: GrantList, nowUs: number): number {
  new GrantSaver(db, list, nowUs).save();
  return Math.max(0, list.places.length - mostGrants);
}

/** Connections whose rows were read anew since the program began: a newer program may read more out of the same words. */
const reread = new WeakMap<WriteDb, Set<number>>();

function readAnew(db: WriteDb, connection: number): boolean {
  const known = reread.get(db) ?? new Set();
  reread.set(db, known);
  if (known.has(connection)) return false;
  known.add(connection);
  return true;
}

const keyOf = (agent: number, kind: string, name: string): string => `${agent}\n${kind}\n${name}`;

class GrantSaver {
  private readonly db: WriteDb;
  private readonly list: GrantList;
  private readonly nowUs: number;
  /** nothing with a reading was ever listed: whatever the list holds is where it begins. */
  private readonly begins: boolean;
  private readonly changes: NewChange[] = [];
  private readonly dirty = new Set<number>();
  private readonly anew: boolean;
  private sourceLeft = mostSource;

  constructor(db: WriteDb, list: GrantList, nowUs: number) {
    this.db = db;
    this.list = list;
    this.nowUs = nowUs;
    this.anew = readAnew(db, list.connection);
    this.begins = (db.prepare<[number], { at: number | null }>('SELECT grants_us AS at FROM runtime WHERE connection = ?').get(list.connection)?.at ?? null) === null;
  }

  save(): void {
    const { db, list: { connection, places, complete } } = this;
    const known = new Map(db.prepare<[number], StoredGrant>(`SELECT ${storedColumns} FROM grant_seen g WHERE g.connection = ?`).all(connection).map((row) => [keyOf(row.agent, row.kind, row.name), row]));
    // Of one that is listed twice the last counts: taken one after the other, they would change each other for ever.
    const listed = new Map(places.slice(0, mostGrants).map(({ agent, grant }) => [keyOf(agent, grant.kind, bounded(grant.name, 512)), { agent, grant }]));
    const seen = db.prepare('UPDATE grant_seen SET last_us = ? WHERE id = ?');
    for (const [key, place] of listed) {
      const row = known.get(key);
      const id = row === undefined ? this.add(place) : this.renew(row, place.grant);
      if (row !== undefined) seen.run(this.nowUs, id);
      this.source(id, place.grant.source);
    }
    if (complete && places.length <= mostGrants) for (const [key, row] of known) if (row.goneUs === null && !listed.has(key)) this.remove(row);
    noteChanges(db, this.changes, this.nowUs);
    if (known.size + listed.size > 2 * mostGrants) dropGrants(db, `id IN (SELECT id FROM grant_seen WHERE connection = ? ORDER BY last_us DESC LIMIT -1 OFFSET ${2 * mostGrants})`, connection);
    db.prepare('UPDATE runtime SET grants_us = ? WHERE connection = ? AND grants_us IS NULL').run(this.nowUs, connection);
    markDirty(db, this.dirty);
    if (this.dirty.has(-connection)) markOffer(db, connection);
  }

  private touched(agent: number): void {
    this.dirty.add(agent === 0 ? -this.list.connection : agent);
  }

  private note(row: Pick<NewChange, 'agent' | 'kind' | 'name'>, grant: number, more: Pick<NewChange, 'what' | 'widening' | 'text'>): void {
    this.changes.push({ connection: this.list.connection, agent: row.agent, grant, kind: row.kind, name: row.name, first: this.begins || this.list.newAgents.has(row.agent), ...more });
  }

  private add({ agent, grant }: GrantPlace): number {
    const offer = offerOf(grant);
    const read = readOffer(offer);
    const id = Number(statement<[Record<string, string | number | null>]>(this.db, `INSERT INTO grant_seen (connection, agent, kind, name, ${offerColumns.join(', ')}, first_us, last_us)
      VALUES (@connection, @agent, @kind, @name, ${offerColumns.map((column) => `@${column}`).join(', ')}, @nowUs, @nowUs)`)
      .run({ connection: this.list.connection, agent, kind: offer.kind, name: offer.name, nowUs: this.nowUs, ...columnsOf(offer, grant.from, read) }).lastInsertRowid);
    this.touched(agent);
    this.note({ agent, kind: offer.kind, name: offer.name }, id, { what: 'added', widening: opens({ kind: offer.kind, effect: read.effect }), text: 'It is listed for the first time.' });
    return id;
  }

  /** Compared by what the runtime says, both read by the reader of today: a reader that learnt more is no drift. */
  private renew(row: StoredGrant, grant: FoundGrant): number {
    const offer = offerOf(grant);
    if (!this.anew && row.goneUs === null && saysTheSame(row, offer, grant.from)) return row.id;
    const was: Offer = { kind: row.kind, name: row.name, description: row.description, readOnly: claimOf(row.readOnly), destructive: claimOf(row.destructive), openWorld: claimOf(row.openWorld), idempotent: claimOf(row.idempotent) };
    const read = readOffer(offer);
    const columns = columnsOf(offer, grant.from, read);
    const back = row.goneUs !== null;
    if (!back && same(row, columns)) return row.id;
    this.db.prepare(`UPDATE grant_seen SET ${offerColumns.map((column) => `${column} = @${column}`).join(', ')}, gone_us = NULL WHERE id = @id`).run({ id: row.id, ...columns });
    this.touched(row.agent);
    const before = readOffer(was);
    const difference = diffOf(comparableOf({ ...row, effect: before.effect, understood: before.understood }, before), comparableOf({ ...row, ...offerRow(offer), effect: read.effect, understood: read.understood }, read));
    if (back) this.note(row, row.id, { what: 'back', widening: opens(row), text: `It is listed again; it was gone since ${new Date((row.goneUs ?? 0) / 1_000).toISOString()}.${difference === null ? '' : ` ${difference.text}`}` });
    else if (difference !== null) this.note(row, row.id, difference);
    return row.id;
  }

  private remove(row: StoredGrant): void {
    this.db.prepare('UPDATE grant_seen SET gone_us = ? WHERE id = ?').run(this.nowUs, row.id);
    this.touched(row.agent);
    this.note(row, row.id, { what: 'removed', widening: !opens(row), text: 'It is not listed any more.' });
  }

  private source(grant: number, source: FoundGrant['source']): void {
    if (source === undefined || source.text.length > longestSource || source.text.length > this.sourceLeft) return;
    this.sourceLeft -= source.text.length;
    statement(this.db, 'INSERT INTO grant_source (grant_id, format, text) VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET format = excluded.format, text = excluded.text WHERE text <> excluded.text OR format <> excluded.format').run(grant, source.format, source.text);
  }
}

function offerOf(grant: FoundGrant): Offer {
  return { kind: grant.kind, name: bounded(grant.name, 512), description: boundedOrNull(grant.description, 8_192), readOnly: grant.readOnly, destructive: grant.destructive, openWorld: grant.openWorld, idempotent: grant.idempotent };
}

const offerRow = (offer: Offer): Pick<StoredGrant, 'description' | 'readOnly' | 'destructive' | 'openWorld' | 'idempotent'> =>
  ({ description: offer.description, readOnly: flagOf(offer.readOnly), destructive: flagOf(offer.destructive), openWorld: flagOf(offer.openWorld), idempotent: flagOf(offer.idempotent) });

const offerColumns = ['read_only', 'destructive', 'open_world', 'idempotent', 'source', 'effect', 'understood', 'reversibility', 'description', 'reading'] as const;
type OfferColumns = Record<(typeof offerColumns)[number], string | number | null>;

function columnsOf(offer: Offer, from: string, read: ReturnType<typeof readOffer>): OfferColumns {
  const { classes, actions, resources, conditions, notUnderstood } = read;
  const row = offerRow(offer);
  return {
    read_only: row.readOnly, destructive: row.destructive, open_world: row.openWorld, idempotent: row.idempotent, source: bounded(from, 256), effect: read.effect, understood: read.understood, reversibility: read.reversibility,
    description: row.description, reading: JSON.stringify({ classes, actions, resources, conditions, notUnderstood }),
  };
}

function saysTheSame(row: StoredGrant, offer: Offer, from: string): boolean {
  const now = offerRow(offer);
  return row.readOnly === now.readOnly && row.destructive === now.destructive && row.openWorld === now.openWorld && row.idempotent === now.idempotent && row.description === now.description && row.from === bounded(from, 256) && row.reading !== '{}';
}

function same(row: StoredGrant, columns: OfferColumns): boolean {
  return row.readOnly === columns.read_only && row.destructive === columns.destructive && row.openWorld === columns.open_world && row.idempotent === columns.idempotent && row.from === columns.source
    && row.effect === columns.effect && row.understood === columns.understood && row.reversibility === columns.reversibility && row.description === columns.description && row.reading === columns.reading;
}
