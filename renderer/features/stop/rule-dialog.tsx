/** Adds or changes an auto-stop rule. */
import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { StopRule } from '../../../shared/stop.ts';
import { connectionQueries, stopQueries } from '../../api/queries.ts';
import { inertString } from '../../ui/agent-text.ts';
import { ErrorBlock } from '../../ui/blocks.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { Kbd } from '../../ui/kbd.tsx';
import { Segmented } from '../../ui/segmented.tsx';
import { budgetPeriods, emptyForm, formOf, ruleModes, ruleOf, triggerKinds, watchesKey, type Per, type RuleForm } from './rule-form.ts';
import { levelSays, levelWords, stopLevels } from './stop-words.ts';
import { useSaveRule } from './use-stop-commands.ts';
import classes from './stop.module.css';

interface PartProps { form: RuleForm; set: (changes: Partial<RuleForm>) => void }

function TriggerFields({ form, set }: PartProps) {
  if (form.kind === 'budget') {
    return (
      <div className={classes.inline}>
        <label className={classes.label}>Spends more than<input className={classes.input} inputMode="decimal" value={form.amount} onChange={(event) => set({ amount: event.currentTarget.value })} placeholder="25" /></label>
        <label className={`${classes.label} ${classes.narrow}`}>Currency<input className={classes.input} maxLength={3} value={form.currency} onChange={(event) => set({ currency: event.currentTarget.value })} /></label>
        <label className={classes.label}>In<select className={classes.select} value={form.per} onChange={(event) => set({ per: event.currentTarget.value as Per })}>{budgetPeriods.map((one) => <option key={one.value} value={one.value}>{one.label}</option>)}</select></label>
      </div>
    );
  }
  if (form.kind === 'tool') return <label className={classes.label}>Tools that must not be called, one a line; * at the end stands for any rest<textarea className={classes.area} value={form.tools} spellCheck={false} onChange={(event) => set({ tools: event.currentTarget.value })} /></label>;
  return (
    <div className={classes.inline}>
      <label className={classes.label}>{form.kind === 'failures' ? 'Failures' : 'Denied acts'}<input className={classes.input} inputMode="numeric" value={form.count} onChange={(event) => set({ count: event.currentTarget.value })} /></label>
      <label className={classes.label}>Within seconds<input className={classes.input} inputMode="numeric" value={form.within} onChange={(event) => set({ within: event.currentTarget.value })} /></label>
    </div>
  );
}

/** Agents are taken from readiness, which lists every one. */
function WatchesField({ form, set, rule }: PartProps & { rule: StopRule | null }) {
  const agents = useQuery(stopQueries.readiness());
  const tags = useQuery(stopQueries.tags());
  const connections = useQuery(connectionQueries.list());
  const options = [
    { key: 'everything', label: 'every agent' },
    ...(tags.data?.rows ?? []).map((one) => ({ key: `tag:${one.tag}`, label: `tag ${one.tag} (${one.agents})` })),
    ...(connections.data?.rows ?? []).map((one) => ({ key: `connection:${one.id}`, label: `connection ${inertString(one.name, 60)}` })),
    ...(agents.data?.rows ?? []).map((one) => ({ key: `agent:${one.agentId}`, label: `agent ${inertString(one.agentName, 60)}` })),
  ];
  // What the rule watches now stays a choice also when it is gone from the lists.
  if (rule !== null && !options.some((one) => one.key === watchesKey(rule.watches))) options.push({ key: watchesKey(rule.watches), label: inertString(rule.watchesName, 60) });
  return <label className={classes.label}>Watches<select className={classes.select} value={form.watches} onChange={(event) => set({ watches: event.currentTarget.value })}>{options.map((one) => <option key={one.key} value={one.key}>{one.label}</option>)}</select></label>;
}

const modeSays = { off: 'The rule is kept and watches nothing.', would: 'It writes down that it would have fired, and does nothing. Watch it for a while before it may fire.', fire: 'It stops by itself, usually within two seconds of the act that breached it. Nobody is asked.' } as const;

export function RuleDialog({ rule, onClose }: { rule: StopRule | null; onClose: () => void }) {
  const [form, setForm] = useState<RuleForm>(rule === null ? emptyForm : formOf(rule));
  const [changed, setChanged] = useState(false);
  const save = useSaveRule();
  const set = (changes: Partial<RuleForm>): void => { setForm((now) => ({ ...now, ...changes })); setChanged(true); };
  const made = ruleOf(form, rule?.id ?? null);
  const act = (): void => {
    if (typeof made !== 'string' && !save.isPending) save.mutate(made, { onSuccess: onClose });
  };
  return (
    <Dialog title={rule === null ? 'Add auto-stop rule' : 'Change auto-stop rule'} subject={rule?.name} onClose={onClose} onConfirm={act} unsaved={changed} width={600}
      foot={<><Button onClick={onClose}>Cancel</Button>{typeof made === 'string' && changed && <span className={classes.complaint}>Missing: {made}</span>}<Button variant="filled" disabled={typeof made === 'string' || save.isPending} onClick={act} rightSection={<Kbd keys="mod+enter" />}>{rule === null ? 'Add rule' : 'Save rule'}</Button></>}>
      <label className={classes.label}>Name<input className={classes.input} data-autofocus maxLength={80} value={form.name} onChange={(event) => set({ name: event.currentTarget.value })} /></label>
      <div className={classes.label}>Fires on<Segmented label="Fires on" name="trigger" value={form.kind} options={triggerKinds} onChange={(kind) => set({ kind })} /></div>
      <TriggerFields form={form} set={set} />
      <div className={classes.inline}>
        <WatchesField form={form} set={set} rule={rule} />
        <label className={classes.label}>Stops<select className={classes.select} value={form.stops} onChange={(event) => set({ stops: event.currentTarget.value === 'task' ? 'task' : 'agent' })}><option value="agent">the agent that breached it</option><option value="task">only the task that breached it</option></select></label>
      </div>
      <div className={classes.label}>Level<Segmented label="Level" name="rule-level" value={form.level} options={stopLevels.map((value) => ({ value, label: levelWords[value] }))} onChange={(level) => set({ level })} /><span className={classes.second}>{levelSays[form.level]}</span></div>
      <div className={classes.label}>Mode<Segmented label="Mode" name="rule-mode" value={form.mode} options={ruleModes} onChange={(mode) => set({ mode })} /><span className={form.mode === 'fire' ? classes.wait : classes.second}>{modeSays[form.mode]}</span></div>
      {save.error !== null && <ErrorBlock error={save.error} what="The rule was not saved." kept={rule === null ? 'There is no such rule.' : 'The rule stands as before.'} />}
    </Dialog>
  );
}
