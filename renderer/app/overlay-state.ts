/** Which dialog of the shell lies open. One at a time. */
import { useSyncExternalStore } from 'react';

/** `stop`: the stop plan or the question what to stop; stop-choice.ts says which. */
export type Overlay = 'palette' | 'keys' | 'stop' | 'auditor' | null;

let open: Overlay = null;
const listeners = new Set<() => void>();

export function showOverlay(next: Overlay): void {
  open = next;
  for (const listener of listeners) listener();
}

export const overlayNow = (): Overlay => open;

export function useOverlay(): Overlay {
  return useSyncExternalStore((listener) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  }, overlayNow);
}
