/** Tells the desktop of new approvals and of how many wait; it shows a notification and the badge. */
import type { EngineProcessMessage } from '../../shared/engine-process.ts';
import type { CollectedResult } from './ingest/collected.ts';
import type { Log } from './ports.ts';

export type ApprovalsMessage = Extract<EngineProcessMessage, { t: 'approvals' }>;
type Fresh = ApprovalsMessage['fresh'];

export interface TellerParts {
  readonly send: (message: ApprovalsMessage) => void;
  readonly waiting: () => Promise<number>;
  /** `settings.notifyApprovals`. */
  readonly notify: () => Promise<boolean>;
  readonly publicId: (row: number) => string;
  readonly log: Log;
}

const mostFresh = 20;
const mostText = 200;
/** Several that come together are one notification. */
const gatherMs = 250;

export class ApprovalTeller {
  readonly #parts: TellerParts;
  #fresh: Fresh[number][] = [];
  #told: number | null = null;
  #timer: NodeJS.Timeout | null = null;
  #closed = false;

  constructor(parts: TellerParts) { this.#parts = parts; }

  /** New ones, or only that something about approvals changed. */
  tell(fresh: CollectedResult['newApprovals'] = []): void {
    this.#fresh.push(...fresh.map(({ id, title, agentName }) => ({ id: this.#parts.publicId(id), title: title.slice(0, mostText), agent: agentName.slice(0, mostText) })));
    if (this.#closed) return;
    this.#timer ??= setTimeout(() => void this.#send(), gatherMs);
  }

  close(): void {
    this.#closed = true;
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }

  async #send(): Promise<void> {
    this.#timer = null;
    const fresh = this.#fresh.splice(0).slice(-mostFresh);
    try {
      const [waiting, notify] = await Promise.all([this.#parts.waiting(), this.#parts.notify()]);
      if (this.#closed || (waiting === this.#told && fresh.length === 0)) return;
      this.#told = waiting;
      this.#parts.send({ t: 'approvals', waiting, fresh: notify ? fresh : [] });
    } catch (error) {
      // The screens show them all the same; the next change is told with these.
      this.#fresh.unshift(...fresh);
      this.#parts.log.error('approvals could not be told', error);
    }
  }
}
