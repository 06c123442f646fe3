import { describe, expect, it } from 'vitest';
import type { AlertRuleFact } from '../store/alert-commands.ts';
import { AlertWatch, mostBetweenUs } from './alert-watch.ts';
import type { Looked } from './alert-watch.ts';
import { conditionsOf } from './conditions.ts';
import type { Condition } from './conditions.ts';
import type { Happened } from './events.ts';
import type { AlertFacts, OpenAlertFact } from './facts.ts';
import { facts, failureRate, nowUs, openAlert, rule, second, windowFact } from './test-alerts.ts';

/** A watch and its alerts, as the keeper and the history would have them. */
class House {
  watch = new AlertWatch();
  open: OpenAlertFact[] = [];
  readonly raised: string[] = [];
  readonly over: string[] = [];
  rules: readonly AlertRuleFact[];
  atS = 0;

  constructor(rules: readonly AlertRuleFact[]) { this.rules = rules; }

  look(more: Partial<AlertFacts>, afterS = 5): Looked {
    this.atS += afterS;
    const us = nowUs + this.atS * second;
    const told = facts({ ...more, open: this.open });
    this.watch.follow(this.rules);
    const looked = this.watch.look(this.rules, conditionsOf(this.rules, told, us), told.open, us);
    for (const one of looked.raise) {
      this.raised.push(`${this.atS} ${one.key}`);
      this.watch.tellKnown(one);
      this.open.push(openAlert({ id: this.raised.length, rule: one.rule.id, key: one.key, kind: one.kind, agent: one.agent, connection: one.connection }));
    }
    for (const one of looked.over) {
      this.over.push(`${this.atS} ${one.alert.key}`);
      this.open = this.open.filter((alert) => alert.id !== one.alert.id);
    }
    return looked;
  }

  looks(more: Partial<AlertFacts>, seconds: number): void { for (let s = 0; s < seconds; s += 5) this.look(more); }
}

const fails = { windows: [{ withinS: 900, rows: [windowFact(5, { ended: 20, failed: 20 })] }] };
const well = { windows: [{ withinS: 900, rows: [] }] };
const gap = { id: 1, connection: 1, fromUs: nowUs, toUs: null, reason: 'connection_off' as const, text: '' };

describe('what lasts', () => {
  it('is raised at once where nothing is to be waited for, and once', () => {
    const house = new House([rule(failureRate)]);
    house.looks(fails, 600);
    expect(house.raised).toEqual(['5 agent:5']);
  });

  it('must have held at every look over the rule\'s time', () => {
    const house = new House([rule(failureRate, { sustainedS: 60 })]);
    house.looks(fails, 60);
    house.look(well);
    house.looks(fails, 60);
    expect(house.raised).toEqual([]);
    house.look(fails);
    expect(house.raised).toEqual(['130 agent:5']);
  });

  it('begins anew where nobody looked meanwhile', () => {
    const house = new House([rule(failureRate, { sustainedS: 60 })]);
    house.look(fails);
    house.look(fails, mostBetweenUs / second + 60);
    expect(house.raised).toEqual([]);
    house.looks(fails, 60);
    expect(house.raised).toHaveLength(1);
  });

  it('is over when it was false for a minute, and only then', () => {
    const house = new House([rule(failureRate)]);
    house.look(fails);
    house.looks(well, 60);
    house.look(fails);
    house.looks(well, 60);
    expect(house.over).toEqual([]);
    house.look(well);
    expect([house.over, house.raised]).toEqual([['135 agent:5'], ['5 agent:5']]);
    // And is raised again when it comes back.
    house.look(fails);
    expect(house.raised).toEqual(['5 agent:5', '140 agent:5']);
  });

  it('is not over while its connection is not seen, nor in the minute after', () => {
    const house = new House([rule(failureRate)]);
    house.look(fails);
    house.looks({ ...well, gaps: [gap] }, 3_600);
    expect(house.over).toEqual([]);
    house.looks({ ...well, gaps: [{ ...gap, toUs: nowUs }] }, 60);
    expect(house.over).toEqual([]);
    house.look(well);
    expect(house.over).toHaveLength(1);
  });

  it('is not over because the machine slept for a minute', () => {
    const house = new House([rule(failureRate)]);
    house.look(fails);
    house.look(well);
    house.look(well, 600);
    expect(house.over).toEqual([]);
    house.looks(well, 60);
    expect(house.over).toHaveLength(1);
  });

  it.each([['gap', { kind: 'gap', afterS: 0 }, { gaps: [gap] }], ['approval', { kind: 'approval', afterS: 0 }, { approvals: [{ id: 1, connection: 1, head: 5, agentName: 'clerk', title: 't', askedUs: nowUs }] }],
    ['stop', { kind: 'stop' }, { stops: [{ id: 1, scopeName: 'clerk', level: 'cancel', origin: 'person', state: 'unverified', headline: '', heads: [5], sinceUs: nowUs }] }]] as const)('is over at once where the record says so: %s', (_name, trigger, holds) => {
    const house = new House([rule(trigger)]);
    house.look(holds);
    house.look({});
    expect([house.raised.length, house.over.length]).toEqual([1, 1]);
  });

  it('is not raised again by a new engine while its alert is open, and is when it was over meanwhile', () => {
    const house = new House([rule(failureRate)]);
    house.look(fails);
    house.watch = new AlertWatch();
    house.looks(fails, 300);
    expect(house.raised).toHaveLength(1);
    house.watch = new AlertWatch();
    house.looks(well, 65);
    expect(house.over).toHaveLength(1);
    house.look(fails);
    expect(house.raised).toHaveLength(2);
  });

  it('begins a window anew with a new engine', () => {
    const house = new House([rule(failureRate, { sustainedS: 60 })]);
    house.looks(fails, 60);
    house.watch = new AlertWatch();
    house.looks(fails, 60);
    expect(house.raised).toEqual([]);
  });

  it('is not raised again for as long as it holds after a person resolved it, and is after it was false for a minute', () => {
    const house = new House([rule(failureRate)]);
    house.look(fails);
    house.open = [];
    house.looks(fails, 300);
    house.look(well);
    house.looks(fails, 300);
    expect(house.raised).toHaveLength(1);
    house.looks(well, 65);
    house.look(fails);
    expect(house.raised).toHaveLength(2);
  });

  it('of another time is another matter, where what it is about says since when it is so', () => {
    const house = new House([rule({ kind: 'gap', afterS: 0 })]);
    house.look({ gaps: [gap] });
    house.open = [];
    house.look({ gaps: [gap] });
    house.look({ gaps: [{ ...gap, id: 2, fromUs: nowUs + second }] });
    expect(house.raised).toHaveLength(2);
    // With its alert open it stays one.
    house.look({ gaps: [{ ...gap, id: 3, fromUs: nowUs + 2 * second }] });
    expect(house.raised).toHaveLength(2);
  });

  it('of two agents and two rules is told each by itself', () => {
    const house = new House([rule(failureRate), rule({ ...failureRate, percent: 90 }, { id: 2 })]);
    house.look({ windows: [{ withinS: 900, rows: [windowFact(5, { ended: 20, failed: 20 }), windowFact(6, { ended: 20, failed: 12 })] }] });
    expect(house.open.map((one) => `${one.rule} ${one.key}`)).toEqual(['1 agent:5', '1 agent:6', '2 agent:5']);
  });
});

describe('a rule that is no longer the same', () => {
  it('ends its alerts with a word when it is switched off or removed', () => {
    const house = new House([rule(failureRate)]);
    house.look(fails);
    house.rules = [];
    expect(house.look(fails).over).toMatchObject([{ rule: null, tell: false, text: 'Its rule was switched off or removed.' }]);
    // Switched on again it tells what holds then.
    house.rules = [rule(failureRate)];
    house.look(fails);
    expect(house.raised).toHaveLength(2);
  });

  it('ends those that it does not watch any more', () => {
    const house = new House([rule(failureRate)]);
    house.look(fails);
    house.rules = [rule(failureRate, { agents: [6], watches: { kind: 'tag', tag: 'prod' } })];
    expect(house.look(fails).over).toMatchObject([{ tell: false, text: 'Its rule does not watch this any more.' }]);
    house.rules = [rule({ kind: 'denials', count: 1, withinS: 60 })];
    house.open = [openAlert()];
    expect(house.look(fails).over).toMatchObject([{ text: 'Its rule watches for something else now.' }]);
  });

  it('keeps what happened, whatever it watches now', () => {
    const house = new House([rule({ kind: 'new_failure' }, { agents: [6] })]);
    house.open = [openAlert({ kind: 'new_failure', key: 'failure:1:new' })];
    house.looks({}, 120);
    expect(house.over).toEqual([]);
  });

  it('begins its window anew when it says something else, not when it is only called something else', () => {
    const house = new House([rule(failureRate, { sustainedS: 60 })]);
    house.looks(fails, 60);
    house.rules = [rule(failureRate, { sustainedS: 60, name: 'other', severity: 'urgent' })];
    house.look(fails);
    expect(house.raised).toHaveLength(1);
    const other = new House([rule(failureRate, { sustainedS: 60 })]);
    other.looks(fails, 60);
    other.rules = [rule({ ...failureRate, percent: 60 }, { sustainedS: 60 })];
    other.look(fails);
    expect(other.raised).toEqual([]);
  });

  it('with another limit leaves its alert open for as long as it holds', () => {
    const house = new House([rule(failureRate)]);
    house.look(fails);
    house.rules = [rule({ ...failureRate, percent: 60 })];
    house.looks(fails, 300);
    expect([house.raised.length, house.over.length]).toEqual([1, 0]);
  });
});

describe('escalation', () => {
  it('is due at its time while nobody has acknowledged it', () => {
    const escalates = rule({ kind: 'new_failure' }, { escalation: [{ afterMin: 5, targets: [1] }] });
    const alert = openAlert({ kind: 'new_failure', nextStepUs: nowUs + 10 * second });
    const watch = new AlertWatch();
    const due = (one: OpenAlertFact, s: number): number => watch.look([escalates], [], [one], nowUs + s * second).escalate.length;
    expect([due(alert, 9), due(alert, 10), due({ ...alert, state: 'acknowledged' }, 11), due({ ...alert, nextStepUs: null }, 12), due({ ...alert, rule: 9 }, 13)]).toEqual([0, 1, 0, 0, 0]);
  });
});

describe('what happens once', () => {
  const event = (key: string, more: Partial<Happened> = {}): Happened => ({ rule: rule({ kind: 'new_failure' }), key, kind: 'new_failure', severity: 'attention', title: key, text: '', agent: 5, agentName: 'clerk', connection: null, connectionName: null, screen: 'failures', screenId: null, holds: true, seen: true, sinceUs: nowUs, countsUp: false, ...more });
  const told = (watch: AlertWatch, list: readonly Happened[], us: number): Condition[] => {
    const found = watch.events(list, us);
    for (const one of found) watch.tellKnown(one);
    return found;
  };

  it('is told once, and as often as it comes where it counts up', () => {
    const watch = new AlertWatch();
    expect(told(watch, [event('a'), event('b', { countsUp: true })], nowUs).map((one) => one.key)).toEqual(['a', 'b']);
    expect(told(watch, [event('a'), event('b', { countsUp: true })], nowUs).map((one) => one.key)).toEqual(['b']);
  });

  it('is told again where it could not be raised', () => {
    const watch = new AlertWatch();
    watch.events([event('a')], nowUs);
    expect(watch.untold([event('a')])).toHaveLength(1);
  });

  it('in a flood is told in one that counts up, each rule by itself, until ten minutes are over', () => {
    const watch = new AlertWatch();
    const flood = Array.from({ length: 50 }, (_, at) => event(`f${at}`));
    const found = told(watch, [...flood, event('other', { rule: rule({ kind: 'new_failure' }, { id: 2 }) })], nowUs);
    expect(found).toHaveLength(22);
    expect(found.filter((one) => one.key.startsWith('more:'))).toMatchObject([{ key: 'more:2026-03-01T12', countsUp: true, agent: null, title: 'More alerts of the rule "rule", told together' }]);
    // Those that were gathered are told.
    expect(told(watch, flood, nowUs + second)).toEqual([]);
    expect(told(watch, [event('g1')], nowUs + 599 * second)).toMatchObject([{ key: 'more:2026-03-01T12' }]);
    expect(told(watch, [event('g2')], nowUs + 600 * second)).toMatchObject([{ key: 'g2' }]);
  });
});
