/** A runtime that lies in every way that was seen or can be thought of: it never yields `verified`. One that tells the truth does. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { StopState } from '../../../shared/stop.ts';
import type { LeverReply } from '../connectors/stopping.ts';
import { fakeHouse, leverOf, orderOf, said, scopeOf, unreachable } from './fake-stop.ts';
import type { House } from './fake-stop.ts';
import { Orchestrator } from './orchestrator.ts';

let house: House;
let orchestrator: Orchestrator;
let working: NodeJS.Timeout | undefined;
const seen = new Set<StopState>();

beforeEach(() => {
  vi.useFakeTimers({ now: Date.UTC(2026, 2, 1, 12) });
  house = fakeHouse();
  seen.clear();
  orchestrator = new Orchestrator({ context: house.context, isLocal: () => true });
});
afterEach(async () => {
  clearInterval(working);
  house.end();
  await vi.advanceTimersByTimeAsync(1);
  await orchestrator.close();
  vi.useRealTimers();
});

/** An agent at work: it gives a sign each second, whatever its runtime says. */
function working1s(): void {
  clearInterval(working);
  working = setInterval(() => house.runtime.act(), 1_000);
}
const stopsWorking = (): void => { clearInterval(working); house.runtime.runs = []; };

async function order(): Promise<void> {
  await orchestrator.begin(orderOf([leverOf('cut')]), scopeOf());
}
/** Second by second, so that no state in between is missed. */
async function pass(seconds: number): Promise<void> {
  for (let s = 0; s < seconds; s++) {
    await vi.advanceTimersByTimeAsync(1_000);
    seen.add(house.history.order(1).state);
  }
}
const state = (): StopState => house.history.order(1).state;

describe('a runtime that tells the truth', () => {
  it('is verified after a whole window of silence, by looks and never by its answer', async () => {
    house.runtime.start('run-1');
    working1s();
    house.runtime.onPull = () => { stopsWorking(); return Promise.resolve(said('accepted')); };
    await order();
    await pass(85);
    expect(state()).toBe('stopping');
    await pass(15);
    expect(state()).toBe('verified');
    expect(house.history.lever('cut').confirmed).toBe('yes');
    const { verifiedUs, containedUs, commandedUs, watchUntilUs } = house.history.order(1);
    expect((verifiedUs ?? 0) - (containedUs ?? 0)).toBeGreaterThanOrEqual(90_000_000);
    expect((containedUs ?? 0) - (commandedUs ?? 0)).toBeLessThan(2_000_000);
    expect((watchUntilUs ?? 0) - (verifiedUs ?? 0)).toBe(900_000_000);
  });

  it('is no longer watched after the watch, and then costs nothing any more', async () => {
    house.runtime.onPull = () => { stopsWorking(); return Promise.resolve(said('stopped')); };
    await order();
    await pass(100);
    await vi.advanceTimersByTimeAsync(905_000);
    expect(house.history.order(1)).toMatchObject({ state: 'verified' });
    expect(house.history.order(1).endedUs).not.toBeNull();
    expect(house.alarms).toEqual([]);
    const looks = vi.fn<() => Promise<void>>(() => Promise.resolve());
    house.runtime.onLook = looks;
    await vi.advanceTimersByTimeAsync(60_000);
    expect(looks).not.toHaveBeenCalled();
  });

  it('writes only what changed: an idle watch adds nothing to the record', async () => {
    house.runtime.onPull = () => { stopsWorking(); return Promise.resolve(said('stopped')); };
    await order();
    await pass(100);
    const before = house.history.writes.length;
    await pass(300);
    expect(house.history.writes.length).toBe(before);
  });
});

describe('a runtime that lies', () => {
  const never = async (seconds: number): Promise<void> => {
    await pass(seconds);
    expect([...seen]).not.toContain('verified');
  };

  it('acknowledges, and keeps running', async () => {
    house.runtime.start('run-1');
    working1s();
    house.runtime.onPull = () => { house.runtime.runs = []; return Promise.resolve(said('stopped', 'Cancelled 1 run.')); };
    await order();
    await never(250);
    expect(state()).toBe('still_acting');
    expect(house.history.lever('cut')).toMatchObject({ reported: 'stopped', confirmed: 'no' });
  });

  it('acknowledges, and keeps showing the run', async () => {
    house.runtime.start('run-1');
    house.runtime.onPull = () => Promise.resolve(said('stopped'));
    await order();
    await never(250);
    expect(state()).toBe('still_acting');
  });

  it('acknowledges late, while it goes on', async () => {
    house.runtime.start('run-1');
    working1s();
    house.runtime.onPull = () => new Promise((done) => { setTimeout(() => { house.runtime.runs = []; done(said('stopped')); }, 20_000); });
    await order();
    await never(250);
    expect(state()).toBe('still_acting');
  });

  it('acknowledges after our deadline, while it goes on', async () => {
    working1s();
    house.runtime.onPull = () => new Promise((done) => { setTimeout(() => done(said('stopped')), 45_000); });
    await order();
    await never(250);
    expect(house.history.lever('cut').reported).toBe('stopped');
    expect(state()).toBe('still_acting');
  });

  it('drops the reply, and goes on', async () => {
    house.runtime.start('run-1');
    working1s();
    house.runtime.onPull = () => Promise.reject(unreachable('ECONNRESET'));
    await order();
    await never(250);
    expect(house.history.lever('cut').state).toBe('unknown');
    expect(state()).toBe('still_acting');
  });

  it('answers twice, and goes on', async () => {
    working1s();
    house.runtime.onPull = (_call, _signal, tell) => new Promise<LeverReply>((done) => { tell(1, 1); tell(1, 1); done(said('stopped')); done(said('stopped')); });
    await order();
    await never(250);
    expect(house.history.events.filter((one) => one.kind === 'reported')).toHaveLength(1);
  });

  it('is silent for a minute and then comes back', async () => {
    house.runtime.onPull = () => { stopsWorking(); setTimeout(working1s, 60_000); return Promise.resolve(said('stopped')); };
    await order();
    await never(250);
    expect(state()).toBe('still_acting');
  });

  it('says that the run ended, but not whether the step in it did', async () => {
    house.runtime.opaque = [{ run: 'run-1', agent: 'clerk-1', step: 'writer', sinceUs: house.runtime.nowUs() - 5_000_000, text: 'The step "writer" was under way when the run was cancelled.' }];
    house.runtime.onPull = () => Promise.resolve(said('stopped'));
    await order();
    await never(250);
    expect(state()).toBe('unverified');
  });

  it('cannot be looked at any more', async () => {
    house.runtime.onPull = () => { house.runtime.onLook = () => Promise.reject(unreachable('ECONNREFUSED')); return Promise.resolve(said('stopped')); };
    await order();
    await never(250);
    expect(state()).toBe('unverified');
  });

  it('hangs at every look', async () => {
    house.runtime.onPull = () => { house.runtime.onLook = () => new Promise(() => undefined); return Promise.resolve(said('stopped')); };
    await order();
    await never(250);
    expect(state()).toBe('unverified');
  });

  it('lists only a part of what is there', async () => {
    house.runtime.complete = false;
    house.runtime.onPull = () => Promise.resolve(said('stopped'));
    await order();
    await never(250);
    expect(state()).toBe('unverified');
  });

  it('acts where only the history sees it', async () => {
    house.runtime.onPull = () => { stopsWorking(); return Promise.resolve(said('stopped')); };
    let n = 0;
    const acts = setInterval(() => {
      n += 1;
      house.history.rows = [...house.history.rows, { id: n, task: 1, agent: 1, connection: 1, kind: 'tool_call', status: 'ok', name: 'write_file', source: 'telemetry', startUs: house.runtime.nowUs(), endUs: house.runtime.nowUs() + 1_000 }];
      orchestrator.kick();
    }, 5_000);
    await order();
    await never(250);
    clearInterval(acts);
    expect(state()).toBe('still_acting');
  });
});

describe('an order that was verified', () => {
  it('is reopened with an alarm when activity comes back within the watch', async () => {
    house.runtime.onPull = () => { stopsWorking(); return Promise.resolve(said('stopped')); };
    await order();
    await pass(100);
    expect(state()).toBe('verified');
    house.runtime.act('wrote again');
    await pass(5);
    expect(house.history.order(1)).toMatchObject({ state: 'still_acting', reopened: 1, containedUs: null, verifiedUs: null });
    expect(house.alarms).toHaveLength(1);
    expect(house.alarms[0]).toContain('was verified, and now it acts again');
    await pass(200);
    expect(house.history.order(1)).toMatchObject({ state: 'verified', reopened: 1 });
  });
});

describe('the end of a watch', () => {
  it('ends an order that could not be verified, with an alarm', async () => {
    house.runtime.complete = false;
    house.runtime.onPull = () => Promise.resolve(said('stopped'));
    await order();
    await vi.advanceTimersByTimeAsync(1_100_000);
    expect(house.history.order(1)).toMatchObject({ state: 'unverified' });
    expect(house.history.order(1).endedUs).not.toBeNull();
    expect(house.alarms.filter((one) => one.startsWith('stop-end-1'))).toHaveLength(1);
  });

  it('goes on looking, more slowly, while it still acts, until a person releases it', async () => {
    house.runtime.start('run-1');
    house.runtime.onPull = () => Promise.resolve(said('accepted'));
    await order();
    await vi.advanceTimersByTimeAsync(1_500_000);
    expect(house.history.order(1)).toMatchObject({ state: 'still_acting', endedUs: null });
    expect(house.alarms.filter((one) => one.startsWith('stop-end-1'))).toHaveLength(1);
    let looks = 0;
    house.runtime.onLook = () => { looks += 1; return Promise.resolve(); };
    await vi.advanceTimersByTimeAsync(100_000);
    expect(looks).toBeGreaterThan(5);
    expect(looks).toBeLessThan(15);
    const released = orchestrator.release('stp-1', null, { kind: 'desktop', name: 'ada', place: 'page', readOnly: false }, '');
    await vi.advanceTimersByTimeAsync(5_000);
    await released;
    expect(house.history.order(1).endedUs).not.toBeNull();
  });
});

describe('a runtime that shows its work and hides it, again and again', () => {
  const turns = (): typeof house.history.events => house.history.events.filter((one) => one.kind === 'state' || one.kind === 'reopened');
  const audits = (): typeof house.history.audits => house.history.audits.filter((one) => /^stop\.(?:stopping|still_acting|verified|unverified)$/.test(one.action));
  const showing = (): boolean => Math.floor(Date.now() / 5_000) % 2 === 0;

  it('is told of a few times and then counted: the record does not grow with it, and its last state is told', async () => {
    house.runtime.start('run-1');
    const [work] = house.runtime.runs;
    house.runtime.onPull = () => Promise.resolve(said('stopped'));
    house.runtime.onLook = () => { house.runtime.runs = showing() && work !== undefined ? [work] : []; return Promise.resolve(); };
    await orchestrator.begin(orderOf([leverOf('cut')], { watchS: 86_400 }), scopeOf());
    await pass(600);
    expect(seen).toContain('still_acting');
    expect(seen).toContain('stopping');
    const soon = turns().length;
    expect(soon).toBeGreaterThan(15);
    expect(soon).toBeLessThanOrEqual(20);
    await vi.advanceTimersByTimeAsync(40 * 60_000);
    expect(turns().length).toBeLessThanOrEqual(soon + 3);
    expect(audits().length).toBeLessThanOrEqual(soon + 3);
    const sums = turns().map((one) => Number(/^It turned (?<count>\d+) times more, from 2026-03-01T\d\d:\d\d:\d\d.\d+Z to 2026-03-01T\S+; since then: /.exec(one.text)?.groups?.['count'] ?? 0));
    expect(Math.max(...sums)).toBeGreaterThan(100);
    house.runtime.onLook = () => { house.runtime.runs = []; return Promise.resolve(); };
    await vi.advanceTimersByTimeAsync(31 * 60_000);
    expect(state()).toBe('verified');
    expect(turns().at(-1)?.text).toContain('Stopped, verified');
    expect(audits().at(-1)?.action).toBe('stop.verified');
  }, 60_000);

  it('is told of to its end when a person releases it in the middle of that', async () => {
    house.runtime.start('run-1');
    const [work] = house.runtime.runs;
    house.runtime.onPull = () => Promise.resolve(said('stopped'));
    house.runtime.onLook = () => { house.runtime.runs = showing() && work !== undefined ? [work] : []; return Promise.resolve(); };
    await order();
    await pass(700);
    const before = turns().length;
    await orchestrator.release('stp-1', null, { kind: 'desktop', name: 'ada', place: 'page', readOnly: false }, 'over').catch(() => undefined);
    await vi.advanceTimersByTimeAsync(2_000);
    expect(turns()).toHaveLength(before + 1);
    expect(turns().at(-1)?.text).toMatch(/^It turned \d+ times more/);
  });
});
