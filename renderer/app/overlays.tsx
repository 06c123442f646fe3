import { lazy, Suspense } from 'react';
import { showOverlay, useOverlay } from './overlay-state.ts';
// Not lazy: what is typed right after Ctrl K must land in it, also a second after the start.
import { Palette } from './palette.tsx';

const KeyHelp = lazy(async () => import('./key-help.tsx'));

export function Overlays() {
  const open = useOverlay();
  const close = (): void => showOverlay(null);
  return (
    <>
      {open === 'palette' && <Palette onClose={close} />}
      <Suspense fallback={null}>{open === 'keys' && <KeyHelp onClose={close} />}</Suspense>
    </>
  );
}
