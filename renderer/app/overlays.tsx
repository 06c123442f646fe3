import { lazy, Suspense, useEffect } from 'react';
import { showOverlay, useOverlay } from './overlay-state.ts';
// Not lazy: what is typed right after Ctrl K must land in it, also a second after the start.
import { Palette } from './palette.tsx';

const KeyHelp = lazy(async () => import('./key-help.tsx'));
const AuditorDialog = lazy(async () => import('../features/guard/auditor-dialog.tsx'));
const loadStop = async () => import('../features/stop/plan/stop-overlay.tsx');
const StopOverlay = lazy(loadStop);

export function Overlays() {
  const open = useOverlay();
  const close = (): void => showOverlay(null);
  // Fetched once the first screen stands: a stop must not wait for its own dialog's code.
  useEffect(() => {
    const idle = requestIdleCallback(() => { void loadStop(); }, { timeout: 2_000 });
    return () => cancelIdleCallback(idle);
  }, []);
  return (
    <>
      {open === 'palette' && <Palette onClose={close} />}
      <Suspense fallback={null}>{open === 'keys' && <KeyHelp onClose={close} />}</Suspense>
      <Suspense fallback={null}>{open === 'auditor' && <AuditorDialog onClose={close} />}</Suspense>
      <Suspense fallback={null}>{open === 'stop' && <StopOverlay onClose={close} />}</Suspense>
    </>
  );
}
