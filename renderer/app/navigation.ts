/** Where the person is: one place in the address's hash, so that back and forward work and a place can be named. */
import { useSyncExternalStore } from 'react';

export const screenIds = ['overview', 'live', 'agents', 'agent', 'approvals', 'access', 'cost', 'failures', 'alerts', 'stop', 'audit', 'connections', 'settings'] as const;
export type ScreenId = (typeof screenIds)[number];

export interface Place {
  screen: ScreenId;
  id: string | null;
  params: Readonly<Record<string, string>>;
}

const home: Place = { screen: 'overview', id: null, params: {} };

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    // A broken escape in a hand-written address: taken as it stands.
    return text;
  }
}

export function parsePlace(hash: string): Place {
  const [path = '', search = ''] = hash.replace(/^#\/?/, '').split('?', 2);
  const [first = '', second = ''] = path.split('/', 2);
  const screen = screenIds.find((candidate) => candidate === first);
  if (screen === undefined) return home;
  return { screen, id: second === '' ? null : decode(second), params: Object.fromEntries(new URLSearchParams(search)) };
}

export function placeHash(place: { screen: ScreenId; id?: string | null; params?: Readonly<Record<string, string>> }): string {
  const search = new URLSearchParams(place.params ?? {}).toString();
  const id = place.id === undefined || place.id === null ? '' : `/${encodeURIComponent(place.id)}`;
  return `#/${place.screen}${id}${search === '' ? '' : `?${search}`}`;
}

let current: Place | null = null;
let currentHash: string | null = null;

function snapshot(): Place {
  if (current === null || currentHash !== location.hash) {
    currentHash = location.hash;
    current = parsePlace(location.hash);
  }
  return current;
}

const listeners = new Set<() => void>();
function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  window.addEventListener('hashchange', listener);
  return () => {
    listeners.delete(listener);
    window.removeEventListener('hashchange', listener);
  };
}

export const usePlace = (): Place => useSyncExternalStore(subscribe, snapshot);
export const placeNow = (): Place => snapshot();

export interface Target { screen: ScreenId; id?: string | null; params?: Readonly<Record<string, string>> }

/** `replace`: the step before is not one to come back to (walking down a list). */
export function go(target: Target, { replace = false }: { replace?: boolean } = {}): void {
  if (!replace) {
    location.hash = placeHash(target);
    return;
  }
  history.replaceState(null, '', placeHash(target));
  for (const listener of listeners) listener();
}

/** Changes parameters of the present place without a new step in the history; null removes one. */
export function setParams(changes: Readonly<Record<string, string | null>>): void {
  const place = snapshot();
  const params: Record<string, string> = { ...place.params };
  for (const [key, value] of Object.entries(changes)) {
    if (value === null) delete params[key];
    else params[key] = value;
  }
  history.replaceState(null, '', placeHash({ ...place, params }));
  for (const listener of listeners) listener();
}
