import type { ReactNode } from 'react';
import { StateShape } from '../../ui/state-shapes.tsx';
import classes from './add-connection.module.css';

export interface RailStep { id: string; title: string; second: string; state: 'done' | 'now' | 'later' }

/** Where a person stands in the guided dialog, and what was chosen on the way. */
export function StepRail({ steps, note }: { steps: readonly RailStep[]; note: ReactNode }) {
  return (
    <div className={classes.rail}>
      <ol className={classes.steps}>
        {steps.map((step, index) => (
          <li key={step.id} className={`${classes.step} ${step.state === 'now' ? classes.now : ''}`} aria-current={step.state === 'now' ? 'step' : undefined}>
            <span className={classes.number} aria-hidden="true">{step.state === 'done' ? <StateShape state="completed" size={10} /> : index + 1}</span>
            <span><span className={classes.stepTitle}>{step.title}</span><span className={classes.stepSecond}>{step.second}</span></span>
          </li>
        ))}
      </ol>
      <p className={classes.railNote}>{note}</p>
    </div>
  );
}
