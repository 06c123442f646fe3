import { describe, expect, it } from 'vitest';
import type { PlanLever, Residual, StopPlan } from '../../../../shared/stop.ts';
import { buttonName, clockOf, defaultLevel, emptyForm, hasTyped, isTicked, missing, orderOf, planAsJson, planToFire, scopeTitle, summaryOf, tickedOf, triedWords, usualWords, withTick } from './plan-model.ts';

const at = '2026-11-17T14:30:05.000Z';
const lever = (id: string, more: Partial<PlanLever> = {}): PlanLever => ({
  id, leverId: id, connectionId: 'c', connectionName: 'Lab', step: 'refuse', kind: 'drain', level: 'suspend', title: id, target: '', reaches: '', doesNotStop: [], alsoHits: [], usual: null, undo: 'exact', undoText: '', wanted: true, problem: null, after: null, ...more,
});
const made = (more: Partial<StopPlan> = {}): StopPlan => ({
  id: 'plan-1', scope: { kind: 'agent', id: 'a' }, scopeName: 'runner', level: 'suspend', madeAt: at, agents: [], tasksOpen: 0, lastActAt: null, levers: [lever('one')], residual: [], checks: [], warnings: [],
  survey: null, silenceS: 90, watchS: 900, lastTried: null, needs: { typed: null, reason: false, second: false }, ...more,
});
const none = new Map<string, boolean>();

describe('levers', () => {
  const plan = made({ levers: [lever('wanted'), lever('record', { wanted: false, kind: 'catalogue' }), lever('shut', { problem: 'no stop credential' })] });

  it('are ticked as proposed, as far as they can be pulled', () => {
    expect(tickedOf(plan, none).map((one) => one.id)).toEqual(['wanted']);
  });

  it('keep what was ticked by hand when the plan is read again with other levers', () => {
    const [wanted, record] = plan.levers;
    if (wanted === undefined || record === undefined) throw new Error('the plan has levers');
    const ticks = withTick(withTick(none, wanted), record);
    const again = made({ levers: [lever('new'), ...plan.levers] });
    expect(tickedOf(again, ticks).map((one) => one.id)).toEqual(['new', 'record']);
  });

  it('that cannot be pulled take no tick, whatever was ticked before', () => {
    const shut = lever('shut', { problem: 'switched off' });
    expect(withTick(none, shut)).toBe(none);
    expect(isTicked(shut, new Map([['shut', true]]))).toBe(false);
  });
});

describe('the usual time', () => {
  const usual = (p50Ms: number, mostMs: number): string => usualWords({ p50Ms, mostMs, times: 4, newestAt: at });
  it('is said from our own history, or not at all', () => {
    expect(usualWords(null)).toBe('not tried');
    expect(usual(3000, 3100)).toBe('3.0 s');
    expect(usual(400, 4000)).toBe('0.4 to 4.0 s');
    expect(usual(40, 4000)).toBe('40 ms to 4.0 s');
    expect(usual(60_000, 240_000)).toBe('1 to 4 min');
  });
});

describe('the sentence before the button', () => {
  it('counts levers, other agents and what can be put back', () => {
    const hit = [{ agentId: 'b', name: 'b', why: 'same key' }];
    const sums = summaryOf([lever('1'), lever('2'), lever('3', { alsoHits: hit }), lever('4', { undo: 'none', step: 'cut' })]);
    expect(sums).toEqual({ levers: '4 levers, 1 reaches other agents.', undo: 'Undo of 3 is exact; ended work stays ended.' });
  });

  it('says what is only put back in part', () => {
    expect(summaryOf([lever('1'), lever('2', { undo: 'lossy' }), lever('3', { undo: 'lossy' })]).undo).toBe('Undo of 1 is exact, of 2 only in part.');
    expect(summaryOf([lever('1', { undo: 'lossy' })]).undo).toBe('Undo of 1 only in part.');
    expect(summaryOf([lever('1', { undo: 'not_needed' })]).undo).toBe('1 changes nothing that lasts.');
    expect(summaryOf([lever('1'), lever('2', { undo: 'lossy' }), lever('3', { undo: 'not_needed', step: 'cut' })]).undo).toBe('Undo of 1 is exact, of 1 only in part; 1 changes nothing that lasts; ended work stays ended.');
  });

  it('says that nothing would be stopped', () => {
    expect(summaryOf([]).levers).toBe('No lever is ticked: nothing would be stopped.');
  });
});

describe('the clock of what outlives the plan', () => {
  const residual = (more: Partial<Residual>): Residual => ({ id: 'r', title: 'token', detail: '', endsAt: null, startedAt: null, close: null, ...more });
  const now = Date.parse(at);
  const later = (ms: number): string => new Date(now + ms).toISOString();
  it('counts down, with its share of the whole life where that is known', () => {
    expect(clockOf(residual({ endsAt: later(3_245_000), startedAt: later(-355_000) }), now)).toMatchObject({ left: '54:05', long: true });
    expect(clockOf(residual({ endsAt: later(240_000), startedAt: later(-240_000) }), now)).toEqual({ left: '04:00', share: 0.5, long: false });
    expect(clockOf(residual({ endsAt: later(240_000) }), now)?.share).toBeNull();
  });
  it('ends, and is nothing where no end is seen', () => {
    expect(clockOf(residual({ endsAt: later(-1) }), now)?.left).toBe('ended');
    expect(clockOf(residual({}), now)).toBeNull();
  });
});

describe('which plan a press fires', () => {
  const history = made({ id: 'from-history' });
  const surveyed = made({ id: 'surveyed' });
  it('is none in the first 400 ms: the press that opened it has not read it', () => {
    expect(planToFire([], 5000)).toBeNull();
    expect(planToFire([{ plan: history, at: 1000 }], 1399)).toBeNull();
    expect(planToFire([{ plan: history, at: 1000 }], 1400)?.id).toBe('from-history');
  });
  it('is the one before, where a new one came in under the finger', () => {
    const shown = [{ plan: history, at: 1000 }, { plan: surveyed, at: 2000 }];
    expect(planToFire(shown, 2399)?.id).toBe('from-history');
    expect(planToFire(shown, 2400)?.id).toBe('surveyed');
  });
  it('is never one of another scope or level', () => {
    const shown = [{ plan: history, at: 1000 }, { plan: made({ id: 'wider', scope: { kind: 'everything' } }), at: 2000 }];
    expect(planToFire(shown, 2100)).toBeNull();
    expect(planToFire([{ plan: history, at: 1000 }, { plan: made({ level: 'revoke' }), at: 2000 }], 2100)).toBeNull();
  });
});

describe('what must be there before it is fired', () => {
  const wide = made({ needs: { typed: '41', reason: true, second: false } });
  it('is nothing more for one agent', () => {
    expect(missing(made(), tickedOf(made(), none), emptyForm)).toBeNull();
  });
  it('is a reason and the typed text where the plan asks for them', () => {
    const ticked = tickedOf(wide, none);
    expect(missing(wide, ticked, { ...emptyForm, reason: '  ' })).toBe('A reason is needed for this.');
    expect(missing(wide, ticked, { ...emptyForm, reason: 'leak', typed: '40' })).toBe('Type 41 to confirm.');
    expect(missing(wide, ticked, { ...emptyForm, reason: 'leak', typed: ' 41 ' })).toBeNull();
  });
  it('is at least one lever', () => {
    expect(missing(made(), [], emptyForm)).toBe('Tick at least one lever.');
    expect(missing(made({ levers: [] }), [], emptyForm)).toBe('No lever reaches it from here.');
  });
});

describe('the order', () => {
  it('names the plan and the ticked levers, and leaves out what was not said', () => {
    expect(orderOf(made(), none, emptyForm)).toEqual({ planId: 'plan-1', levers: ['one'], reasonKind: 'other', reason: '' });
  });
  it('carries reason, ticket and typed text as they were written', () => {
    const wide = made({ needs: { typed: '41', reason: true, second: false } });
    expect(orderOf(wide, none, { reasonKind: 'cost', reason: ' loops ', ticket: ' INC-7 ', typed: '41 ' })).toEqual({ planId: 'plan-1', levers: ['one'], reasonKind: 'cost', reason: 'loops', ticket: 'INC-7', typed: '41' });
  });
});

it('Escape asks only where something was typed', () => {
  expect(hasTyped(emptyForm)).toBe(false);
  expect(hasTyped({ ...emptyForm, reasonKind: 'cost' })).toBe(false);
  expect(hasTyped({ ...emptyForm, ticket: 'INC-7' })).toBe(true);
});

it('a saved plan is the whole plan with what was ticked', () => {
  const plan = made();
  expect(JSON.parse(planAsJson(plan, none))).toEqual({ format: 'gatehouse.stop-plan', version: 1, ticked: ['one'], plan });
});

it('a task is cancelled, everything wider is suspended', () => {
  expect(defaultLevel({ kind: 'task', id: 't' })).toBe('cancel');
  expect([{ kind: 'agent', id: 'a' } as const, { kind: 'everything' } as const].map(defaultLevel)).toEqual(['suspend', 'suspend']);
});

it('what is stopped is called by its kind, an agent by its name alone, and nothing twice', () => {
  expect([scopeTitle({ kind: 'agent', id: 'a' }, 'runner'), scopeTitle({ kind: 'task', id: 't' }, 'runner, task 4f1c'), scopeTitle({ kind: 'tag', tag: 'finance' }, 'finance'), scopeTitle({ kind: 'everything' }, 'Everything')]).toEqual(['runner', 'runner, task 4f1c', 'tag finance', 'everything']);
  expect(buttonName({ kind: 'task', id: 't' }, 'runner, task 4f1c')).toBe('this task');
  expect(buttonName({ kind: 'agent', id: 'a' }, 'x'.repeat(60))).toBe(`${'x'.repeat(43)}…`);
});

it('an old drill says how old it is', () => {
  expect(triedWords(made())).toEqual({ text: 'Never tried at this level.', stale: true });
  expect(triedWords(made({ lastTried: { at, days: 34, stale: true, limitDays: 30 } })).text).toBe('Last tried 34 days ago (limit 30): times above are from then.');
  expect(triedWords(made({ lastTried: { at, days: 0, stale: false, limitDays: 30 } }))).toEqual({ text: 'Last tried today.', stale: false });
});
