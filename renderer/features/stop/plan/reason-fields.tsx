/** Right of the residual: what will count as confirmed, why it is stopped, and what a wide stop asks for besides. */
import { useId } from 'react';
import type { StopPlan } from '../../../../shared/stop.ts';
import { InertName } from '../../../ui/agent-text-view.tsx';
import { StateShape } from '../../../ui/state-shapes.tsx';
import { reasonKindWords, triedWords, type Form } from './plan-model.ts';
import { useScrolls } from './use-scrolls.ts';
import classes from './plan.module.css';

function Checks({ plan }: { plan: StopPlan }) {
  const id = useId();
  const [frame, tabIndex] = useScrolls();
  return (
    <section ref={frame} className={classes.checks} aria-labelledby={id} tabIndex={tabIndex}>
      <h3 id={id} className={classes.label}>Will count as confirmed, from outside the levers</h3>
      <ul>
        {plan.checks.map((check) => (
          <li key={check.text} className={classes.check}>
            <StateShape state={check.can ? 'stop_requested' : 'unverified'} className={check.can ? classes.muted : classes.wait} />
            <span>{!check.can && 'Cannot be checked here: '}<InertName text={check.text} most={300} /></span>
          </li>
        ))}
        {plan.checks.length === 0 && <li className={classes.check}><StateShape state="unverified" className={classes.wait} /><span>Nothing outside the levers can be checked: this stop would stay unverified.</span></li>}
      </ul>
    </section>
  );
}

interface ReasonProps { plan: StopPlan | null; form: Form; onForm: (change: Partial<Form>) => void }

/** Drawn before the plan is there: the focus stands in it from the first moment. */
function Reason({ plan, form, onForm }: ReasonProps) {
  const needed = plan?.needs.reason === true;
  return (
    <fieldset className={classes.reason}>
      <legend className={classes.label}>Reason, kept in the audit log; {needed ? 'needed for this' : 'may stay empty'}</legend>
      <div className={classes.reasonRow}>
        <select className={classes.field} aria-label="Kind of reason" value={form.reasonKind} onChange={(event) => onForm({ reasonKind: reasonKindWords.find((one) => one.value === event.currentTarget.value)?.value ?? form.reasonKind })}>
          {reasonKindWords.map((one) => <option key={one.value} value={one.value}>{one.label}</option>)}
        </select>
        <input data-autofocus className={`${classes.field} ${classes.reasonText}`} aria-label="Reason in words" aria-required={needed} placeholder="Why, in words" value={form.reason} maxLength={4000} autoComplete="off" onChange={(event) => onForm({ reason: event.currentTarget.value })} />
        <input className={`${classes.field} ${classes.ticket}`} aria-label="Ticket number" placeholder="Ticket" value={form.ticket} maxLength={200} autoComplete="off" spellCheck={false} onChange={(event) => onForm({ ticket: event.currentTarget.value })} />
      </div>
    </fieldset>
  );
}

function Confirmation({ typed, form, onForm }: { typed: string; form: Form; onForm: ReasonProps['onForm'] }) {
  return (
    <label className={classes.confirm}>
      <span>Type the number of agents, <strong><InertName text={typed} /></strong>, to confirm</span>
      <input className={classes.field} value={form.typed} maxLength={200} autoComplete="off" spellCheck={false} aria-required="true" onChange={(event) => onForm({ typed: event.currentTarget.value })} />
    </label>
  );
}

export function ReasonFields({ plan, form, onForm }: ReasonProps) {
  const tried = plan === null ? null : triedWords(plan);
  return (
    <div className={classes.right}>
      {plan !== null && <Checks plan={plan} />}
      <Reason plan={plan} form={form} onForm={onForm} />
      {plan !== null && plan.needs.typed !== null && <Confirmation typed={plan.needs.typed} form={form} onForm={onForm} />}
      {plan?.needs.second === true && <p className={classes.note}><StateShape state="waiting" className={classes.wait} /><span>A second operator confirms with a passphrase of their own: until then nothing is sent.</span></p>}
      {tried !== null && <p className={`${classes.note} ${tried.stale ? classes.wait : ''}`}><StateShape state={tried.stale ? 'stale' : 'ready'} className={tried.stale ? classes.wait : classes.ok} /><span>{tried.text}</span></p>}
    </div>
  );
}
