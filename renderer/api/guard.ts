/** Lock and auditor mode, as main says them. The page shows and asks; what they forbid is refused by main and by the engine. */
import { useSyncExternalStore } from 'react';
import type { AuditorState, GuardAnswer, GuardState, LockWish } from '../../shared/guard.ts';
import type { TextLevel } from '../../shared/reports.ts';

let now: GuardState | null = null;
let started = false;
const listeners = new Set<() => void>();

function begin(): void {
  if (started) return;
  started = true;
  window.gatehouse.guard.onState((state) => {
    now = state;
    for (const listener of listeners) listener();
  });
}

export function guardNow(): GuardState | null {
  begin();
  return now;
}

function subscribe(listener: () => void): () => void {
  begin();
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Null: main has not said it yet. */
export const useGuard = (): GuardState | null => useSyncExternalStore(subscribe, guardNow);

const off: AuditorState = { on: false, whole: false, text: 'full' };
const auditorNow = (): AuditorState => guardNow()?.auditor ?? off;
export const useAuditor = (): AuditorState => useSyncExternalStore(subscribe, auditorNow);

/** Called at once with the present state, then on every change. */
export function onGuard(listener: (state: GuardState | null) => void): void {
  subscribe(() => listener(now));
  listener(guardNow());
}

export const guard = {
  unlock: async (passphrase: string): Promise<GuardAnswer> => window.gatehouse.guard.unlock(passphrase),
  lockNow: async (): Promise<GuardAnswer> => window.gatehouse.guard.lockNow(),
  setLock: async (wish: LockWish): Promise<GuardAnswer> => window.gatehouse.guard.setLock(wish),
  removeLock: async (current: string): Promise<GuardAnswer> => window.gatehouse.guard.removeLock(current),
  enterAuditor: async (text: TextLevel): Promise<GuardAnswer> => window.gatehouse.guard.enterAuditor(text),
  leaveAuditor: async (passphrase: string | null): Promise<GuardAnswer> => window.gatehouse.guard.leaveAuditor(passphrase),
};
