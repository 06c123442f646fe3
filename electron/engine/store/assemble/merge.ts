/**
 * Joins two tellings of one activity. The result does not depend on which came first, and joining the same telling again
 * changes nothing: that is what makes re-sent and out-of-order data harmless.
 */
import { FLAG, KIND, STATUS } from '../codes.ts';
import { joinBilling } from './billing.ts';
import { joinUnits } from './pricing.ts';
import { has, RANK, toldStatus, type Facts } from './row.ts';

/** denied > error > cancelled > ok said > ok inferred > interrupted > running. */
function statusRank(status: number, explicit: boolean): number {
  switch (status) {
    case STATUS.denied: return 7;
    case STATUS.error: return 6;
    case STATUS.cancelled: return 5;
    case STATUS.ok: return explicit ? 4 : 3;
    case STATUS.interrupted: return 2;
    default: return 1;
  }
}

const kindWeight: readonly number[] = [0, 6, 7, 5, 3, 4, 2, 1];

export type TextOf = (id: number) => string;

/** Of two different texts the longer (it says more), then the one that sorts first. */
function pick(a: number, b: number, textOf: TextOf): number {
  if (a === b || b === 0) return a;
  if (a === 0) return b;
  const x = textOf(a);
  const y = textOf(b);
  if (x.length !== y.length) return x.length > y.length ? a : b;
  return x <= y ? a : b;
}

function mergeStatus(into: Facts, from: Facts): void {
  const mine = toldStatus(into);
  const theirs = toldStatus(from);
  const myRank = statusRank(mine, has(into, FLAG.explicit));
  const theirRank = statusRank(theirs, has(from, FLAG.explicit));
  if (theirRank < myRank) return;
  if (theirRank === myRank) {
    into.flags |= from.flags & FLAG.explicit;
    return;
  }
  into.status = theirs;
  into.flags = (into.flags & ~(FLAG.explicit | FLAG.interruptedInferred)) | (from.flags & FLAG.explicit);
}

/** Start and end each come from the best teller that has one; between equals the earliest start and the latest end. */
function mergeTimes(into: Facts, from: Facts): void {
  const myEnd = into.endRank === RANK.none ? -1 : into.ts + Math.max(0, into.dur);
  const theirEnd = from.endRank === RANK.none ? -1 : from.ts + Math.max(0, from.dur);
  const end = from.endRank > into.endRank ? theirEnd : from.endRank < into.endRank ? myEnd : Math.max(myEnd, theirEnd);
  const bad = from.endRank > into.endRank ? from.flags : from.endRank < into.endRank ? into.flags : into.flags | from.flags;
  if (from.startRank > into.startRank) into.ts = from.ts;
  else if (from.startRank === into.startRank) into.ts = Math.min(into.ts, from.ts);
  const skew = (from.startRank > into.startRank ? from.flags : from.startRank < into.startRank ? into.flags : into.flags | from.flags) & FLAG.clockSkew;
  into.startRank = Math.max(into.startRank, from.startRank);
  into.endRank = Math.max(into.endRank, from.endRank);
  into.flags = (into.flags & ~(FLAG.clockSkew | FLAG.badDuration)) | skew | (bad & FLAG.badDuration);
  setEnd(into, end);
}

export function setEnd(facts: Facts, end: number): void {
  if (facts.endRank === RANK.none || has(facts, FLAG.badDuration)) facts.dur = -1;
  else facts.dur = Math.max(0, end - facts.ts);
}

function mergeUsage(into: Facts, from: Facts, guest: boolean): void {
  if (from.hasUsage) {
    const mineIsGuests = has(into, FLAG.guestUsage);
    const theirsIsGuests = guest || has(from, FLAG.guestUsage);
    if (!into.hasUsage || (mineIsGuests && !theirsIsGuests)) takeUsage(into, from, theirsIsGuests);
    else if (mineIsGuests === theirsIsGuests) maxUsage(into, from);
  }
  into.billing = joinBilling(into.billing, from.billing);
  into.units = joinUnits(into.units, from.units);
  if (from.micros >= 0 && (into.micros < 0 || from.currency < into.currency || (from.currency === into.currency && from.micros > into.micros))) {
    into.micros = from.micros;
    into.currency = from.currency;
  }
}

function takeUsage(into: Facts, from: Facts, guest: boolean): void {
  into.hasUsage = true;
  into.input = from.input;
  into.output = from.output;
  into.cacheRead = from.cacheRead;
  into.cacheWrite = from.cacheWrite;
  into.reasoning = from.reasoning;
  into.cacheWrite1h = from.cacheWrite1h;
  into.flags = guest ? into.flags | FLAG.guestUsage : into.flags & ~FLAG.guestUsage;
}

/** Two tellings of the same usage: never their sum. */
function maxUsage(into: Facts, from: Facts): void {
  into.input = Math.max(into.input, from.input);
  into.output = Math.max(into.output, from.output);
  into.cacheRead = Math.max(into.cacheRead, from.cacheRead);
  into.cacheWrite = Math.max(into.cacheWrite, from.cacheWrite);
  into.reasoning = Math.max(into.reasoning, from.reasoning);
  into.cacheWrite1h = Math.max(into.cacheWrite1h, from.cacheWrite1h);
}

function mergeError(into: Facts, from: Facts, guest: boolean, textOf: TextOf): void {
  if (from.errorType === 0 && from.errorMessage === 0 && from.errorStack === 0) return;
  const mine = into.errorType !== 0 || into.errorMessage !== 0 || into.errorStack !== 0;
  const mineIsGuests = mine && has(into, FLAG.guestError);
  const theirsIsGuests = guest || has(from, FLAG.guestError);
  if (mine && !mineIsGuests && theirsIsGuests) return;
  const replace = mineIsGuests && !theirsIsGuests;
  into.errorType = replace ? from.errorType : pick(into.errorType, from.errorType, textOf);
  into.errorMessage = replace ? from.errorMessage : pick(into.errorMessage, from.errorMessage, textOf);
  into.errorStack = replace ? from.errorStack : pick(into.errorStack, from.errorStack, textOf);
  into.flags = theirsIsGuests ? into.flags | FLAG.guestError : into.flags & ~FLAG.guestError;
}

function mergeName(into: Facts, from: Facts, textOf: TextOf): void {
  if (from.name === 0) return;
  if (into.name === 0 || from.nameRank > into.nameRank) into.name = from.name;
  else if (from.nameRank === into.nameRank) into.name = pick(into.name, from.name, textOf);
  into.nameRank = Math.max(into.nameRank, from.nameRank);
}

/** Both tell the same activity under the same key. */
export function mergeFacts(into: Facts, from: Facts, textOf: TextOf): void {
  mergeStatus(into, from);
  mergeTimes(into, from);
  mergeUsage(into, from, false);
  mergeError(into, from, false, textOf);
  mergeName(into, from, textOf);
  into.model = pick(into.model, from.model, textOf);
  into.source = pick(into.source, from.source, textOf);
  into.service = pick(into.service, from.service, textOf);
  if ((kindWeight[from.kind] ?? 0) > (kindWeight[into.kind] ?? 0)) into.kind = from.kind;
  into.flags |= from.flags & FLAG.agentRole;
  into.flags &= from.flags | ~FLAG.joins;
  if (into.claim === 0) into.claim = from.claim;
  if (into.run === 0) into.run = from.run;
}

/** `from` is another layer's telling of `into`: the host's own name, times and usage win, only the status counts fully. */
export function mergeGuest(into: Facts, from: Facts, textOf: TextOf): void {
  mergeStatus(into, from);
  mergeUsage(into, from, true);
  mergeError(into, from, true, textOf);
  if (from.name !== 0 && into.nameRank <= RANK.weak && from.nameRank > RANK.weak) mergeName(into, { ...from, nameRank: RANK.weak }, textOf);
  if (into.model === 0) into.model = from.model;
}

/** Kinds whose errors are failures of their own. */
export function failsByItself(kind: number): boolean {
  return kind === KIND.model_call || kind === KIND.tool_call || kind === KIND.handoff || kind === KIND.error;
}
