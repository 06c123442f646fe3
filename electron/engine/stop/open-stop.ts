/** Puts the kill switch together. */
import { CallFailure } from '../call-failure.ts';
import type { StopDesk } from './stop-desk.ts';

export interface Stopping {
  readonly desk: StopDesk;
  /** Goes on with what an engine before this one left open. */
  start(): Promise<void>;
  close(): Promise<void>;
}

const notYet = (): Promise<never> => Promise.reject(new CallFailure('unavailable', 'The kill switch is not put together yet.'));

export function openStopping(): Stopping {
  return {
    desk: {
      'stop.certificate': notYet, 'stop.plan': notYet, 'stop.order': notYet, 'stop.second': notYet, 'stop.withdraw': notYet, 'stop.retry': notYet, 'stop.release': notYet, 'stop.checkRights': notYet, 'stop.drill': notYet, 'stop.setCanary': notYet,
      'stop.saveRule': notYet, 'stop.removeRule': notYet, 'operators.add': notYet, 'operators.remove': notYet, 'agents.setTags': notYet,
    },
    start: () => Promise.resolve(), close: () => Promise.resolve(),
  };
}
