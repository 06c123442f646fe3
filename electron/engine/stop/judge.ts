/**
 * The judge of a stop: pure, without a clock, and never from an answer of a lever. `verified` is said only when every connection of the scope
 * proves from outside the levers that nothing acts: its runtime shows no open work, every step whose end nobody saw is accounted for, nothing
 * acted for a whole window, and the whole window was seen; or its process is gone. Whatever is missing for that is named.
 */
import { actsOf } from './acts.ts';
import type { Act } from './acts.ts';
import { againstOf, newsUs } from './against.ts';
import type { Against } from './against.ts';
import { confirmLevers } from './confirm-lever.ts';
import { evidenceOf } from './evidence.ts';
import { openGraceUs } from './judge-input.ts';
import type { JudgeInput, LandedFact, Verdict } from './judge-input.ts';
import { accountSteps } from './opaque-steps.ts';
import { isGone, standingOf } from './standing.ts';
import type { Around, Standing } from './standing.ts';
import { clockOf, duration, inert } from './time-words.ts';

export type { JudgeInput, Verdict } from './judge-input.ts';

export function judge(input: JudgeInput): Verdict {
  const acts = actsOf(input);
  const against = againstOf(input, acts);
  const around = aroundOf(input, acts);
  const standings = input.connections.toSorted((a, b) => a.connection - b.connection).map((one) => standingOf(one, around));
  const blocks = generalBlocks(input);
  const proven = input.answeredUs !== null && blocks.length === 0 && standings.every((one) => one.proven);
  const overUs = windowOverUs(input, acts);
  const windowOver = overUs !== null && input.nowUs > overUs;
  const state = against.length > 0 ? 'still_acting' : input.verifiedUs !== null || proven ? 'verified' : windowOver ? 'unverified' : 'stopping';
  const times = state === 'verified' ? verifiedTimes(input, standings, around.quietUs) : { containedUs: null, verifiedUs: null };
  const denied = acts.filter((act) => act.role === 'denied').length;
  return {
    state, ...times, byProcess: goneAll(standings, input),
    lastActUs: newestOf(acts.map((act) => act.lastUs)),
    reopened: state === 'still_acting' && input.verifiedUs !== null,
    windowOver, quietSinceUs: input.answeredUs === null || input.connections.some((one) => (one.looks?.newest?.open.length ?? 0) > 0) ? null : around.quietUs,
    levers: confirmLevers(input, acts, against, standings),
    grounds: groundsOf(input, { acts, against, standings, blocks, state, silentUs: silentSince(standings, around.quietUs) }),
    evidence: evidenceOf(input, acts, against, state === 'verified' ? standings : []),
    landed: landedOf(acts), denied,
    stillOpen: stillOpenOf(input, acts),
    notSeen: [...new Set(standings.filter((one) => one.unseen && !one.proven).map((one) => one.name))].toSorted(),
    nextUs: nextOf(input, against, standings, overUs, acts, state),
  };
}

function goneAll(standings: readonly Standing[], input: JudgeInput): boolean {
  const mute = new Set(input.connections.filter((one) => one.shows === 'nothing').map((one) => one.connection));
  const telling = standings.filter((one) => !mute.has(one.connection));
  return telling.length > 0 && telling.every((one) => one.byProcess);
}

const newestOf = (times: readonly (number | null)[]): number | null => times.reduce<number | null>((most, one) => (one !== null && (most === null || one > most) ? one : most), null);

function aroundOf(input: JudgeInput, acts: readonly Act[]): Around {
  const after = acts.map((act) => act.lastUs).filter((us) => us !== null && us > input.commandUs);
  const arrived = acts.map((act) => act.arrivedUs).filter((us) => us !== null && us > input.commandUs);
  return {
    input, acts,
    actedUs: newestOf(after) ?? input.commandUs,
    quietUs: newestOf([input.answeredUs ?? input.nowUs, ...after]) ?? input.nowUs,
    arrivedUs: newestOf(arrived) ?? input.commandUs,
    lookedAt: new Set(input.connections.filter((one) => one.shows === 'looks').flatMap((one) => one.agents)),
  };
}

function generalBlocks(input: JudgeInput): readonly string[] {
  return [
    ...(input.connections.length === 0 ? ['No connection of the scope is left that could be looked at.'] : []),
    ...(input.rowsComplete ? [] : ['More activity came in than could be read: silence in what was read proves nothing.']),
  ];
}

/** When a whole window has passed in which it could have been verified; null: the levers have not all answered. */
function windowOverUs(input: JudgeInput, acts: readonly Act[]): number | null {
  if (input.answeredUs === null) return null;
  const news = acts.filter((act) => act.role === 'began').map(newsUs);
  const shownOpen = input.connections.map((one) => one.looks?.openUs ?? null);
  return (newestOf([input.answeredUs, ...news, ...shownOpen]) ?? input.answeredUs) + input.silenceUs + openGraceUs;
}

function verifiedTimes(input: JudgeInput, standings: readonly Standing[], quietUs: number): { readonly containedUs: number | null; readonly verifiedUs: number | null } {
  if (input.verifiedUs !== null) return { containedUs: input.containedUs, verifiedUs: input.verifiedUs };
  return { containedUs: newestOf(standings.map((one) => one.fromUs)) ?? quietUs, verifiedUs: input.nowUs };
}

/** Since when all of it was seen to be silent: open work, or a time without sight, that came after the last act begins it anew. Null: it is not seen, and whatever keeps it from being seen is named. */
function silentSince(standings: readonly Standing[], quietUs: number): number | null {
  const since = standings.map((one) => one.fromUs);
  return since.includes(null) ? null : newestOf([quietUs, ...since]);
}

interface Found {
  readonly acts: readonly Act[];
  readonly against: readonly Against[];
  readonly standings: readonly Standing[];
  readonly blocks: readonly string[];
  readonly state: Verdict['state'];
  readonly silentUs: number | null;
}

const mostGrounds = 12;

function groundsOf(input: JudgeInput, { acts, against, standings, blocks, state, silentUs }: Found): readonly string[] {
  const denied = acts.filter((act) => act.role === 'denied').length;
  const speaking = against.slice(0, mostGrounds).map((one) => one.text);
  const missing = [...blocks, ...standings.flatMap((one) => one.blocks)];
  const waiting = state === 'verified' ? [] : standings.flatMap((one) => one.waits);
  const proof = standings.flatMap((one) => one.grounds);
  return [
    ...speaking,
    ...(against.length > mostGrounds ? [`${against.length - mostGrounds} more acts speak against it.`] : []),
    ...(input.answeredUs === null ? ['Not every lever has answered.'] : []),
    ...missing, ...waiting, ...proof,
    ...(against.length === 0 && input.answeredUs !== null && silentUs !== null ? [`No act since ${clockOf(silentUs)}, as far as was seen: ${duration(input.nowUs - silentUs)}.`] : []),
    ...(denied === 0 ? [] : [`${denied === 1 ? '1 attempt' : `${denied} attempts`} after the command ${denied === 1 ? 'was' : 'were'} denied.`]),
    ...(input.openBefore === 0 && !acts.some((act) => act.lastUs !== null && act.lastUs > input.commandUs) ? ['Nothing of the scope was known to be running when the command was given.'] : []),
  ];
}

function landedOf(acts: readonly Act[]): readonly LandedFact[] {
  return acts.filter((act) => act.role === 'began' || act.role === 'landed').map((act) => ({
    key: act.key, connection: act.connection, activity: act.activity, atUs: act.beginUs, endUs: act.endUs, name: act.what, began: act.role === 'began',
  }));
}

function stillOpenOf(input: JudgeInput, acts: readonly Act[]): Verdict['stillOpen'] {
  return input.connections.toSorted((a, b) => a.connection - b.connection).flatMap((one) => {
    const name = inert(one.name);
    const runs = (one.looks?.newest?.open ?? []).toSorted((a, b) => (a.id < b.id ? -1 : 1)).map((run) => ({ id: `run:${one.connection}:${run.id}`.slice(0, 200), title: `Run ${inert(run.id, 40)}`, detail: `${run.state} at ${name} since ${clockOf(run.sinceUs)}${run.what === '' ? '' : `: ${inert(run.what, 120)}`}` }));
    const gone = isGone(one, acts);
    const steps = gone ? [] : accountSteps(one, input).filter((step) => step.needsUs === null).map((step) => ({ id: `step:${one.connection}:${step.key}`.slice(0, 200), title: step.step.step === null ? 'A step that may run on' : `Step ${inert(step.step.step)} may run on`, detail: step.text }));
    return [...(gone ? [] : runs), ...steps];
  });
}

function nextOf(input: JudgeInput, against: readonly Against[], standings: readonly Standing[], overUs: number | null, acts: readonly Act[], state: Verdict['state']): number | null {
  if (state === 'verified') return null;
  const all = standings.map((one) => one.provenAtUs);
  const proof = all.includes(null) ? null : newestOf(all);
  const quiet = against.length === 0 ? null : newestOf(acts.filter((act) => act.role === 'began').map((act) => newsUs(act) + input.silenceUs));
  const due = input.answeredUs === null ? null : input.answeredUs + openGraceUs;
  return [proof, quiet, due, overUs].filter((us) => us !== null && us > input.nowUs).reduce<number | null>((least, us) => (us !== null && (least === null || us < least) ? us : least), null);
}
