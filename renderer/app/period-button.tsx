import { IconChevronDown, IconClock } from '@tabler/icons-react';
import type { ButtonHTMLAttributes, Ref } from 'react';
import { periodWords, usePeriod } from './period.ts';
import classes from './header.module.css';

/** The period in the header, as a button that a menu can hang on. */
export function PeriodButton(props: ButtonHTMLAttributes<HTMLButtonElement> & { ref?: Ref<HTMLButtonElement> }) {
  const choice = usePeriod();
  return (
    <button type="button" {...props} className={classes.control}>
      <IconClock size={14} stroke={1.75} aria-hidden="true" />
      <span className="gh-visually-hidden">Period: </span>{periodWords(choice)}
      <IconChevronDown size={14} stroke={1.75} aria-hidden="true" />
    </button>
  );
}
