/** Adds or changes an alert rule: one sentence, filled in. */
import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { AlertRule } from '../../../shared/alerts.ts';
import { alertQueries } from '../../api/queries.ts';
import { inertString } from '../../ui/agent-text.ts';
import { ErrorBlock } from '../../ui/blocks.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { Kbd } from '../../ui/kbd.tsx';
import { Segmented } from '../../ui/segmented.tsx';
import { alertSeverities, lasts, severityLooks } from './alert-words.ts';
import { Sentence, Telling, kindHints } from './rule-fields.tsx';
import { emptyRule, formOf, ruleOf, type RuleForm } from './rule-form.ts';
import { useSaveRule } from './use-alert-commands.ts';
import classes from './alerts.module.css';

const severitySays = { info: 'Stands in the inbox, and waits for the end of quiet hours.', attention: 'Somebody should look; waits for the end of quiet hours.', urgent: 'Comes through quiet hours, and is read aloud by screen readers.' } as const;

export function RuleDialog({ rule, onClose }: { rule: AlertRule | null; onClose: () => void }) {
  const [form, setForm] = useState<RuleForm>(rule === null ? emptyRule : formOf(rule));
  const [changed, setChanged] = useState(false);
  const { data: targets } = useQuery(alertQueries.targets());
  const save = useSaveRule();
  const set = (changes: Partial<RuleForm>): void => { setForm((now) => ({ ...now, ...changes })); setChanged(true); };
  const made = ruleOf(form, rule?.id ?? null);
  const act = (): void => { if (typeof made !== 'string' && !save.isPending) save.mutate(made, { onSuccess: onClose }); };
  return (
    <Dialog title={rule === null ? 'Add alert rule' : 'Change alert rule'} subject={rule === null ? undefined : inertString(rule.name, 80)} onClose={onClose} onConfirm={act} unsaved={changed} width={720}
      foot={(leave) => <><Button onClick={leave}>Cancel</Button>{typeof made === 'string' && changed && <span className={classes.complaint} role="status">{made}</span>}<Button variant="filled" disabled={typeof made === 'string' || save.isPending} onClick={act} rightSection={<Kbd keys="mod+enter" />}>{save.isPending ? 'Saving…' : rule === null ? 'Add rule' : 'Save rule'}</Button></>}>
      <div className={classes.sentence}><span className={classes.lead}>Name</span><span className={classes.rest}><input className={classes.nameField} data-autofocus aria-label="Name" maxLength={80} value={form.name} placeholder="Refunds fail" onChange={(event) => set({ name: event.currentTarget.value })} /></span></div>
      <Sentence form={form} set={set} rule={rule} />
      <p className={classes.hintLine}>{kindHints[form.kind]}</p>
      <div className={classes.sentence}><span className={classes.lead}>As</span><span className={classes.rest}><Segmented label="Severity" name="alert-severity" value={form.severity} options={alertSeverities.map((value) => ({ value, label: severityLooks[value].word }))} onChange={(severity) => set({ severity })} /><span className={classes.muted}>{severitySays[form.severity]}</span></span></div>
      <Telling form={form} set={set} targets={targets?.rows ?? []} />
      <div className={classes.sentence}>
        <span className={classes.lead} />
        <span className={classes.rest}>
          {lasts(form.kind) && <label className={classes.tickLabel}><input type="checkbox" checked={form.tellEnd} onChange={(event) => set({ tellEnd: event.currentTarget.checked })} />Tell the same targets when it is over</label>}
          <label className={classes.tickLabel}><input type="checkbox" checked={form.enabled} onChange={(event) => set({ enabled: event.currentTarget.checked })} />Watches from now on</label>
        </span>
      </div>
      {save.error !== null && <ErrorBlock error={save.error} what="The rule was not saved." kept={rule === null ? 'There is no such rule. What you typed is still here.' : 'The rule stands as before.'} />}
    </Dialog>
  );
}
