import { useId, type ReactNode } from 'react';
import classes from './panel.module.css';

interface PanelProps {
  title: ReactNode;
  /** right of the title: source, age or legend. */
  aside?: ReactNode;
  /** coverage and method. */
  foot?: ReactNode;
  children: ReactNode;
  /** tables and charts bring their own padding. */
  flush?: boolean;
  /** takes the height that is left and scrolls inside. */
  fill?: boolean;
  className?: string | undefined;
}

/** Never a panel in a panel. */
export function Panel({ title, aside, foot, children, flush = false, fill = false, className }: PanelProps) {
  const id = useId();
  return (
    <section className={`${classes.panel} ${fill ? classes.fill : ''} ${className ?? ''}`} aria-labelledby={id}>
      <header className={classes.head}>
        <h2 id={id} className={classes.title}>{title}</h2>
        {aside !== undefined && <div className={classes.aside}>{aside}</div>}
      </header>
      <div className={`${flush ? classes.flush : classes.body} ${fill ? classes.scroll : ''}`}>{children}</div>
      {foot !== undefined && <footer className={classes.foot}>{foot}</footer>}
    </section>
  );
}
