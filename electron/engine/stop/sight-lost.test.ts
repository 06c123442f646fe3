import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { CallFailure } from '../call-failure.ts';
import { fakeHouse, leverOf, orderOf, scopeOf } from './fake-stop.ts';
import type { House } from './fake-stop.ts';
import { Orchestrator } from './orchestrator.ts';

let house: House;
let orchestrator: Orchestrator;

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

const told = (): ReturnType<typeof scopeOf> => ({ ...scopeOf(), connections: scopeOf().connections.map((one) => ({ ...one, kind: 'otlp' as const })) });
const set = (byMs: number): void => { vi.setSystemTime(Date.now() + byMs); };

describe('a machine that sleeps', () => {
  it('proves nothing by the silence of an agent that slept too', async () => {
    house.history.rhythm = { signs: 9, longestUs: 1_000_000, lastUs: Date.now() * 1_000 };
    await orchestrator.begin(orderOf([leverOf('cut')]), told());
    await vi.advanceTimersByTimeAsync(20_000);
    set(100_000);
    await vi.advanceTimersByTimeAsync(5_000);
    expect(house.history.order(1).state).not.toBe('verified');
    expect(house.history.events.find((one) => one.kind === 'not_seen')?.text).toContain('did not look');
    await vi.advanceTimersByTimeAsync(90_000);
    expect(house.history.order(1).state).toBe('verified');
  });
});

describe('a clock that is set back', () => {
  it('does not keep a hold from cancelling what is new', async () => {
    await orchestrator.begin(orderOf([leverOf('console.hold', { plan: { step: 'refuse', kind: 'hold', level: 'suspend', undo: 'exact' } })]), scopeOf());
    const { survey } = house.runtime.port;
    house.runtime.port.survey = (...asked) => { house.runtime.port.survey = survey; set(-3_600_000); return survey(...asked); };
    await vi.advanceTimersByTimeAsync(3_000);
    house.runtime.start('new-1');
    await vi.advanceTimersByTimeAsync(3_000);
    expect(house.runtime.runs).toEqual([]);
  });

  it('does not keep anybody from looking', async () => {
    let looks = 0;
    await orchestrator.begin(orderOf([leverOf('cut')]), scopeOf());
    await vi.advanceTimersByTimeAsync(20_000);
    house.runtime.onLook = () => { if (looks++ === 0) set(-3_600_000); return Promise.resolve(); };
    await vi.advanceTimersByTimeAsync(10_000);
    expect(looks).toBeGreaterThan(4);
  });
});

describe('a connection of the scope', () => {
  it('that was removed before the engine came back is not left out of what must be seen', async () => {
    const two = { ...scopeOf(), connections: [...scopeOf().connections, { ...scopeOf().connections[0]!, id: 2, publicId: 'con-2', name: 'Other' }] };
    two.agents = two.agents.map((one) => ({ ...one, sources: [...one.sources, { agent: 2, key: 'clerk-2', service: 'fake', connection: 2 }] }));
    await orchestrator.begin(orderOf([leverOf('cut'), leverOf('other', { connection: 2, plan: { connectionId: 'con-2', connectionName: 'Other' } })], { sources: [1, 2] }), two);
    await vi.advanceTimersByTimeAsync(5_000);
    house.end();
    await vi.advanceTimersByTimeAsync(1);
    await orchestrator.close();
    const { history } = house;
    house = fakeHouse();
    house.history.orders = history.orders;
    const { open } = house.context.ports;
    const context = { ...house.context, ports: { open: (connection: number) => (connection === 2 ? Promise.reject(new CallFailure('not_found', 'It was removed.')) : open(connection)) } };
    orchestrator = new Orchestrator({ context, isLocal: () => true });
    await orchestrator.resume(null);
    await vi.advanceTimersByTimeAsync(300_000);
    expect(house.history.order(1).state).toBe('unverified');
  });

  it('that cannot be looked at after it was verified is not said to have been quiet', async () => {
    await orchestrator.begin(orderOf([leverOf('cut')]), scopeOf());
    await vi.advanceTimersByTimeAsync(100_000);
    expect(house.history.order(1).state).toBe('verified');
    house.runtime.onLook = () => Promise.reject(new CallFailure('unavailable', 'It is gone.'));
    await vi.advanceTimersByTimeAsync(1_200_000);
    expect(house.history.events.find((one) => one.kind === 'ended')?.text).toBe('No act was seen until the watch was over, but not all of that time was seen: Fake.');
  });
});
