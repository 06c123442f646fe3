/** Keys that work on every screen. */
import { useEffect } from 'react';
import { onMenuCommand } from '../api/client.ts';
import { showTipsOfFocus } from '../ui/tip.tsx';
import { useKeys, type KeyBinding } from './keys.ts';
import { go } from './navigation.ts';
import { showOverlay } from './overlay-state.ts';
import { goEarlier, goLater } from './period.ts';
import { navigation, routes } from './routes.tsx';
import { detailStored, railStored } from './sidebar-state.ts';
import { openStopOfScreen } from './stop-choice.ts';

/** Regions carry `data-region`; F6 walks them in document order. */
function focusRegion(step: 1 | -1): void {
  const regions = [...document.querySelectorAll<HTMLElement>('[data-region]')].filter((region) => region.offsetParent !== null);
  const here = regions.findIndex((region) => region.contains(document.activeElement));
  const next = regions[(here + step + regions.length) % regions.length];
  if (next === undefined) return;
  const first = next.querySelector<HTMLElement>('[data-region-start]');
  (first ?? next).focus();
}

function focusFilter(): void {
  const field = document.querySelector<HTMLInputElement>('main [data-filter]');
  field?.focus();
  field?.select();
}

const places: KeyBinding[] = navigation.flatMap((screen) => {
  const { nav, title } = routes[screen];
  return nav === null ? [] : [{ keys: `g ${nav.letter}`, does: `go to ${title}`, run: () => go({ screen }) }];
});

const bindings: readonly KeyBinding[] = [
  { keys: 'mod+k', does: 'find or do anything', run: () => showOverlay('palette') },
  { keys: 'mod+.', does: 'stop plan for what is chosen, else ask what to stop', run: (event) => { if (!event.repeat) openStopOfScreen(); } },
  ...places,
  { keys: '/', does: 'filter this list', run: focusFilter },
  { keys: '[', does: 'earlier period', run: goEarlier },
  { keys: ']', does: 'later period', run: goLater },
  { keys: 'i', does: 'source and age of what has the focus', run: showTipsOfFocus },
  { keys: '?', does: 'keys of this screen', run: () => showOverlay('keys') },
  { keys: 'f6', does: 'next region', run: () => focusRegion(1) },
  { keys: 'shift+f6', does: 'previous region', run: () => focusRegion(-1) },
  { keys: 'mod+b', does: 'sidebar', run: () => railStored.set(!railStored.get()) },
  { keys: 'mod+\\', does: 'detail pane', run: () => detailStored.set(!detailStored.get()) },
];

export function useShellKeys(): void {
  useKeys('Everywhere', bindings);
  useEffect(() => onMenuCommand((command) => {
    if (command === 'palette') showOverlay('palette');
    else if (command === 'keys') showOverlay('keys');
    else if (command === 'auditor-mode') showOverlay('auditor');
    else if (command === 'set-lock') go({ screen: 'settings' });
    else if (command === 'settings' || command === 'approvals' || command === 'alerts') go({ screen: command });
    else if (command.startsWith('alert:')) go({ screen: 'alerts', id: command.slice('alert:'.length) });
    else go({ screen: 'connections', params: { add: '1' } });
  }), []);
}
