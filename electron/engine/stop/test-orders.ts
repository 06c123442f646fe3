/** For tests of whole orders: a house and an orchestrator of its own for each, on the clock of the test. */
import { afterEach, beforeEach, vi } from 'vitest';
import { fakeHouse } from './fake-stop.ts';
import type { House } from './fake-stop.ts';
import { Orchestrator } from './orchestrator.ts';

export interface Engine { readonly house: House; readonly orchestrator: Orchestrator }

/** `now`: the engine that stands when a test ends, which may have begun another one. */
export function freshEngine(take: (fresh: Engine) => void, now: () => Engine): void {
  beforeEach(() => {
    vi.useFakeTimers({ now: Date.UTC(2026, 2, 1, 12) });
    const house = fakeHouse();
    take({ house, orchestrator: new Orchestrator({ context: house.context, isLocal: () => true }) });
  });
  afterEach(async () => {
    const { house, orchestrator } = now();
    house.end();
    await vi.advanceTimersByTimeAsync(1);
    await orchestrator.close();
    vi.useRealTimers();
  });
}
