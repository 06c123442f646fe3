/** The lock of this window and auditor mode. Both are the desktop's, not the engine's: they hold for this window only. */
import { Button } from '@mantine/core';
import { useState } from 'react';
import { idleChoices, shortestPassphrase } from '../../../shared/guard.ts';
import type { LockState } from '../../../shared/guard.ts';
import { guard, useGuard } from '../../api/guard.ts';
import { showOverlay } from '../../app/overlay-state.ts';
import { Changes } from '../../ui/changes.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { Kbd } from '../../ui/kbd.tsx';
import { Panel } from '../../ui/panel.tsx';
import { useAsked } from '../guard/use-asked.ts';
import guardClasses from '../guard/guard.module.css';
import { Setting } from './setting.tsx';
import classes from './settings.module.css';

const places: Readonly<Record<'keyring' | 'file', string>> = {
  keyring: 'Of the passphrase only a salted scrypt hash is kept, in the system\'s keyring.',
  file: 'This system has no keyring: the salted scrypt hash of the passphrase is in a file of your account. Whoever can change that file can take the lock off.',
};

const idleWords = (minutes: number | null): string => (minutes === null ? 'never by itself' : `after ${minutes} min without a key or the mouse`);

export function GuardPanel() {
  const state = useGuard();
  const [open, setOpen] = useState<'set' | 'remove' | null>(null);
  if (state === null) return null;
  const { lock, auditor } = state;
  return (
    <Panel title="Auditor mode and lock">
      <Setting name={auditor.on ? 'This window is in auditor mode' : 'Auditor mode'} says={auditor.whole ? 'Gatehouse was started with --read-only. Start it again without it to change anything.' : 'This window only reads, and shows as much of what agents wrote as you choose. The engine goes on.'}>
        {auditor.whole ? <span>Started read-only</span> : <Button onClick={() => showOverlay('auditor')}>{auditor.on ? 'Leave…' : 'Enter…'}</Button>}
      </Setting>
      <Setting name={lock.set ? 'The window locks' : 'No lock'} says={lock.set && lock.place !== null ? `Locks ${idleWords(lock.idleMinutes)}${lock.atStart ? ', and at start' : ''}, and whenever the screen is locked. ${places[lock.place]}` : 'With a passphrase the window can be locked: it then shows nothing, and notifications say no content. The engine goes on. It holds off whoever comes to this screen, not whoever can read this account\'s files.'}>
        <span className={classes.inline}>
          {lock.set && <Button onClick={() => void guard.lockNow()} rightSection={<Kbd keys="mod+shift+l" />}>Lock now</Button>}
          <Changes>
            <Button onClick={() => setOpen('set')}>{lock.set ? 'Change…' : 'Set a lock…'}</Button>
            {lock.set && <Button onClick={() => setOpen('remove')}>Take off…</Button>}
          </Changes>
        </span>
      </Setting>
      {open === 'set' && <LockDialog lock={lock} onClose={() => setOpen(null)} />}
      {open === 'remove' && <RemoveDialog onClose={() => setOpen(null)} />}
    </Panel>
  );
}

interface SecretProps { label: string; value: string; onChange: (value: string) => void; first?: boolean; fresh?: boolean }

function Secret({ label, value, onChange, first = false, fresh = false }: SecretProps) {
  return <label className={classes.field}>{label}<input className={classes.text} type="password" {...(first ? { 'data-autofocus': true } : {})} autoComplete={fresh ? 'new-password' : 'off'} maxLength={1_000} value={value} onChange={(event) => onChange(event.currentTarget.value)} /></label>;
}

function problemOf(set: boolean, current: string, passphrase: string, again: string): string | null {
  if (set && current === '') return 'the passphrase that is set now.';
  if (passphrase === '' && set) return null;
  if (passphrase.length < shortestPassphrase) return `a passphrase of at least ${shortestPassphrase} characters.`;
  return again === passphrase ? null : 'the same passphrase twice.';
}

function LockDialog({ lock, onClose }: { lock: LockState; onClose: () => void }) {
  const [current, setCurrent] = useState('');
  const [passphrase, setPassphrase] = useState('');
  const [again, setAgain] = useState('');
  const [idle, setIdle] = useState(lock.idleMinutes);
  const [atStart, setAtStart] = useState(lock.atStart);
  const { ask, busy, problem } = useAsked();
  const missing = problemOf(lock.set, current, passphrase, again);
  const typed = current !== '' || passphrase !== '' || again !== '';
  const act = (): void => {
    if (missing !== null || busy) return;
    ask(() => guard.setLock({ ...(lock.set ? { current } : {}), ...(passphrase === '' ? {} : { passphrase }), idleMinutes: idle, atStart }), onClose);
  };
  return (
    <Dialog title={lock.set ? 'Change the lock' : 'Set a lock'} subject="this window" onClose={onClose} onConfirm={act} unsaved={typed}
      foot={<><Button onClick={onClose}>Cancel</Button>{missing !== null && typed && <span className={classes.says}>Missing: {missing}</span>}<Button variant="filled" disabled={missing !== null || busy} onClick={act} rightSection={<Kbd keys="mod+enter" />}>{lock.set ? 'Change the lock' : 'Set the lock'}</Button></>}>
      <p>{lock.set ? 'Leave the new passphrase empty to keep the one that is set.' : 'Nobody can show the passphrase again. How the owner of this account takes off a lock whose passphrase is lost stands in docs/auditor-mode.md.'}</p>
      <form className={classes.operatorForm} onSubmit={(event) => { event.preventDefault(); act(); }}>
        {lock.set && <Secret label="Passphrase now" value={current} onChange={setCurrent} first />}
        <Secret label={lock.set ? 'New passphrase' : 'Passphrase'} value={passphrase} onChange={setPassphrase} first={!lock.set} fresh />
        <Secret label={lock.set ? 'New passphrase again' : 'Passphrase again'} value={again} onChange={setAgain} fresh />
        <label className={classes.field}>Lock by itself
          <select className={classes.select} value={idle ?? ''} onChange={(event) => setIdle(event.currentTarget.value === '' ? null : Number(event.currentTarget.value))}>
            {idleChoices.map((minutes) => <option key={minutes} value={minutes}>{idleWords(minutes)}</option>)}
            <option value="">{idleWords(null)}</option>
          </select>
        </label>
        <label className={guardClasses.check}><input type="checkbox" checked={atStart} onChange={(event) => setAtStart(event.currentTarget.checked)} />Locked when Gatehouse starts</label>
        <button type="submit" hidden aria-hidden="true" tabIndex={-1} />
      </form>
      <p className={guardClasses.problem} role="status">{problem}</p>
    </Dialog>
  );
}

function RemoveDialog({ onClose }: { onClose: () => void }) {
  const [current, setCurrent] = useState('');
  const { ask, busy, problem } = useAsked();
  const act = (): void => {
    if (current === '' || busy) return;
    setCurrent('');
    ask(() => guard.removeLock(current), onClose);
  };
  return (
    <Dialog title="Take the lock off" subject="this window" onClose={onClose} onConfirm={act}
      foot={<><Button onClick={onClose}>Cancel</Button><Button variant="filled" disabled={current === '' || busy} onClick={act} rightSection={<Kbd keys="mod+enter" />}>Take the lock off</Button></>}>
      <p>The window is then open to whoever sits at this machine. That it was taken off is written to the audit log.</p>
      <form className={classes.operatorForm} onSubmit={(event) => { event.preventDefault(); act(); }}><Secret label="Passphrase" value={current} onChange={setCurrent} first /></form>
      <p className={guardClasses.problem} role="status">{problem}</p>
    </Dialog>
  );
}
