/** The way from a body to records, handed to the writer so that tests can give it their own. */
import { decodeBody, MalformedBody } from '../ingest/decode.ts';
import type { DecodedBody } from '../ingest/decode.ts';
import type { Normalised } from '../ingest/draft.ts';
import { normalise, wantedAttributes } from '../ingest/normalise/normalise.ts';
import type { LogRecord, SpanRecord } from '../ingest/record.ts';
import type { BodyJob } from '../ingest/writer-messages.ts';
import { aliasAttributes } from './aliases.ts';
import { sampledAttributes } from './body-sampler.ts';

export interface Intake {
  /** Throws `MalformedBody` when nothing of the body can be read. */
  readonly decode: (job: BodyJob) => DecodedBody;
  readonly normalise: (record: SpanRecord | LogRecord) => Normalised;
}

/** The decoder itself reads the service's name and version out of the wanted attributes of the resource; aliases are read for stitching, the rest to know the process. */
const wanted: ReadonlySet<string> = new Set([...wantedAttributes, ...aliasAttributes, ...sampledAttributes, 'service.name', 'service.version']);

export const realIntake: Intake = {
  decode: (job) => decodeBody(job, wanted),
  normalise,
};

export function isMalformed(error: unknown): error is MalformedBody {
  return error instanceof MalformedBody;
}
