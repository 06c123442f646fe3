import { IconSearch } from '@tabler/icons-react';
import { lazy, Suspense, type Ref } from 'react';
import { Kbd } from '../ui/kbd.tsx';
import type { Place } from './navigation.ts';
import { showOverlay } from './overlay-state.ts';
import { PeriodButton } from './period-button.tsx';
import { routes } from './routes.tsx';
import classes from './header.module.css';

// The menu's own code comes after the first paint; until then its button stands there, doing nothing.
const PeriodMenu = lazy(async () => import('./period-menu.tsx'));

export function Header({ slotRef, place }: { slotRef: Ref<HTMLDivElement>; place: Place }) {
  return (
    <header className={classes.header} data-region tabIndex={-1}>
      <div className={classes.head} ref={slotRef} />
      <button type="button" className={`${classes.control} ${classes.find}`} onClick={() => showOverlay('palette')} data-region-start>
        <IconSearch size={14} stroke={1.75} aria-hidden="true" /><span className={classes.findText}>Find or do</span><Kbd keys="mod+k" />
      </button>
      {routes[place.screen].hasPeriod && <Suspense fallback={<PeriodButton />}><PeriodMenu /></Suspense>}
    </header>
  );
}
