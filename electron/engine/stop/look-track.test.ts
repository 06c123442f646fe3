import { describe, expect, it } from 'vitest';
import { missedLook, noLooks, tookLook } from './look-track.ts';
import { at, clearSight, everySecond, looked, run, sign, step } from './test-judged.ts';

describe('what looks have shown', () => {
  it('is one sight while each follows the other and nothing is open', () => {
    expect(looked(everySecond(1, 9))).toMatchObject({ clearFromUs: at(1), clearToUs: at(9), badUs: null, fault: null });
    expect(looked([1, 11])).toMatchObject({ clearFromUs: at(1), clearToUs: at(11) });
    expect(looked([1, 12])).toMatchObject({ clearFromUs: at(12), clearToUs: at(12), badUs: at(1) });
  });

  it('begins anew after a look that failed, was incomplete, or showed something open', () => {
    const failed = missedLook(missedLook(looked([1, 2]), at(3), 'no answer'), at(4), 'still none');
    expect(failed).toMatchObject({ clearFromUs: null, clearToUs: null, badUs: at(4), fault: { sinceUs: at(3), text: 'still none' } });
    expect(tookLook(failed, clearSight(5), at(5))).toMatchObject({ clearFromUs: at(5), badUs: at(4), fault: null });
    expect(looked([1, 2, 3], (s) => clearSight(s, { complete: s !== 2 }))).toMatchObject({ clearFromUs: at(3), badUs: at(2) });
    expect(looked([1, 2, 3], (s) => clearSight(s, { open: s === 2 ? [run('a')] : [] }))).toMatchObject({ clearFromUs: at(3), badUs: at(2), openUs: at(2) });
    expect(looked([1, 2, 3], (s) => clearSight(s, { open: s === 2 ? [run('a', 'waiting')] : [] }))).toMatchObject({ clearFromUs: at(3), badUs: at(2), openUs: null });
  });

  it('keeps every run and sign once, as it was seen first', () => {
    const track = looked([1, 2, 3], (s) => clearSight(s, { open: [run('a')], signs: s < 3 ? [sign(0.5), sign(0.5)] : [sign(0.5), sign(2.5)] }));
    expect(track.signs.map((one) => [one.sign.atUs, one.seenUs])).toEqual([[at(0.5), at(1)], [at(2.5), at(3)]]);
    expect(track.runs.map((one) => [one.run.id, one.firstUs])).toEqual([['a', at(1)]]);
  });

  it('claims of a slow look no more than was seen: nothing is clear before its end, and nothing after its begin', () => {
    const track = tookLook(noLooks, clearSight(4, { signs: [sign(3.5)] }), at(1), at(4));
    expect(track).toMatchObject({ clearFromUs: at(4), clearToUs: at(1), signs: [{ seenUs: at(4) }] });
    expect(tookLook(track, clearSight(8), at(5), at(8))).toMatchObject({ clearFromUs: at(4), clearToUs: at(5) });
    const named = tookLook(noLooks, clearSight(4, { opaque: [step()], signs: [sign(3.5)] }), at(1), at(4));
    expect(tookLook(named, clearSight(5), at(5), at(5)).opaque).toMatchObject([{ ended: false }]);
  });

  it('keeps a step until the runtime went on from it', () => {
    const named = looked([1, 2], (s) => clearSight(s, { opaque: [step()], signs: [sign(s - 0.5)] }));
    expect(named.opaque).toMatchObject([{ namedUs: at(2), ended: false }]);
    const dropped = tookLook(named, clearSight(3), at(3));
    expect(dropped.opaque).toMatchObject([{ ended: false }]);
    expect(tookLook(dropped, clearSight(4, { signs: [sign(3.5, { run: 'run-2' })] }), at(4)).opaque).toMatchObject([{ ended: false }]);
    expect(tookLook(dropped, clearSight(4, { signs: [sign(3.5, { denied: true })] }), at(4)).opaque).toMatchObject([{ ended: false }]);
    expect(tookLook(dropped, clearSight(4, { signs: [sign(-3)] }), at(4)).opaque).toMatchObject([{ ended: false }]);
    expect(tookLook(dropped, clearSight(4, { complete: false, signs: [sign(3.5)] }), at(4)).opaque).toMatchObject([{ ended: false }]);
    const over = tookLook(dropped, clearSight(4, { signs: [sign(3.5)] }), at(4));
    expect(over.opaque).toMatchObject([{ ended: true }]);
    expect(tookLook(over, clearSight(5, { opaque: [step()] }), at(5)).opaque).toMatchObject([{ ended: false }]);
    expect(noLooks.opaque).toEqual([]);
  });
});
