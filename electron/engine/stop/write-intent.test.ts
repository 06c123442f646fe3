import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { StoreError } from '../store/errors.ts';
import { StopDeskOfPeople } from './desk.ts';
import { fakeHouse, leverOf, orderOf, scopeOf } from './fake-stop.ts';
import type { House } from './fake-stop.ts';
import { Orchestrator } from './orchestrator.ts';
import { PlannerDesk } from './planner-desk.ts';
import { RightsDesk } from './rights-desk.ts';
import { IntentUnknown } from './write-intent.ts';

let house: House;
let orchestrator: Orchestrator;
const levers = [leverOf('cut')];

beforeEach(() => {
  vi.useFakeTimers({ now: Date.UTC(2026, 2, 1, 12) });
  house = fakeHouse();
  orchestrator = new Orchestrator({ context: house.context, isLocal: () => true });
});
afterEach(async () => {
  house.end();
  await vi.advanceTimersByTimeAsync(1);
  await orchestrator.close();
  vi.useRealTimers();
});

/** The history writes the intent, or does not, and its answer is lost. */
function loseAnswer(isWritten: boolean, code: ConstructorParameters<typeof StoreError>[0] = 'worker'): void {
  const { history } = house;
  const command = history.command.bind(history);
  history.command = async (name, params) => {
    if (name !== 'stops.begin') return command(name, params);
    history.command = command;
    if (isWritten) await command(name, params);
    throw new StoreError(code, 'It may or may not have been done.');
  };
}
function loseReader(ms: number): void {
  const { read } = house.history;
  const { stopFacts } = read;
  const until = Date.now() + ms;
  (read as { stopFacts: typeof stopFacts }).stopFacts = (ids) => (Date.now() < until ? Promise.reject(new StoreError('worker', 'Nobody reads.')) : stopFacts(ids));
}
const begun = (): Promise<unknown> => orchestrator.begin(orderOf(levers), scopeOf()).then((order) => order, (error: unknown) => error);

describe('an order whose answer was lost', () => {
  it('stands in the history: it is gone on with, once', async () => {
    loseAnswer(true);
    expect(await begun()).toEqual({ id: 1, number: 1 });
    await vi.advanceTimersByTimeAsync(2_000);
    expect(house.history.orders).toHaveLength(1);
    expect(house.runtime.pulls('cut')).toBe(1);
    expect(house.history.lever('cut').state).toBe('reported');
  });

  it('does not stand there: it is said so, and nothing leaves', async () => {
    loseAnswer(false);
    expect(await begun()).toMatchObject({ code: 'worker' });
    await vi.advanceTimersByTimeAsync(5_000);
    expect([house.history.orders, house.runtime.calls]).toEqual([[], []]);
  });

  it('was refused in words: nobody looks for it', async () => {
    loseAnswer(true, 'disk_full');
    expect(await begun()).toMatchObject({ code: 'disk_full' });
    await vi.advanceTimersByTimeAsync(5_000);
    expect(house.runtime.calls).toEqual([]);
  });

  it('cannot be looked for at once: that is said, and it is gone on with as soon as it can be', async () => {
    loseAnswer(true);
    loseReader(20_000);
    const asked = begun();
    await vi.advanceTimersByTimeAsync(5_000);
    expect(await asked).toBeInstanceOf(IntentUnknown);
    expect(house.runtime.calls).toEqual([]);
    await vi.advanceTimersByTimeAsync(17_000);
    expect([house.history.orders.length, house.runtime.pulls('cut')]).toEqual([1, 1]);
  });
});

describe('the plan of such an order', () => {
  const ada = { actor: { kind: 'desktop', name: 'ada' } } as never;
  async function fireTwice(): Promise<unknown[]> {
    const planner = new PlannerDesk(house.context);
    const desk = new StopDeskOfPeople({ context: house.context, orchestrator, planner, rights: new RightsDesk(house.context), version: '1' }).methods;
    const kept = await planner.make({ scope: { kind: 'agent', id: 'agt-1' }, level: 'cancel', survey: false, by: 'person' });
    const params = { planId: kept.plan.id, levers: kept.plan.levers.map((one) => one.id), reasonKind: 'other' as const, reason: '' };
    const fire = (): Promise<unknown> => desk['stop.order'](params, ada).catch((error: unknown) => error);
    const first = fire();
    await vi.advanceTimersByTimeAsync(5_000);
    const said = [await first];
    const second = fire();
    await vi.advanceTimersByTimeAsync(5_000);
    return [...said, await second];
  }
  beforeEach(() => {
    const { settings, connections } = house.history.facts;
    house.history.facts = { ...house.history.facts, settings: { ...settings, twoPerson: 'off', stopSilenceS: 90, stopWatchS: 900 }, connections: connections.map((one) => ({ ...one, levers: [{ id: 'fake.cancel', level: 'cancel', kind: 'cut', title: 'Cancel runs', reach: 'task', step: 'cut', undo: 'not_needed', undoText: '', repeatable: true, idleOnly: false, wanted: true, pulled: true, doesNotStop: [] }] })) };
  });

  it('is not fired again: it was written, or that is not known', async () => {
    loseAnswer(true);
    loseReader(20_000);
    const [first, second] = await fireTwice();
    expect(first).toBeInstanceOf(IntentUnknown);
    expect(second).toMatchObject({ code: 'conflict', message: 'This plan was fired already. Nothing more was sent.' });
    await vi.advanceTimersByTimeAsync(20_000);
    expect([house.history.orders.length, house.runtime.pulls('fake.cancel')]).toEqual([1, 1]);
  });

  it('may be fired again when nothing was written', async () => {
    loseAnswer(false);
    const [first] = await fireTwice();
    expect(first).toMatchObject({ code: 'worker' });
    expect([house.history.orders.length, house.runtime.pulls('fake.cancel')]).toEqual([1, 1]);
  });
});
