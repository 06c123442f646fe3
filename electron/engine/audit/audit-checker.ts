/** Has the log read through on a thread of its own, one check at a time, and knows the newest result. */
import { Worker } from 'node:worker_threads';
import type { AuditCheck, AuditDamage } from '../../../shared/audit.ts';
import { CallFailure } from '../call-failure.ts';
import type { Clock } from '../ports.ts';
import type { ToldHead } from '../store/audit-commands.ts';
import type { CheckData, FromChecker } from './audit-check-worker.ts';
import type { ActivityChecked, CheckFound, CheckOrder } from './check-file.ts';

export interface Checked { readonly check: AuditCheck; readonly head: ToldHead | null }

export interface CheckerParts {
  readonly file: string;
  readonly clock: Clock;
  readonly order: () => Promise<Omit<CheckOrder, 'headAt'>>;
  readonly changed: () => void;
}

export class AuditChecker {
  readonly #parts: CheckerParts;
  readonly #stop = new SharedArrayBuffer(4);
  #newest: AuditCheck = { state: 'never', startedAt: null, endedAt: null, entries: 0, of: 0, seals: 0, damage: [], more: false };
  #running: Promise<Checked> | null = null;
  #withActivity = false;

  constructor(parts: CheckerParts) { this.#parts = parts; }

  get newest(): AuditCheck { return this.#newest; }

  /** `activity`: also the history against its digests. Who asks while as much is looked at gets that result. */
  async check(activity: boolean): Promise<Checked> {
    while (this.#running !== null && activity && !this.#withActivity) await this.#running.catch(() => undefined);
    this.#running ??= this.#run(null, activity);
    return this.#running;
  }

  /** Also where the log stood at that size. Behind the one that runs. */
  async checkWithHead(size: number): Promise<Checked> {
    while (this.#running !== null) await this.#running.catch(() => undefined);
    this.#running = this.#run(size, false);
    return this.#running;
  }

  /** Nothing is removed while it is read. */
  async idle(): Promise<void> {
    while (this.#running !== null) await this.#running.catch(() => undefined);
  }

  async close(): Promise<void> {
    Atomics.store(new Int32Array(this.#stop), 0, 1);
    await this.idle();
  }

  async #run(headAt: number | null, activity: boolean): Promise<Checked> {
    const before = this.#newest;
    this.#withActivity = activity;
    this.#newest = { ...before, state: 'running', startedAt: this.#now(), endedAt: null, entries: 0, of: 0, activity: null };
    this.#parts.changed();
    try {
      const order = await this.#parts.order();
      const { found, text, activity: compared } = resultOf(await this.#thread({ ...order, headAt, activity, file: this.#parts.file, stop: this.#stop }));
      if (found === null) throw new CallFailure('unavailable', text);
      this.#newest = { state: found.damage.length === 0 ? 'whole' : 'damaged', startedAt: this.#newest.startedAt, endedAt: this.#now(), entries: found.entries, of: found.entries, seals: found.seals, damage: [...found.damage], more: found.more, activity: compared };
      return { check: this.#newest, head: found.head };
    } catch (error) {
      this.#newest = before;
      throw error;
    } finally {
      this.#running = null;
      this.#parts.changed();
    }
  }

  #now(): string { return new Date(this.#parts.clock.now()).toISOString(); }

  #thread(data: CheckData): Promise<FromChecker> {
    // Beside this file, as source when the engine runs from source and as a bundle when it was built.
    const file = `./audit-check-worker${import.meta.url.endsWith('.ts') ? '.ts' : '.js'}`;
    const worker = new Worker(new URL(file, import.meta.url), { workerData: data, name: 'audit-check-worker', resourceLimits: { maxOldGenerationSizeMb: 512 } });
    return new Promise((done, fail) => {
      let last: FromChecker | null = null;
      worker.on('message', (message: FromChecker) => {
        if (message.t === 'progress') {
          this.#newest = { ...this.#newest, entries: message.entries, of: Math.max(message.of, message.entries), activity: message.activity };
          this.#parts.changed();
        } else last = message;
      });
      worker.once('error', fail);
      // Once it is gone: its connection is closed then.
      worker.once('exit', () => { if (last === null) fail(new CallFailure('unavailable', 'The check of the audit log ended before it was done. Nothing was found out; check again.')); else done(last); });
    });
  }
}

function resultOf(message: FromChecker): { readonly found: CheckFound | null; readonly activity: ActivityChecked | null; readonly text: string } {
  if (message.t === 'found') return { found: message.found, activity: message.activity, text: 'The check of the audit log was broken off.' };
  if (message.t === 'progress' || !message.damaged) return { found: null, activity: null, text: message.t === 'progress' ? '' : `The audit log could not be checked: ${message.text}` };
  const damage: AuditDamage = { kind: 'missing', where: 'entry', at: message.entries + 1, text: `The file cannot be read behind entry ${message.entries}, or the part of it with the seals or the records cannot: it is damaged.` };
  return { found: { damage: [damage], more: true, entries: message.entries, seals: 0, head: null }, activity: null, text: '' };
}
