/** Failures of things that were started outside a screen's own controls (palette, menu): they stay until they are read. */
import { useSyncExternalStore } from 'react';
import { announce } from '../ui/announce.ts';

export interface Notice { what: string; error: unknown }

let latest: Notice | null = null;
const listeners = new Set<() => void>();

function show(notice: Notice | null): void {
  latest = notice;
  for (const listener of listeners) listener();
}

export const dismissNotice = (): void => show(null);

/** Runs it, and says `what` when it fails: "The theme was not changed." */
export function attempt(what: string, work: Promise<unknown>): void {
  work.then(
    () => { if (latest?.what === what) show(null); },
    (error: unknown) => {
      show({ what, error });
      announce(what);
    },
  );
}

export function useNotice(): Notice | null {
  return useSyncExternalStore((listener) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  }, () => latest);
}
