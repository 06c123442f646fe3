import { useQuery } from '@tanstack/react-query';
import { IconHandStop, IconSearch } from '@tabler/icons-react';
import { lazy, Suspense, type Ref } from 'react';
import { systemQueries } from '../api/queries.ts';
import { auditorReason, useReadOnly } from '../ui/read-only.ts';
import { Kbd } from '../ui/kbd.tsx';
import type { Place } from './navigation.ts';
import { showOverlay } from './overlay-state.ts';
import { PeriodButton } from './period-button.tsx';
import { routes } from './routes.tsx';
import { openStopOfScreen } from './stop-choice.ts';
import classes from './header.module.css';

// The menu's own code comes after the first paint; until then its button stands there, doing nothing.
const PeriodMenu = lazy(async () => import('./period-menu.tsx'));

export function Header({ slotRef, place }: { slotRef: Ref<HTMLDivElement>; place: Place }) {
  const { hasPeriod } = routes[place.screen];
  return (
    <header className={classes.header} data-region tabIndex={-1}>
      <div className={classes.head} ref={slotRef} />
      <button type="button" className={`${classes.control} ${classes.find}`} onClick={() => showOverlay('palette')} data-region-start>
        <IconSearch size={14} stroke={1.75} aria-hidden="true" /><span className={classes.findText}>Find or do</span><Kbd keys="mod+k" />
      </button>
      {(typeof hasPeriod === 'boolean' ? hasPeriod : hasPeriod(place.params)) && <Suspense fallback={<PeriodButton />}><PeriodMenu /></Suspense>}
      <StopButton />
    </header>
  );
}

/** On every screen, always in the same place. It opens the plan, or asks what to stop; it stops nothing. */
function StopButton() {
  const { data: status } = useQuery(systemQueries.status());
  const auditor = useReadOnly();
  const known = (status?.agents ?? 0) > 0 && !auditor;
  if (auditor) {
    // Not the browser's own disabled: a person who looks for it with the keyboard shall find it, and hear why it does nothing.
    return (
      <button type="button" className={classes.control} aria-disabled="true" data-tip={`${auditorReason} To stop an agent, leave auditor mode, use another window of the owner, or the command line.`} onClick={openStopOfScreen}>
        <IconHandStop size={14} stroke={1.75} aria-hidden="true" /><span>Stop: not in auditor mode</span>
      </button>
    );
  }
  return (
    <button type="button" className={`${classes.control} ${known ? classes.stop : ''}`} onClick={openStopOfScreen} aria-keyshortcuts="Control+." data-tip={known ? 'Opens the stop plan of what is chosen, else asks what to stop. Stops nothing yet.' : 'No agent is known yet.'}>
      <IconHandStop size={14} stroke={1.75} aria-hidden="true" /><span>Stop…</span><Kbd keys="mod+." />
    </button>
  );
}
