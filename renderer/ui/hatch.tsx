import classes from './hatch.module.css';

interface HatchProps {
  /** what was not seen, from when to when, why: "Not seen, 05:00 to 05:46, this machine slept". */
  name: string;
  width?: number | string;
  height?: number | string;
  /** in dense tables a row is one tab stop, so the cell itself is not. */
  focusable?: boolean;
  /** in sparklines: finer strokes. */
  fine?: boolean;
}

/** "We could not see", and nothing else, ever. */
export function Hatch({ name, width = 16, height = 12, focusable = false, fine = false }: HatchProps) {
  return <span className={fine ? classes.fine : classes.hatch} style={{ width, height }} role="img" aria-label={name} data-tip={name} tabIndex={focusable ? 0 : undefined} />;
}
