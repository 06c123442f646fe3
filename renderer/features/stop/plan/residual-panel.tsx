/** What is still alive after the plan and for how long, as running clocks; and how old what we know is. */
import { useCallback, useId } from 'react';
import type { Residual, StopPlan } from '../../../../shared/stop.ts';
import { InertName } from '../../../ui/agent-text-view.tsx';
import { plural } from '../../../ui/format.ts';
import { Hatch } from '../../../ui/hatch.tsx';
import { useClock } from '../../../ui/now.ts';
import { StateShape } from '../../../ui/state-shapes.tsx';
import { Age } from '../../../ui/time.tsx';
import { clockOf, runtimesOf } from './plan-model.ts';
import type { Planning } from './use-plan.ts';
import { useScrolls } from './use-scrolls.ts';
import classes from './plan.module.css';

/** The clock in seconds, the bar in whole pixels: both move with the page's one clock. */
function RunningClock({ residual }: { residual: Residual }) {
  const left = useClock(useCallback((now: number) => clockOf(residual, now)?.left ?? '', [residual]));
  const width = useClock(useCallback((now: number) => Math.round((clockOf(residual, now)?.share ?? -1) * 100), [residual]));
  const long = useClock(useCallback((now: number) => clockOf(residual, now)?.long === true, [residual]));
  if (residual.endsAt === null) return <span className={classes.noEnd}><Hatch name="The end is not seen" /><span>no end that we can see</span></span>;
  return (
    <>
      <time dateTime={residual.endsAt} className={`${classes.clock} ${long ? classes.wait : ''}`}>{left}</time>
      {width < 0
        ? <span className={classes.barUnknown} data-tip="When it began is not known, so neither is the share that is left." />
        : <span className={`${classes.bar} ${long ? classes.barLong : ''}`} aria-hidden="true"><span style={{ width: `${width}%` }} /></span>}
    </>
  );
}

function AgeWords({ plan, asking }: { plan: StopPlan; asking: Planning['asking'] }) {
  const runtimes = runtimesOf(plan);
  if (asking !== null) return <>asking {asking === 'history' ? 'the history' : runtimes === 0 ? 'the runtimes' : plural(runtimes, 'runtime')}…</>;
  if (plan.survey === null) return <>from the history; runtimes were not asked</>;
  return <>{plan.survey.asked === 0 ? 'no runtime to ask, made' : 'read'} <Age iso={plan.survey.at} /> ago</>;
}

/** The button stays while it is asked, so that the focus stays on it. */
function ReadAge({ plan, planning }: { plan: StopPlan; planning: Planning }) {
  const { asking, again } = planning;
  return <span className={classes.readAge}><span><AgeWords plan={plan} asking={asking} /></span><button type="button" className={classes.link} aria-disabled={asking !== null} onClick={() => { if (asking === null) again(); }}>Read again</button></span>;
}

export function ResidualPanel({ plan, planning }: { plan: StopPlan; planning: Planning }) {
  const id = useId();
  const [frame, tabIndex] = useScrolls();
  return (
    <section ref={frame} className={classes.residual} aria-labelledby={id} tabIndex={tabIndex}>
      <header className={classes.residualHead}><h3 id={id}>Authority that outlives this plan</h3><ReadAge plan={plan} planning={planning} /></header>
      {plan.residual.length === 0 && <p className={classes.muted}>None is known. What an agent took with it (a token in a file, a person&rsquo;s session) is not seen from here.</p>}
      {plan.residual.map((residual) => (
        <div key={residual.id} className={classes.outlives}>
          <span className={classes.outlivesName}><InertName text={residual.title} most={120} />{residual.detail !== '' && <span className={classes.target}><InertName text={residual.detail} most={400} /></span>}</span>
          <RunningClock residual={residual} />
        </div>
      ))}
      {plan.residual.map((residual) => (residual.close === null ? null : <p key={residual.id} className={classes.close}><StateShape state="attention" className={classes.wait} /><span>To close “<InertName text={residual.title} most={80} />” early: <InertName text={residual.close} most={300} /></span></p>))}
    </section>
  );
}
