/** When a runtime is asked next, and what its circuit says. Pure: outcome, time and chance in, standing out. */
import type { FaultKind } from '../connectors/connector.ts';

/** `ours`: a mistake in Gatehouse itself; `history`: what was read could not be stored. */
export type FailureKind = FaultKind | 'ours' | 'history';

export interface Standing {
  readonly circuit: 'closed' | 'open' | 'half_open';
  /** polls that failed one after the other. */
  readonly failures: number;
  readonly nextAtMs: number;
}

export type Outcome =
  /** `more`: a backlog is left, asked again at once. `tookMs`: how long the poll itself was. */
  | { readonly t: 'good'; readonly more: boolean; readonly tookMs: number }
  | { readonly t: 'failed'; readonly kind: FailureKind; readonly retryAfterMs: number | null };

export interface Pace {
  readonly pollEveryMs: number;
  /** the longest wait of the backoff; what the runtime itself asks for may be longer. */
  readonly longestMs: number;
}

export interface Chance {
  readonly nowMs: number;
  /** 0 to 1. */
  readonly random: number;
}

export const failuresToOpen = 5;
const firstBackoffMs = 1_000;
export const usualLongestMs = 300_000;
/** A connection that is refused on this very machine costs nothing, and whoever starts the server again sits here. */
export const localLongestMs = 15_000;
const credentialRetryMs = 60_000;
/** SECURITY: a runtime that says "come back next year" would blind us. */
export const mostRetryAfterMs = 3_600_000;
/** Full jitter may say "now"; a server that is down deserves a breath. */
const leastMs = 250;
/** Of the interval. */
const leastPause = 0.4;

export const startStanding = (nowMs: number): Standing => ({ circuit: 'closed', failures: 0, nextAtMs: nowMs });

/** The circuit while the runtime is being asked: an open one lets a single probe through. */
export const asking = (standing: Standing): Standing => (standing.circuit === 'open' ? { ...standing, circuit: 'half_open' } : standing);

/** A person or a ring asks for it now; nothing is forgotten. */
export const hurried = (standing: Standing, nowMs: number): Standing => ({ ...standing, nextAtMs: Math.min(standing.nextAtMs, nowMs) });

export function after(standing: Standing, outcome: Outcome, { pollEveryMs, longestMs }: Pace, { nowMs, random }: Chance): Standing {
  if (outcome.t === 'good') return { circuit: 'closed', failures: 0, nextAtMs: nowMs + (outcome.more ? 0 : pauseAfter(outcome.tookMs, pollEveryMs)) };
  const failures = standing.failures + 1;
  const refused = outcome.kind === 'credential_refused' || outcome.kind === 'credential_missing';
  // A credential that was refused does not get better by asking: only a person changes that.
  const circuit = refused || failures >= failuresToOpen || standing.circuit === 'half_open' ? 'open' : standing.circuit;
  return { circuit, failures, nextAtMs: nowMs + (refused ? credentialRetryMs : waitOf(failures, outcome, Math.max(longestMs, pollEveryMs), random)) };
}

/** From beginning to beginning, so that a slow runtime is not seen later than need be; but it is never asked without a pause. */
const pauseAfter = (tookMs: number, pollEveryMs: number): number => Math.max(pollEveryMs - Math.max(0, tookMs), pollEveryMs * leastPause);

/** Exponential with full jitter, so that many consoles do not come back together; what the runtime asked for is the least. */
function waitOf(failures: number, outcome: Extract<Outcome, { t: 'failed' }>, longestMs: number, random: number): number {
  const ceiling = Math.min(longestMs, firstBackoffMs * 2 ** Math.min(failures - 1, 30));
  const backoff = Math.max(leastMs, Math.round(random * ceiling));
  if (outcome.retryAfterMs === null) return backoff;
  const asked = Math.min(outcome.retryAfterMs, mostRetryAfterMs);
  return asked >= backoff ? asked + Math.round(random * Math.min(1_000, ceiling)) : backoff;
}
