/** Order and words of approvals. Pure. */
import type { Approval, ApprovalState } from '../../../shared/domain.ts';
import { formatCountdown, formatDuration, plural } from '../../ui/format.ts';
import type { State } from '../../ui/state-shapes.tsx';

/** What cannot be undone first; an effect that nobody declared may be one of those, so it stands before what is declared harmless. */
const effectRank = (destructive: boolean | null): number => (destructive === true ? 0 : destructive === null ? 1 : 2);

const endOf = (one: Approval): number => (one.expiresAt === null ? Infinity : Date.parse(one.expiresAt));

/** Worst effect first, then time left, then who waits longest. */
export function worstFirst(rows: readonly Approval[]): Approval[] {
  return rows.toSorted((a, b) => effectRank(a.destructive) - effectRank(b.destructive) || (endOf(a) === endOf(b) ? 0 : endOf(a) - endOf(b)) || a.askedAt.localeCompare(b.askedAt) || a.id.localeCompare(b.id));
}

export const effectWords = (destructive: boolean | null): string => (destructive === true ? 'cannot be undone' : destructive === null ? 'effect not declared' : 'declared as not destructive');

/** What the runtime waits for. */
export const waitWords: Record<Approval['kind'], string> = {
  tool_call: 'Waits for approval', input: 'Waits for an answer', auth: 'Waits for a sign-in', gate: 'Stands before a step', unknown: 'Waits, shape not known',
};

export const stateLooks: Record<ApprovalState, { state: State; word: string }> = {
  waiting: { state: 'waiting', word: 'Waiting' },
  approved: { state: 'completed', word: 'Approved' },
  rejected: { state: 'denied', word: 'Rejected' },
  responded: { state: 'responded', word: 'Answered' },
  expired: { state: 'expired', word: 'Expired, not approved' },
  withdrawn: { state: 'cancelled', word: 'Withdrawn' },
  answered_elsewhere: { state: 'elsewhere', word: 'Answered elsewhere' },
};

/** From the question to the decision of a person here; null where no person here decided. */
export function tookMs(one: Pick<Approval, 'askedAt' | 'decidedAt' | 'decidedBy'>): number | null {
  return one.decidedAt === null || one.decidedBy === null ? null : Math.max(0, Date.parse(one.decidedAt) - Date.parse(one.askedAt));
}

/** Below this nobody has read the request. */
export const tooFastMs = 5_000;

export interface DecidedFigures { medianMs: number | null; fast: number; decidedHere: number; expired: number }

export function decidedFigures(rows: readonly Approval[]): DecidedFigures {
  const took = rows.map(tookMs).filter((ms) => ms !== null).toSorted((a, b) => a - b);
  const middle = Math.floor(took.length / 2);
  const median = took.length % 2 === 1 ? took[middle] : ((took[middle - 1] ?? 0) + (took[middle] ?? 0)) / 2;
  return { medianMs: took.length === 0 ? null : median ?? null, fast: took.filter((ms) => ms < tooFastMs).length, decidedHere: took.length, expired: rows.filter((row) => row.state === 'expired').length };
}

export function decidedAside(rows: readonly Approval[]): string {
  const { medianMs, expired } = decidedFigures(rows);
  return [medianMs === null ? null : `median ${formatDuration(medianMs)}`, expired > 0 ? `${expired} expired` : null].filter((part) => part !== null).join(', ');
}

/** `18:40` until it expires, or that its time is over. */
export function leftWords(expiresAt: string | null, now: number): string {
  if (expiresAt === null) return 'waits until answered';
  const left = Date.parse(expiresAt) - now;
  return left > 0 ? formatCountdown(left) : 'time is over';
}

/** Share of its time that is left, 0 to 1. */
export function leftShare(one: Pick<Approval, 'askedAt' | 'expiresAt'>, now: number): number {
  if (one.expiresAt === null) return 1;
  const whole = Date.parse(one.expiresAt) - Date.parse(one.askedAt);
  return whole <= 0 ? 0 : Math.min(1, Math.max(0, (Date.parse(one.expiresAt) - now) / whole));
}

/** One line for the head: how many wait, and which ends first. */
export function contextOf(rows: readonly Approval[], waiting: number, now: number): string {
  if (waiting === 0) return 'nothing waits for a person';
  const ends = rows.map(endOf).filter((end) => Number.isFinite(end) && end > now);
  const count = `${plural(waiting, 'approval')} waiting`;
  return ends.length === 0 ? `${count}, none with a time limit` : `${count}, nearest ends in ${formatCountdown(Math.min(...ends) - now)}. Expiry never approves`;
}
