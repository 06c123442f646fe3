import { Menu } from '@mantine/core';
import { IconChevronLeft, IconChevronRight } from '@tabler/icons-react';
import { Kbd } from '../ui/kbd.tsx';
import { PeriodButton } from './period-button.tsx';
import { goEarlier, goLater, goNow, setSpan, spans, spanWords, usePeriod } from './period.ts';

export default function PeriodMenu() {
  const choice = usePeriod();
  return (
    <Menu position="bottom-end" width={200}>
      <Menu.Target>
        <PeriodButton />
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
