/**
 * Content level `none`: of a record only an outline is kept, its structure without anything that people, models or tools said. A
 * positive list: wanted attributes that are not content, and of those no long text.
 *
 * Normalisers still see the whole record in memory, because status hides in content (Codex writes the exit code into a tool's output);
 * what they conclude passes `withoutContent` before it is stored.
 */
import { newAttrBag } from './attr-bag.ts';
import type { DecodedRecord } from './decoded-body.ts';
import type { Draft } from './draft.ts';
import { contentAttributes } from './normalise/content.ts';
import { payloadKinds } from './payload.ts';
import type { PayloadContext } from './payload.ts';
import type { Attrs, AttrValue, LogRecord, SpanRecord } from './record.ts';

const longestText = 256;
/** Error texts quote what failed: prompts, arguments, addresses. Only their type is structure. */
const errorTexts: ReadonlySet<string> = new Set([
  'error', 'error.message', 'error_message', 'error.stack', 'exception.message', 'exception.stacktrace', 'message', 'reason', 'stack',
]);
const noContext: PayloadContext = { source: new Uint8Array(0), resourceStart: 0, resourceEnd: 0, scopeStart: 0, scopeEnd: 0 };

export function outlineRecords(records: readonly DecodedRecord[]): DecodedRecord[] {
  return records.map(({ record }) => {
    const source = Buffer.from(JSON.stringify(outline(record)));
    return { record, payload: { kind: payloadKinds.outline, source, start: 0, end: source.length, context: noContext } };
  });
}

/** What a stored outline holds; read again by stored-record.ts. */
export function outline(record: SpanRecord | LogRecord): object {
  const { signal, traceId, spanId, resource, scope } = record;
  const shared = {
    signal, traceId, spanId, scope, attributes: structure(record.attrs),
    resource: { service: resource.service, serviceVersion: resource.serviceVersion, attributes: structure(resource.attrs) },
  };
  if (record.signal === 'log') {
    const { timeUs, severity, eventName } = record;
    return { ...shared, timeUs, severity, eventName };
  }
  const { parentSpanId, kind, startUs, endUs, statusCode } = record;
  const events = record.events.map((event) => ({ name: short(event.name), timeUs: event.timeUs, attributes: structure(event.attrs) }));
  return { ...shared, parentSpanId, name: short(record.name), kind, startUs, endUs, statusCode, events };
}

/** Of what a normaliser concluded, only what is not content: an error keeps its type. */
export function withoutContent(draft: Draft): Draft {
  const { error, taskName: _taskName, ...rest } = draft;
  if (error?.type === undefined) return rest;
  return { ...rest, error: { type: error.type } };
}

function structure(attrs: Attrs): Attrs {
  const kept = newAttrBag();
  for (const [key, value] of Object.entries(attrs)) {
    if (!isContent(key, value)) kept[key] = value;
  }
  return kept;
}

function isContent(key: string, value: AttrValue): boolean {
  if (typeof value === 'number' || typeof value === 'boolean') return false;
  if (typeof value !== 'string' || value.length > longestText) return true;
  return contentAttributes(key) || errorTexts.has(key);
}

function short(text: string): string {
  return text.length > longestText ? '' : text;
}
