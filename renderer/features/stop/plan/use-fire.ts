/** The one act of the plan: fires what was shown, once, and never by the press that opened it. */
import { useRef, useState } from 'react';
import { call, CallFailed, useEngineState } from '../../../api/client.ts';
import { queryClient } from '../../../api/query-client.ts';
import { go } from '../../../app/navigation.ts';
import { announce } from '../../../ui/announce.ts';
import { missing, orderOf, planToFire, tickedOf, type Form, type Ticks } from './plan-model.ts';
import type { Planning } from './use-plan.ts';

/**
 * `sure`: this press sent nothing; `orders`: another one may have, so the way to the orders stands beside it. Otherwise the engine may have begun
 * before its answer was lost. `until`: what was missing; once that is there, the words go.
 */
export type FireFault = { sure: true; text: string; orders: boolean; until?: string } | { sure: false; error: unknown };

export interface Fire { fire: () => void; sending: boolean; fault: FireFault | null; ready: boolean; misses: string | null }

/** Refused before anything was written or sent. */
const surelyNotSent = (error: unknown): error is CallFailed => error instanceof CallFailed && ['conflict', 'bad_request', 'not_found', 'too_busy'].includes(error.code);
/** The plan is not the engine's any more, or what it names has changed: it is made again and must be looked at again. */
const planIsGone = (error: CallFailed): boolean => error.code === 'conflict' || error.code === 'not_found';

const nothingSent = (text: string, orders = false): FireFault & { sure: true } => ({ sure: true, text, orders });

export function useFire(planning: Planning, ticks: Ticks, form: Form, onSent: () => void): Fire {
  const busy = useRef(false);
  const [sending, setSending] = useState(false);
  const [fault, setFault] = useState<FireFault | null>(null);
  const engineThere = useEngineState().state === 'ready';
  const { plan } = planning;
  const misses = !engineThere ? 'The engine is away: nothing can be sent now.' : plan === null ? 'The plan is not there yet.' : missing(plan, tickedOf(plan, ticks), form);

  const send = async (): Promise<void> => {
    const fired = planToFire(planning.shown, performance.now());
    if (misses !== null) return setFault({ ...nothingSent(misses), until: misses });
    if (fired === null) return setFault(nothingSent('That was in the instant in which the plan appeared. Look at it, then press again.'));
    busy.current = true;
    setSending(true);
    setFault(null);
    try {
      const order = await call('stop.order', orderOf(fired, ticks, form));
      void queryClient.invalidateQueries({ predicate: (query) => query.meta?.topics.includes('stop') === true });
      announce(order.state === 'waiting_second' ? `Stop order ${order.number} waits for the second operator. Nothing was sent.` : `Stop order ${order.number} is written and its first levers are pulled.`);
      onSent();
      go({ screen: 'stop', id: order.id });
    } catch (error) {
      setFault(surelyNotSent(error) ? nothingSent(`${error.message}${planIsGone(error) ? ' The plan is made again: look at it, then press again.' : ''}`, error.code === 'conflict') : { sure: false, error });
      if (surelyNotSent(error) && planIsGone(error)) planning.again();
    } finally {
      busy.current = false;
      setSending(false);
    }
    return undefined;
  };
  const stands = fault !== null && !(fault.sure && fault.until !== undefined && fault.until !== misses);
  return { fire: () => { if (!busy.current) void send(); }, sending, fault: stands ? fault : null, ready: misses === null && !sending, misses };
}
