/** The sentence of a rule, with its blanks to fill in. */
import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { AlertKind, AlertRule, AlertTarget } from '../../../shared/alerts.ts';
import { connectionQueries, costQueries, stopQueries } from '../../api/queries.ts';
import { useAskedPeriod } from '../../app/period.ts';
import { inertString } from '../../ui/agent-text.ts';
import { everythingWords, lasts, targetKindWords } from './alert-words.ts';
import { addStep, kindChoices, toggledIn, units, usualOf, watchesKey, type RuleForm, type SpanForm } from './rule-form.ts';
import classes from './alerts.module.css';

export interface FieldsProps { form: RuleForm; set: (changes: Partial<RuleForm>) => void }

export function NumberField({ label, value, onChange, wide = false }: { label: string; value: string; onChange: (value: string) => void; wide?: boolean }) {
  return <input className={`${classes.blank} ${wide ? classes.blankWide : ''}`} inputMode="decimal" aria-label={label} value={value} maxLength={16} onChange={(event) => onChange(event.currentTarget.value)} />;
}

function Span({ label, value, onChange }: { label: string; value: SpanForm; onChange: (value: SpanForm) => void }) {
  return (
    <span className={classes.blanks}>
      <NumberField label={label} value={value.count} onChange={(count) => onChange({ ...value, count })} />
      <select className={classes.blankSelect} aria-label={`${label}, unit`} value={value.unit} onChange={(event) => onChange({ ...value, unit: units.find((one) => one.value === event.currentTarget.value)?.value ?? 'min' })}>{units.map((one) => <option key={one.value} value={one.value}>{one.label}</option>)}</select>
    </span>
  );
}

const budgetChoices = [{ value: 'soft', label: 'soft limit' }, { value: 'hard', label: 'hard limit' }, { value: 'forecast', label: 'forecast above the limit' }] as const;

/** Behind "Tell when ...": the blanks of the chosen kind. */
function Blanks({ form, set }: FieldsProps) {
  switch (form.kind) {
    case 'failure_rate': return <><NumberField label="Per cent" value={form.percent} onChange={(percent) => set({ percent })} /> % of at least <NumberField label="Activities at least" value={form.least} onChange={(least) => set({ least })} /> activities within <Span label="Within" value={form.within} onChange={(within) => set({ within })} /></>;
    case 'spend_rate': return <>more than <NumberField wide label="Amount" value={form.amount} onChange={(amount) => set({ amount })} /> <input className={classes.blank} aria-label="Currency" maxLength={3} value={form.currency} onChange={(event) => set({ currency: event.currentTarget.value })} /> within <Span label="Within" value={form.within} onChange={(within) => set({ within })} /></>;
    case 'denials': return <><NumberField label="Denied acts" value={form.count} onChange={(count) => set({ count })} /> within <Span label="Within" value={form.within} onChange={(within) => set({ within })} /></>;
    case 'gap': case 'approval': return <>for <Span label="For" value={form.after} onChange={(after) => set({ after })} /></>;
    case 'grant': return <><select className={classes.blankSelect} aria-label="Which access" value={form.grantOn} onChange={(event) => set({ grantOn: event.currentTarget.value === 'any' ? 'any' : 'widened' })}><option value="widened">only what goes beyond the baseline</option><option value="any">any</option></select></>;
    case 'budget': return <>{budgetChoices.map((one) => <label key={one.value} className={classes.tickLabel}><input type="checkbox" checked={form.budgetOn.includes(one.value)} onChange={() => set({ budgetOn: toggledIn(form.budgetOn, one.value) })} />{one.label}</label>)}</>;
    case 'new_failure': case 'stop': return null;
  }
}

/** Agents are taken from readiness, which lists every one. */
function Watches({ form, set, rule }: FieldsProps & { rule: AlertRule | null }) {
  const agents = useQuery(stopQueries.readiness());
  // Owners are those whom money was spent for.
  const owners = useQuery(costQueries.rows(useAskedPeriod(), { by: 'owner', limit: 500 }));
  const tags = useQuery(stopQueries.tags());
  const connections = useQuery(connectionQueries.list());
  const options = [
    { key: 'everything', label: everythingWords[form.kind] ?? 'every agent' },
    ...(tags.data?.rows ?? []).map((one) => ({ key: `tag:${one.tag}`, label: `agents with the tag ${one.tag}` })),
    ...(owners.data?.rows ?? []).filter((one) => one.name.trim() !== '').map((one) => ({ key: `owner:${one.name}`, label: `agents of ${inertString(one.name, 60)}` })),
    ...(connections.data?.rows ?? []).map((one) => ({ key: `connection:${one.id}`, label: `connection ${inertString(one.name, 60)}` })),
    ...(agents.data?.rows ?? []).map((one) => ({ key: `agent:${one.agentId}`, label: `agent ${inertString(one.agentName, 60)}` })),
  ];
  // What the rule watches now stays a choice also when it is gone from the lists.
  if (rule !== null && !options.some((one) => one.key === watchesKey(rule.watches))) options.push({ key: watchesKey(rule.watches), label: inertString(rule.watchesName, 60) });
  return <select className={classes.blankSelect} aria-label="Watches" value={form.watches} onChange={(event) => set({ watches: event.currentTarget.value })}>{options.map((one) => <option key={one.key} value={one.key}>{one.label}</option>)}</select>;
}

export function TargetTicks({ label, targets, chosen, onChange }: { label: string; targets: readonly AlertTarget[]; chosen: readonly string[]; onChange: (ids: string[]) => void }) {
  const gone = chosen.filter((id) => !targets.some((one) => one.id === id));
  return (
    <span role="group" aria-label={label} className={classes.ticks}>
      {targets.map((one) => <label key={one.id} className={classes.tickLabel}><input type="checkbox" checked={chosen.includes(one.id)} onChange={() => onChange(toggledIn(chosen, one.id))} />{inertString(one.name, 60)} <span className={classes.muted}>{targetKindWords[one.config.kind]}{one.enabled ? '' : ', off'}</span></label>)}
      {gone.map((id) => <label key={id} className={classes.tickLabel}><input type="checkbox" checked onChange={() => onChange(toggledIn(chosen, id))} />a removed target</label>)}
      {targets.length === 0 && gone.length === 0 && <span className={classes.muted}>no target yet: it stands in the inbox only</span>}
    </span>
  );
}

export function Sentence({ form, set, rule }: FieldsProps & { rule: AlertRule | null }) {
  return (
    <>
      <div className={classes.sentence}>
        <span className={classes.lead}>Tell when</span>
        <span className={classes.rest}>
          <select className={classes.blankSelect} aria-label="Tell when" value={form.kind} onChange={(event) => { const kind = kindChoices.find((one) => one.value === event.currentTarget.value)?.value; if (kind !== undefined) set({ kind, ...usualOf[kind] }); }}>{kindChoices.map((one) => <option key={one.value} value={one.value}>{one.label}</option>)}</select>
          <span className={classes.line}><Blanks form={form} set={set} /></span>
        </span>
      </div>
      <div className={classes.sentence}><span className={classes.lead}>Of</span><span className={classes.rest}><Watches form={form} set={set} rule={rule} /></span></div>
      {lasts(form.kind) && <div className={classes.sentence}><span className={classes.lead}>Only if it holds</span><span className={classes.rest}><Span label="Without a break" value={form.sustained} onChange={(sustained) => set({ sustained })} /> without a break <span className={classes.muted}>0: at once</span></span></div>}
    </>
  );
}

/** Who is told besides the inbox, and whom it goes to while nobody acknowledges. */
export function Telling({ form, set, targets }: FieldsProps & { targets: readonly AlertTarget[] }) {
  const setStep = (at: number, change: Partial<RuleForm['steps'][number]>): void => set({ steps: form.steps.map((step, index) => (index === at ? { ...step, ...change } : step)) });
  return (
    <>
      <div className={classes.sentence}><span className={classes.lead}>Tell</span><span className={classes.rest}><TargetTicks label="Targets" targets={targets} chosen={form.targetIds} onChange={(targetIds) => set({ targetIds })} /></span></div>
      {form.steps.map((step, index) => (
        <div key={index} className={classes.sentence} role="group" aria-label={`Escalation ${index + 1}`}>
          <span className={classes.lead}>If nobody acknowledges</span>
          <span className={classes.rest}>
            after <NumberField label={`Minutes of escalation ${index + 1}`} value={step.after} onChange={(after) => setStep(index, { after })} /> minutes, tell
            <button type="button" className={classes.linkButton} onClick={() => set({ steps: form.steps.filter((_, at) => at !== index) })}>Remove<span className="gh-visually-hidden"> escalation {index + 1}</span></button>
            <span className={classes.line}><TargetTicks label={`Targets of escalation ${index + 1}`} targets={targets} chosen={step.targetIds} onChange={(targetIds) => setStep(index, { targetIds })} /></span>
          </span>
        </div>
      ))}
      {form.steps.length < 5 && <div className={classes.sentence}><span className={classes.lead} /><span className={classes.rest}><Button disabled={targets.length === 0} onClick={() => set({ steps: addStep(form.steps) })}>{form.steps.length === 0 ? 'Escalate if nobody acknowledges…' : 'Add an escalation…'}</Button>{targets.length === 0 && <span className={classes.muted}>needs a target</span>}</span></div>}
    </>
  );
}

export const kindHints: Record<AlertKind, string> = {
  failure_rate: 'Each agent by itself. While its connection is not seen, the alert stays: silence is not health.', new_failure: 'One alert a group of failures, each time that it comes.', spend_rate: 'Each agent by itself; only money that is known in this currency counts.', budget: 'Once a period of each budget; its limits are set on Cost.',
  denials: 'Each agent by itself; the alert counts up while the burst goes on.', grant: 'One alert an agent and day, which counts up.', gap: 'One alert a connection, over when it is seen again.', approval: 'One alert an approval, over when it is decided.', stop: 'One alert a stop order, over when it is verified.',
};
