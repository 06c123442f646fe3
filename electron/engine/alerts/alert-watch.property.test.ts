/** Over any course of things: raised exactly where it held at every look over the rule's time, once in its life, and over exactly after a seen minute without it. */
import fc from 'fast-check';
import { expect, it, vi } from 'vitest';
import { AlertWatch, mostBetweenUs } from './alert-watch.ts';
import { conditionsOf } from './conditions.ts';
import type { OpenAlertFact } from './facts.ts';
import { facts, failureRate, nowUs, openAlert, rule, second, windowFact } from './test-alerts.ts';

vi.setConfig({ testTimeout: 60_000 });

interface Step { readonly afterS: number; readonly failing: readonly boolean[]; readonly blind: boolean; readonly restart: boolean; readonly resolves: boolean }
interface Told { readonly at: number; readonly key: string; readonly what: 'raised' | 'over' }

const step: fc.Arbitrary<Step> = fc.record({
  afterS: fc.oneof({ weight: 20, arbitrary: fc.constant(5) }, { weight: 4, arbitrary: fc.integer({ min: 1, max: 30 }) }, { weight: 1, arbitrary: fc.integer({ min: 31, max: 400 }) }),
  failing: fc.tuple(fc.boolean(), fc.oneof({ weight: 5, arbitrary: fc.constant(true) }, { weight: 1, arbitrary: fc.constant(false) })),
  blind: fc.oneof({ weight: 9, arbitrary: fc.constant(false) }, { weight: 1, arbitrary: fc.constant(true) }),
  restart: fc.oneof({ weight: 30, arbitrary: fc.constant(false) }, { weight: 1, arbitrary: fc.constant(true) }),
  resolves: fc.oneof({ weight: 30, arbitrary: fc.constant(false) }, { weight: 1, arbitrary: fc.constant(true) }),
});
/** Each of them some looks long, so that windows are filled. */
const course = fc.array(fc.tuple(step, fc.integer({ min: 1, max: 25 })), { minLength: 1, maxLength: 14 }).map((parts) => parts.flatMap(([one, times]) => Array.from({ length: times }, (_, at) => (at === 0 ? one : { ...one, restart: false, resolves: false, afterS: Math.min(one.afterS, 30) }))));

const agents = [5, 6];

function played(steps: readonly Step[], sustainedS: number): Told[] {
  const watched = rule(failureRate, { sustainedS });
  const told: Told[] = [];
  let [watch, open, at]: [AlertWatch, OpenAlertFact[], number] = [new AlertWatch(), [], 0];
  for (const [n, one] of steps.entries()) {
    at += one.afterS;
    if (one.restart) watch = new AlertWatch();
    if (one.resolves) open = [];
    const us = nowUs + at * second;
    // Of one of them the facts tell what is below the limit, too.
    const rows = agents.flatMap((agent, index) => (one.failing[index] || index === 1 ? [windowFact(agent, { ended: 20, failed: one.failing[index] ? 20 : 2 })] : []));
    const some = facts({ windows: [{ withinS: 900, rows }], open, gaps: one.blind ? [{ id: 1, connection: null, fromUs: us, toUs: null, reason: 'engine_off', text: '' }] : [] });
    watch.follow([watched]);
    const looked = watch.look([watched], conditionsOf([watched], some, us), open, us);
    for (const raise of looked.raise) {
      watch.tellKnown(raise);
      open = [...open, openAlert({ id: told.length + 1, key: raise.key, agent: raise.agent })];
      told.push({ at: n, key: raise.key, what: 'raised' });
    }
    for (const over of looked.over) {
      open = open.filter((alert) => alert.id !== over.alert.id);
      told.push({ at: n, key: over.alert.key, what: 'over' });
    }
  }
  return told;
}

/** Worked out from the whole course for one agent, looking back at each step. */
function expected(steps: readonly Step[], sustainedS: number, index: number): Omit<Told, 'key'>[] {
  let sum = 0;
  const atS = steps.map((one) => (sum += one.afterS));
  const told: Omit<Told, 'key'>[] = [];
  let [open, silenced] = [false, false];
  /** How long without a break up to that step, by looks of one engine that were not far apart. */
  const lasted = (n: number, is: (one: Step) => boolean): number | null => {
    let first = n;
    if (!is(steps[n] as Step)) return null;
    while (first > 0 && !(steps[first] as Step).restart && (steps[first] as Step).afterS * second <= mostBetweenUs && is(steps[first - 1] as Step)) first -= 1;
    return (atS[n] ?? 0) - (atS[first] ?? 0);
  };
  for (const [n, one] of steps.entries()) {
    if (one.restart) silenced = false;
    const held = lasted(n, (other) => other.failing[index] === true);
    // Nothing is seen of what is not told: without an open alert blindness hides no end.
    const ended = lasted(n, (other) => other.failing[index] === false && (!open || !other.blind));
    if (held !== null && open) silenced = true;
    if (held !== null && !open && !silenced && held >= sustainedS) {
      told.push({ at: n, what: 'raised' });
      [open, silenced] = [true, true];
    } else if (ended !== null && ended >= 60) {
      if (open) told.push({ at: n, what: 'over' });
      [open, silenced] = [false, false];
    }
  }
  return told;
}

it.each([0, 5, 60, 300])('sustained over %d s', (sustainedS) => {
  expect.hasAssertions();
  fc.assert(fc.property(course.filter((steps) => !steps.some((one) => one.resolves)), (steps) => {
    const told = played(steps, sustainedS);
    for (const [index, agent] of agents.entries()) {
      expect(told.filter((one) => one.key === `agent:${agent}`).map(({ at, what }) => ({ at, what }))).toEqual(expected(steps, sustainedS, index));
    }
  }), { numRuns: 150 });
});

/** What of it may not be: two beginnings without an end or a person's word between them, or an end without a beginning. */
function impossible(told: readonly Told[], steps: readonly Step[]): Told[] {
  return agents.flatMap((agent) => {
    const own = told.filter((one) => one.key === `agent:${agent}`);
    return own.filter((one, at) => {
      const before = own[at - 1];
      if (one.what === 'over') return before?.what !== 'raised';
      return before?.what === 'raised' && !steps.slice(before.at + 1, one.at + 1).some((other) => other.resolves);
    });
  });
}

it('never raises one key twice without its being over, or a person\'s word, in between', () => {
  const wrong: Told[] = [];
  fc.assert(fc.property(course, fc.constantFrom(0, 60), (steps, sustainedS) => {
    wrong.push(...impossible(played(steps, sustainedS), steps));
    return wrong.length === 0;
  }), { numRuns: 150 });
  expect(wrong).toEqual([]);
});
