/** Adds or changes where alerts are delivered. */
import { Button } from '@mantine/core';
import { useState } from 'react';
import type { AlertTarget } from '../../../shared/alerts.ts';
import { inertString } from '../../ui/agent-text.ts';
import { ErrorBlock } from '../../ui/blocks.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { Kbd } from '../../ui/kbd.tsx';
import { Segmented } from '../../ui/segmented.tsx';
import { KeyringChoice, isWithoutKeyring } from '../connections/keyring-choice.tsx';
import { Field } from '../connections/runtime-fields.tsx';
import { useWeakVault } from '../connections/use-connection-commands.ts';
import { credentialWords, targetKinds, targetKindWords } from './alert-words.ts';
import { KindFields, QuietFields, TargetCredential, withKind } from './target-fields.tsx';
import { emptyTarget, formOf, targetOf, usualName, type TargetForm } from './target-form.ts';
import { useSaveTarget } from './use-alert-commands.ts';
import classes from './alerts.module.css';

export function TargetDialog({ target, onClose, onSaved }: { target: AlertTarget | null; onClose: () => void; onSaved: (target: AlertTarget) => void }) {
  const [form, setForm] = useState<TargetForm>(target === null ? emptyTarget : formOf(target));
  const [changed, setChanged] = useState(false);
  const save = useSaveTarget();
  const weak = useWeakVault();
  const set = (changes: Partial<TargetForm>): void => { setForm((now) => ({ ...now, ...changes })); setChanged(true); };
  const made = targetOf(form, target?.id ?? null);
  const act = (keep?: 'session'): void => {
    if (typeof made === 'string' || save.isPending) return;
    const asked = keep === 'session' && made.credential?.from === 'value' ? { ...made, credential: { ...made.credential, keep } } : made;
    // SECURITY: what was typed as a credential goes to the engine once; the dialog, and the text with it, are gone after that.
    save.mutate(asked, { onSuccess: (saved) => { onSaved(saved); onClose(); } });
  };
  return (
    <Dialog title={target === null ? 'Add alert target' : 'Change alert target'} subject={target === null ? undefined : inertString(target.name, 80)} onClose={onClose} onConfirm={() => act()} unsaved={changed} width={640}
      foot={(leave) => <><Button onClick={leave}>Cancel</Button>{typeof made === 'string' && changed && <span className={classes.complaint} role="status">{made}</span>}<Button variant="filled" disabled={typeof made === 'string' || save.isPending} onClick={() => act()} rightSection={<Kbd keys="mod+enter" />}>{save.isPending ? 'Saving…' : target === null ? 'Add target' : 'Save target'}</Button></>}>
      {target === null && <div className={classes.label}><span>Kind</span><Segmented label="Kind" name="target-kind" value={form.kind} options={targetKinds.map((value) => ({ value, label: targetKindWords[value] }))} onChange={(kind) => { setForm((now) => withKind(now, kind)); setChanged(true); }} /></div>}
      <div key={form.kind} className={classes.form}>
        <KindFields form={form} set={set} />
        <TargetCredential form={form} set={set} kept={target === null ? null : credentialWords(target.credential)} />
      </div>
      <Field label="Name" max={80} value={form.name} placeholder={usualName(form) || 'On call'} onChange={(name) => set({ name })} hint="As rules name it." />
      <QuietFields form={form} set={set} />
      <label className={classes.tickLabel}><input type="checkbox" checked={form.enabled} onChange={(event) => set({ enabled: event.currentTarget.checked })} />Is delivered to. Off: what is for it waits in its queue.</label>
      {save.error !== null && (isWithoutKeyring(save.error)
        ? <KeyringChoice error={save.error} busy={weak.isPending || save.isPending} onSession={() => act('session')} onWeak={() => weak.mutate(true, { onSuccess: () => act() })} />
        : <ErrorBlock error={save.error} what="The target was not saved." kept={target === null ? 'There is no such target. What you typed is still here.' : 'The target stands as before.'} />)}
      {weak.error !== null && <ErrorBlock error={weak.error} what="The choice was not kept." kept="No credential was kept." />}
    </Dialog>
  );
}
