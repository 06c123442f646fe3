/** Sums in the shape in which screens ask for them, kept beside the ledger's own and in the same transaction (see schema-3.ts). */
import type { Statement } from 'better-sqlite3';
import type { WriteDb } from '../database.ts';

/** The difference of one agent, hour, model and currency. */
export interface HourChange {
  readonly at: number;
  readonly connection: number;
  readonly agent: number;
  readonly model: number;
  readonly currency: number;
  readonly failures: number;
  readonly micros: number;
  readonly priced: number;
}

const hoursOfDay = Array.from({ length: 24 }, (_, hour) => `h${hour}`);

export class ScreenSums {
  private readonly failedUp: readonly Statement<number[]>[];
  private readonly failedEmpty: Statement<number[]>;
  private readonly spendUp: Statement<number[]>;
  private readonly spendEmpty: Statement<number[]>;
  private readonly failureUp: Statement<number[]>;
  private readonly failureEmpty: Statement<number[]>;

  constructor(db: WriteDb) {
    this.failedUp = hoursOfDay.map((hour) => db.prepare(`INSERT INTO failed_hours (agent, day, ${hour}) VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET ${hour} = ${hour} + excluded.${hour}`));
    this.failedEmpty = db.prepare(`DELETE FROM failed_hours WHERE agent = ? AND day = ? AND ${hoursOfDay.join(' = 0 AND ')} = 0`);
    this.spendUp = db.prepare(`INSERT INTO spend_hour (hour, connection, model, currency, micros, priced) VALUES (?, ?, ?, ?, ?, ?)
      ON CONFLICT DO UPDATE SET micros = micros + excluded.micros, priced = priced + excluded.priced`);
    this.spendEmpty = db.prepare('DELETE FROM spend_hour WHERE hour = ? AND connection = ? AND model = ? AND currency = ? AND priced = 0');
    this.failureUp = db.prepare('INSERT INTO failure_agent (failure, agent, count) VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET count = count + excluded.count');
    this.failureEmpty = db.prepare('DELETE FROM failure_agent WHERE failure = ? AND agent = ? AND count = 0');
  }

  hour(change: HourChange): void {
    if (change.failures !== 0) this.failed(change.agent, change.at, change.failures);
  }

  /** Of all agents of a connection together. */
  spend(change: HourChange): void {
    if (change.priced === 0 && change.micros === 0) return;
    this.spendUp.run(change.at, change.connection, change.model, change.currency, change.micros, change.priced);
    // Only a row that left can have emptied a line.
    if (change.priced <= 0) this.spendEmpty.run(change.at, change.connection, change.model, change.currency);
  }

  failure(failure: number, agent: number, count: number): void {
    this.failureUp.run(failure, agent, count);
    if (count <= 0) this.failureEmpty.run(failure, agent);
  }

  private failed(agent: number, hour: number, failures: number): void {
    const day = Math.floor(hour / 24);
    this.failedUp[hour - day * 24]?.run(agent, day, failures);
    if (failures < 0) this.failedEmpty.run(agent, day);
  }
}
