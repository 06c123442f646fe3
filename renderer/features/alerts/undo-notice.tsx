/** What was just done, with the way back, until it is dismissed or the next thing is done. */
import { useEffect } from 'react';
import { announce } from '../../ui/announce.ts';
import { ErrorBlock } from '../../ui/blocks.tsx';
import { StateShape } from '../../ui/state-shapes.tsx';
import classes from './alerts.module.css';

export interface Done { text: string; undo: () => void }

export function UndoNotice({ done, busy, error, onDismiss }: { done: Done; busy: boolean; error: unknown; onDismiss: () => void }) {
  useEffect(() => announce(done.text), [done]);
  return (
    <div className={classes.notice}>
      <StateShape state="completed" className={classes.quietShape} />
      <span>{done.text}</span>
      <button type="button" className={classes.linkButton} disabled={busy} onClick={done.undo}>Undo</button>
      <button type="button" className={classes.linkButton} onClick={onDismiss}>Dismiss<span className="gh-visually-hidden"> what was done</span></button>
      {error !== null && <ErrorBlock error={error} what="It was not taken back." kept="It stands as it was done." />}
    </div>
  );
}
