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

/** The difference of one agent, day, model and currency. */
export interface DayChange extends Omit<HourChange, 'failures'> {
  /** of `priced`: only computed. */
  readonly computed: number;
  readonly onlyBook: number;
  /** what the book says of all that it knows. */
  readonly book: number;
  readonly bookCount: number;
  readonly unpriced: number;
}

const sides = ['reported', 'reported_n', 'computed', 'computed_n', 'only_computed', 'only_computed_n', 'unpriced_n'];
const hoursOfDay = Array.from({ length: 24 }, (_, hour) => `h${hour}`);

export class ScreenSums {
  private readonly failedUp: readonly Statement<number[]>[];
  private readonly failedEmpty: Statement<number[]>;
  private readonly spendUp: Statement<number[]>;
  private readonly spendEmpty: Statement<number[]>;
  private readonly dayUp: Statement<number[]>;
  private readonly dayEmpty: Statement<number[]>;
  private readonly failureUp: Statement<number[]>;
  private readonly failureEmpty: Statement<number[]>;

  constructor(db: WriteDb) {
    this.failedUp = hoursOfDay.map((hour) => db.prepare(`INSERT INTO failed_hours (agent, day, ${hour}) VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET ${hour} = ${hour} + excluded.${hour}`));
    this.failedEmpty = db.prepare(`DELETE FROM failed_hours WHERE agent = ? AND day = ? AND ${hoursOfDay.join(' = 0 AND ')} = 0`);
    this.spendUp = db.prepare(`INSERT INTO spend_hour (hour, connection, model, currency, micros, priced) VALUES (?, ?, ?, ?, ?, ?)
      ON CONFLICT DO UPDATE SET micros = micros + excluded.micros, priced = priced + excluded.priced`);
    this.spendEmpty = db.prepare('DELETE FROM spend_hour WHERE hour = ? AND connection = ? AND model = ? AND currency = ? AND priced = 0');
    this.dayUp = db.prepare(`INSERT INTO spend_day (agent, day, model, currency, ${sides.join(', ')}) VALUES (?, ?, ?, ?, ${sides.map(() => '?').join(', ')})
      ON CONFLICT DO UPDATE SET ${sides.map((side) => `${side} = ${side} + excluded.${side}`).join(', ')}`);
    this.dayEmpty = db.prepare('DELETE FROM spend_day WHERE agent = ? AND day = ? AND model = ? AND currency = ? AND reported_n = 0 AND computed_n = 0 AND only_computed_n = 0 AND unpriced_n = 0');
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

  /** An agent's day. Reported is what is shown and not only computed. */
  spendOfDay(change: DayChange): void {
    const reported = change.priced - change.computed;
    if (change.micros === 0 && change.priced === 0 && change.computed === 0 && change.book === 0 && change.bookCount === 0 && change.onlyBook === 0 && change.unpriced === 0) return;
    this.dayUp.run(change.agent, change.at, change.model, change.currency, change.micros - change.onlyBook, reported, change.book, change.bookCount, change.onlyBook, change.computed, change.unpriced);
    if (reported <= 0 && change.bookCount <= 0 && change.computed <= 0 && change.unpriced <= 0) this.dayEmpty.run(change.agent, change.at, change.model, change.currency);
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
