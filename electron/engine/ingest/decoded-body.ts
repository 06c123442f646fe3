/** What a decoder makes of one OTLP body. Every record in it is either in `records`/`metrics` or counted in `refused`. */
import type { LogRecord, SpanRecord } from './record.ts';
import type { PayloadRef } from './payload.ts';

export interface DecodedRecord {
  readonly record: SpanRecord | LogRecord;
  readonly payload: PayloadRef;
}

/** One metric of a body in short: the sum of its points (histograms: of their sums). */
export interface MetricSum {
  readonly name: string;
  readonly service: string;
  readonly unit: string;
  readonly value: number;
  /** time of the newest point in microseconds since the epoch; 0 when absent. */
  readonly timeUs: number;
}

export interface Refusal {
  /** plain words from a fixed list: safe to count by. */
  readonly reason: string;
  readonly count: number;
}

export interface DecodedBody {
  readonly records: readonly DecodedRecord[];
  readonly metrics: { readonly points: number; readonly series: readonly MetricSum[] };
  readonly refused: readonly Refusal[];
  /** how many strings the masks changed (content level `redacted` and `none`). */
  readonly masked: number;
}

/** 400: the body cannot be read as OTLP at all; nothing of it is stored. */
export class MalformedBody extends Error {
  override readonly name = 'MalformedBody';
}

/** Thrown while one record is read: it is refused and counted, its neighbours are not touched. */
export class RefusedRecord extends Error {
  override readonly name = 'RefusedRecord';
}

// SECURITY: ceilings on what one sender can make us build. Far above anything captured (Codex: 690 spans, Gemini: 245 kB a body).
export const limits = {
  recordsInBody: 100_000,
  attributesInRecord: 1_024,
  eventsInRecord: 1_024,
  linksInRecord: 1_024,
  metricSeries: 200,
  /** values inside values (kvlist, array) of one attribute. */
  valueDepth: 16,
  itemsInValue: 4_096,
  /** bytes of one string that reach a column or a normaliser; the stored payload keeps the whole. */
  textBytes: 16_384,
} as const;

export class RefusalCounts {
  private readonly counts = new Map<string, number>();

  add(reason: string, count = 1): void {
    this.counts.set(reason, (this.counts.get(reason) ?? 0) + count);
  }

  list(): Refusal[] {
    return Array.from(this.counts, ([reason, count]) => ({ reason, count }));
  }
}

export const reasons = {
  tooManyRecords: `more than ${limits.recordsInBody} records in one body`,
  tooManyAttributes: `more than ${limits.attributesInRecord} attributes in one record`,
  tooManyEvents: `more than ${limits.eventsInRecord} events in one span`,
  tooManyLinks: `more than ${limits.linksInRecord} links in one span`,
  tooDeep: `values nested deeper than ${limits.valueDepth}`,
  tooManyItems: `more than ${limits.itemsInValue} items in one value`,
  noIds: 'span without a trace id or span id',
  badTraceId: 'trace id is not 16 bytes (32 hex digits)',
  badSpanId: 'span id is not 8 bytes (16 hex digits)',
  wrongType: 'a field has the wrong type',
  badTime: 'a time is out of range',
} as const;

/** Times after the year 2255 cannot be held as exact microseconds. */
export function checkedTime(us: number): number {
  if (!Number.isSafeInteger(us) || us < 0) throw new RefusedRecord(reasons.badTime);
  return us;
}
