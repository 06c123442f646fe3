/** Counts of what came, what was refused and what was set aside: nothing disappears uncounted. Summed in memory, written once a transaction. */
import type { Statement } from 'better-sqlite3';
import type { WriteDb } from './database.ts';

export const TALLY = { refused: 1, aside: 2 } as const;

interface Received { bodies: number; bytes: number; spans: number; logs: number; metricPoints: number; firstUs: number; lastUs: number }
interface Tally { connection: number; what: number; reason: string; count: number; lastUs: number; sample: string | null }

/** SECURITY: reasons may carry a stranger's words; this many different ones are kept a connection, further ones share a line. */
const mostReasons = 200;
const otherReason = 'other reasons';

export class Tallies {
  private received = new Map<number, Received>();
  private tallies = new Map<string, Tally>();
  private readonly db: WriteDb;
  private readonly addReceived: Statement<number[]>;
  private readonly addTally: Statement<[number, number, string, number, number, string | null]>;
  private readonly known: Statement<[number, number, string], { count: number }>;
  private readonly kinds: Statement<[number], { n: number }>;

  constructor(db: WriteDb) {
    this.db = db;
    this.addReceived = db.prepare(`UPDATE connection SET bodies = bodies + ?, bytes = bytes + ?, spans = spans + ?, logs = logs + ?, metric_points = metric_points + ?,
      first_data_us = min(coalesce(first_data_us, ?), ?), last_data_us = max(coalesce(last_data_us, 0), ?) WHERE id = ?`);
    this.addTally = db.prepare(`INSERT INTO tally (connection, what, reason, count, last_us, sample) VALUES (?, ?, ?, ?, ?, ?)
      ON CONFLICT DO UPDATE SET count = count + excluded.count, last_us = max(last_us, excluded.last_us), sample = coalesce(excluded.sample, sample)`);
    this.known = db.prepare('SELECT count FROM tally WHERE connection = ? AND what = ? AND reason = ?');
    this.kinds = db.prepare('SELECT count(*) AS n FROM tally WHERE connection = ?');
  }

  receive(connection: number, bytes: number, spans: number, logs: number, metricPoints: number, us: number): void {
    const sum = this.received.get(connection) ?? { bodies: 0, bytes: 0, spans: 0, logs: 0, metricPoints: 0, firstUs: us, lastUs: us };
    sum.bodies += 1;
    sum.bytes += bytes;
    sum.spans += spans;
    sum.logs += logs;
    sum.metricPoints += metricPoints;
    sum.lastUs = Math.max(sum.lastUs, us);
    this.received.set(connection, sum);
  }

  count(connection: number, what: number, reason: string, count: number, us: number, sample: string | null = null): void {
    const key = `${connection}|${what}|${reason}`;
    const tally = this.tallies.get(key) ?? { connection, what, reason: reason.slice(0, 200), count: 0, lastUs: us, sample: null };
    tally.count += count;
    tally.lastUs = Math.max(tally.lastUs, us);
    tally.sample = sample === null ? tally.sample : sample.slice(0, 500);
    this.tallies.set(key, tally);
  }

  flush(): void {
    for (const [connection, r] of this.received) this.addReceived.run(r.bodies, r.bytes, r.spans, r.logs, r.metricPoints, r.firstUs, r.firstUs, r.lastUs, connection);
    for (const t of this.tallies.values()) {
      const room = this.known.get(t.connection, t.what, t.reason) !== undefined || (this.kinds.get(t.connection)?.n ?? 0) < mostReasons;
      this.addTally.run(t.connection, t.what, room ? t.reason : otherReason, t.count, t.lastUs, t.sample);
    }
    this.forget();
  }

  /** A sender without a valid token, by process where the system can tell. */
  stranger(process: string | null, pid: number | null, path: string, us: number, times = 1): void {
    this.db.prepare(`INSERT INTO stranger (process, pid, path, count, first_us, last_us) VALUES (?, ?, ?, ?, ?, ?)
      ON CONFLICT DO UPDATE SET count = count + excluded.count, last_us = max(last_us, excluded.last_us)`).run((process ?? '').slice(0, 200), pid ?? 0, path.slice(0, 200), times, us, us);
    this.db.prepare('DELETE FROM stranger WHERE last_us < (SELECT min(last_us) FROM (SELECT last_us FROM stranger ORDER BY last_us DESC LIMIT 100))').run();
  }

  forget(): void {
    this.received = new Map();
    this.tallies = new Map();
  }
}
