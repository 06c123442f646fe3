/** What the judge may never say, over stops that nobody thought of. The conditions are worked out here from the raw looks and rows, not with the judge's own parts. */
import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import type { OpaqueStep, OpenRun } from '../connectors/stopping.ts';
import { reportedWords } from '../../../shared/stop.ts';
import { judge } from './judge.ts';
import { noProcess } from './judge-input.ts';
import type { JudgedConnection, JudgeInput, SeenRow, Verdict } from './judge-input.ts';
import { missedLook, noLooks, tookLook } from './look-track.ts';
import { at, clearSight, judged, lever, rhythm, row, run, second, sign, step, telemetryConnection } from './test-judged.ts';

// Many worlds, and a machine that may be busy with others.
vi.setConfig({ testTimeout: 60_000 });

const silenceS = 30;
const runs = { numRuns: 400 };

interface LookEvent { readonly s: number; readonly kind: 'clear' | 'failed' | 'incomplete' | 'open'; readonly signs: readonly number[]; readonly opaque: readonly OpaqueStep[] }
interface World {
  readonly nowS: number;
  readonly looks: readonly LookEvent[];
  readonly rows: readonly SeenRow[];
  readonly gaps: readonly { readonly fromUs: number; readonly toUs: number | null; readonly text: string }[];
  readonly gone: number | null;
  readonly input: JudgeInput;
}

/** Mostly good, so that what is verified is tried often. */
const rarely = <T>(usual: T, others: fc.Arbitrary<T>, weight = 40): fc.Arbitrary<T> => fc.oneof({ weight, arbitrary: fc.constant(usual) }, { weight: 1, arbitrary: others });
const openRun: fc.Arbitrary<OpenRun> = fc.record({ id: fc.constantFrom('run-1', 'run-2'), state: fc.constantFrom('running' as const, 'queued' as const, 'scheduled' as const, 'waiting' as const), since: fc.integer({ min: -20, max: 60 }) }).map(({ id, state, since }) => run(id, state, since));
const opaqueStep = fc.record({ run: fc.constantFrom('run-1', 'run-2'), step: fc.constantFrom('write', 'read', null) }).map((one) => step(one));

const lookEvents = (nowS: number): fc.Arbitrary<readonly LookEvent[]> => fc.array(fc.record({
  kind: rarely<LookEvent['kind']>('clear', fc.constantFrom('failed' as const, 'incomplete' as const, 'open' as const), 120),
  apart: rarely(1, fc.constantFrom(2, 9, 12, 30), 120),
  signs: rarely<readonly number[]>([], fc.array(fc.integer({ min: -20, max: 70 }), { minLength: 1, maxLength: 2 }), 200),
  opaque: rarely<readonly OpaqueStep[]>([], fc.array(opaqueStep, { minLength: 1, maxLength: 2 }), 200),
}), { minLength: nowS, maxLength: nowS }).map((events) => {
  let s = 0;
  return events.map(({ apart, ...event }) => ({ ...event, s: (s += apart) })).filter((event) => event.s <= nowS);
});

const someRow = fc.record({
  id: fc.integer({ min: 1, max: 1_000_000 }), start: fc.integer({ min: -60, max: 70 }), took: fc.option(fc.integer({ min: 0, max: 20 })), kind: fc.constantFrom('model_call' as const, 'tool_call' as const, 'lifecycle' as const, 'error' as const, 'denial' as const, 'approval' as const, 'handoff' as const),
  status: fc.constantFrom('ok' as const, 'error' as const, 'denied' as const, 'cancelled' as const, 'interrupted' as const), late: fc.integer({ min: 0, max: 30 }), known: fc.boolean(), source: fc.constantFrom('genai/span', 'a2a/task', 'langgraph/run', 'langgraph/step'), name: fc.constantFrom('work', 'canceled', 'completed', 'write'),
}).map(({ id, start, took, kind, status, late, known, source, name }) => {
  const end = took === null ? null : start + took;
  const seenUs = known ? at((end ?? start) + late) : null;
  return row(id, start, end, { kind, status: end === null ? 'running' : status, source, name }, { knownUs: seenUs, changedUs: seenUs });
});
const withoutTwins = (rows: readonly SeenRow[]): readonly SeenRow[] => [...new Map(rows.map((one) => [one.row.id, one])).values()];

const world: fc.Arbitrary<World> = fc.integer({ min: 20, max: 80 }).chain((nowS) => fc.record({
  looks: lookEvents(nowS), rows: fc.oneof({ weight: 3, arbitrary: fc.constant([]) }, { weight: 2, arbitrary: fc.array(someRow, { maxLength: 3 }) }).map(withoutTwins),
  gap: rarely<readonly [number, number | null] | null>(null, fc.tuple(fc.integer({ min: -20, max: 60 }), fc.option(fc.integer({ min: 0, max: 20 }))).map(([from, took]): readonly [number, number | null] => [from, took]), 6),
  gone: rarely<number | null>(null, fc.integer({ min: 0, max: 60 }), 8), process: fc.constantFrom(noProcess, noProcess, { state: 'alive' as const, sinceUs: at(-50), covers: null }),
  answered: rarely<number | null>(0.2, fc.option(fc.integer({ min: 0, max: 30 })), 6), open: openRun,
  rhythms: fc.array(fc.record({ run: fc.constantFrom('run-1', 'run-2'), signs: fc.integer({ min: 0, max: 6 }), longest: fc.integer({ min: 0, max: 20 }), last: fc.integer({ min: -30, max: 0 }) }), { maxLength: 2 }),
  steps: fc.array(fc.record({ step: fc.constantFrom('write', 'read'), times: fc.integer({ min: 1, max: 9 }), most: fc.integer({ min: 0, max: 40 }) }), { maxLength: 2 }),
  visibility: rarely<JudgedConnection['visibility']>('all', fc.constantFrom('own' as const, 'unknown' as const)), enabled: rarely(true, fc.constant(false)),
}).map((made): World => {
  const known = made.rows.map((one) => (one.knownUs !== null && one.knownUs > at(nowS) ? { ...one, knownUs: at(nowS), changedUs: at(nowS) } : one));
  const gaps = made.gap === null ? [] : [{ fromUs: at(made.gap[0]), toUs: made.gap[1] === null ? null : at(made.gap[0] + made.gap[1]), text: 'not seen' }];
  const track = made.looks.reduce((before, one) => (one.kind === 'failed' ? missedLook(before, at(one.s), 'no answer') : tookLook(before, clearSight(one.s, {
    complete: one.kind !== 'incomplete', open: one.kind === 'open' ? [made.open] : [], signs: one.signs.filter((s) => s <= one.s).map((s) => sign(s)), opaque: one.opaque,
  }), at(one.s))), noLooks);
  const process = made.gone === null || made.gone > nowS ? made.process : { state: 'gone' as const, sinceUs: at(made.gone), covers: null };
  const connection: JudgedConnection = { connection: 1, name: 'prod graph', enabled: made.enabled, shows: 'looks', visibility: made.visibility, agents: [11], looks: track, gaps, clockBehindUs: null, process };
  const input = judged(nowS, {
    silenceUs: silenceS * second, answeredUs: made.answered === null ? null : at(made.answered), connections: [connection], rows: known,
    rhythms: made.rhythms.map((one) => rhythm({ connection: 1, agent: null, run: one.run, signs: one.signs, longestUs: one.longest * second, lastUs: at(one.last) })),
    stepTimes: made.steps.map((one) => ({ connection: 1, step: one.step, times: one.times, mostUs: one.most * second })),
  });
  return { nowS, looks: made.looks, rows: known, gaps, gone: process.state === 'gone' ? made.gone : null, input };
}));

/** A connection that only tells, alone or beside the one that is looked at, with or without a process that ended lately. */
const toldWorld: fc.Arbitrary<JudgeInput> = fc.record({
  one: world, alone: fc.boolean(), silence: fc.constantFrom(5, silenceS), agents: fc.constantFrom([11], [12], [11, 12]), on: fc.constantFrom(1, 2),
  goneAgo: fc.option(fc.integer({ min: 0, max: 14 }), { freq: 3 }), covers: fc.constantFrom(null, [11], [12]), rhythmic: fc.subarray([11, 12]), longest: fc.integer({ min: 1, max: 12 }),
}).map(({ one: { input, nowS }, alone, silence, agents, on, goneAgo, covers, rhythmic, longest }) => {
  const process = goneAgo === null ? noProcess : { state: 'gone' as const, sinceUs: at(nowS - goneAgo), covers };
  const rhythms = rhythmic.map((agent) => rhythm({ connection: 2, agent, longestUs: longest * second }));
  return {
    ...input, silenceUs: silence * second, connections: [...(alone ? [] : input.connections), telemetryConnection({ agents, process })],
    rows: input.rows.map((seen) => ({ ...seen, row: { ...seen.row, connection: on } })), rhythms: [...input.rhythms, ...rhythms],
  };
});

const isVerified = ({ input }: World): Verdict | null => {
  const verdict = judge(input);
  return verdict.state === 'verified' ? verdict : null;
};
const isOwn = ({ row: { kind, status, source, name, startUs, endUs } }: SeenRow): boolean => kind === 'lifecycle' && (status === 'cancelled' || (source.startsWith('a2a/') && startUs === endUs && name === 'canceled'));
const isDenied = ({ row: { kind, status } }: SeenRow): boolean => kind === 'denial' || status === 'denied';
const toldUs = (one: SeenRow): number => Math.min(one.row.startUs, one.knownUs ?? Number.POSITIVE_INFINITY);
/** Only looks can have verified it. */
const byLooks = (one: World): boolean => one.gone === null;
const inWindow = (one: World): readonly LookEvent[] => one.looks.filter((look) => look.s > one.nowS - silenceS - 1);

describe('a stop is never verified', () => {
  it('in so many of these worlds that the rest of this says something', () => {
    const sample = fc.sample(world, { numRuns: 1_000, seed: 4 }).filter((one) => isVerified(one) !== null);
    expect(sample.length).toBeGreaterThan(100);
    expect(sample.length).toBeLessThan(900);
    expect(sample.filter((one) => !byLooks(one)).length).toBeGreaterThan(10);
    expect(sample.filter((one) => one.rows.length > 0).length).toBeGreaterThan(10);
    expect(sample.filter((one) => one.looks.some((look) => look.opaque.length > 0)).length).toBeGreaterThan(5);
    expect(sample.filter((one) => one.gaps.length > 0).length).toBeGreaterThan(2);
    const told = fc.sample(toldWorld, { numRuns: 1_000, seed: 4 }).filter((input) => judge(input).state === 'verified');
    expect(told.length).toBeGreaterThan(100);
    expect(told.length).toBeLessThan(900);
  });

  it('when an act that was not denied began after it is said to be contained', () => {
    fc.assert(fc.property(world, (one) => {
      const verdict = isVerified(one);
      if (verdict === null) return;
      const later = one.rows.filter((seen) => !isOwn(seen) && !isDenied(seen) && toldUs(seen) > (verdict.containedUs ?? 0) && !(seen.row.kind === 'lifecycle' && seen.row.name === 'completed'));
      expect(later).toEqual([]);
      expect(one.looks.filter((look) => look.kind !== 'failed').flatMap((look) => look.signs.filter((s) => s <= look.s && at(s) > (verdict.containedUs ?? 0)))).toEqual([]);
    }), runs);
  });

  it('within a window of something that came in', () => {
    fc.assert(fc.property(world, (one) => {
      if (isVerified(one) === null || !byLooks(one)) return;
      const cameIn = one.rows.filter((seen) => !isOwn(seen) && !isDenied(seen) && seen.changedUs !== null && seen.changedUs > at(one.nowS - silenceS));
      expect(cameIn).toEqual([]);
    }), runs);
  });

  it('while open work is shown, or was shown in the window', () => {
    fc.assert(fc.property(world, (one) => {
      if (isVerified(one) === null || !byLooks(one)) return;
      expect(inWindow(one).filter((look) => look.kind === 'open' && look.s > one.nowS - silenceS)).toEqual([]);
    }), runs);
  });

  it('when a look in the window was incomplete, failed or missing', () => {
    fc.assert(fc.property(world, (one) => {
      if (isVerified(one) === null || !byLooks(one)) return;
      const from = one.nowS - silenceS;
      const seen = one.looks.filter((look) => look.s > from);
      expect(seen.filter((look) => look.kind !== 'clear')).toEqual([]);
      const times = [Math.max(from, 0), ...seen.map((look) => look.s), one.nowS];
      expect(Math.max(...times.slice(1).map((s, index) => s - (times[index] ?? s)))).toBeLessThanOrEqual(10);
    }), runs);
  });

  it('when a gap touches the window', () => {
    fc.assert(fc.property(world, (one) => {
      if (isVerified(one) === null || !byLooks(one)) return;
      expect(one.gaps.filter((gap) => gap.toUs === null || gap.toUs > at(one.nowS - silenceS))).toEqual([]);
    }), runs);
  });

  it('while a step is not accounted for', () => {
    fc.assert(fc.property(world, (one) => {
      if (isVerified(one) === null || !byLooks(one)) return;
      const named = one.looks.filter((look) => look.kind !== 'failed').flatMap((look) => look.opaque.map((opaque) => ({ opaque, s: look.s })));
      for (const { opaque, s } of named) {
        const went = one.looks.some((look) => look.kind !== 'failed' && look.s > s && look.signs.some((signS) => signS <= look.s && at(signS) > opaque.sinceUs));
        const rhythmic = one.input.rhythms.some((known) => known.run === opaque.run && known.signs >= 3 && (known.longestUs ?? 0) > 0 && (known.lastUs ?? 0) > opaque.sinceUs);
        const timed = one.input.stepTimes.some((known) => known.step === opaque.step && known.times >= 5);
        expect(went || rhythmic || timed).toBe(true);
      }
    }), runs);
  });

  it('before every lever has answered, where it is not all seen, or where it is switched off', () => {
    fc.assert(fc.property(world, (one) => {
      if (isVerified(one) === null) return;
      expect(one.input.answeredUs).not.toBeNull();
      if (!byLooks(one)) return;
      expect(one.input.connections.map(({ enabled, visibility }) => ({ enabled, visibility }))).toEqual([{ enabled: true, visibility: 'all' }]);
    }), runs);
  });

  it('sooner than ten seconds after its process was gone, or while something came after that', () => {
    fc.assert(fc.property(world, (one) => {
      const verdict = isVerified(one);
      if (verdict === null || one.gone === null) return;
      const since = one.gone;
      const looksAlone = one.looks.some((look) => look.kind !== 'failed' && look.s > since);
      expect(looksAlone || one.nowS - since >= 10).toBe(true);
      expect(one.rows.filter((seen) => !isOwn(seen) && !isDenied(seen) && toldUs(seen) > at(one.nowS))).toEqual([]);
    }), runs);
  });
});

describe('a verdict', () => {
  it('never becomes verified by an act more', () => {
    fc.assert(fc.property(world, someRow, fc.integer({ min: -20, max: 70 }), (one, more, signS) => {
      if (isVerified(one) !== null) return;
      const rows = withoutTwins([...one.rows, ...(one.rows.some((seen) => seen.row.id === more.row.id) ? [] : [more])]);
      expect(judge({ ...one.input, rows }).state).not.toBe('verified');
      expect(judge({ ...one.input, signs: [{ sign: sign(signS), connection: 1, seenUs: at(Math.max(signS, 1)) }] }).state).not.toBe('verified');
    }), runs);
  });

  it('never becomes verified by an act more where it is told of, too, and some of it was in a process that is gone', () => {
    fc.assert(fc.property(toldWorld, someRow, fc.constantFrom(1, 2), fc.integer({ min: -20, max: 70 }), (input, more, connection, signS) => {
      if (judge(input).state === 'verified') return;
      const told = { ...more, row: { ...more.row, id: 2_000_000, connection } };
      expect(judge({ ...input, rows: [...input.rows, told] }).state).not.toBe('verified');
      expect(judge({ ...input, signs: [{ sign: sign(signS), connection, seenUs: at(Math.max(signS, 1)) }] }).state).not.toBe('verified');
    }), runs);
  });

  it('does not hang on the order in which things are told', () => {
    const sorted = (verdict: Verdict): Verdict => ({ ...verdict, levers: verdict.levers.toSorted((a, b) => a.lever - b.lever) });
    fc.assert(fc.property(world, (one) => {
      const levers = [lever(1), lever(2, { leverId: 'process.kill' }), lever(3, { kind: 'hold', step: 'refuse', leverId: 'console.hold' })];
      const input = { ...one.input, levers, connections: [...one.input.connections, ...one.input.connections.map((other) => ({ ...other, connection: 2, name: 'other' }))] };
      const turned = {
        ...input, levers: levers.toReversed(), rows: input.rows.toReversed(), rhythms: input.rhythms.toReversed(), stepTimes: input.stepTimes.toReversed(),
        connections: input.connections.toReversed().map((other) => ({ ...other, gaps: other.gaps.toReversed(), looks: other.looks === null ? null : { ...other.looks, signs: other.looks.signs.toReversed(), opaque: other.looks.opaque.toReversed(), runs: other.looks.runs.toReversed() } })),
      };
      expect(sorted(judge(turned))).toEqual(sorted(judge(input)));
    }), { numRuns: 150 });
  });

  it('never hangs on what the levers answered', () => {
    fc.assert(fc.property(world, fc.constantFrom(null, ...reportedWords), (one, reported) => {
      expect(judge({ ...one.input, levers: one.input.levers.map((other) => ({ ...other, reported })) })).toEqual(judge(one.input));
    }), { numRuns: 150 });
  });

  it('has times that fit together', () => {
    fc.assert(fc.property(world, (one) => {
      const verdict = judge(one.input);
      expect(verdict.state === 'verified').toBe(verdict.verifiedUs !== null && verdict.containedUs !== null);
      expect(verdict.containedUs ?? 0).toBeLessThan(verdict.verifiedUs ?? 1);
      expect(verdict.nextUs ?? Number.POSITIVE_INFINITY).toBeGreaterThan(one.input.nowUs);
      expect(verdict.lastActUs ?? 0).toBeLessThanOrEqual(one.input.nowUs);
      expect(verdict.grounds.length).toBeGreaterThan(0);
    }), runs);
  });
});
