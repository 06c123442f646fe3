/** What both desks of alerts rest on. */
import type { AlertMessage } from '../../../shared/alerts.ts';
import { auditBy } from '../audit-words.ts';
import type { AuditDeed } from '../audit-words.ts';
import { CallFailure } from '../call-failure.ts';
import type { Credentials } from '../collect/credentials.ts';
import type { HistoryPort } from '../history-port.ts';
import type { Actor, Clock, Log } from '../ports.ts';
import type { AlertCommands, TargetFact } from '../store/alert-commands.ts';
import { rowIdOf } from '../store/ids.ts';
import type { AuditWords, RuntimeCommands } from '../store/runtime-commands.ts';

type DeskCommands = AlertCommands & Pick<RuntimeCommands, 'audit.append'>;

export interface TestSender {
  /** Now, past the queue; `text` holds nothing secret. */
  send(target: TargetFact, message: AlertMessage, signal: AbortSignal): Promise<{ readonly ok: boolean; readonly text: string }>;
}

export interface AlertsDeskParts {
  readonly history: {
    command<N extends keyof DeskCommands>(name: N, params: DeskCommands[N]['params']): Promise<DeskCommands[N]['result']>;
    query: HistoryPort['query'];
  };
  readonly credentials: Pick<Credentials, 'keep' | 'forget' | 'isLost'>;
  readonly tests: TestSender;
  /** the console that tells it. */
  readonly from: AlertMessage['from'];
  readonly log: Log;
  readonly clock?: Clock;
}

export const done = (actor: Actor, deed: Omit<AuditDeed, 'outcome'>): AuditWords => auditBy(actor, { ...deed, outcome: 'done' });

const what = { alert: 'alert', alertRule: 'rule for alerts', target: 'target' } as const;

/** SECURITY: an id of a page is a text of a page; only one that names a row of its kind goes on. */
export function rowOf(kind: keyof typeof what, id: string): number {
  const row = rowIdOf(kind, id);
  if (row === null) throw new CallFailure('not_found', `There is no ${what[kind]} with the identifier ${id}. Nothing was changed.`);
  return row;
}
