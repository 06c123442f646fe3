/**
 * What looks at one connection have shown since the command, folded look by look: how long it has been seen without a break that nothing is
 * open, every run and sign that was read, and every step whose end nobody saw. What was once shown is not forgotten because a later look leaves it out.
 */
import type { OpaqueStep, OpenRun, Sight, Sign } from '../connectors/stopping.ts';

/** Looks further apart than this are not one uninterrupted sight. */
export const lookApartUs = 10_000_000;

export interface TrackedSign { readonly sign: Sign; readonly seenUs: number }
export interface TrackedRun { readonly run: OpenRun; readonly firstUs: number }
/** `ended`: a complete look no longer names it, and a later sign of its run shows that the runtime saw it end. Being named no more is not enough: deleted runs are named no more either. */
export interface TrackedStep { readonly step: OpaqueStep; /** the newest look that named it. */ readonly namedUs: number; readonly ended: boolean }

export interface LookTrack {
  /** the newest look that came through; null: none did yet. */
  readonly newest: Sight | null;
  readonly newestUs: number | null;
  /** uninterrupted looks that were complete and showed nothing open: from the end of the first to the begin of the newest; null: the newest was not such a look. */
  readonly clearFromUs: number | null;
  readonly clearToUs: number | null;
  /** the newest look that failed, was incomplete or showed something open, or the last one before looks were interrupted; null: none. */
  readonly badUs: number | null;
  /** the newest look that showed work which runs or is to run by itself; null: none did. */
  readonly openUs: number | null;
  /** why looks fail now; null: they do not. */
  readonly fault: { readonly sinceUs: number; readonly text: string } | null;
  readonly runs: readonly TrackedRun[];
  readonly signs: readonly TrackedSign[];
  readonly opaque: readonly TrackedStep[];
}

export const noLooks: LookTrack = { newest: null, newestUs: null, clearFromUs: null, clearToUs: null, badUs: null, openUs: null, fault: null, runs: [], signs: [], opaque: [] };

/**
 * `atUs`: when the look was begun, on this machine's clock: that nothing was open is known until then, not for what happened while it was on its way.
 * `doneUs`: when it was there: what it tells may have happened until then, and what it shows ended may have ended just before.
 */
export function tookLook(track: LookTrack, sight: Sight, atUs: number, doneUs: number = atUs): LookTrack {
  const clear = sight.complete && sight.open.length === 0;
  const broken = track.clearToUs !== null && atUs - track.clearToUs > lookApartUs;
  const signs = joined(track.signs, sight.signs.map((sign) => ({ sign, seenUs: doneUs })), signKey);
  return {
    newest: sight, newestUs: atUs, fault: null,
    clearFromUs: clear ? (broken ? doneUs : track.clearFromUs ?? doneUs) : null, clearToUs: clear ? atUs : null,
    badUs: clear ? (broken ? track.clearToUs : track.badUs) : atUs,
    openUs: sight.open.some((run) => run.state !== 'waiting') ? atUs : track.openUs,
    runs: joined(track.runs, sight.open.map((run) => ({ run, firstUs: doneUs })), runKey),
    signs,
    opaque: withSteps(track.opaque, sight, signs, doneUs),
  };
}

export function missedLook(track: LookTrack, atUs: number, text: string): LookTrack {
  return { ...track, clearFromUs: null, clearToUs: null, badUs: atUs, fault: { sinceUs: track.fault?.sinceUs ?? atUs, text } };
}

const signKey = ({ sign }: TrackedSign): string => JSON.stringify([sign.atUs, sign.run, sign.what, sign.denied]);
const runKey = ({ run }: TrackedRun): string => JSON.stringify([run.id, run.sinceUs]);
export const stepKey = (step: OpaqueStep): string => JSON.stringify([step.run, step.step, step.sinceUs]);

function joined<T>(known: readonly T[], more: readonly T[], keyOf: (one: T) => string): readonly T[] {
  if (more.length === 0) return known;
  const all = new Map(known.map((one) => [keyOf(one), one]));
  for (const one of more) if (!all.has(keyOf(one))) all.set(keyOf(one), one);
  return all.size === known.length ? known : [...all.values()];
}

function withSteps(known: readonly TrackedStep[], sight: Sight, signs: readonly TrackedSign[], doneUs: number): readonly TrackedStep[] {
  const named = new Set(sight.opaque.map(stepKey));
  const wentOn = ({ step, namedUs }: TrackedStep): boolean => signs.some(({ sign, seenUs: readUs }) => sign.run === step.run && !sign.denied && sign.atUs > step.sinceUs && readUs > namedUs);
  const kept = known.map((one) => {
    if (named.has(stepKey(one.step))) return { ...one, namedUs: doneUs, ended: false };
    return one.ended || !sight.complete || !wentOn(one) ? one : { ...one, ended: true };
  });
  return joined(kept, sight.opaque.map((step) => ({ step, namedUs: doneUs, ended: false })), (one) => stepKey(one.step));
}
