/** Into auditor mode, with what is shown of content; and out of it again. */
import { Button } from '@mantine/core';
import { useState } from 'react';
import { textLevels } from '../../../shared/text-levels.ts';
import type { TextLevel } from '../../../shared/reports.ts';
import { guard, useGuard } from '../../api/guard.ts';
import { Dialog } from '../../ui/dialog.tsx';
import { Kbd } from '../../ui/kbd.tsx';
import { shownWords } from './shown-words.ts';
import { useAsked } from './use-asked.ts';
import classes from './guard.module.css';

export default function AuditorDialog({ onClose }: { onClose: () => void }) {
  const state = useGuard();
  if (state === null) return null;
  return state.auditor.on ? <Leave set={state.lock.set} whole={state.auditor.whole} onClose={onClose} /> : <Enter set={state.lock.set} onClose={onClose} />;
}

function Enter({ set, onClose }: { set: boolean; onClose: () => void }) {
  const [text, setText] = useState<TextLevel>('redacted');
  const { ask, busy, problem } = useAsked();
  const act = (): void => ask(() => guard.enterAuditor(text), onClose);
  return (
    <Dialog title="Auditor mode" subject="this window" onClose={onClose} onConfirm={act} width={560}
      foot={<><Button onClick={onClose}>Cancel</Button><Button variant="filled" data-autofocus disabled={busy} onClick={act} rightSection={<Kbd keys="mod+enter" />}>Enter auditor mode</Button></>}>
      <p>This window then only reads: nothing can be changed, answered or stopped from it, and the engine refuses what a page might try all the same. Reports and auditor packs can be written. The engine goes on, and so does every stop that is under way.</p>
      <fieldset className={classes.choices} aria-labelledby="auditor-shown">
        <div id="auditor-shown" className={classes.choicesHead}>Shown of what agents wrote</div>
        {textLevels.map((level) => (
          <label key={level} className={classes.choice}>
            <input type="radio" name="shown" checked={text === level} onChange={() => setText(level)} /><strong>{shownWords[level].name}</strong><span>{shownWords[level].says}</span>
          </label>
        ))}
      </fieldset>
      <p className={classes.says}>{set ? 'Leaving it asks for the passphrase of the lock.' : 'No lock is set, so whoever sits here can leave it again. A passphrase in Settings changes that.'}</p>
      <p className={classes.problem} role="status">{problem}</p>
    </Dialog>
  );
}

function Leave({ set, whole, onClose }: { set: boolean; whole: boolean; onClose: () => void }) {
  const [passphrase, setPassphrase] = useState('');
  const { ask, busy, problem } = useAsked();
  const ready = !whole && !busy && (!set || passphrase !== '');
  const act = (): void => {
    if (!ready) return;
    setPassphrase('');
    ask(() => guard.leaveAuditor(set ? passphrase : null), onClose);
  };
  return (
    <Dialog title="Leave auditor mode" subject="this window" onClose={onClose} onConfirm={act} reads
      foot={<><Button onClick={onClose}>Cancel</Button><Button variant="filled" {...(set ? {} : { 'data-autofocus': true })} disabled={!ready} onClick={act} rightSection={<Kbd keys="mod+enter" />}>Leave auditor mode</Button></>}>
      <p>{whole ? 'Gatehouse was started read-only. Quit it and start it again without --read-only.' : 'Everything can be changed and stopped from this window again. That it was left is written to the audit log.'}</p>
      {set && !whole && (
        <form className={classes.form} onSubmit={(event) => { event.preventDefault(); act(); }}>
          <label className={classes.field}>Passphrase of the lock<input className={classes.input} type="password" data-autofocus autoComplete="off" maxLength={1_000} value={passphrase} onChange={(event) => setPassphrase(event.currentTarget.value)} /></label>
        </form>
      )}
      <p className={classes.problem} role="status">{problem}</p>
    </Dialog>
  );
}
