import { Button } from '@mantine/core';
import { useState } from 'react';
import { CallFailed } from '../../api/client.ts';
import { inertString } from '../../ui/agent-text.ts';
import { StateShape } from '../../ui/state-shapes.tsx';
import classes from './add-connection.module.css';

/** The engine refused to keep a credential because nothing on this system could guard it. */
export const isWithoutKeyring = (error: unknown): error is CallFailed => error instanceof CallFailed && error.code === 'conflict' && /keyring/i.test(error.message);

interface KeyringChoiceProps { error: CallFailed; busy: boolean; onSession: () => void; onWeak: () => void }

/** Without a keyring a person chooses; nothing is kept weakly by itself. */
export function KeyringChoice({ error, busy, onSession, onWeak }: KeyringChoiceProps) {
  const [weak, setWeak] = useState(false);
  return (
    <section className={classes.keyring} aria-label="No keyring" role="alert">
      <div className={classes.keyringHead}><StateShape state="attention" className={classes.wait} /><span><strong>The credential was not kept.</strong> {inertString(error.message, 400)}</span></div>
      <div className={classes.keyringChoices}>
        <Button onClick={onSession} disabled={busy}>Keep it only until Gatehouse ends</Button>
        <span className={classes.hint}>In memory. After the next start it is asked for again, and that time shows as not seen.</span>
        <label className={classes.weak}><input type="checkbox" checked={weak} onChange={(event) => setWeak(event.currentTarget.checked)} className={classes.radio} />Whoever can read this account’s files can read it too. I choose that.</label>
        <Button onClick={onWeak} disabled={busy || !weak}>Keep it anyway, weakly</Button>
        <span className={classes.hint}>The choice holds for every credential until it is taken back in Settings.</span>
      </div>
    </section>
  );
}
