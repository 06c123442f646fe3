/** Runtimes that lie, second by second: what each is judged to be, and when. */
import { describe, expect, it } from 'vitest';
import { judge } from './judge.ts';
import type { JudgeInput, SeenRow, Verdict } from './judge-input.ts';
import { noLooks, tookLook } from './look-track.ts';
import { at, clearSight, judged, lever, looksConnection, row, run, sign, step } from './test-judged.ts';
import type { Sight } from '../connectors/stopping.ts';

interface Lie {
  /** when the levers had answered; null: never. */
  readonly answeredS: number | null;
  /** what the runtime says of them. */
  readonly levers?: JudgeInput['levers'];
  /** moments at which it really acts. */
  readonly acts: readonly number[];
  /** how an act is told, where it is. */
  readonly told?: (s: number, id: number) => SeenRow;
  readonly sight?: (s: number) => Partial<Sight>;
}

/** Judges every second for ten minutes; what was verified is kept, as an order keeps it. */
function lived(lie: Lie, untilS = 600): readonly (Verdict & { readonly s: number })[] {
  let looks = noLooks;
  let held: Pick<JudgeInput, 'verifiedUs' | 'containedUs'> = { verifiedUs: null, containedUs: null };
  const told = lie.told ?? ((s: number, id: number) => row(id, s, s + 0.1));
  const rows = lie.acts.map((s, index) => ({ s, row: told(s, index + 1) }));
  return Array.from({ length: untilS }, (_, index) => {
    const s = index + 1;
    looks = tookLook(looks, clearSight(s, lie.sight?.(s) ?? {}), at(s));
    const answeredUs = lie.answeredS !== null && s >= lie.answeredS ? at(lie.answeredS) : null;
    const verdict = judge(judged(s, {
      answeredUs, connections: [looksConnection(looks)], levers: lie.levers ?? [lever(1)], ...held,
      rows: rows.filter((one) => (one.row.knownUs ?? at(one.s)) <= at(s)).map((one) => one.row),
    }));
    held = { verifiedUs: verdict.verifiedUs, containedUs: verdict.containedUs };
    return { ...verdict, s };
  });
}
const firstVerified = (lie: Lie): number | null => lived(lie).find((one) => one.state === 'verified')?.s ?? null;
const every = (from: number, apart: number, to = 600): readonly number[] => Array.from({ length: Math.floor((to - from) / apart) + 1 }, (_, index) => from + index * apart);

describe('a lying runtime', () => {
  it('that acknowledges and keeps running is still acting', () => {
    const states = lived({ answeredS: 0.1, acts: every(1, 5) });
    expect(new Set(states.slice(1).map((one) => one.state))).toEqual(new Set(['still_acting']));
  });

  it('that acknowledges, shows no open work and runs on seldom is never verified while each window has an act', () => {
    expect(firstVerified({ answeredS: 0.1, acts: every(1, 89) })).toBeNull();
  });

  it('that acknowledges late is verified a window after its answer, not before', () => {
    expect(firstVerified({ answeredS: 30, acts: [2, 12] })).toBe(120);
    expect(firstVerified({ answeredS: null, acts: [] })).toBeNull();
  });

  it('that drops its reply and runs on is still acting: no answer is no stop, and none is needed to see it', () => {
    const lie = { answeredS: 5, levers: [lever(1, { state: 'unknown', reported: null })], acts: [], sight: (): Partial<Sight> => ({ open: [run('run-1')] }) } as const;
    expect(firstVerified(lie)).toBeNull();
    expect(lived(lie).at(-1)).toMatchObject({ state: 'still_acting', levers: [{ confirmed: 'no' }] });
  });

  it('that drops its reply and did stop is verified by what is seen', () => {
    expect(firstVerified({ answeredS: 5, levers: [lever(1, { state: 'unknown', reported: null })], acts: [] })).toBe(95);
  });

  it('that acknowledges twice is believed neither time', () => {
    const twice = [lever(1), lever(2, { reported: 'stopped' })];
    expect(firstVerified({ answeredS: 0.1, levers: twice, acts: every(1, 20) })).toBeNull();
  });

  it('that comes back after a minute is not verified before, nor while it stays', () => {
    const lie = { answeredS: 0.1, acts: every(60, 7) };
    const states = lived(lie);
    expect(states.some((one) => one.state === 'verified')).toBe(false);
    expect(states[58]?.state).toBe('stopping');
    expect(states.slice(60).every((one) => one.state === 'still_acting')).toBe(true);
  });

  it('that comes back once after a minute is verified a window after that', () => {
    expect(firstVerified({ answeredS: 0.1, acts: [60] })).toBe(151);
  });

  it('that comes back after it was verified reopens the order, once, and is still acting', () => {
    const states = lived({ answeredS: 0.1, acts: every(120, 10) });
    expect(states.find((one) => one.state === 'verified')?.s).toBe(91);
    expect(states.filter((one) => one.reopened).map((one) => one.s)).toEqual([121]);
    expect(states.slice(121).every((one) => one.state === 'still_acting')).toBe(true);
  });

  it('whose clock is an hour behind hides nothing', () => {
    expect(firstVerified({ answeredS: 0.1, acts: every(1, 30), told: (s, id) => row(id, s - 3_600, s - 3_599.9, {}, { knownUs: at(s), changedUs: at(s) }) })).toBeNull();
  });

  it('whose clock is an hour ahead does not postpone its last act', () => {
    const last = lived({ answeredS: 0.1, acts: [3, 8], told: (s, id) => row(id, s + 3_600, s + 3_600.1, {}, { knownUs: at(s), changedUs: at(s) }) }).at(-1);
    expect(last).toMatchObject({ state: 'verified', lastActUs: at(8), containedUs: at(8) });
  });

  it('that reports its acts a minute late is verified a window after the last report', () => {
    expect(firstVerified({ answeredS: 0.1, acts: [5], told: (s, id) => row(id, s, s, {}, { knownUs: at(s + 60), changedUs: at(s + 60) }) })).toBe(155);
  });

  it('that ends the run and leaves its step out after a second is not believed', () => {
    expect(firstVerified({ answeredS: 0.1, acts: [], sight: (s) => ({ opaque: s === 1 ? [step()] : [] }) })).toBeNull();
  });

  it('that shows half of what runs is not believed', () => {
    expect(firstVerified({ answeredS: 0.1, acts: [], sight: () => ({ complete: false }) })).toBeNull();
  });

  it('that shows its run again and again for a moment is still acting', () => {
    const states = lived({ answeredS: 0.1, acts: [], sight: (s) => ({ open: s % 40 === 0 ? [run(`run-${s}`, 'running', s - 0.5)] : [] }) });
    expect(states.some((one) => one.state === 'verified')).toBe(false);
    expect(states.at(-1)?.state).toBe('still_acting');
  });

  it('that gives signs of life in its states is still acting', () => {
    expect(firstVerified({ answeredS: 0.1, acts: [], sight: (s) => ({ signs: s % 30 === 0 ? [sign(s - 0.2, { what: `checkpoint ${s}` })] : [] }) })).toBeNull();
  });
});
