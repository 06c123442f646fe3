/** All that a locked window shows. It has no port to the engine, and nothing of what was read before is in this page any more. */
import { Button } from '@mantine/core';
import { IconLock } from '@tabler/icons-react';
import { useEffect, useRef, useState } from 'react';
import { guard, useAuditor } from '../../api/guard.ts';
import classes from './guard.module.css';

export function LockScreen() {
  const { whole } = useAuditor();
  const [passphrase, setPassphrase] = useState('');
  const [problem, setProblem] = useState('');
  const [busy, setBusy] = useState(false);
  const [waitS, setWaitS] = useState(0);
  const waits = waitS > 0;
  const field = useRef<HTMLInputElement>(null);
  // There is nothing else here that a key could be meant for.
  useEffect(() => field.current?.focus(), []);
  useEffect(() => {
    if (!waits) return;
    const timer = setInterval(() => setWaitS((left) => left - 1), 1_000);
    return () => clearInterval(timer);
  }, [waits]);
  const unlock = async (): Promise<void> => {
    if (passphrase === '' || busy || waits) return;
    setBusy(true);
    // SECURITY: a passphrase is not left lying in the field, whether it was right or not.
    const given = passphrase;
    setPassphrase('');
    setProblem('');
    try {
      const answer = await guard.unlock(given);
      // While it waits the seconds are counted down; when it is over, they are said no more.
      setProblem(answer.waitS > 0 ? '' : answer.text);
      setWaitS(answer.waitS);
    } catch {
      setProblem('Gatehouse did not answer. Try again.');
    } finally {
      setBusy(false);
    }
  };
  return (
    <main className={classes.ground}>
      <section className={classes.card} aria-label="Locked">
        <h1 className={classes.brand}><IconLock size={18} stroke={1.75} aria-hidden="true" />Gatehouse is locked</h1>
        <p className={classes.says}>{whole ? 'Gatehouse was started read-only: nothing is received, and nothing is stopped by itself.' : 'The engine goes on: what agents send is received, and what was set to stop them stops them.'}</p>
        <form className={classes.form} onSubmit={(event) => { event.preventDefault(); void unlock(); }}>
          <label className={classes.field}>Passphrase
            <input className={classes.input} type="password" ref={field} autoComplete="off" maxLength={1_000} value={passphrase} onChange={(event) => setPassphrase(event.currentTarget.value)} />
          </label>
          <p className={classes.problem} role="status">{waits ? `Too many wrong passphrases. The next one is taken in ${waitS} s.` : problem}</p>
          <Button type="submit" variant="filled" disabled={passphrase === '' || busy || waits}>{busy ? 'Looking…' : 'Unlock'}</Button>
        </form>
      </section>
    </main>
  );
}
