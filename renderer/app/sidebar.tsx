import { useQuery } from '@tanstack/react-query';
import { IconBuildingArch } from '@tabler/icons-react';
import { failureQueries, systemQueries } from '../api/queries.ts';
import { formatCounter } from '../ui/format.ts';
import { StateShape } from '../ui/state-shapes.tsx';
import { keyName } from '../ui/kbd.tsx';
import { useKeyPrefix } from './keys.ts';
import { placeHash, usePlace, type ScreenId } from './navigation.ts';
import { useAskedPeriod } from './period.ts';
import { navigation, routes } from './routes.tsx';
import { railStored } from './sidebar-state.ts';
import classes from './sidebar.module.css';

interface NavItemProps { screen: ScreenId; count: number | null; gaps: number; /** waits for a person. */ asks: number; /** stop orders whose agent acts on or could not be seen. */ alarms: number; lit: boolean; waiting: boolean }

function NavItem({ screen, count, gaps, asks, alarms, lit, waiting }: NavItemProps) {
  const { nav, title } = routes[screen];
  if (nav === null) return null;
  const Icon = nav.icon;
  return (
    <li>
      <a href={placeHash({ screen })} className={`${classes.item} ${lit ? classes.lit : ''}`} aria-current={lit ? 'page' : undefined} aria-keyshortcuts={`g ${nav.letter}`} data-region-start={lit ? true : undefined}>
        <Icon size={16} stroke={1.75} aria-hidden="true" />
        <span className={classes.name}>{title}</span>
        {count !== null && count > 0 && <span className={classes.count}>{formatCounter(count)}</span>}
        {asks > 0 && <span className={classes.asks}>{formatCounter(asks)}<span className="gh-visually-hidden"> waiting</span></span>}
        {alarms > 0 && <span className={classes.alarms}>{formatCounter(alarms)}<span className="gh-visually-hidden"> not stopped</span></span>}
        {gaps > 0 && <span className={classes.gaps}><StateShape state="not_seen" /><span className="gh-visually-hidden">open gaps: </span>{formatCounter(gaps)}</span>}
        <kbd aria-hidden="true" className={`${classes.letter} ${waiting ? classes.waiting : ''}`}>{keyName(nav.letter)}</kbd>
      </a>
    </li>
  );
}

export function Sidebar({ onSkip }: { onSkip: () => void }) {
  const place = usePlace();
  const rail = railStored.use();
  const waiting = useKeyPrefix() === 'g';
  const { data: status } = useQuery(systemQueries.status());
  const { data: failures } = useQuery(failureQueries.all(useAskedPeriod()));
  const counts: Partial<Record<ScreenId, number | null>> = {
    agents: status?.agents ?? null, stop: status?.stopsFailing === 0 ? status.stopsOpen : null,
    // Of alerts those that nobody has acknowledged.
    alerts: status?.alertsOpen ?? null,
    // Those that need somebody: known, snoozed and resolved ones ask nothing.
    failures: failures === undefined ? null : failures.counts.new + failures.counts.back,
  };
  const lit = routes[place.screen].under;
  return (
    <nav className={`${classes.sidebar} ${rail ? classes.rail : ''}`} aria-label="Screens" data-region tabIndex={-1}>
      <a className={classes.skip} href="#main" onClick={(event) => { event.preventDefault(); onSkip(); }}>Skip to the content</a>
      <div className={classes.brand}><IconBuildingArch size={18} stroke={1.75} aria-hidden="true" /><span className={classes.name}>Gatehouse</span></div>
      <ul className={classes.list}>
        {navigation.map((screen) => (
          <NavItem
            key={screen} screen={screen} lit={lit === screen} waiting={waiting} count={counts[screen] ?? null}
            gaps={screen === 'connections' ? (status?.openGaps ?? 0) : 0} asks={screen === 'approvals' ? (status?.approvalsWaiting ?? 0) : 0} alarms={screen === 'stop' ? (status?.stopsFailing ?? 0) : 0}
          />
        ))}
      </ul>
    </nav>
  );
}
