/** What goes by age now: a time for each connection, as the general setting and its own period say; a hold takes out what it covers. */
import type { RetentionPeriod } from '../../../shared/retention.ts';
import { appendAudit } from './audit.ts';
import { US_DAY } from './codes.ts';
import type { AnyDb, WriteDb } from './database.ts';
import { heldNow, type Held } from './holds.ts';
import { StoreError } from './errors.ts';
import { publicId } from './ids.ts';
import type { RetentionCommands } from './retention-commands.ts';
import { statement } from './statements.ts';

export interface Plan {
  /** before when what each connection brought goes; one that is not in it keeps everything. */
  readonly before: ReadonlyMap<number, number>;
  /** the same for what belongs to no connection; null: never. */
  readonly other: number | null;
}

/** Whole days, so that what was counted before is what goes. */
export const cutoffOf = (nowUs: number, days: number): number => Math.floor((nowUs - days * US_DAY) / US_DAY) * US_DAY;

/** In days; null: for ever. `change`: as if that were one connection's. */
export function daysByConnection(db: AnyDb, general: number | null, change: { readonly connection: number; readonly period: RetentionPeriod } | null = null): Map<number, number | null> {
  const own = new Map(statement<[], { connection: number; days: number | null }>(db, 'SELECT connection, days FROM retention_period').all().map((row) => [row.connection, row.days]));
  if (change !== null) {
    if (change.period === 'general') own.delete(change.connection);
    else own.set(change.connection, change.period === 'forever' ? null : change.period);
  }
  return new Map(statement<[], { id: number }>(db, 'SELECT id FROM connection').all().map(({ id }) => [id, own.has(id) ? own.get(id) ?? null : general]));
}

export function planOf(db: AnyDb, general: number | null, nowUs: number, change: Parameters<typeof daysByConnection>[2] = null): Plan {
  const before = new Map<number, number>();
  for (const [id, days] of daysByConnection(db, general, change)) if (days !== null) before.set(id, cutoffOf(nowUs, days));
  return { before, other: general === null ? null : cutoffOf(nowUs, general) };
}

/** Everything before one time, whatever the periods are. */
export function planBefore(db: AnyDb, beforeUs: number): Plan {
  return { before: new Map(statement<[], { id: number }>(db, 'SELECT id FROM connection').all().map(({ id }) => [id, beforeUs])), other: beforeUs };
}

/** The plan as tables of the writer's own, so that statements can join it: nothing in them is kept. */
export class PlanTables {
  private readonly db: WriteDb;
  private readonly plan: Plan;
  private word = '';
  held: Held;

  constructor(db: WriteDb, plan: Plan) {
    this.db = db;
    this.plan = plan;
    db.exec('CREATE TEMP TABLE IF NOT EXISTS retention_before (connection INTEGER PRIMARY KEY, before_us INTEGER NOT NULL); CREATE TEMP TABLE IF NOT EXISTS retention_held (agent INTEGER PRIMARY KEY)');
    this.held = heldNow(db);
    this.fill();
  }

  /** At the beginning of each step: holds count at once. */
  look(): void {
    this.held = heldNow(this.db);
    if (this.held.word !== this.word) this.fill();
  }

  /** Before when what one connection brought goes; null: it stays. */
  before(connection: number): number | null {
    return this.held.everything || this.held.connections.has(connection) ? null : this.plan.before.get(connection) ?? null;
  }

  get other(): number | null { return this.held.everything ? null : this.plan.other; }

  /** The latest of all times; null: nothing goes at all. */
  get latest(): number | null {
    const times = [...this.plan.before.keys()].map((connection) => this.before(connection)).filter((us) => us !== null);
    if (this.other !== null) times.push(this.other);
    return times.length === 0 ? null : times.reduce((most, us) => Math.max(most, us));
  }

  private fill(): void {
    this.db.exec('DELETE FROM temp.retention_before; DELETE FROM temp.retention_held');
    const add = this.db.prepare('INSERT INTO temp.retention_before (connection, before_us) VALUES (?, ?)');
    for (const connection of this.plan.before.keys()) {
      const before = this.before(connection);
      if (before !== null) add.run(connection, before);
    }
    const hold = this.db.prepare('INSERT INTO temp.retention_held (agent) VALUES (?)');
    for (const agent of this.held.agents) hold.run(agent);
    this.word = this.held.word;
  }
}

const said = (period: RetentionPeriod): string => (period === 'general' ? 'as the general period says' : period === 'forever' ? 'for ever' : `for ${period} ${period === 1 ? 'day' : 'days'}`);

export function setPeriod(db: WriteDb, { connection, period, audit }: RetentionCommands['retention.setPeriod']['params'], nowUs: number): { id: number } {
  const row = db.prepare<[number], { name: string }>('SELECT name FROM connection WHERE id = ?').get(connection);
  if (row === undefined) throw new StoreError('not_found', 'There is no such connection any more. Nothing was changed.');
  const was = db.prepare<[number], { days: number | null }>('SELECT days FROM retention_period WHERE connection = ?').get(connection);
  const before: RetentionPeriod = was === undefined ? 'general' : was.days ?? 'forever';
  if (period === 'general') db.prepare('DELETE FROM retention_period WHERE connection = ?').run(connection);
  else db.prepare('INSERT INTO retention_period (connection, days) VALUES (?, ?) ON CONFLICT DO UPDATE SET days = excluded.days').run(connection, period === 'forever' ? null : period);
  appendAudit(db, { ...audit, subject: publicId('connection', connection), text: `Activity of "${row.name}" is kept ${said(period)} now; before it was kept ${said(before)}.`, details: { ...audit.details, before, after: period } }, nowUs);
  return { id: connection };
}
