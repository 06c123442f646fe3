/** Metrics carry nothing an activity is made of; the latest value of each series is kept so that a person can see that they come. */
import type { Statement } from 'better-sqlite3';
import type { MetricSum } from '../ingest/decoded-body.ts';
import type { WriteDb } from './database.ts';
import { hash53 } from './hash.ts';

/** SECURITY: series are named by strangers. */
const mostSeries = 500;

export class Metrics {
  private readonly write: Statement<[number, number, string, string, number, number]>;
  private readonly known: Statement<[number, number], { at: number }>;
  private readonly count: Statement<[number], { n: number }>;

  constructor(db: WriteDb) {
    this.write = db.prepare(`INSERT INTO metric (connection, series, name, attributes, value, at_us) VALUES (?, ?, ?, ?, ?, ?)
      ON CONFLICT DO UPDATE SET value = excluded.value, at_us = excluded.at_us WHERE excluded.at_us >= at_us`);
    this.known = db.prepare('SELECT at_us AS at FROM metric WHERE connection = ? AND series = ?');
    this.count = db.prepare('SELECT count(*) AS n FROM metric WHERE connection = ?');
  }

  keep(connection: number, series: readonly MetricSum[]): void {
    for (const one of series) {
      const id = hash53(`${one.service}\n${one.name}\n${one.unit}`);
      if (this.known.get(connection, id) === undefined && (this.count.get(connection)?.n ?? 0) >= mostSeries) continue;
      const attributes = JSON.stringify({ service: one.service.slice(0, 200), unit: one.unit.slice(0, 60) });
      this.write.run(connection, id, one.name.slice(0, 200), attributes, Number.isFinite(one.value) ? one.value : 0, one.timeUs);
    }
  }
}
