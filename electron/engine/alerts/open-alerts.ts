/** Puts together what raises alerts, what delivers them and what people do about them. */
import { hostname } from 'node:os';
import type { Alarms } from '../alarms.ts';
import type { Credentials } from '../collect/credentials.ts';
import type { HistoryPort } from '../history-port.ts';
import { systemClock } from '../ports.ts';
import type { Clock, Log } from '../ports.ts';
import { AlertKeeper } from './alert-keeper.ts';
import { alertsDesk } from './alerts-desk.ts';
import type { AlertsDesk } from './alerts-desk.ts';
import type { DesktopPort } from './deliver/desktop.ts';
import { openDelivery } from './deliver/open-delivery.ts';

export interface AlertParts {
  readonly history: HistoryPort;
  readonly credentials: Pick<Credentials, 'keep' | 'forget' | 'isLost' | 'read'>;
  /** null: this engine runs without one. */
  readonly desktop: DesktopPort | null;
  readonly alarms: Pick<Alarms, 'raise' | 'clear'>;
  readonly log: Log;
  readonly version: string;
  /** false: an engine for one command: it raises nothing and delivers nothing; a test of a target goes out. */
  readonly lasting: boolean;
  readonly clock?: Clock;
}

export interface OpenedAlerts {
  readonly desk: AlertsDesk;
  start(): void;
  /** Before the history closes: what is on its way is still to be written down. */
  close(): Promise<void>;
}

const pruneEveryMs = 3_600_000;
/** Of each target; the queue itself is never cut. */
const deliveriesKept = 1_000;

export function openAlerts({ history, credentials, desktop, alarms, log, version, lasting, clock = systemClock }: AlertParts): OpenedAlerts {
  const from = { product: 'Gatehouse', version, host: hostname() } as const;
  const keeper = new AlertKeeper({ history, log, clock, from });
  const courier = openDelivery({ history, credentials, desktop, alarms, log, clock });
  const prune = (): void => { history.command('deliveries.prune', { keep: deliveriesKept }).catch((error: unknown) => log.error('old deliveries could not be removed', error)); };
  let pruning: NodeJS.Timeout | null = null;
  return {
    desk: alertsDesk({ history, credentials, tests: { send: (target, message, signal) => courier.test(target, message, signal) }, from, log, clock }),
    start: () => {
      if (!lasting) return;
      courier.start();
      keeper.start();
      prune();
      pruning = setInterval(prune, pruneEveryMs);
    },
    close: async () => {
      if (pruning !== null) clearInterval(pruning);
      // Nothing is put in the queue any more while it is emptied.
      await keeper.close();
      await courier.close();
    },
  };
}
