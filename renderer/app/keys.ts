/**
 * The keyboard: one listener, a stack of layers. Later layers go first; a dialog's layer shuts those below it.
 * A key is written `j`, `shift+j`, `mod+k` (Ctrl or Cmd), `g o` (one after the other), `?`, `enter`, `space`.
 */
import { useEffect, useLayoutEffect, useRef, useSyncExternalStore } from 'react';
import { announce } from '../ui/announce.ts';
import { auditorReason, readOnlyNow } from '../ui/read-only.ts';

export interface KeyBinding {
  keys: string;
  /** what it does, for the key help: "next row". Empty: works, but is not listed (a second key for the same). */
  does: string;
  run: (event: KeyboardEvent) => void;
  /** also while a text field has the focus. Keys with `mod` and F keys always do. */
  whileTyping?: boolean;
  /** leads to nothing but a change or a stop: in auditor mode it says so instead. */
  changes?: boolean;
}

/** `shuts`: belongs to a dialog. While a modal dialog lies open, only such layers answer. */
interface Layer { name: string; shuts: boolean; bindings: () => readonly KeyBinding[] }

const layers: Layer[] = [];
const listeners = new Set<() => void>();
let singleKeys = true;
let prefix: string | null = null;
let prefixTimer: ReturnType<typeof setTimeout> | undefined;
const prefixMs = 1200;

function changed(): void {
  for (const listener of listeners) listener();
}

/** Single letters can be switched off in Settings; keys with a modifier, Escape, Enter and arrows stay. */
export function setSingleKeys(on: boolean): void {
  singleKeys = on;
}

const named: Record<string, string> = { ' ': 'space', Esc: 'escape' };

export function keyOf(event: Pick<KeyboardEvent, 'key' | 'ctrlKey' | 'metaKey' | 'altKey' | 'shiftKey'>): string {
  const key = (named[event.key] ?? event.key).toLowerCase();
  const parts: string[] = [];
  if (event.ctrlKey || event.metaKey) parts.push('mod');
  if (event.altKey) parts.push('alt');
  // Shift is part of `?` and `>` already; it is only named where the key alone does not tell.
  if (event.shiftKey && (key.length > 1 || /[a-z]/.test(key))) parts.push('shift');
  return [...parts, key].join('+');
}

export function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target.isContentEditable || target instanceof HTMLTextAreaElement) return true;
  if (target instanceof HTMLSelectElement) return true;
  return target instanceof HTMLInputElement && !['checkbox', 'radio', 'button', 'submit', 'range'].includes(target.type);
}

const isSingle = (keys: string): boolean => !keys.includes('mod+') && !keys.includes('alt+') && (/^(shift\+)?.$/.test(keys) || keys === 'space' || keys.includes(' '));

/** On a control of its own, Enter and Space belong to that control. */
function belongsToControl(key: string, target: EventTarget | null): boolean {
  if (key !== 'enter' && key !== 'space') return false;
  return target instanceof Element && target.closest('button, a[href], input, select, textarea, summary, [role="menuitem"], [role="option"], [role="tab"], [role="switch"]') !== null;
}

/**
 * Who walks in a list has left the link or button that had the focus: Enter and Space are the row's from then on. The frame takes the focus, from where
 * lists take it over to their row.
 */
function leaveControl(keys: string, target: EventTarget | null): void {
  if (!/^[jk]$/.test(keys) || !(target instanceof Element) || target.closest('[data-row], dialog') !== null || !belongsToControl('enter', target)) return;
  document.querySelector<HTMLElement>('main')?.focus({ preventScroll: true });
}

function usable(binding: KeyBinding, typing: boolean): boolean {
  if (typing) return binding.whileTyping === true || binding.keys.includes('mod+') || /^(shift\+)?f\d+$/.test(binding.keys);
  return singleKeys || !isSingle(binding.keys);
}

const dialogOpen = (): boolean => document.querySelector('dialog:modal') !== null;

function find(keys: string, typing: boolean): KeyBinding | 'prefix' | null {
  let startsSequence = false;
  const onlyDialogs = dialogOpen();
  for (let at = layers.length - 1; at >= 0; at -= 1) {
    const layer = layers[at];
    if (layer === undefined || (onlyDialogs && !layer.shuts)) continue;
    for (const binding of layer.bindings()) {
      if (!usable(binding, typing)) continue;
      if (binding.keys === keys) return binding;
      if (binding.keys.startsWith(`${keys} `)) startsSequence = true;
    }
    if (layer.shuts) break;
  }
  return startsSequence ? 'prefix' : null;
}

function clearPrefix(): void {
  clearTimeout(prefixTimer);
  if (prefix === null) return;
  prefix = null;
  changed();
}

function onKeyDown(event: KeyboardEvent): void {
  if (event.defaultPrevented || event.isComposing || ['Shift', 'Control', 'Alt', 'Meta'].includes(event.key)) return;
  const key = keyOf(event);
  if (belongsToControl(key, event.target)) return;
  const waiting = prefix;
  clearPrefix();
  const typing = isTyping(event.target);
  const hit = (waiting === null ? null : find(`${waiting} ${key}`, typing)) ?? find(key, typing);
  if (hit === null) return;
  event.preventDefault();
  if (hit === 'prefix') {
    prefix = key;
    prefixTimer = setTimeout(clearPrefix, prefixMs);
    changed();
    return;
  }
  leaveControl(hit.keys, event.target);
  if (hit.changes === true && readOnlyNow()) announce(auditorReason, { urgent: true });
  else hit.run(event);
}

export function startKeys(target: Window): () => void {
  target.addEventListener('keydown', onKeyDown);
  return () => target.removeEventListener('keydown', onKeyDown);
}

/** Puts a layer above all others; the answer takes it away again. */
export function addLayer(layer: Layer): () => void {
  layers.push(layer);
  changed();
  return () => {
    layers.splice(layers.indexOf(layer), 1);
    changed();
  };
}

/**
 * Keys of a screen or part, while it is mounted. `shuts`: a dialog, below which nothing answers.
 * The bindings may be made anew in every render; the newest ones run.
 */
export function useKeys(name: string, bindings: readonly KeyBinding[], options: { shuts?: boolean; active?: boolean } = {}): void {
  const latest = useRef(bindings);
  useLayoutEffect(() => {
    latest.current = bindings;
  });
  const { shuts = false, active = true } = options;
  // Not with the layout: a screen that waits for a part of itself would lose its keys for that moment, while its name still stands there.
  useEffect(() => {
    if (!active) return undefined;
    return addLayer({ name, shuts, bindings: () => latest.current });
  }, [name, shuts, active]);
}

const subscribe = (listener: () => void): (() => void) => {
  listeners.add(listener);
  return () => listeners.delete(listener);
};

/** What the key help shows: every layer that answers now, the nearest first. */
export function activeKeys(): { name: string; bindings: readonly KeyBinding[] }[] {
  const open: { name: string; bindings: readonly KeyBinding[] }[] = [];
  for (let at = layers.length - 1; at >= 0; at -= 1) {
    const layer = layers[at];
    if (layer === undefined) continue;
    open.push({ name: layer.name, bindings: layer.bindings().filter((binding) => binding.does !== '') });
    if (layer.shuts) break;
  }
  return open;
}

/** The key that waits for its second half: "G…". */
export function useKeyPrefix(): string | null {
  return useSyncExternalStore(subscribe, () => prefix);
}
