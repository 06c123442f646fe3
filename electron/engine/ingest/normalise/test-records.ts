/** For tests: records with everything filled in that the test does not care about. */
import type { Draft, Normalised } from '../draft.ts';
import type { Attrs, AttrValue, LogRecord, SpanEvent, SpanRecord } from '../record.ts';
import { normalise } from './normalise.ts';

export function attrsOf(values: Readonly<Record<string, AttrValue>>): Attrs {
  return Object.assign(Object.create(null) as Record<string, AttrValue>, values);
}

interface From {
  readonly scope?: string;
  readonly service?: string;
  readonly version?: string;
  readonly resource?: Readonly<Record<string, AttrValue>>;
}

function origin(from: From): Pick<SpanRecord, 'resource' | 'scope'> {
  return {
    resource: { service: from.service ?? 'app', serviceVersion: from.version ?? '', attrs: attrsOf(from.resource ?? {}) },
    scope: { name: from.scope ?? 'some.scope', version: '1' },
  };
}

export function span(attrs: Readonly<Record<string, AttrValue>>, more: Partial<Omit<SpanRecord, 'attrs' | 'resource' | 'scope' | 'events'>> & From & { readonly events?: readonly SpanEvent[] } = {}): SpanRecord {
  const { scope, service, version, resource, ...rest } = more;
  return {
    signal: 'span', ...origin({ scope, service, version, resource }), traceId: 'a'.repeat(32), spanId: 'b'.repeat(16), parentSpanId: '', name: 'span', kind: 1,
    startUs: 1_000_000, endUs: 2_000_000, statusCode: 0, statusMessage: '', events: [], ...rest, attrs: attrsOf(attrs),
  };
}

export function log(attrs: Readonly<Record<string, AttrValue>>, more: Partial<Omit<LogRecord, 'attrs' | 'resource' | 'scope'>> & From = {}): LogRecord {
  const { scope, service, version, resource, ...rest } = more;
  return {
    signal: 'log', ...origin({ scope, service, version, resource }), traceId: '', spanId: '', timeUs: 5_000_000, severity: 9, eventName: '', body: '', ...rest, attrs: attrsOf(attrs),
  };
}

export function exception(type: string, message: string, stack = ''): SpanEvent {
  return { name: 'exception', timeUs: 1_500_000, attrs: attrsOf({ 'exception.type': type, 'exception.message': message, 'exception.stacktrace': stack }) };
}

/** The only draft of a record that must have exactly one. */
export function draftOf(record: SpanRecord | LogRecord): Draft {
  const said: Normalised = normalise(record);
  if (said.t !== 'drafts' || said.drafts.length !== 1 || said.drafts[0] === undefined) throw new Error(`not one draft: ${JSON.stringify(said)}`);
  return said.drafts[0];
}

export function reasonOf(record: SpanRecord | LogRecord): string {
  const said = normalise(record);
  return said.t === 'drafts' ? `drafts: ${said.drafts.map((draft) => draft.role).join()}` : `${said.t}: ${said.reason}`;
}
