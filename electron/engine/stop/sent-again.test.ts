import { beforeEach, describe, expect, it, vi } from 'vitest';
import { leverOf, orderOf, said, scopeOf, unreachable } from './fake-stop.ts';
import type { House } from './fake-stop.ts';
import type { Orchestrator } from './orchestrator.ts';
import { freshEngine } from './test-orders.ts';

const ada = { kind: 'desktop', name: 'ada', place: 'page', readOnly: false } as const;
let house: House;
let orchestrator: Orchestrator;
freshEngine((fresh) => { ({ house, orchestrator } = fresh); }, () => ({ house, orchestrator }));

const settled = (asked: Promise<unknown>): Promise<unknown> => asked.then(() => 'done', (error: unknown) => error);

describe('a lever that is sent once more and takes a while to leave', () => {
  beforeEach(async () => {
    house.runtime.onPull = () => Promise.reject(unreachable('ECONNREFUSED'));
    await orchestrator.begin(orderOf([leverOf('key', { repeatable: false, plan: { undo: 'exact', step: 'revoke' } })]), scopeOf());
    await vi.advanceTimersByTimeAsync(5_000);
    house.runtime.calls.length = 0;
    house.runtime.onPull = () => Promise.resolve(said('accepted'));
    const { open } = house.context.ports;
    (house.context.ports as { open: typeof open }).open = async (connection) => { await new Promise((done) => { setTimeout(done, 2_000); }); return open(connection); };
  });

  it('leaves once, however often it is asked for', async () => {
    expect(house.history.lever('key')).toMatchObject({ state: 'failed', attempts: 3 });
    const first = settled(orchestrator.retry('stp-1', 'key', ada));
    const second = settled(orchestrator.retry('stp-1', 'key', ada));
    await vi.advanceTimersByTimeAsync(10_000);
    expect(await first).toBe('done');
    expect(await second).toMatchObject({ code: 'conflict' });
    expect(house.runtime.pulls('key')).toBe(1);
  });

  it('does not leave behind a release: that waits until it has answered', async () => {
    const asked = settled(orchestrator.retry('stp-1', 'key', ada));
    const released = settled(orchestrator.release('stp-1', null, ada, 'over'));
    await vi.advanceTimersByTimeAsync(10_000);
    expect(await asked).toBe('done');
    expect(await released).toMatchObject({ code: 'conflict' });
    expect(house.history.order(1).releasedUs).toBeNull();
  });

  it('is on its way for an engine that comes after this one too', async () => {
    const asked = settled(orchestrator.retry('stp-1', 'key', ada));
    await vi.advanceTimersByTimeAsync(500);
    await asked;
    expect(house.history.lever('key').state).toBe('waiting');
  });
});

describe('a lever that must not be pulled while something runs', () => {
  it('waits for that too when it is sent once more', async () => {
    house.runtime.start('run-1');
    await orchestrator.begin(orderOf([leverOf('delete', { idleOnly: true, plan: { step: 'refuse' } })]), scopeOf());
    await vi.advanceTimersByTimeAsync(30_000);
    expect(house.history.lever('delete').state).toBe('skipped');
    const asked = settled(orchestrator.retry('stp-1', 'delete', ada));
    await vi.advanceTimersByTimeAsync(10_000);
    await asked;
    expect(house.runtime.pulls('delete')).toBe(0);
    house.runtime.end('run-1');
    await vi.advanceTimersByTimeAsync(2_000);
    expect(house.runtime.pulls('delete')).toBe(1);
  });
});

describe('an order whose watch ends in the instant in which a lever is sent once more', () => {
  it('is watched anew', async () => {
    house.runtime.onPull = () => Promise.reject(unreachable('ECONNREFUSED'));
    await orchestrator.begin(orderOf([leverOf('cut')]), scopeOf());
    const { command } = house.history;
    const asked: Promise<unknown>[] = [];
    house.history.command = (async (name: never, params: { order?: { endedUs?: number | null } }) => {
      if (asked.length === 0 && typeof params.order?.endedUs === 'number') {
        await new Promise((done) => { setTimeout(done, 5); });
        asked.push(settled(orchestrator.retry('stp-1', 'cut', ada)));
        await new Promise((done) => { setTimeout(done, 5); });
      }
      return command.call(house.history, name, params as never);
    }) as typeof command;
    await vi.advanceTimersByTimeAsync(1_200_000);
    expect(await Promise.all(asked)).toEqual(['done']);
    expect(house.history.order(1)).toMatchObject({ endedUs: null });
    await vi.advanceTimersByTimeAsync(1_300_000);
    expect(house.history.order(1)).toMatchObject({ state: 'verified', endedUs: expect.any(Number) as unknown });
  });
});
