/** How a span ended: ok, failed, cancelled or denied, and in what words. */
import type { ActivityStatus } from '../../../../shared/domain.ts';
import type { Draft } from '../draft.ts';
import type { Attrs, SpanEvent, SpanRecord } from '../record.ts';
import { asNumber, asText, cleanName, cleanText, one } from './read.ts';

export interface Outcome {
  readonly status: ActivityStatus;
  readonly explicit: boolean;
  readonly error?: Draft['error'];
}

/** OpenTelemetry's name for it, and what tools write in its place. */
const exitKeys = ['process.exit.code', 'process.exit_code', 'exit_code', 'tool.exit_code', 'gen_ai.tool.exit_code'] as const;

export const outcomeWanted: readonly string[] = [...exitKeys, 'error.type', 'error.message', 'exception.type', 'exception.message', 'exception.stacktrace', 'http.response.status_code'];

export const ok: Outcome = { status: 'ok', explicit: true };
export const inferredOk: Outcome = { status: 'ok', explicit: false };

const cancelTypes: ReadonlySet<string> = new Set([
  'aborterror', 'cancellederror', 'cancelederror', 'cancellationerror', 'taskcancelledexception', 'taskcanceledexception', 'operationcanceledexception',
  'cancelled', 'canceled', 'aborted', 'abort', 'interrupted', 'user_cancelled', 'user_canceled', 'usercancelled', 'generatorexit', 'keyboardinterrupt',
  'userabort', 'apiuseraborterror', 'requestaborted', 'tool_cancelled', 'turn_aborted',
]);
const cancelTexts = ['operation was aborted', 'request was aborted', 'aborted by user', 'interrupted by user', 'cancelled by user', 'canceled by user', 'user cancelled', 'user canceled', 'signal is aborted'];

export function isCancel(type: string, message: string): boolean {
  if (type !== '') {
    const dot = type.lastIndexOf('.');
    if (cancelTypes.has((dot < 0 ? type : type.slice(dot + 1)).toLowerCase())) return true;
  }
  if (message === '') return false;
  const head = message.slice(0, 200).toLowerCase();
  return cancelTexts.some((words) => head.includes(words));
}

/** The place in the code where it broke: first frame of a V8 stack, last frame of a Python one. */
function stackTop(stack: string): string | undefined {
  if (stack === '') return undefined;
  let at = stack.indexOf('\n    at ');
  if (at < 0) at = stack.lastIndexOf('\n  File "');
  if (at < 0) return undefined;
  const end = stack.indexOf('\n', at + 1);
  const line = cleanName(stack.slice(at + 1, end < 0 ? stack.length : end));
  return line === '' ? undefined : line;
}

export function lastException(events: readonly SpanEvent[]): Attrs | undefined {
  for (let i = events.length - 1; i >= 0; i -= 1) {
    const event = events[i];
    if (event !== undefined && (event.name === 'exception' || event.name === 'gen_ai.client.operation.exception')) return event.attrs;
  }
  return undefined;
}

/** Some exporters write a whole sentence, or nothing but "unknown", into `error.type`. */
function usefulType(type: string): string {
  return type === 'unknown' || type === '_OTHER' || type.includes(' ') ? '' : type;
}

interface Message {
  readonly text: string;
  readonly stack: string;
  readonly thrown: string;
}

/** LangChain puts message, error class and stack into one text: the message alone is what failures are grouped by. */
function splitMessage(message: string): Message {
  const frames = message.indexOf('\n    at ');
  if (frames < 0) return { text: message, stack: '', thrown: '' };
  const head = message.slice(0, frames);
  const blank = head.indexOf('\n\n');
  const classLine = head.slice(head.lastIndexOf('\n') + 1);
  const colon = classLine.indexOf(':');
  const thrown = colon > 0 && !classLine.slice(0, colon).includes(' ') ? classLine.slice(0, colon) : '';
  return { text: blank > 0 ? head.slice(0, blank) : head, stack: message.slice(frames), thrown };
}

export function errorOf(types: readonly string[], messages: readonly string[], stack = ''): Draft['error'] {
  const said = splitMessage(messages.find((candidate) => candidate !== '') ?? '');
  const type = types.map(usefulType).find((candidate) => candidate !== '') ?? said.thrown;
  if (type === '' && said.text === '') return undefined;
  const trace = stack === '' ? said.stack : stack;
  return {
    type: type === '' ? undefined : cleanName(type),
    message: said.text === '' ? undefined : cleanText(said.text),
    stackTop: trace === '' ? undefined : stackTop(trace),
  };
}

/** A tool whose process ended with another code than 0 failed, whatever else its record says: `success` often only says that it could be started. */
export function withExitCode(attrs: Attrs, outcome: Outcome): Outcome {
  if (outcome.status !== 'ok') return outcome;
  for (const key of exitKeys) {
    if (attrs[key] === undefined) continue;
    const code = asNumber(attrs[key]);
    if (code !== undefined && code !== 0) return exited(code);
  }
  return outcome;
}

export function exited(code: number): Outcome {
  return { status: 'error', explicit: true, error: { type: 'exit_code', message: `Process exited with code ${code}` } };
}

/** `finished`: the span carries a result, so an exception event on it tells of an attempt that was repeated. */
export function spanOutcome(record: SpanRecord, finished: boolean): Outcome {
  const declared = one(record.attrs, 'error.type');
  const exception = record.events.length === 0 ? undefined : lastException(record.events);
  const failed = record.statusCode === 2 || (declared !== '' && record.statusCode !== 1) || (exception !== undefined && record.statusCode === 0 && !finished);
  if (!failed) return record.statusCode === 1 ? ok : inferredOk;
  const thrown = exception === undefined ? '' : asText(exception['exception.type']);
  const said = exception === undefined ? '' : asText(exception['exception.message']);
  const http = one(record.attrs, 'http.response.status_code');
  const sentence = declared.includes(' ') ? declared : '';
  const error = errorOf(
    [declared, thrown, http === '' ? '' : `http_${http}`],
    [record.statusMessage, said, one(record.attrs, 'error.message'), sentence, http === '' ? '' : `HTTP ${http}`],
    exception === undefined ? '' : asText(exception['exception.stacktrace']),
  );
  const cancelled = isCancel(declared, record.statusMessage) || isCancel(thrown, said);
  return { status: cancelled ? 'cancelled' : 'error', explicit: true, error };
}
