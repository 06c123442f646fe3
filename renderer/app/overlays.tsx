import { lazy, Suspense } from 'react';
import { showOverlay, useOverlay } from './overlay-state.ts';

const Palette = lazy(async () => import('./palette.tsx'));
const KeyHelp = lazy(async () => import('./key-help.tsx'));

export function Overlays() {
  const open = useOverlay();
  const close = (): void => showOverlay(null);
  return (
    <Suspense fallback={null}>
      {open === 'palette' && <Palette onClose={close} />}
      {open === 'keys' && <KeyHelp onClose={close} />}
    </Suspense>
  );
}
