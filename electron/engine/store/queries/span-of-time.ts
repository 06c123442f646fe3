/** Periods, bins, and what part of them could be seen. */
import type { Period } from '../../../../shared/contract.ts';
import type { Gap } from '../../../../shared/domain.ts';
import { publicId } from '../ids.ts';
import { iso, micros, type Reading } from './reading.ts';

export interface Span { readonly fromUs: number; readonly toUs: number }

export function spanOf(period: Period, nowUs: number): Span {
  const fromUs = micros(period.from);
  return { fromUs, toUs: Math.max(fromUs + 1, period.to === null ? nowUs : micros(period.to)) };
}

interface GapRow { readonly id: number; readonly connection: number | null; readonly fromUs: number; readonly toUs: number | null; readonly reason: Gap['reason']; readonly text: string }

/** At most 500: more holes than that in one period say the same thing. */
export function gapRows(reading: Reading, span: Span): GapRow[] {
  return reading.sql<[number, number], GapRow>(
    'SELECT id, connection, from_us AS fromUs, to_us AS toUs, reason, text FROM gap WHERE from_us < ? AND (to_us IS NULL OR to_us > ?) ORDER BY from_us LIMIT 500',
  ).all(span.toUs, span.fromUs);
}

export function gapsIn(reading: Reading, span: Span): Gap[] {
  const names = new Map(reading.sql<[], { id: number; name: string }>('SELECT id, name FROM connection').all().map((row) => [row.id, row.name]));
  return gapRows(reading, span).map((gap) => ({
    id: publicId('gap', gap.id), connectionId: gap.connection === null ? null : publicId('connection', gap.connection),
    connectionName: gap.connection === null ? null : (names.get(gap.connection) ?? null), from: iso(gap.fromUs), to: gap.toUs === null ? null : iso(gap.toUs), reason: gap.reason, text: gap.text,
  }));
}

/**
 * What could be seen of each connection: from when it was made (or from the first thing that its agents told of the time
 * before) until now, less the gaps. `share` of a stretch is 0 to 1.
 */
export class Sight {
  private readonly from = new Map<number, number>();
  private readonly gaps: readonly GapRow[];
  private readonly nowUs: number;

  constructor(reading: Reading, span: Span, nowUs: number) {
    this.nowUs = nowUs;
    this.gaps = gapRows(reading, span);
    const rows = reading.sql<[], { id: number; createdUs: number; firstUs: number | null }>(
      'SELECT c.id, c.created_us AS createdUs, (SELECT min(a.first_us) FROM agent a WHERE a.connection = c.id AND a.rows > 0) AS firstUs FROM connection c',
    ).all();
    for (const row of rows) this.from.set(row.id, Math.min(row.createdUs, row.firstUs ?? row.createdUs));
  }

  get connections(): number[] {
    return [...this.from.keys()];
  }

  share(connection: number, fromUs: number, toUs: number): number {
    const since = this.from.get(connection);
    const end = Math.min(toUs, this.nowUs);
    if (since === undefined || end <= fromUs) return 1;
    const length = end - fromUs;
    let seen = end - Math.max(fromUs, since);
    let covered = Math.max(fromUs, since);
    for (const gap of this.gaps) {
      if (gap.connection !== null && gap.connection !== connection) continue;
      const start = Math.max(covered, gap.fromUs);
      const stop = Math.min(end, gap.toUs ?? end);
      if (stop <= start) continue;
      seen -= stop - start;
      covered = stop;
    }
    return Math.min(1, Math.max(0, seen / length));
  }

  /** Share of all connections' time; null when nothing was connected. */
  overall(span: Span): number | null {
    const shares = this.connections.filter((id) => (this.from.get(id) ?? 0) < span.toUs).map((id) => this.share(id, Math.max(span.fromUs, this.from.get(id) ?? 0), span.toUs));
    return shares.length === 0 ? null : shares.reduce((sum, share) => sum + share, 0) / shares.length;
  }

  /** Share of the stretch itself that was seen, by the connection that saw the most of it; null when nothing was connected. */
  wholeOf(span: Span): number | null {
    const shares = this.connections.filter((id) => (this.from.get(id) ?? 0) < span.toUs).map((id) => this.share(id, span.fromUs, span.toUs));
    return shares.length === 0 ? null : Math.max(...shares);
  }
}

/** Bins of one length from `span.fromUs` on; a bin is never shorter than `leastUs` and there are never more than `most`. */
export function binsOf(span: Span, most: number, leastUs: number): { binUs: number; count: number; firstUs: number } {
  const wanted = (span.toUs - span.fromUs) / most;
  const nice = [60, 120, 300, 600, 900, 1_800, 3_600, 7_200, 10_800, 14_400, 21_600, 43_200, 86_400, 172_800, 604_800, 1_209_600, 2_592_000, 7_776_000, 31_536_000].map((seconds) => seconds * 1_000_000);
  const binUs = nice.find((one) => one >= wanted && one >= leastUs) ?? Math.ceil(wanted / 86_400_000_000) * 86_400_000_000;
  const firstUs = Math.floor(span.fromUs / binUs) * binUs;
  const count = Math.max(1, Math.ceil((span.toUs - firstUs) / binUs));
  return count > most ? binsOf(span, most - 1, binUs) : { binUs, count, firstUs };
}
