/** Makes or changes a budget. Beside the form stands what it would have done, before anything is kept. */
import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useId, useState, type ReactNode } from 'react';
import type { Budget } from '../../../shared/budgets.ts';
import { budgetQueries, connectionQueries, costQueries, stopQueries } from '../../api/queries.ts';
import { askedPeriod } from '../../app/period.ts';
import { inertString } from '../../ui/agent-text.ts';
import { ErrorBlock, Loading } from '../../ui/blocks.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { Kbd } from '../../ui/kbd.tsx';
import { Segmented } from '../../ui/segmented.tsx';
import { levelSays, levelWords, stopLevels } from '../stop/stop-words.ts';
import { complaintsOf, draftOf, formFor, formOf, readAmount, scopeKinds, scopeOf, suggestedName, type BudgetForm, type Complaint, type ScopeKind } from './budget-form.ts';
import { canForecast, namedIn, periodWords, periods } from './budget-model.ts';
import { BudgetPreview } from './budget-preview.tsx';
import { useSaveBudget } from './use-cost-commands.ts';
import classes from './cost.module.css';
import own from './budgets.module.css';

interface PartProps { form: BudgetForm; set: (changes: Partial<BudgetForm>) => void; complaints: readonly Complaint[] }
interface Choice { value: string; label: string }

/** The row of agents whose owner nobody named. */
const nobody = '-';
const lately = askedPeriod({ span: '30d', end: null });

function Complaints({ complaints, field }: { complaints: readonly Complaint[]; field: Complaint['field'] }) {
  return <>{complaints.filter((one) => one.field === field).map((one) => <span key={one.text} className={classes.complaint}>{one.text}</span>)}</>;
}

/** What can be named, by kind. Agents are taken from readiness, which lists every one; owners from who money was spent for. */
function useChoices(budget: Budget | null): Record<Exclude<ScopeKind, 'everything'>, Choice[]> {
  const agents = useQuery(stopQueries.readiness());
  const connections = useQuery(connectionQueries.list());
  const tags = useQuery(stopQueries.tags());
  const owners = useQuery(costQueries.rows(lately, { by: 'owner', limit: 500 }));
  const choices = {
    agent: (agents.data?.rows ?? []).map((one) => ({ value: one.agentId, label: inertString(one.agentName, 60) })),
    connection: (connections.data?.rows ?? []).map((one) => ({ value: one.id, label: inertString(one.name, 60) })),
    tag: (tags.data?.rows ?? []).map((one) => ({ value: one.tag, label: `${inertString(one.tag, 40)} (${one.agents})` })),
    owner: (owners.data?.rows ?? []).filter((one) => one.id !== nobody && one.name.trim() !== '').map((one) => ({ value: one.name, label: inertString(one.name, 60) })),
  };
  // What it is for now stays a choice also when it is gone from the lists.
  if (budget !== null && budget.scope.kind !== 'everything') {
    const list = choices[budget.scope.kind];
    const now = formOf(budget).which[budget.scope.kind] ?? '';
    if (!list.some((one) => one.value === now)) list.push({ value: now, label: inertString(namedIn(budget.scope, budget.scopeName), 60) });
  }
  return choices;
}

function Whose({ form, set, complaints, choices }: PartProps & { choices: ReturnType<typeof useChoices> }) {
  const { kind } = form;
  const none = kind === 'owner' ? 'Agents have no owner yet; an agent’s page sets one.' : kind === 'tag' ? 'No agent has a tag yet.' : `No ${kind} is known yet.`;
  return (
    <div className={classes.label}>Whose money
      <Segmented label="Whose money" name="budget-scope" value={kind} options={scopeKinds} onChange={(next) => set({ kind: next })} />
      {kind !== 'everything' && (
        <select className={classes.select} aria-label={`Which ${kind}`} value={form.which[kind] ?? ''} onChange={(event) => set({ which: { ...form.which, [kind]: event.currentTarget.value } })}>
          <option value="">choose</option>
          {choices[kind].map((one) => <option key={one.value} value={one.value}>{one.label}</option>)}
        </select>
      )}
      {kind !== 'everything' && choices[kind].length === 0 && <span className={classes.hint}>{none}</span>}
      <Complaints complaints={complaints} field="which" />
    </div>
  );
}

function Amount({ name, field, value, hint, set, complaints, autofocus }: { name: string; field: 'soft' | 'hard'; value: string; hint: string; set: (value: string) => void; complaints: readonly Complaint[]; autofocus: boolean }) {
  return (
    <label className={classes.label}>{name}<span className={classes.hint}>{hint}</span>
      <input className={classes.input} inputMode="decimal" value={value} maxLength={20} placeholder="none" autoComplete="off" {...(autofocus ? { 'data-autofocus': true } : {})} onChange={(event) => set(event.currentTarget.value)} />
      <Complaints complaints={complaints} field={field} />
    </label>
  );
}

function Limits({ form, set, complaints, currencies }: PartProps & { currencies: readonly string[] }) {
  const known = useId();
  return (
    <>
      <div className={classes.label}>Per<Segmented label="Per" name="budget-per" value={form.per} options={periods.map((value) => ({ value, label: value === 'task' ? 'Task' : value.charAt(0).toUpperCase() + value.slice(1) }))} onChange={(per) => set({ per })} /></div>
      <div className={own.amounts}>
        <Amount name="Soft limit" field="soft" value={form.soft} hint="it is told" set={(soft) => set({ soft })} complaints={complaints} autofocus />
        <Amount name="Hard limit" field="hard" value={form.hard} hint="tells, or stops" set={(hard) => set({ hard })} complaints={complaints} autofocus={false} />
        <label className={classes.label}>Currency<span className={classes.hint}>never converted</span>
          <input className={classes.input} list={known} value={form.currency} maxLength={3} spellCheck={false} onChange={(event) => set({ currency: event.currentTarget.value.toUpperCase() })} />
          <datalist id={known}>{currencies.map((one) => <option key={one} value={one}>{one}</option>)}</datalist>
          <Complaints complaints={complaints} field="currency" />
        </label>
      </div>
      {canForecast(form.per) && <label className={own.check}><input type="checkbox" checked={form.forecast} onChange={(event) => set({ forecast: event.currentTarget.checked })} />Tell when the {form.per} is forecast to go over</label>}
    </>
  );
}

/** Without a hard limit there is nothing that could stop. */
function AtHard({ form, set }: Omit<PartProps, 'complaints'>) {
  const hard = readAmount(form.hard);
  if (hard === 'none') return <p className={classes.hint}>With a hard limit it can also stop whoever spends when it is reached.</p>;
  return (
    <>
      <div className={classes.label}>At the hard limit<Segmented label="At the hard limit" name="budget-hard" value={form.onHard} options={[{ value: 'tell', label: 'Only tell' }, { value: 'stop', label: 'Stop who spends' }]} onChange={(onHard) => set({ onHard })} /></div>
      {form.onHard === 'stop' && (
        <>
          <div className={classes.label}>Stops<Segmented label="Stops" name="budget-stops" value={form.stops} options={[{ value: 'agent', label: 'The agent' }, { value: 'task', label: 'Only the task' }]} onChange={(stops) => set({ stops })} /></div>
          <div className={classes.label}>Level<Segmented label="Level" name="budget-level" value={form.level} options={stopLevels.map((value) => ({ value, label: levelWords[value] }))} onChange={(level) => set({ level })} /><span className={classes.hint}>{levelSays[form.level]}</span></div>
          <p className={classes.wait}>It stops by itself, usually within two seconds of the activity that reached it, each {form.stops} once {form.per === 'task' ? 'a task' : periodWords[form.per].per}. Nobody is asked.</p>
        </>
      )}
    </>
  );
}

interface FormDialogProps { budget: Budget | null; start: BudgetForm; currencies: readonly string[]; onClose: () => void }

function FormDialog({ budget, start, currencies, onClose }: FormDialogProps) {
  const [form, setForm] = useState(start);
  const [tried, setTried] = useState(false);
  const save = useSaveBudget();
  const choices = useChoices(budget);
  const set = (changes: Partial<BudgetForm>): void => setForm((now) => ({ ...now, ...changes }));
  const named = form.kind === 'everything' ? '' : choices[form.kind].find((one) => one.value === form.which[form.kind])?.label ?? '';
  const complaints = complaintsOf(form);
  const shown = tried ? complaints : complaints.filter((one) => one.field !== 'which' && (one.field !== 'hard' || form.hard !== '' || form.soft !== ''));
  const draft = draftOf(form, named);
  const act = (): void => {
    setTried(true);
    if (complaints.length > 0 || draft === null || save.isPending) return;
    save.mutate({ draft, ...(budget === null ? {} : { id: budget.id }) }, { onSuccess: onClose });
  };
  const part: PartProps = { form, set, complaints: shown };
  const foot = (leave: () => void): ReactNode => (
    <>
      <Button onClick={leave}>Cancel</Button>
      <span className={tried && complaints.length > 0 ? classes.complaint : classes.hint}>{tried && complaints.length > 0 ? complaints[0]?.text : 'What was spent in the present period counts already.'}</span>
      <Button variant="filled" disabled={save.isPending} onClick={act} rightSection={<Kbd keys="mod+enter" />}>{save.isPending ? 'Saving…' : budget === null ? 'Set budget' : 'Save budget'}</Button>
    </>
  );
  return (
    <Dialog title={budget === null ? 'New budget' : 'Change budget'} subject={budget === null ? 'limits on what is spent' : inertString(budget.name, 80)} width={920} height={690} flush onClose={onClose} onConfirm={act} unsaved={JSON.stringify(form) !== JSON.stringify(start)} foot={foot}>
      <div className={classes.columns}>
        <div className={classes.column}>
          {save.error !== null && <ErrorBlock error={save.error} what="The budget was not saved." kept={budget === null ? 'What you typed is still here; there is no such budget.' : 'What you typed is still here; the budget is as before.'} />}
          <Whose {...part} choices={choices} />
          <Limits {...part} currencies={currencies} />
          <AtHard form={form} set={set} />
          <label className={classes.label}>Name<input className={classes.input} value={form.name} maxLength={80} placeholder={suggestedName(form, named)} onChange={(event) => set({ name: event.currentTarget.value })} /></label>
        </div>
        <div className={classes.column} role="group" aria-label="What it would have done" tabIndex={0}>
          <BudgetPreview draft={draft} scope={scopeOf(form).kind} />
        </div>
      </div>
    </Dialog>
  );
}

/** Opens with the currency that most of the money is in, so it waits until that is known. */
export function BudgetDialog({ budget, asked, onClose }: { budget: Budget | null; asked: string; onClose: () => void }) {
  const summary = useQuery(costQueries.summary(lately));
  const list = useQuery(budgetQueries.list());
  if (summary.data === undefined && summary.error === null) return <Dialog title={budget === null ? 'New budget' : 'Change budget'} width={920} height={690} onClose={onClose}><Loading what="Reading what is spent" rows={8} /></Dialog>;
  const mostly = summary.data?.currency ?? 'USD';
  const currencies = [...new Set([mostly, ...(summary.data?.others ?? []).map((one) => one.currency), ...(list.data?.rows ?? []).map((one) => one.currency)])].toSorted();
  return <FormDialog budget={budget} start={budget === null ? formFor(asked, mostly) : formOf(budget)} currencies={currencies} onClose={onClose} />;
}
