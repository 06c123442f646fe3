/** Which rows a legal hold covers, so that an erasure leaves them as they are and counts them. */
import type { AnyDb } from './database.ts';
import type { TextTable } from './erasure-tables.ts';
import type { Held } from './holds.ts';
import { rowIdOf } from './ids.ts';
import { statement } from './statements.ts';

export type HitRow = Readonly<Record<string, unknown>>;

export class HoldCover {
  readonly held: Held;
  private readonly db: AnyDb;
  private strings: ReadonlySet<number> | null = null;
  private slots: ReadonlySet<number> | null = null;

  constructor(db: AnyDb, held: Held) {
    this.db = db;
    this.held = held;
  }

  /** No hold: nothing has to be asked. */
  get none(): boolean { return !this.held.everything && this.held.connections.size === 0 && this.held.agents.size === 0; }

  covers(table: TextTable, row: HitRow): boolean {
    if (this.held.everything) return true;
    if (this.none) return false;
    const key = Number(row['k0']);
    if (table.name === 'string') return this.usedStrings().has(key);
    if (table.name === 'agent') return this.held.agents.has(key);
    if (table.name === 'connection') return this.held.connections.has(key);
    if (table.name === 'task') return this.task(key);
    if (table.name === 'stop_order') return this.stop(key);
    if (table.name === 'failure') return this.any('SELECT agent FROM failure_agent WHERE failure = ?', key);
    if (table.name === 'grant_document') return this.any('SELECT agent FROM grant_seen WHERE document = ?', key);
    if (table.name === 'credential') return this.any('SELECT agent FROM agent_credential WHERE credential = ?', key);
    return table.links.some((link) => row[link] !== null && this.link(link, Number(row[link])));
  }

  private link(link: string, id: number): boolean {
    switch (link) {
      case 'connection': return this.held.connections.has(id);
      case 'agent': case 'caller': case 'called': case 'root_agent': case 'other': case 'head': return this.held.agents.has(id);
      case 'holder': return id > 0 ? this.held.agents.has(id) : this.held.connections.has(-id);
      case 'task': return this.task(id);
      case 'stop': return this.stop(id);
      case 'failure': return this.any('SELECT agent FROM failure_agent WHERE failure = ?', id);
      case 'credential': return this.any('SELECT agent FROM agent_credential WHERE credential = ?', id);
      case 'grant_id': return this.any('SELECT agent FROM grant_seen WHERE id = ?', id);
      case 'alert': {
        const of = statement<[number], { agent: number | null; connection: number | null }>(this.db, 'SELECT agent, connection FROM alert WHERE id = ?').get(id);
        return of !== undefined && (this.held.agents.has(of.agent ?? 0) || this.held.connections.has(of.connection ?? 0));
      }
      default: return false;
    }
  }

  /** An entry of the audit log, by what it is about. */
  coversSubject(subject: string | null): boolean {
    if (this.held.everything) return true;
    if (this.none || subject === null) return false;
    const connection = rowIdOf('connection', subject);
    const agent = rowIdOf('agent', subject);
    const stop = rowIdOf('stop', subject);
    const approval = rowIdOf('approval', subject);
    if (connection !== null) return this.held.connections.has(connection);
    if (agent !== null) return this.held.agents.has(agent);
    if (stop !== null) return this.stop(stop);
    return approval !== null && this.any('SELECT agent FROM approval WHERE id = ?', approval);
  }

  /** A kept record, by where it stands. */
  coversSlot(block: number, slot: number): boolean {
    if (this.held.everything) return true;
    if (this.none) return false;
    this.slots ??= this.heldSlots();
    return this.slots.has(block * 1_024 + slot);
  }

  private any(sql: string, id: number): boolean {
    return statement<[number], { agent: number }>(this.db, sql).all(id).some(({ agent }) => this.held.agents.has(agent));
  }

  private stop(id: number): boolean { return this.any('SELECT agent FROM stop_agent WHERE stop = ?', id); }

  private task(id: number): boolean {
    const of = statement<[number], { connection: number }>(this.db, 'SELECT connection FROM task WHERE id = ?').get(id);
    return (of !== undefined && this.held.connections.has(of.connection)) || this.any('SELECT agent FROM task_agent WHERE task = ?', id);
  }

  /** Texts that a held activity shows: the same text may be others' too, and is kept with them. */
  private usedStrings(): ReadonlySet<number> {
    if (this.strings !== null) return this.strings;
    const used = new Set<number>();
    const find = statement<[number], (number | null)[]>(this.db, 'SELECT name, model, error_type, error_message, error_stack, service, source FROM activity WHERE agent = ?').raw();
    for (const agent of this.held.agents) for (const row of find.iterate(agent)) for (const id of row as unknown as (number | null)[]) if (id !== null) used.add(id);
    return this.strings = used;
  }

  private heldSlots(): ReadonlySet<number> {
    const slots = new Set<number>();
    const own = statement<[number], { id: number; block: number; slot: number }>(this.db, 'SELECT id, block, slot FROM activity WHERE agent = ?');
    const refs = statement<[number], { block: number; slot: number }>(this.db, 'SELECT block, slot FROM extra_ref WHERE activity = ? AND block <> 0');
    for (const agent of this.held.agents) {
      for (const { id, block, slot } of own.all(agent)) for (const one of [{ block, slot }, ...refs.all(id)]) slots.add(one.block * 1_024 + one.slot);
    }
    return slots;
  }
}
