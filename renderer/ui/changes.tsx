/** Around controls that change or stop something: in auditor mode they stand there, disabled by the browser itself, and say why. */
import type { ReactNode } from 'react';
import { auditorReason, useReadOnly } from './read-only.ts';
import classes from './changes.module.css';

/** `block`: a group of its own lines, not controls within a line. */
export function Changes({ children, block = false }: { children: ReactNode; block?: boolean }) {
  if (!useReadOnly()) return children;
  // A whole column with a tip would tell it wherever the pointer rests; there the banner above says it.
  return <fieldset disabled className={block ? classes.block : classes.inline} {...(block ? {} : { 'data-tip': auditorReason })} aria-label={auditorReason}>{children}</fieldset>;
}
