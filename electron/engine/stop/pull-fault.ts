/** What a lever's failure means: whether it is tried again, and whether it may have done something. */
import { RuntimeFault } from '../connectors/connector.ts';
import { faultFrom } from '../connectors/faults.ts';
import { TooLate } from './deadline.ts';

export interface PullFault {
  /** another attempt can do no harm, and may help. */
  readonly again: boolean;
  /** `failed`: it did nothing, or doing it again does no more; `unknown`: it may have been carried out. */
  readonly state: 'failed' | 'unknown';
  /** false: no request left at all: there was no credential to send it with, or the connector saw that it is not to be sent. */
  readonly left: boolean;
  readonly text: string;
  readonly retryAfterMs: number | null;
  /** a mistake of ours: its text stays in the log. */
  readonly ours: boolean;
}

const worthAnother: readonly string[] = ['unreachable', 'throttled', 'runtime_error'];
/** No connection came about, so no request can have left. */
const neverConnected = /^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|UND_ERR_CONNECT_TIMEOUT|CERT_\w+|DEPTH_ZERO\w+|SELF_SIGNED\w+|UNABLE_TO_\w+|ERR_TLS_\w+|ERR_SSL_\w+)$/;

/** `told`: how many of its single requests were answered before it failed. */
export function judgePull(error: unknown, repeatable: boolean, told: number): PullFault {
  if (error instanceof TooLate) return { again: false, state: 'unknown', left: true, text: `${error.message} It may have been carried out.`, retryAfterMs: null, ours: false };
  const known = error instanceof RuntimeFault || isNetwork(error);
  if (!known) return { again: false, state: 'unknown', left: true, text: 'Gatehouse made a mistake while it pulled this lever; its log knows it. It may have been carried out.', retryAfterMs: null, ours: true };
  const fault = faultFrom(error);
  const nothing = told === 0 && didNothing(error, fault);
  const failed = repeatable ? nothing || !leftOpen(fault) : nothing;
  const so = failed ? '' : ' It may have been carried out.';
  return { again: worthAnother.includes(fault.kind) && (repeatable || nothing), state: failed ? 'failed' : 'unknown', left: told > 0 || !stayedHere(fault), text: `${fault.message}${so}`, retryAfterMs: fault.retryAfterMs, ours: false };
}

/** Of what only reads, or puts back: there is nothing that could have been carried out unseen. */
export function faultWords(error: unknown): Pick<PullFault, 'text' | 'ours'> {
  if (error instanceof TooLate) return { text: error.message, ours: false };
  if (error instanceof RuntimeFault || isNetwork(error)) return { text: faultFrom(error).message, ours: false };
  return { text: 'Gatehouse made a mistake at this; its log knows it.', ours: true };
}

/** An answer of 4xx, and being asked to wait, refuse the whole request. */
function didNothing(error: unknown, fault: RuntimeFault): boolean {
  if (fault.kind === 'credential_missing' || fault.kind === 'throttled') return true;
  if (fault.status !== null) return fault.status >= 400 && fault.status < 500;
  return fault.kind === 'unreachable' && codes(error).some((code) => neverConnected.test(code));
}

/** Not refused by anybody: an answer would have a status. */
const stayedHere = ({ kind, status }: RuntimeFault): boolean => status === null && (kind === 'credential_missing' || kind === 'conflict');

/** Nothing that was said tells what became of it. */
const leftOpen = (fault: RuntimeFault): boolean => fault.kind === 'unreachable' || fault.kind === 'garbage';

const isNetwork = (error: unknown): boolean => error instanceof Error && (error.name === 'AbortError' || error.name === 'TimeoutError' || codes(error).length > 0);

function codes(error: unknown, depth = 0): string[] {
  if (!(error instanceof Error) || depth > 4) return [];
  const own = 'code' in error && typeof error.code === 'string' ? [error.code] : [];
  const inner = error instanceof AggregateError ? error.errors : [error.cause];
  return [...own, ...inner.flatMap((one: unknown) => codes(one, depth + 1))];
}
