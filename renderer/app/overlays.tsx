import { lazy, Suspense, useEffect } from 'react';
import { showOverlay, useOverlay } from './overlay-state.ts';

const loadPalette = async () => import('./palette.tsx');
const Palette = lazy(loadPalette);
const KeyHelp = lazy(async () => import('./key-help.tsx'));

export function Overlays() {
  const open = useOverlay();
  // Fetched when the first screen has been drawn: what is typed right after Ctrl K must land in it.
  useEffect(() => {
    const idle = requestIdleCallback(() => { void loadPalette(); });
    return () => cancelIdleCallback(idle);
  }, []);
  const close = (): void => showOverlay(null);
  return (
    <Suspense fallback={null}>
      {open === 'palette' && <Palette onClose={close} />}
      {open === 'keys' && <KeyHelp onClose={close} />}
    </Suspense>
  );
}
