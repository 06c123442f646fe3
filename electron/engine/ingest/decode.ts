/**
 * One OTLP body to records: the only way in for the writer. Everything that was sent is in the answer, as a record, a count of
 * metric points or a counted refusal; or the body is malformed as a whole and nothing of it counts.
 */
import { isUtf8 } from 'node:buffer';
import { MalformedBody, RefusalCounts, RefusedRecord } from './decoded-body.ts';
import type { DecodedBody, DecodedRecord, MetricSum } from './decoded-body.ts';
import { JsonError, JsonReader } from './json-reader.ts';
import { MetricSums } from './metric-sums.ts';
import { outlineRecords } from './outline.ts';
import { ProtoReader, WireError } from './proto-reader.ts';
import { JsonMask, maskText, ProtobufMask } from './redact.ts';
import { ShortStrings } from './short-strings.ts';
import { JsonSkim } from './skim-json.ts';
import { skimJsonMetrics } from './skim-json-metrics.ts';
import { ProtobufSkim } from './skim-protobuf.ts';
import { ProtobufMetricsSkim } from './skim-protobuf-metrics.ts';
import { wantedKeys } from './wanted-keys.ts';
import type { BodyJob } from './writer-messages.ts';

export { MalformedBody } from './decoded-body.ts';
export type { DecodedBody, DecodedRecord, MetricSum, Refusal } from './decoded-body.ts';

const strings = new ShortStrings();

/**
 * Takes the body over: with content level `redacted` or `none`, secrets in it are masked in place, and the payload references point
 * into it.
 */
export function decodeBody(job: Pick<BodyJob, 'signal' | 'encoding' | 'content' | 'body'>, wanted: ReadonlySet<string>): DecodedBody {
  const records: DecodedRecord[] = [];
  const refused = new RefusalCounts();
  const sums = new MetricSums();
  let masked = 0;
  try {
    masked = job.encoding === 'protobuf' ? protobuf(job, wanted, { records, refused }, sums) : json(job, wanted, { records, refused }, sums);
  } catch (error) {
    if (error instanceof WireError) throw new MalformedBody(`not valid protobuf: ${error.message}`);
    if (error instanceof JsonError) throw new MalformedBody(error.message);
    // A list or object of the envelope is something else: no record to blame it on.
    if (error instanceof RefusedRecord) throw new MalformedBody(error.message);
    throw error;
  }
  return {
    records: job.content === 'none' ? outlineRecords(records) : records,
    metrics: { points: sums.points, series: job.content === 'full' ? sums.list() : sums.list().map(maskSum) },
    refused: refused.list(),
    masked,
  };
}

/** The masks of records work on the body; of metrics only these few names are kept. */
function maskSum(sum: MetricSum): MetricSum {
  return { ...sum, name: maskText(sum.name), service: maskText(sum.service), unit: maskText(sum.unit) };
}

interface Sink { readonly records: DecodedRecord[]; readonly refused: RefusalCounts }
type Job = Pick<BodyJob, 'signal' | 'content' | 'body'>;

function protobuf(job: Job, wanted: ReadonlySet<string>, sink: Sink, sums: MetricSums): number {
  const reader = new ProtoReader(job.body, strings);
  if (job.signal === 'metrics') {
    new ProtobufMetricsSkim(reader, sums, sink.refused).body();
    return 0;
  }
  const mask = job.content === 'full' ? undefined : new ProtobufMask(reader.buf, strings, job.signal);
  new ProtobufSkim(reader, job.signal, wantedKeys(wanted), mask, sink).body();
  return mask?.masked ?? 0;
}

function json(job: Job, wanted: ReadonlySet<string>, sink: Sink, sums: MetricSums): number {
  if (!isUtf8(job.body)) throw new MalformedBody('not valid JSON: the text is not UTF-8');
  const reader = new JsonReader(job.body, strings);
  if (job.signal === 'metrics') {
    skimJsonMetrics(reader.buf, sums, sink.refused);
    return 0;
  }
  const mask = job.content === 'full' ? undefined : new JsonMask(reader.buf);
  new JsonSkim(reader, job.signal, wantedKeys(wanted), mask, sink).body();
  return mask?.masked ?? 0;
}
