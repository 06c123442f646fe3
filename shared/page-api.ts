/**
 * Everything that the page can ask of the world outside it: `window.gatehouse`, put there by the preload.
 *
 * The page chooses the numbers (`n`) of its calls and streams, so that it can cancel without waiting for an answer.
 * A number may be used again once its call or stream has ended. Answers are JSON text, see `EngineMessage`.
 */
import type { CallError, HintTopic } from './contract.ts';
import type { GuardApi } from './guard.ts';
import type { ReportSpec } from './reports.ts';

export type CallOutcome = { readonly ok: true; readonly json: string } | { readonly ok: false; readonly error: CallError };

/**
 * `away`: it is gone and comes back by itself. `stopped`: it failed too often; only `restartEngine` brings it back.
 * `text` is one sentence for people, also for `ready` ("Engine runs.").
 */
export interface EngineState {
  readonly state: 'starting' | 'ready' | 'away' | 'stopped';
  readonly text: string;
  /** how often it was started again since the window's program began. */
  readonly restarts: number;
}

/** The demo fleet is a program of its own beside the engine. */
export interface DemoState {
  readonly state: 'off' | 'starting' | 'running' | 'failed';
  readonly text: string;
}

export const themeChoices = ['system', 'light', 'dark'] as const;
export type ThemeChoice = (typeof themeChoices)[number];

export const certificateForms = ['pdf', 'json'] as const;
export type CertificateForm = (typeof certificateForms)[number];
/** `orderId` names an order of the engine's; the file's place and name are chosen in the native dialog. */
export interface CertificateWish { readonly orderId: string; readonly as: CertificateForm }

/** A text of the console's own that a person wants to keep; the file's place is chosen in the native dialog. */
export interface SaveTextWish { readonly name: string; readonly text: string }

/** What the native menu asks the page to do. */
export const menuCommands = ['settings', 'palette', 'add-connection', 'keys', 'approvals', 'alerts', 'auditor-mode', 'set-lock'] as const;
/** `alert:<id>`: that alert, after a click on its notification. */
export type MenuCommand = (typeof menuCommands)[number] | `alert:${string}`;

/** Ends a subscription. */
export type Unsubscribe = () => void;

export interface Favours {
  /** Text to the clipboard, at most 1,000,000 characters. */
  copyText(text: string): Promise<void>;
  /** Native surfaces (menu, title bar, `prefers-color-scheme`) follow. */
  setTheme(theme: ThemeChoice): Promise<void>;
  openDataFolder(): Promise<void>;
  startDemo(): Promise<void>;
  stopDemo(): Promise<void>;
  /** Only does something while the engine is `away` or `stopped`. */
  restartEngine(): Promise<void>;
  /** A native dialog asks where. Answers the file's name, null when the person chose none. */
  saveCertificate(wish: CertificateWish): Promise<string | null>;
  /** The same for a text of at most 1,000,000 characters, as .json, .cedar or .txt. */
  saveText(wish: SaveTextWish): Promise<string | null>;
  /**
   * The same for a report: where it goes is asked in the native dialog, the PDF is printed, and the engine starts to write. Answers the
   * identifier of the job; its progress is the engine's to tell.
   */
  writeReport(spec: ReportSpec): Promise<string | null>;
  /** Shows what that job wrote in the system's file manager. The page names a job, never a place. */
  openReport(jobId: string): Promise<void>;
  /** The page that verifies packs without Gatehouse. */
  saveVerifier(): Promise<string | null>;
}

export interface PageApi {
  /**
   * Never rejects for what the engine says. While the engine is not `ready`, and when it goes away before it has
   * answered, the outcome is an error with the code `unavailable`. `bad_request` when `n` is in use.
   */
  call(n: number, method: string, params: unknown): Promise<CallOutcome>;
  /** The call then ends with the code `cancelled`. Unknown numbers are ignored: the answer may be on its way. */
  cancel(n: number): void;

  /**
   * `onItem` gets the JSON text of each item; `onEnd` is called exactly once, with null after `closeStream`.
   * When the engine goes away the stream ends with the code `unavailable`; open it again after the next `ready`.
   */
  openStream(n: number, name: string, params: unknown, credits: number, onItem: (json: string) => void, onEnd: (error: CallError | null) => void): void;
  credit(n: number, credits: number): void;
  closeStream(n: number): void;

  onHint(listener: (topics: HintTopic[]) => void): Unsubscribe;
  /** Called at once with the present state, then on every change. A listener hears `ready` after the new port is in place. */
  onEngineState(listener: (state: EngineState) => void): Unsubscribe;
  onDemoState(listener: (state: DemoState) => void): Unsubscribe;
  onMenuCommand(listener: (command: MenuCommand) => void): Unsubscribe;

  readonly favours: Favours;
  /** Lock and auditor mode. */
  readonly guard: GuardApi;
  readonly platform: 'linux' | 'darwin' | 'win32';
  readonly versions: { readonly app: string; readonly electron: string; readonly chrome: string; readonly node: string };
}
