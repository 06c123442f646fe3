/** Puts together what raises alerts and what delivers them. */
import type { Credentials } from '../collect/credentials.ts';
import type { HistoryPort } from '../history-port.ts';
import type { Log } from '../ports.ts';
import { alertsDesk } from './alerts-desk.ts';
import type { AlertsDesk } from './alerts-desk.ts';
import type { TestSender } from './desk-parts.ts';

export interface AlertParts {
  readonly history: HistoryPort;
  readonly credentials: Pick<Credentials, 'keep' | 'forget' | 'isLost' | 'read'>;
  readonly tests: TestSender;
  readonly log: Log;
  readonly version: string;
}

export interface OpenedAlerts {
  readonly desk: AlertsDesk;
}

export function openAlerts({ history, credentials, tests, log, version }: AlertParts): OpenedAlerts {
  return { desk: alertsDesk({ history, credentials, tests, log, version }) };
}
