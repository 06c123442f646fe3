/** Whether this window only reads. Told from outside, as the clipboard is: this room asks nobody. */
import { useSyncExternalStore } from 'react';

let on = false;
const listeners = new Set<() => void>();

export function setReadOnly(next: boolean): void {
  if (next === on) return;
  on = next;
  for (const listener of listeners) listener();
}

export const readOnlyNow = (): boolean => on;

export function useReadOnly(): boolean {
  return useSyncExternalStore((listener) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  }, readOnlyNow);
}

/** Why a control that changes or stops something does not. */
export const auditorReason = 'Auditor mode: nothing can be changed or stopped from this window.';
