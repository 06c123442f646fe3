/** One clock for the whole page: every age and running clock ticks together, and stands still when nobody looks. */
import { useCallback, useSyncExternalStore } from 'react';

const listeners = new Set<() => void>();
let now = Date.now();
let timer: ReturnType<typeof setInterval> | null = null;

function tick(): void {
  now = Date.now();
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  now = Date.now();
  timer ??= setInterval(tick, 1000);
  return () => {
    listeners.delete(listener);
    if (listeners.size === 0 && timer !== null) {
      clearInterval(timer);
      timer = null;
    }
  };
}

/** Renders again only when what `read` says about the present changes. */
export function useClock<T extends string | number | boolean>(read: (nowMs: number) => T): T {
  return useSyncExternalStore(subscribe, useCallback(() => read(now), [read]));
}

const nowItself = (nowMs: number): number => nowMs;

/** Epoch milliseconds, moving each second. Prefer useClock with a coarser reading. */
export function useNow(): number {
  return useClock(nowItself);
}
