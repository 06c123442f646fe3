/** What a person did in the desktop, told to the engine's audit log; what happens while the engine is away waits for it, with its time. Knows no Electron. */
import type { ConsoleRecord } from '../../shared/audit.ts';

export interface RecorderParts {
  readonly ready: () => boolean;
  readonly send: (records: readonly ConsoleRecord[]) => Promise<void>;
  readonly say: (text: string) => void;
  readonly nowMs?: () => number;
}

export type Deed = Pick<ConsoleRecord, 'act' | 'outcome'> & { readonly subject?: string | null; readonly details?: ConsoleRecord['details'] };

/** A lock that somebody tries again and again while no engine runs: those beyond are counted. */
const mostWaiting = 200;

export class ConsoleRecorder {
  readonly #parts: RecorderParts;
  #waiting: ConsoleRecord[] = [];
  #lost = 0;
  #sending = false;

  constructor(parts: RecorderParts) { this.#parts = parts; }

  note({ act, outcome, subject = null, details = {} }: Deed): void {
    const at = new Date((this.#parts.nowMs ?? Date.now)()).toISOString();
    if (this.#waiting.length >= mostWaiting) this.#lost += 1;
    else this.#waiting.push({ act, outcome, subject, at, details });
    void this.flush();
  }

  /** Also called when the engine is ready. */
  async flush(): Promise<void> {
    if (this.#sending || this.#waiting.length === 0 || !this.#parts.ready()) return;
    this.#sending = true;
    const now = this.#waiting.splice(0);
    const last = now.at(-1);
    if (this.#lost > 0 && last !== undefined) now[now.length - 1] = { ...last, details: { ...last.details, notWritten: this.#lost } };
    try {
      await this.#parts.send(now);
      this.#lost = 0;
    } catch (error) {
      this.#waiting = [...now, ...this.#waiting].slice(0, mostWaiting);
      this.#parts.say(`an act in the window could not be written down yet: ${error instanceof Error ? error.message : 'unknown'}`);
    } finally {
      this.#sending = false;
    }
  }
}
