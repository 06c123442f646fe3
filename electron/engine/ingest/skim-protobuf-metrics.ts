/** Counts metric points in protobuf and sums each metric: metrics are shown as health of a connection, never as activities. */
import { limits, MalformedBody, reasons } from './decoded-body.ts';
import type { RefusalCounts } from './decoded-body.ts';
import type { MetricSums } from './metric-sums.ts';
import { wire, WireError } from './proto-reader.ts';
import type { ProtoReader } from './proto-reader.ts';
import { eachMessage, lastMessage, tag, within } from './proto-walk.ts';

/** Metric.data: gauge 5, sum 7, histogram 9, exponential histogram 10, summary 11; each holds its points in field 1. */
const pointHolders = new Set([5, 7, 9, 10, 11]);

export class ProtobufMetricsSkim {
  private readonly r: ProtoReader;
  private readonly sums: MetricSums;
  private readonly refused: RefusalCounts;

  constructor(reader: ProtoReader, sums: MetricSums, refused: RefusalCounts) {
    this.r = reader;
    this.sums = sums;
    this.refused = refused;
  }

  body(): void {
    const { r } = this;
    let known = 0;
    eachMessage(r, 1, (end) => {
      known++;
      const start = r.pos;
      const [resourceStart, resourceEnd] = lastMessage(r, 1, end);
      const service = within(r, resourceStart, resourceEnd, () => this.serviceName());
      within(r, start, end, () => eachMessage(r, 2, (groupEnd) =>
        within(r, r.pos, groupEnd, () => eachMessage(r, 2, (metricEnd) => this.metric(metricEnd, service)))));
    });
    if (known === 0 && r.end > 0) throw new MalformedBody('the body holds no OTLP data for this path');
  }

  private serviceName(): string {
    const { r } = this;
    let service = '';
    eachMessage(r, 1, (end) => within(r, r.pos, end, () => {
      let key = '';
      let text = '';
      while (r.pos < r.end) {
        const t = r.tag();
        if (t === tag(1, wire.bytes)) key = r.text(r.length(), limits.textBytes);
        else if (t === tag(2, wire.bytes)) {
          const valueEnd = r.length() + r.pos;
          within(r, r.pos, valueEnd, () => eachMessage(r, 1, (textEnd) => {
            text = r.text(textEnd - r.pos, limits.textBytes);
          }));
        } else r.skip(t & 7);
      }
      if (key === 'service.name') service = text;
    }));
    return service;
  }

  private metric(end: number, service: string): void {
    const { r } = this;
    const outerEnd = r.end;
    try {
      within(r, r.pos, end, () => this.readMetric(service));
    } catch (error) {
      if (!(error instanceof WireError)) throw error;
      r.end = outerEnd;
      this.refused.add(error.message);
    }
  }

  private readMetric(service: string): void {
    const { r } = this;
    let name = '';
    let unit = '';
    const totals = { points: 0, value: 0, timeUs: 0 };
    while (r.pos < r.end) {
      const t = r.tag();
      const field = t >>> 3;
      if (t === tag(1, wire.bytes)) name = r.text(r.length(), limits.textBytes);
      else if (t === tag(3, wire.bytes)) unit = r.text(r.length(), limits.textBytes);
      else if ((t & 7) === wire.bytes && pointHolders.has(field)) {
        const holderEnd = r.length() + r.pos;
        within(r, r.pos, holderEnd, () => eachMessage(r, 1, (pointEnd) => within(r, r.pos, pointEnd, () => this.point(field, totals))));
      } else if (field === 1 || field === 3 || pointHolders.has(field)) throw new WireError(reasons.wrongType);
      else r.skip(t & 7);
    }
    this.sums.add({ name, service, unit, value: totals.value, timeUs: totals.timeUs }, totals.points);
  }

  /** Number points: 4 double, 6 int. Histograms and summaries: 5 sum. All: 3 time. */
  private point(holder: number, totals: { points: number; value: number; timeUs: number }): void {
    const { r } = this;
    const isNumber = holder === 5 || holder === 7;
    while (r.pos < r.end) {
      const t = r.tag();
      if (t === tag(3, wire.fixed64)) {
        const timeUs = r.nanosAsMicros();
        if (Number.isSafeInteger(timeUs) && timeUs > totals.timeUs) totals.timeUs = timeUs;
      } else if (isNumber && t === tag(4, wire.fixed64)) totals.value += r.double();
      else if (isNumber && t === tag(6, wire.fixed64)) totals.value += Number(r.sfixed64());
      else if (!isNumber && t === tag(5, wire.fixed64)) totals.value += r.double();
      else r.skip(t & 7);
    }
    totals.points++;
  }
}
