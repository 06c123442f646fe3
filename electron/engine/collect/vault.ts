/** Where credentials rest. The desktop keeps them in main, under the system's keyring; without a desktop they live in memory only. */
import type { EngineProcessMessage, ShellMessage } from '../../../shared/engine-process.ts';

export interface Vault {
  /** null: there is nothing under that name. */
  get(name: string): Promise<string | null>;
  /** `weak`: the person chose to keep it although there is no keyring. */
  put(name: string, value: string, options: { readonly weak: boolean }): Promise<void>;
  remove(name: string): Promise<void>;
}

/** In words for people; never what was to be kept. */
export class VaultRefusal extends Error {
  readonly why: 'no_keyring' | 'failed';
  constructor(why: VaultRefusal['why'], text: string) {
    super(text);
    this.name = 'VaultRefusal';
    this.why = why;
  }
}

/** SECURITY: nothing of it is ever written anywhere; it ends with the process. */
export class SessionVault implements Vault {
  readonly #kept = new Map<string, string>();

  get(name: string): Promise<string | null> { return Promise.resolve(this.#kept.get(name) ?? null); }
  has(name: string): boolean { return this.#kept.has(name); }
  put(name: string, value: string): Promise<void> {
    this.#kept.set(name, value);
    return Promise.resolve();
  }
  remove(name: string): Promise<void> {
    this.#kept.delete(name);
    return Promise.resolve();
  }
}

type VaultQuestion = Extract<EngineProcessMessage, { t: 'vault' }>;
export type VaultReply = Extract<ShellMessage, { t: 'vault' }>;

interface Waiting { readonly done: (value: string | null) => void; readonly fail: (error: VaultRefusal) => void; readonly timer: NodeJS.Timeout }

/** A keyring may ask the person for its password before it answers. */
const answerWithinMs = 60_000;

/** The desktop's vault, asked over the line to main. */
export class ParentVault implements Vault {
  readonly #send: (question: VaultQuestion) => void;
  readonly #waitMs: number;
  readonly #waiting = new Map<number, Waiting>();
  #next = 1;

  constructor(send: (question: VaultQuestion) => void, waitMs: number = answerWithinMs) {
    this.#send = send;
    this.#waitMs = waitMs;
  }

  get(name: string): Promise<string | null> { return this.#ask({ op: 'get', name }); }
  async put(name: string, value: string, { weak }: { readonly weak: boolean }): Promise<void> { await this.#ask({ op: 'put', name, value, weak }); }
  async remove(name: string): Promise<void> { await this.#ask({ op: 'remove', name }); }

  hear(reply: VaultReply): void {
    const waiting = this.#waiting.get(reply.n);
    if (!waiting) return;
    this.#waiting.delete(reply.n);
    clearTimeout(waiting.timer);
    if (reply.ok) waiting.done(reply.value);
    else waiting.fail(new VaultRefusal(reply.why, reply.text));
  }

  #ask(question: Omit<VaultQuestion, 't' | 'n'>): Promise<string | null> {
    const n = this.#next++;
    return new Promise((done, fail) => {
      const timer = setTimeout(() => {
        this.#waiting.delete(n);
        fail(new VaultRefusal('failed', 'The system\'s keyring did not answer. Unlock it and try again.'));
      }, this.#waitMs);
      timer.unref();
      this.#waiting.set(n, { done, fail, timer });
      this.#send({ t: 'vault', n, ...question });
    });
  }
}
