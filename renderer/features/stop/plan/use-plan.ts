/** The plan as it stands on the screen: from the history at once, then again after the runtimes were asked. Nothing here stops anything. */
import { useEffect, useState } from 'react';
import type { StopLevel } from '../../../../shared/domain.ts';
import type { StopPlan, StopScope } from '../../../../shared/stop.ts';
import { call, onEngineState } from '../../../api/client.ts';
import type { Shown } from './plan-model.ts';

export interface Planning {
  /** newest last; all of this scope and level. Empty: none is there yet. */
  shown: readonly Shown[];
  plan: StopPlan | null;
  /** the plan of the choice before, drawn for the moment until the new one is there; it cannot be fired. */
  before: StopPlan | null;
  /** who is asked now. */
  asking: 'history' | 'runtimes' | null;
  /** the plan could not be made; or one stands, and it could not be made again. */
  error: unknown;
  again: () => void;
}

interface Held { key: string; shown: readonly Shown[]; before: StopPlan | null; asking: Planning['asking']; error: unknown }

/** The last few are enough: a press fires one that stood there 400 ms before it. */
const kept = 4;
const lastOf = (held: Held): StopPlan | null => held.shown.at(-1)?.plan ?? null;
const forKey = (now: Held, key: string): Held => (now.key === key ? now : { key, shown: [], before: lastOf(now) ?? now.before, asking: 'history', error: null });

export function usePlan(scope: StopScope, level: StopLevel): Planning {
  const key = JSON.stringify({ scope, level });
  const [turn, setTurn] = useState(0);
  const [held, setHeld] = useState<Held>({ key, shown: [], before: null, asking: 'history', error: null });
  useEffect(() => {
    const stop = new AbortController();
    const asked = JSON.parse(key) as { scope: StopScope; level: StopLevel };
    const put = (change: Partial<Held>): void => { if (!stop.signal.aborted) setHeld((now) => ({ ...forKey(now, key), ...change })); };
    const show = (plan: StopPlan, asking: Planning['asking']): void => {
      if (!stop.signal.aborted) setHeld((now) => ({ key, shown: [...forKey(now, key).shown, { plan, at: performance.now() }].slice(-kept), before: null, asking, error: null }));
    };
    const make = async (): Promise<void> => {
      put({ asking: 'history', error: null });
      show(await call('stop.plan', { ...asked, survey: false }, { signal: stop.signal }), 'runtimes');
      show(await call('stop.plan', { ...asked, survey: true }, { signal: stop.signal }), null);
    };
    make().catch((error: unknown) => put({ asking: null, error }));
    return () => stop.abort();
  }, [key, turn]);
  const own = forKey(held, key);
  // An engine that began anew keeps no plan of the one before, and one that could not answer can now.
  useEffect(() => onEngineState((now, before) => { if (now === 'ready' && before !== 'ready') setTurn((count) => count + 1); }), []);
  return { shown: own.shown, plan: lastOf(own), before: own.before, asking: own.asking, error: own.error, again: () => setTurn((count) => count + 1) };
}
