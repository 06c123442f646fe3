/** Small things that the page remembers between visits (sidebar, period, columns): local storage, checked when read. */
import { useCallback, useSyncExternalStore } from 'react';

const prefix = 'gatehouse.';
const listeners = new Map<string, Set<() => void>>();
const values = new Map<string, unknown>();

function read<T>(key: string, check: (value: unknown) => value is T, otherwise: T): T {
  if (values.has(key)) return values.get(key) as T;
  let value: T = otherwise;
  try {
    const parsed: unknown = JSON.parse(localStorage.getItem(prefix + key) ?? 'null');
    if (check(parsed)) value = parsed;
  } catch {
    // Unreadable storage or a value of an older version: the default stands, and the next write repairs it.
  }
  values.set(key, value);
  return value;
}

function write(key: string, value: unknown): void {
  values.set(key, value);
  try {
    localStorage.setItem(prefix + key, JSON.stringify(value));
  } catch {
    // Storage full or refused: the choice holds until the window closes.
  }
  for (const listener of listeners.get(key) ?? []) listener();
}

function subscribe(key: string, listener: () => void): () => void {
  const set = listeners.get(key) ?? new Set();
  listeners.set(key, set.add(listener));
  return () => set.delete(listener);
}

export interface Stored<T> {
  get: () => T;
  set: (value: T) => void;
  use: () => T;
}

/** Declared once per remembered thing, at module level. `check` refuses what another version wrote. */
export function stored<T>(key: string, check: (value: unknown) => value is T, otherwise: T): Stored<T> {
  const get = (): T => read(key, check, otherwise);
  return {
    get,
    set: (value) => write(key, value),
    use: () => useSyncExternalStore(useCallback((listener: () => void) => subscribe(key, listener), []), get),
  };
}

export const isBoolean = (value: unknown): value is boolean => typeof value === 'boolean';
export const isStringArray = (value: unknown): value is string[] => Array.isArray(value) && value.every((item) => typeof item === 'string');
export const oneOf = <T extends string>(options: readonly T[]) => (value: unknown): value is T => options.some((option) => option === value);
