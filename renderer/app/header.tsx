import { Menu } from '@mantine/core';
import { IconChevronDown, IconChevronLeft, IconChevronRight, IconClock, IconSearch } from '@tabler/icons-react';
import type { Ref } from 'react';
import { Kbd } from '../ui/kbd.tsx';
import type { Place } from './navigation.ts';
import { showOverlay } from './overlay-state.ts';
import { goEarlier, goLater, goNow, periodWords, setSpan, spans, spanWords, usePeriod } from './period.ts';
import { routes } from './routes.tsx';
import classes from './header.module.css';

function PeriodMenu() {
  const choice = usePeriod();
  return (
    <Menu position="bottom-end" width={200}>
      <Menu.Target>
        <button type="button" className={classes.control}>
          <IconClock size={14} stroke={1.75} aria-hidden="true" />
          <span className="gh-visually-hidden">Period: </span>{periodWords(choice)}
          <IconChevronDown size={14} stroke={1.75} aria-hidden="true" />
        </button>
      </Menu.Target>
      <Menu.Dropdown>
        {spans.map((span) => (
          <Menu.Item key={span} onClick={() => setSpan(span)} aria-current={choice.span === span && choice.end === null}>{spanWords[span]}</Menu.Item>
        ))}
        <Menu.Divider />
        <Menu.Item onClick={goEarlier} closeMenuOnClick={false} leftSection={<IconChevronLeft size={14} stroke={1.75} />} rightSection={<Kbd keys="[" />}>Earlier</Menu.Item>
        <Menu.Item onClick={goLater} closeMenuOnClick={false} disabled={choice.end === null} leftSection={<IconChevronRight size={14} stroke={1.75} />} rightSection={<Kbd keys="]" />}>Later</Menu.Item>
        <Menu.Item onClick={goNow} disabled={choice.end === null}>Until now</Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}

export function Header({ slotRef, place }: { slotRef: Ref<HTMLDivElement>; place: Place }) {
  return (
    <header className={classes.header} data-region tabIndex={-1}>
      <div className={classes.head} ref={slotRef} />
      <button type="button" className={`${classes.control} ${classes.find}`} onClick={() => showOverlay('palette')} data-region-start>
        <IconSearch size={14} stroke={1.75} aria-hidden="true" /><span className={classes.findText}>Find or do</span><Kbd keys="mod+k" />
      </button>
      {routes[place.screen].hasPeriod && <PeriodMenu />}
    </header>
  );
}
