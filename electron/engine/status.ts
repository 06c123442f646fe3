/** The state of the whole: what the status bar and `gatehouse status` show. */
import { stat, statfs } from 'node:fs/promises';
import type { SystemStatus } from '../../shared/contract.ts';
import type { Alarms } from './alarms.ts';
import { ask } from './history-port.ts';
import type { HistoryPort } from './history-port.ts';
import type { IntakeRate } from './intake-rate.ts';
import { systemClock } from './ports.ts';
import type { Clock } from './ports.ts';
import type { ReceiverPart } from './receiver-keeper.ts';
import type { StoredCounts } from './store/queries/connections.ts';

export interface StatusParts {
  readonly history: HistoryPort;
  readonly receiver: ReceiverPart;
  readonly alarms: Alarms;
  readonly rate: IntakeRate;
  readonly version: string;
  readonly dataFolder: string;
  readonly clock?: Clock;
}

/** The counts of a large history take milliseconds; several screens ask at once and need them no fresher. */
const countsForMs = 1_000;

export class Status {
  readonly #parts: StatusParts;
  readonly #clock: Clock;
  readonly #startedAt: string;
  #counts: { readonly at: number; readonly asked: Promise<StoredCounts> } | null = null;

  constructor(parts: StatusParts) {
    this.#parts = parts;
    this.#clock = parts.clock ?? systemClock;
    this.#startedAt = new Date(this.#clock.now()).toISOString();
  }

  async read(): Promise<SystemStatus> {
    const { history, receiver, alarms, rate, version, dataFolder } = this.#parts;
    const [counts, told, historyBytes, diskFreeBytes] = await Promise.all([this.#countsNow(), alarms.list(), bytesOf(history.file), freeBytes(dataFolder)]);
    return {
      engineVersion: version, startedAt: this.#startedAt, pid: process.pid, node: process.versions.node, sqlite: history.sqlite, dataDir: dataFolder, historyBytes, diskFreeBytes,
      ...counts, schemaVersion: history.schemaVersion, receiver: receiver.status(), intakePerSecond: rate.perSecond(), alarms: told,
    };
  }

  #countsNow(): Promise<StoredCounts> {
    const now = this.#clock.now();
    if (this.#counts && now - this.#counts.at >= 0 && now - this.#counts.at < countsForMs) return this.#counts.asked;
    const asked = ask(this.#parts.history, 'counts', {});
    this.#counts = { at: now, asked };
    asked.catch(() => { this.#counts = null; });
    return asked;
  }
}

/** The file and what is still in its log. */
async function bytesOf(file: string): Promise<number> {
  const sizes = await Promise.all(['', '-wal'].map((end) => stat(file + end).then(({ size }) => size, () => 0)));
  return sizes.reduce((sum, size) => sum + size, 0);
}

const freeBytes = (folder: string): Promise<number | null> => statfs(folder).then(({ bavail, bsize }) => bavail * bsize, () => null);
