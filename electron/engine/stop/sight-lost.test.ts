import { describe, expect, it, vi } from 'vitest';
import { CallFailure } from '../call-failure.ts';
import { fakeHouse, leverOf, orderOf, scopeOf } from './fake-stop.ts';
import type { House } from './fake-stop.ts';
import { Orchestrator } from './orchestrator.ts';
import { freshEngine } from './test-orders.ts';
import { watchedSources } from './watched.ts';

let house: House;
let orchestrator: Orchestrator;
freshEngine((fresh) => { ({ house, orchestrator } = fresh); }, () => ({ house, orchestrator }));

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

describe('a clock that is set back in the middle of an order', () => {
  const row = (id: number, startMs: number) => ({ id, task: 1, agent: 1, connection: 1, kind: 'tool_call' as const, status: 'ok' as const, name: 'write_file', source: 'genai/span', startUs: startMs * 1_000, endUs: startMs * 1_000 });
  const anHour = 3_600_000;

  it('lengthens neither the window of silence nor the watch, and no time of the order goes back', async () => {
    const beganMs = Date.now();
    await orchestrator.begin(orderOf([leverOf('cut')]), scopeOf());
    await vi.advanceTimersByTimeAsync(30_000);
    set(-anHour);
    await vi.advanceTimersByTimeAsync(70_000);
    expect(house.history.order(1)).toMatchObject({ state: 'verified', endedUs: null });
    expect(((house.history.order(1).verifiedUs ?? 0) / 1_000 - beganMs) / 1_000).toBeCloseTo(91, -1);
    expect(house.history.events.find((one) => one.text.includes('set back'))).toMatchObject({ kind: 'note', text: expect.stringContaining('by 1 h') as string });
    await vi.advanceTimersByTimeAsync(900_000);
    expect(house.history.order(1)).toMatchObject({ state: 'verified' });
    expect(((house.history.order(1).endedUs ?? 0) / 1_000 - beganMs) / 1_000).toBeCloseTo(991, -1.5);
    expect(house.history.events.map((one) => one.atUs)).toEqual(house.history.events.map((one) => one.atUs).toSorted((a, b) => a - b));
  });

  it('hides no act of a program of this machine, though its times stand before the command now', async () => {
    // What was over before the order, and is only read because it reaches so far back now.
    house.history.rows = [row(7, Date.now() - 1_800_000)];
    await orchestrator.begin(orderOf([leverOf('cut')]), scopeOf());
    await vi.advanceTimersByTimeAsync(30_000);
    set(-anHour);
    await vi.advanceTimersByTimeAsync(10_000);
    expect(house.history.order(1).state).toBe('stopping');
    house.history.rows = [...house.history.rows, row(8, Date.now())];
    await vi.advanceTimersByTimeAsync(5_000);
    expect(house.history.order(1).state).toBe('still_acting');
    await vi.advanceTimersByTimeAsync(95_000);
    expect(house.history.order(1).state).toBe('verified');
    house.history.rows = [...house.history.rows, row(9, Date.now())];
    await vi.advanceTimersByTimeAsync(5_000);
    expect(house.history.order(1)).toMatchObject({ state: 'still_acting', reopened: 1 });
  });

  it('hides no sign that its runtime shows, and no time without sight', async () => {
    house.runtime.act('long before');
    await vi.advanceTimersByTimeAsync(600_000);
    await orchestrator.begin(orderOf([leverOf('cut')]), scopeOf());
    await vi.advanceTimersByTimeAsync(30_000);
    set(-anHour);
    await vi.advanceTimersByTimeAsync(10_000);
    expect(house.history.order(1).state).toBe('stopping');
    house.runtime.act();
    await vi.advanceTimersByTimeAsync(5_000);
    expect(house.history.order(1).state).toBe('still_acting');
    house.history.gaps = [{ fromUs: Date.now() * 1_000, toUs: null, text: 'The receiver was away.' }];
    await vi.advanceTimersByTimeAsync(200_000);
    expect(house.history.order(1).state).not.toBe('verified');
  });

  it('counts on for an engine that comes after it', async () => {
    await orchestrator.begin(orderOf([leverOf('cut')]), scopeOf());
    await vi.advanceTimersByTimeAsync(30_000);
    house.end();
    await vi.advanceTimersByTimeAsync(1);
    await orchestrator.close();
    set(-anHour);
    const { history } = house;
    house = fakeHouse();
    house.history.orders = history.orders;
    orchestrator = new Orchestrator({ context: house.context, isLocal: () => true });
    await orchestrator.resume(null);
    await vi.advanceTimersByTimeAsync(95_000);
    expect(house.history.order(1).state).toBe('verified');
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

  it('that had no lever and was removed before the engine came back is not left out either', async () => {
    const [one] = scopeOf().connections;
    const two = { ...scopeOf(), connections: [...scopeOf().connections, { ...one!, id: 2, publicId: 'con-2', name: 'Told', kind: 'otlp' as const }] };
    two.agents = two.agents.map((agent) => ({ ...agent, sources: [...agent.sources, { agent: 2, key: 'clerk-2', service: 'fake', connection: 2 }] }));
    await orchestrator.begin(orderOf([leverOf('cut')], { sources: [1, 2], watched: watchedSources(two) }), two);
    await vi.advanceTimersByTimeAsync(5_000);
    house.end();
    await vi.advanceTimersByTimeAsync(1);
    await orchestrator.close();
    const { history } = house;
    house = fakeHouse();
    house.history.orders = history.orders;
    const { sightOf } = house.history.read;
    (house.history.read as { sightOf: typeof sightOf }).sightOf = async (params) => (await sightOf(params)).filter((sight) => sight.connection !== 2);
    orchestrator = new Orchestrator({ context: house.context, isLocal: () => true });
    await orchestrator.resume(null);
    await vi.advanceTimersByTimeAsync(300_000);
    expect(house.history.order(1).state).toBe('unverified');
    expect(house.history.events.map((event) => event.text).join(' ')).toContain('Told is switched off');
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
