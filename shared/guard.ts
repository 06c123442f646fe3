/** Words between the page and the desktop's own process about the lock of the window and auditor mode. Both are main's: the page only shows them and asks. */
import type { TextLevel } from './reports.ts';

export interface LockState {
  /** a passphrase is set. */
  readonly set: boolean;
  readonly locked: boolean;
  /** null: only when a person locks it, or the system does. */
  readonly idleMinutes: number | null;
  readonly atStart: boolean;
  /** where what a passphrase is checked against rests; null: none is set. */
  readonly place: 'keyring' | 'file' | null;
}

export interface AuditorState {
  readonly on: boolean;
  /** the whole program was started with `--read-only`: it cannot be left, and the engine receives nothing. */
  readonly whole: boolean;
  /** what is shown of what agents, tools and runtimes wrote. */
  readonly text: TextLevel;
}

export interface GuardState { readonly lock: LockState; readonly auditor: AuditorState }

export const openGuard: GuardState = { lock: { set: false, locked: false, idleMinutes: null, atStart: true, place: null }, auditor: { on: false, whole: false, text: 'full' } };

/** `waitS`: nothing is tried before so many seconds have passed. */
export interface GuardAnswer { readonly ok: boolean; readonly text: string; readonly waitS: number }

/** `current`: the passphrase that is set now. `passphrase` left out: stays. */
export interface LockWish { readonly current?: string; readonly passphrase?: string; readonly idleMinutes: number | null; readonly atStart: boolean }

export const shortestPassphrase = 8;
export const longestPassphrase = 1_000;
export const idleChoices = [1, 5, 15, 30, 60] as const;

/** preload -> main, answered, but `lockNow`. */
export const guardNames = ['unlock', 'lockNow', 'setLock', 'removeLock', 'enterAuditor', 'leaveAuditor'] as const;
export type GuardName = (typeof guardNames)[number];
export const guardChannel = (name: GuardName): string => `gatehouse:guard:${name}`;
/** main -> preload: a `GuardState`. */
export const guardStateChannel = 'gatehouse:guard-state';

export interface GuardApi {
  unlock(passphrase: string): Promise<GuardAnswer>;
  lockNow(): Promise<GuardAnswer>;
  setLock(wish: LockWish): Promise<GuardAnswer>;
  removeLock(current: string): Promise<GuardAnswer>;
  enterAuditor(text: TextLevel): Promise<GuardAnswer>;
  /** The passphrase of the lock where one is set. */
  leaveAuditor(passphrase: string | null): Promise<GuardAnswer>;
  /** Called at once with the present state, then on every change; null: main has not said yet. */
  onState(listener: (state: GuardState | null) => void): () => void;
}
