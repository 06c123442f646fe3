/** Takes a finding off the list, with a reason and for a time. It stays listed under dismissed, and the audit log has both. */
import { Button } from '@mantine/core';
import { useState } from 'react';
import type { Finding } from '../../../shared/access.ts';
import { inertString } from '../../ui/agent-text.ts';
import { InertName } from '../../ui/agent-text-view.tsx';
import { ErrorBlock } from '../../ui/blocks.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { Kbd } from '../../ui/kbd.tsx';
import { Segmented } from '../../ui/segmented.tsx';
import { ruleWords } from './access-words.ts';
import { dismissChoices, dismissUntil, type DismissChoice } from './findings-model.ts';
import { useDismiss } from './use-access-commands.ts';
import classes from './access.module.css';

export function DismissDialog({ finding, onClose }: { finding: Finding; onClose: () => void }) {
  const [reason, setReason] = useState('');
  const [choice, setChoice] = useState<DismissChoice>('90');
  const dismiss = useDismiss();
  const ready = reason.trim() !== '' && !dismiss.isPending;
  const act = (): void => { if (ready) dismiss.mutate({ id: finding.id, reason: reason.trim(), until: dismissUntil(choice, Date.now()) }, { onSuccess: onClose }); };
  return (
    <Dialog
      title="Dismiss finding" subject={`${ruleWords[finding.rule]}${finding.agentName === null ? '' : `, ${inertString(finding.agentName, 60)}`}`} width={560} onClose={onClose} onConfirm={act} unsaved={reason.trim() !== ''}
      foot={(leave) => <><Button onClick={leave}>Cancel</Button><Button variant="filled" disabled={!ready} onClick={act} rightSection={<Kbd keys="mod+enter" />}>{dismiss.isPending ? 'Dismissing…' : 'Dismiss'}</Button></>}
    >
      <p><InertName text={finding.text} most={400} /></p>
      <label className={classes.label}>Reason, kept in the audit log
        <textarea className={classes.area} data-autofocus value={reason} maxLength={4_000} onChange={(event) => setReason(event.currentTarget.value)} placeholder="Why this may stay as it is" />
      </label>
      <div className={classes.label}><span>For</span><Segmented label="Dismissed for" name="dismiss-for" value={choice} options={dismissChoices.map(({ value, label }) => ({ value, label }))} onChange={setChoice} /></div>
      <p className={classes.hint}>Nothing changes at the runtime. The finding stays listed under dismissed, and comes back when the time is over or when it is gone and found anew.</p>
      {dismiss.error !== null && <ErrorBlock error={dismiss.error} what="The finding was not dismissed." kept="It stands as before; what you wrote is still here." />}
    </Dialog>
  );
}
