/** One class owns the engine's process: starts it, listens for its heart, starts it again, ends it. Knows no Electron. */
import { beatLostMs, engineProcessMessage } from '../../shared/engine-process.ts';
import type { EngineProcessMessage, ShellMessage, Speaker } from '../../shared/engine-process.ts';
import type { EngineState } from '../../shared/page-api.ts';
import type { AlertAnswer, AlertMessage } from './alert-notices.ts';
import type { ApprovalsMessage } from './approval-notices.ts';
import type { VaultAnswer, VaultRequest } from './vault.ts';

/** A running engine process, however it was started. */
export interface EngineLine {
  readonly pid: number | undefined;
  /** `end` is our end of a pair, handed to the engine: a message port, whatever kind the process takes. */
  attach(port: number, actor: Speaker, end: unknown): void;
  detach(port: number): void;
  tell(message: ShellMessage): void;
  kill(): void;
  onMessage(listener: (message: unknown) => void): void;
  onExit(listener: (code: number | null) => void): void;
}

export interface SupervisorParts {
  readonly start: () => EngineLine;
  readonly say: (text: string) => void;
  /** SECURITY: answered over the engine's own line and never logged. */
  readonly vault: (request: VaultRequest) => VaultAnswer;
  readonly onApprovals: (message: ApprovalsMessage) => void;
  /** Resolves once it was shown, or will not be. */
  readonly onAlert: (message: AlertMessage) => Promise<AlertAnswer>;
  readonly random?: () => number;
  readonly now?: () => number;
  readonly beatLostMs?: number;
}

const beatCheckMs = 1_000;
const firstWaitMs = 250;
const longestWaitMs = 15_000;
const mostRestarts = 5;
const restartWindowMs = 10 * 60_000;
/** What a clean end may take: the bodies that were accepted are stored, then the history is closed. */
const shutdownMs = 10_000;

type Listener = (state: EngineState) => void;

export class EngineProcess {
  readonly #parts: SupervisorParts;
  readonly #listeners = new Set<Listener>();
  #state: EngineState = { state: 'starting', text: 'The engine starts.', restarts: 0 };
  #line: EngineLine | null = null;
  #failures: number[] = [];
  #why: string | null = null;
  #held = false;
  #lastBeat = 0;
  #lastCheck = 0;
  #checking: NodeJS.Timeout | null = null;
  #restarting: NodeJS.Timeout | null = null;
  #ending: (() => void) | null = null;
  #ended = false;

  constructor(parts: SupervisorParts) { this.#parts = parts; }

  get state(): EngineState { return this.#state; }
  get pid(): number | undefined { return this.#line?.pid; }

  onState(listener: Listener): void { this.#listeners.add(listener); }

  start(): void {
    if (this.#line || this.#ended) return;
    this.#why = null;
    this.#held = false;
    this.#lastBeat = this.#now();
    this.#lastCheck = this.#now();
    let line: EngineLine;
    try {
      line = this.#parts.start();
    } catch (error) {
      this.#why = `The engine could not be started: ${error instanceof Error ? error.message : String(error)}`;
      this.#afterExit(null);
      return;
    }
    this.#line = line;
    line.onMessage((message) => { if (this.#line === line) this.#receive(message); });
    line.onExit((code) => { if (this.#line === line) this.#afterExit(code); });
    this.#checking = setInterval(() => this.#checkBeat(), beatCheckMs);
  }

  /** A person asks for it: earlier failures no longer count. */
  restart(): void {
    if (this.#state.state !== 'away' && this.#state.state !== 'stopped') return;
    if (this.#restarting) clearTimeout(this.#restarting);
    this.#restarting = null;
    this.#failures = [];
    if (this.#line) return;
    this.#tell('starting', 'The engine starts.');
    this.start();
  }

  attach(port: number, actor: Speaker, end: unknown): void { this.#line?.attach(port, actor, end); }
  detach(port: number): void { this.#line?.detach(port); }

  /** Asks for a clean end and waits; kills when it takes too long. */
  stop(): Promise<void> {
    this.#ended = true;
    if (this.#restarting) clearTimeout(this.#restarting);
    const line = this.#line;
    if (!line) return Promise.resolve();
    return new Promise((resolve) => {
      const impatient = setTimeout(() => line.kill(), shutdownMs);
      this.#ending = () => {
        clearTimeout(impatient);
        resolve();
      };
      line.tell({ t: 'shutdown' });
    });
  }

  #now(): number { return (this.#parts.now ?? Date.now)(); }

  #receive(raw: unknown): void {
    const read = engineProcessMessage.safeParse(raw);
    if (!read.success) return;
    this.#lastBeat = this.#now();
    this.#act(read.data);
  }

  #act(message: EngineProcessMessage): void {
    if (message.t === 'ready') this.#tell('ready', message.text);
    if (message.t === 'not_started') {
      this.#why = message.text;
      this.#held = message.why === 'held';
    }
    if (message.t === 'vault') this.#line?.tell({ t: 'vault', n: message.n, ...this.#parts.vault(message) });
    if (message.t === 'approvals') this.#parts.onApprovals(message);
    if (message.t === 'alert') void this.#show(message);
  }

  /** Answered on the line that asked: another engine's numbers mean something else. */
  async #show(message: AlertMessage): Promise<void> {
    const line = this.#line;
    const answer = await this.#parts.onAlert(message).catch((error: unknown) => ({ ok: false, text: `The desktop could not show it: ${error instanceof Error ? error.message : String(error)}` }));
    if (this.#line === line) line?.tell({ t: 'alert', n: message.n, ...answer });
  }

  #checkBeat(): void {
    const now = this.#now();
    const slept = now - this.#lastCheck > 5 * beatCheckMs;
    this.#lastCheck = now;
    // This very timer was late: the machine slept, or is too busy to judge anybody. Everyone gets a new start.
    if (slept || now < this.#lastBeat) this.#lastBeat = now;
    if (now - this.#lastBeat < (this.#parts.beatLostMs ?? beatLostMs)) return;
    this.#parts.say(`engine ${this.#line?.pid ?? '?'} gives no life sign; killing it`);
    this.#why = 'The engine gave no life sign and was ended.';
    this.#lastBeat = now;
    this.#line?.kill();
  }

  #afterExit(code: number | null): void {
    if (this.#checking) clearInterval(this.#checking);
    this.#checking = null;
    this.#line = null;
    this.#ending?.();
    if (this.#ended) return;
    const why = this.#why ?? `The engine ended unexpectedly${code === null ? '' : ` (code ${code})`}.`;
    if (this.#held) return this.#tell('stopped', why);
    this.#failures = [...this.#failures.filter((at) => this.#now() - at < restartWindowMs), this.#now()];
    if (this.#failures.length > mostRestarts) {
      return this.#tell('stopped', `${why} It failed ${this.#failures.length} times in ten minutes and stays down. What it had stored is kept; agents keep trying to send.`);
    }
    this.#tell('away', `${why} What it had stored is kept; it starts again.`, this.#state.restarts + 1);
    const wait = Math.min(longestWaitMs, firstWaitMs * 2 ** (this.#failures.length - 1));
    // Jitter, so that two programs that fail on each other do not meet again and again.
    this.#restarting = setTimeout(() => {
      this.#restarting = null;
      this.start();
    }, wait * (0.75 + 0.5 * (this.#parts.random ?? Math.random)()));
  }

  #tell(state: EngineState['state'], text: string, restarts = this.#state.restarts): void {
    this.#state = { state, text, restarts };
    this.#parts.say(`engine ${state}: ${text}`);
    for (const listener of this.#listeners) listener(this.#state);
  }
}
