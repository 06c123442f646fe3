/** Puts delivery together: the queue of the history, the credentials, the senders. */
import type { Alarms } from '../../alarms.ts';
import type { Credentials } from '../../collect/credentials.ts';
import { ask } from '../../history-port.ts';
import type { HistoryPort } from '../../history-port.ts';
import { systemClock } from '../../ports.ts';
import type { Clock, Log } from '../../ports.ts';
import { Courier } from './courier.ts';
import type { CourierParts } from './courier.ts';
import type { DeliveryBook } from './delivery-book.ts';
import type { DesktopPort } from './desktop.ts';
import { sendTo } from './send.ts';
import type { SendLimits } from './sending.ts';

export interface DeliveryParts {
  readonly history: HistoryPort;
  readonly credentials: Pick<Credentials, 'read'>;
  /** null: this engine runs without one. */
  readonly desktop: DesktopPort | null;
  readonly alarms: Pick<Alarms, 'raise' | 'clear'>;
  readonly log: Log;
  readonly clock?: Clock;
  /** for tests, which have no day to wait. */
  readonly limits?: SendLimits;
  readonly wait?: CourierParts['wait'];
  readonly endWithinMs?: number;
}

/** `start` where alerts are delivered; without it (an engine for one command) only tests go out. */
export function openDelivery({ history, credentials, desktop, alarms, log, clock = systemClock, ...rest }: DeliveryParts): Courier {
  return new Courier({
    book: bookOf(history), send: (outgoing) => sendTo(desktop, outgoing), readCredential: (reference) => credentials.read(reference), alarms, log, clock, ...rest,
  });
}

function bookOf(history: HistoryPort): DeliveryBook {
  return {
    targets: () => ask(history, 'targetFacts', {}),
    due: () => ask(history, 'dueDeliveries', {}),
    tried: (params) => history.command('deliveries.tried', params),
    wake: (params) => history.command('deliveries.wake', params),
    onChange: (listener) => history.onCommit(({ topics }) => { if (topics.includes('alerts')) listener(); }),
  };
}
