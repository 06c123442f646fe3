import type { ReactNode } from 'react';
import classes from './settings.module.css';

/** One line: name and what it does at the left, its control at the right. */
export function Setting({ name, says, children }: { name: string; says?: ReactNode; children: ReactNode }) {
  return (
    <div className={classes.setting}>
      <div className={classes.words}><div className={classes.name}>{name}</div>{says !== undefined && <p className={classes.says}>{says}</p>}</div>
      <div className={classes.control}>{children}</div>
    </div>
  );
}

export function Toggle({ label, on, onChange }: { label: string; on: boolean; onChange: (on: boolean) => void }) {
  return (
    <button type="button" role="switch" aria-checked={on} aria-label={label} className={`${classes.switch} ${on ? classes.switchOn : ''}`} onClick={() => onChange(!on)}>
      <span className={classes.knob} aria-hidden="true" />{on ? 'On' : 'Off'}
    </button>
  );
}
