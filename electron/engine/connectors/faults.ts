/** What went wrong at a runtime, told from its answer or from the error that stood for one: a kind for the schedule, a sentence for people. */
import { RuntimeFault } from './connector.ts';
import type { FaultKind } from './connector.ts';

/** How much of a runtime's own words goes into a sentence of ours. */
const mostQuoted = 200;

interface Words { readonly kind: FaultKind; readonly text: string }

function wordsOf(status: number): Words {
  switch (status) {
    case 401: return { kind: 'credential_refused', text: 'It refuses the credential' };
    case 403: return { kind: 'forbidden', text: 'The credential lacks the right to this' };
    case 404:
    case 410: return { kind: 'gone', text: 'It does not have this (any more)' };
    case 409:
    case 422: return { kind: 'conflict', text: 'It refuses, since the thing is not in the state that this needs' };
    case 429: return { kind: 'throttled', text: 'It asks us to wait' };
    default: return status >= 500 && status <= 599 ? { kind: 'runtime_error', text: 'It failed at this itself' } : { kind: 'garbage', text: 'It gave an answer that was not expected here' };
  }
}

/** Only for answers that are no success; `bodyText` may be cut. */
export function faultOf(status: number, headers: Headers, bodyText: string, nowMs: number = Date.now()): RuntimeFault {
  const retryAfterMs = readRetryAfter(headers.get('retry-after'), nowMs);
  const { kind, text } = status === 503 && retryAfterMs !== null ? { kind: 'throttled' as const, text: 'It asks us to wait' } : wordsOf(status);
  const wait = kind === 'throttled' && retryAfterMs !== null ? `, for ${Math.ceil(retryAfterMs / 1_000)} s` : '';
  const quoted = quote(bodyText);
  return new RuntimeFault(kind, `${text}${wait} (HTTP ${status}${quoted === null ? '' : `: "${quoted}"`}).`, { status, retryAfterMs: kind === 'throttled' || kind === 'runtime_error' ? retryAfterMs : null });
}

/** Seconds or an HTTP date; null: nothing that can be read. */
export function readRetryAfter(value: string | null, nowMs: number): number | null {
  if (value === null) return null;
  const text = value.trim();
  if (/^\d{1,12}$/.test(text)) return Number(text) * 1_000;
  // A bare number is no date, though Date.parse would take "-5" and "2.5" for one.
  const at = /[a-z]/i.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isFinite(at) ? Math.max(0, at - nowMs) : null;
}

/** The runtime's own words, cut and on one line; null: it said nothing that a person reads (nothing, or a page of HTML). */
function quote(bodyText: string): string | null {
  const text = messageIn(bodyText.slice(0, 20_000)).replace(/[\s\p{Cc}\p{Cf}]+/gu, ' ').trim();
  if (text === '' || text.startsWith('<')) return null;
  return text.length <= mostQuoted ? text : `${text.slice(0, mostQuoted)}…`;
}

/** Errors come as text or as JSON with the text under one of a few names. */
function messageIn(body: string): string {
  if (!/^\s*[{["]/.test(body)) return body;
  try {
    return textIn(JSON.parse(body), 0) ?? body;
  } catch {
    // Not JSON after all, or cut: shown as it is.
    return body;
  }
}

function textIn(value: unknown, depth: number): string | null {
  if (typeof value === 'string') return value;
  if (typeof value !== 'object' || value === null || depth > 3) return null;
  if (Array.isArray(value)) return textIn(value[0], depth + 1);
  for (const name of ['message', 'error', 'detail', 'title', 'error_description', 'msg', 'issues']) {
    const found = name in value ? textIn((value as Readonly<Record<string, unknown>>)[name], depth + 1) : null;
    if (found !== null) return found;
  }
  return null;
}

const codeWords: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'Nothing listens at its address (connection refused).',
  ECONNRESET: 'It broke the connection off before it had answered.',
  UND_ERR_SOCKET: 'It broke the connection off before it had answered.',
  EPIPE: 'It broke the connection off before it had answered.',
  ENOTFOUND: 'Its host name is not known here (DNS).',
  EAI_AGAIN: 'Its host name could not be looked up at this moment (DNS).',
  ETIMEDOUT: 'It did not answer in time.',
  UND_ERR_CONNECT_TIMEOUT: 'It did not take the connection in time.',
  UND_ERR_HEADERS_TIMEOUT: 'It did not answer in time.',
  UND_ERR_BODY_TIMEOUT: 'It stopped in the middle of an answer.',
  EHOSTUNREACH: 'There is no way to its host from here.',
  ENETUNREACH: 'There is no way to its network from here.',
  CERT_HAS_EXPIRED: 'Its TLS certificate has expired.',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'Its TLS certificate is self-signed and not trusted here.',
  SELF_SIGNED_CERT_IN_CHAIN: 'Its TLS certificate comes from an authority that is not trusted here.',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'Its TLS certificate comes from an authority that is not trusted here.',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'Its TLS certificate comes from an authority that is not trusted here.',
  ERR_TLS_CERT_ALTNAME_INVALID: 'Its TLS certificate is for another host name.',
};

/** HTTP parsers fail with `HPE_...`, TLS with `ERR_SSL_...`: somebody is there, but does not speak what was expected. */
function wordsOfCode(code: string): Words {
  const known = codeWords[code];
  if (known !== undefined) return { kind: 'unreachable', text: known };
  if (code.startsWith('HPE_') || code === 'UND_ERR_HEADERS_OVERFLOW') return { kind: 'garbage', text: `What answers there does not speak HTTP (${code}).` };
  if (code.startsWith('ERR_SSL_')) return { kind: 'unreachable', text: `What answers there does not speak TLS as it should (${code}); is it http rather than https?` };
  return { kind: 'unreachable', text: `It could not be reached (${code}).` };
}

/**
 * A failed fetch, an abort, a body that broke off. Errors of ours pass through `RuntimeFault` unchanged. SECURITY: of foreign errors only the
 * code is told, never the message: it may quote headers.
 */
export function faultFrom(error: unknown): RuntimeFault {
  for (let one: unknown = error, depth = 0; one instanceof Error && depth < 5; one = one.cause, depth++) {
    if (one instanceof RuntimeFault) return one;
  }
  const name = error instanceof Error ? error.name : '';
  if (name === 'TimeoutError') return new RuntimeFault('unreachable', 'It did not answer in time.', { cause: error });
  if (name === 'AbortError') return new RuntimeFault('unreachable', 'The request was given up before it was answered.', { cause: error });
  if (error instanceof SyntaxError) return new RuntimeFault('garbage', 'It gave an answer that is not JSON.', { cause: error });
  const code = codeIn(error);
  const { kind, text } = code === null ? { kind: 'unreachable' as const, text: 'It could not be reached.' } : wordsOfCode(code);
  return new RuntimeFault(kind, text, { cause: error });
}

/** fetch hides the system's code in `cause`, and two failed addresses in `errors`. */
function codeIn(error: unknown, depth = 0): string | null {
  if (!(error instanceof Error) || depth > 4) return null;
  if ('code' in error && typeof error.code === 'string' && /^[A-Z][A-Z0-9_]{1,60}$/.test(error.code)) return error.code;
  const inner = error instanceof AggregateError ? error.errors[0] as unknown : error.cause;
  return codeIn(inner, depth + 1);
}
