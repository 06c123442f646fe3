/** From a body to what it says: decoded, normalised, and each record given its place in a block. Nothing here knows the file. */
import type { MetricSum } from '../ingest/decoded-body.ts';
import { withoutContent } from '../ingest/outline.ts';
import type { PayloadRef } from '../ingest/payload.ts';
import type { LogRecord, ResourceInfo, SpanRecord } from '../ingest/record.ts';
import type { BodyJob } from '../ingest/writer-messages.ts';
import type { BodySample } from '../processes/body-sample.ts';
import { resourceAliases } from './aliases.ts';
import type { Told } from './assemble/assembler.ts';
import { BodySampler } from './body-sampler.ts';
import { tellingIds } from './hash.ts';
import { isMalformed, type Intake } from './intake.ts';
import type { BlockFiller, Place } from './payloads.ts';

/** A body that was read; what it says is not yet in the file. */
export interface ReadBody {
  readonly n: number;
  readonly connection: number;
  readonly receivedUs: number;
  readonly bytes: number;
  spans: number;
  logs: number;
  told: Told[];
  readonly asides: Map<string, number>;
  readonly refused: Map<string, number>;
  readonly lost: Map<string, number>;
  points: number;
  series: readonly MetricSum[];
  malformed: string | null;
  /** null: nobody asked. */
  sample: BodySample | null;
}

export function newReadBody(n: number, connection: number, receivedUs: number, bytes: number): ReadBody {
  return { n, connection, receivedUs, bytes, spans: 0, logs: 0, told: [], asides: new Map(), refused: new Map(), lost: new Map(), points: 0, series: [], malformed: null, sample: null };
}

export function add(counts: Map<string, number>, reason: string, count: number): void {
  counts.set(reason, (counts.get(reason) ?? 0) + count);
}

export class BodyReader {
  private readonly intake: Intake;
  private lastResource: ResourceInfo | null = null;
  private lastAliases: readonly string[] | null = null;

  constructor(intake: Intake) {
    this.intake = intake;
  }

  read(job: BodyJob, filler: BlockFiller): ReadBody {
    const body = newReadBody(job.n, job.connection, job.receivedUs, job.body.byteLength);
    try {
      const decoded = this.intake.decode(job);
      const sampler = job.sample === true ? new BodySampler() : null;
      for (const { record, payload } of decoded.records) {
        const told = body.told.length;
        this.readRecord(body, job.content, record, payload, filler);
        sampler?.take(record.resource, body.told, told);
      }
      body.sample = sampler?.sample() ?? null;
      for (const { reason, count } of decoded.refused) add(body.lost, reason, count);
      body.points = decoded.metrics.points;
      body.series = decoded.metrics.series;
      if (body.points > 0) add(body.asides, 'metric point', body.points);
    } catch (cause) {
      // Anything else is a mistake of ours: the body comes again.
      if (!isMalformed(cause)) throw cause;
      body.malformed = cause.message;
    }
    return body;
  }

  private readRecord(body: ReadBody, content: BodyJob['content'], record: SpanRecord | LogRecord, payload: PayloadRef, filler: BlockFiller): void {
    if (record.signal === 'span') body.spans += 1;
    else body.logs += 1;
    const said = this.intake.normalise(record);
    if (said.t === 'refused') add(body.refused, said.reason, 1);
    else if (said.t === 'aside') add(body.asides, said.reason, 1);
    else {
      const { service, serviceVersion } = record.resource;
      const aliases = this.aliasesOf(record.resource);
      const { connection, receivedUs } = body;
      let place: Place | null = null;
      for (const whole of said.drafts) {
        // SECURITY: content level none: what was concluded from content is kept, the content's own words are not.
        const draft = content === 'none' ? withoutContent(whole) : whole;
        if (draft.plain === true) add(body.asides, draft.role === 'activity' ? 'cloud call: a row only inside an agent\'s work' : 'not an agent record', 1);
        // Structure makes no row that its record could be read from.
        if (draft.role !== 'structure') place ??= filler.place(payload);
        const told: Told = { connection, service, serviceVersion, draft, ids: tellingIds(draft), payload: place, receivedUs };
        body.told.push(aliases === null ? told : { ...told, aliases });
      }
    }
  }

  /** Records of a body share their resource; most resources name no agent. */
  private aliasesOf(resource: ResourceInfo): readonly string[] | null {
    if (resource !== this.lastResource) {
      const found = resourceAliases(resource.attrs);
      this.lastResource = resource;
      this.lastAliases = found.length === 0 ? null : found;
    }
    return this.lastAliases;
  }
}
