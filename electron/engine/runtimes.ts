/** Puts together what asks runtimes: credentials, collectors, the desk where approvals are answered, and who is told of new ones. */
import { ApprovalTeller } from './approval-teller.ts';
import type { ApprovalsMessage } from './approval-teller.ts';
import { ApprovalsDesk } from './approvals-desk.ts';
import { Collectors } from './collect/collectors.ts';
import { Credentials } from './collect/credentials.ts';
import { programStarter } from './collect/program.ts';
import type { Vault } from './collect/vault.ts';
import { loadConnectorKinds } from './connectors/kinds.ts';
import type { ConnectorKinds } from './connectors/kinds.ts';
import type { GapKeeper } from './gap-keeper.ts';
import { ask } from './history-port.ts';
import type { HistoryPort } from './history-port.ts';
import { systemClock } from './ports.ts';
import type { Log } from './ports.ts';
import { publicId } from './store/ids.ts';
import type { RuntimeFact } from './store/runtime-commands.ts';

export interface RuntimeParts {
  readonly history: HistoryPort;
  readonly gaps: GapKeeper;
  readonly log: Log;
  /** something that people see of connections changed. */
  readonly changed: () => void;
  readonly vault: Vault | null;
  /** false: an engine for one command: it asks no runtime by itself, and its memory keeps nothing. */
  readonly lasting: boolean;
  readonly onApprovals: ((message: ApprovalsMessage) => void) | null;
  /** for tests; otherwise all that are built in. */
  readonly loadKinds?: () => Promise<ConnectorKinds>;
}

export interface Runtimes {
  readonly collectors: Collectors;
  readonly credentials: Credentials;
  readonly desk: ApprovalsDesk;
  readonly facts: () => Promise<readonly RuntimeFact[]>;
  start(): Promise<void>;
  close(): Promise<void>;
}

export function openRuntimes({ history, gaps, log, changed, vault, lasting, onApprovals, loadKinds = loadConnectorKinds }: RuntimeParts): Runtimes {
  const facts = (): Promise<readonly RuntimeFact[]> => ask(history, 'runtimeFacts', {});
  const credentials = new Credentials({ vault, lasting, environment: process.env });
  const teller = onApprovals === null ? null : new ApprovalTeller({
    send: onApprovals, publicId: (row) => publicId('approval', row), log,
    waiting: async () => (await ask(history, 'counts', {})).approvalsWaiting,
    notify: async () => (await ask(history, 'settings.get', {})).notifyApprovals,
  });
  const collectors = new Collectors({
    history, facts, loadKinds, credentials, spawn: programStarter({ environment: process.env }), environment: process.env, gaps, changed, collecting: lasting, log, clock: systemClock,
    newApprovals: (fresh) => teller?.tell(fresh),
    count: (connection, reason, sample) => {
      history.command('refusals.count', { connection, reason, count: 1, sample, us: systemClock.now() * 1_000 }).catch((error: unknown) => log.error('a refusal could not be counted', error));
    },
  });
  const desk = new ApprovalsDesk({
    history, collectors, log,
    fact: (id) => ask(history, 'approvalFact', { id }), detail: (id) => ask(history, 'approvals.get', { id }),
  });
  const stopTelling = history.onCommit(({ topics }) => { if (topics.includes('approvals')) teller?.tell(); });
  return {
    collectors, credentials, desk, facts,
    start: async () => {
      await collectors.start();
      teller?.tell();
    },
    close: async () => {
      stopTelling();
      teller?.close();
      await collectors.close();
    },
  };
}
