/** A join must not depend on the order of its parts, nor on how often one of them is told. */
import { describe, expect, it } from 'vitest';
import { FLAG, KIND, STATUS } from '../codes.ts';
import { mergeFacts, mergeGuest } from './merge.ts';
import { blankFacts, RANK, type Facts } from './row.ts';

const texts = ['', 'a', 'ab', 'b', 'longer text'];
const textOf = (id: number): string => texts[id] ?? '';

let state = 1;
function next(most: number): number {
  state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
  return (state >>> 8) % most;
}

/** One telling: a span, a log with a duration, an open log, or a point in time. */
function telling(): Facts {
  const f = blankFacts();
  const shape = next(4);
  // Every end is after every start: what ends before it begins has no duration to agree on.
  f.ts = (shape === 3 ? 1_060 : 1_000) + next(50);
  f.startRank = [RANK.span, RANK.log, RANK.log, RANK.weak][shape] ?? 0;
  f.endRank = [RANK.span, RANK.log, RANK.none, RANK.log][shape] ?? 0;
  f.dur = f.endRank === RANK.none ? -1 : shape === 3 ? 0 : 1_060 + next(40) - f.ts;
  f.status = 1 + next(6);
  f.kind = 1 + next(7);
  f.flags = next(2) === 0 ? FLAG.explicit : 0;
  f.name = next(5);
  f.nameRank = f.name === 0 ? RANK.none : (next(4));
  f.model = next(5);
  f.errorMessage = next(5);
  f.hasUsage = next(2) === 0;
  if (f.hasUsage) f.input = next(9);
  if (next(2) === 0) {
    f.micros = next(9);
    f.currency = 1;
  }
  return f;
}

function joined(parts: readonly Facts[]): Facts {
  const [first = blankFacts(), ...rest] = parts;
  const into = { ...first };
  for (const part of rest) mergeFacts(into, part, textOf);
  return into;
}

describe('mergeFacts', () => {
  it('gives the same in every order, also when tellings come twice', () => {
    for (let round = 0; round < 3_000; round++) {
      const [a, b, c] = [telling(), telling(), telling()];
      const want = joined([a, b, c]);
      for (const order of [[a, c, b], [b, a, c], [b, c, a], [c, a, b], [c, b, a], [a, a, b, c, b]]) expect(joined(order)).toEqual(want);
      expect(joined([joined([a, b]), c])).toEqual(joined([a, joined([b, c])]));
    }
  });

  it('takes the span\'s times, and a duration from a decision and its result', () => {
    const decision = { ...blankFacts(), ts: 100, startRank: RANK.log };
    const result = { ...blankFacts(), ts: 130, dur: 0, startRank: RANK.weak, endRank: RANK.log, status: STATUS.ok };
    expect(joined([result, decision])).toMatchObject({ ts: 100, dur: 30, status: STATUS.ok });
    const span = { ...blankFacts(), ts: 105, dur: 20, startRank: RANK.span, endRank: RANK.span, status: STATUS.ok };
    expect(joined([span, result, decision])).toMatchObject({ ts: 105, dur: 20 });
  });
});

describe('mergeGuest', () => {
  it('brings its status and what the host lacks, and yields when the host says it itself', () => {
    const host = { ...blankFacts(), kind: KIND.model_call, ts: 100, dur: 50, startRank: RANK.span, endRank: RANK.span, status: STATUS.ok, name: 1, nameRank: RANK.span };
    const guest = { ...host, ts: 110, dur: 10, status: STATUS.error, name: 4, model: 2, hasUsage: true, input: 9 };
    mergeGuest(host, guest, textOf);
    expect(host).toMatchObject({ ts: 100, dur: 50, name: 1, status: STATUS.error, model: 2, hasUsage: true, input: 9 });
    mergeFacts(host, { ...blankFacts(), ts: 100, startRank: RANK.log, hasUsage: true, input: 3 }, textOf);
    expect(host.input).toBe(3);
    mergeGuest(host, guest, textOf);
    expect(host.input).toBe(3);
  });
});
