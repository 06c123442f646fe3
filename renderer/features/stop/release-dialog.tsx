/** Puts back what a stop order changed, and only that; says exactly what before it does. */
import { Button } from '@mantine/core';
import { useState } from 'react';
import type { UndoKind } from '../../../shared/stop.ts';
import { InertName } from '../../ui/agent-text-view.tsx';
import { ErrorBlock } from '../../ui/blocks.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { plural } from '../../ui/format.ts';
import { Kbd } from '../../ui/kbd.tsx';
import { useRelease } from './use-stop-commands.ts';
import classes from './stop.module.css';

export interface ReleaseItem { leverId: string; title: string; connectionName: string; undo: UndoKind; undoText: string; failedBefore: boolean }

const undoWords: Record<UndoKind, string> = { exact: 'exact', lossy: 'not whole', none: 'cannot be put back', not_needed: 'nothing lasting' };

interface ReleaseProps {
  orderId: string;
  /** "stop order 118, refund-runner". */
  subject: string;
  items: readonly ReleaseItem[];
  /** one change of the order only; null: everything that is listed. */
  leverId: string | null;
  onClose: () => void;
}

export function ReleaseDialog({ orderId, subject, items, leverId, onClose }: ReleaseProps) {
  const [reason, setReason] = useState('');
  const release = useRelease();
  const done = release.data;
  const act = (): void => {
    if (release.isPending || done !== undefined) return;
    release.mutate({ id: orderId, reason: reason.trim(), ...(leverId === null ? {} : { leverId }) });
  };
  if (done !== undefined) {
    const touched = done.orderLevers.filter((lever) => items.some((item) => item.leverId === lever.id));
    const failed = touched.filter((lever) => lever.undoState === 'failed').length;
    return (
      <Dialog title={failed === 0 ? 'Put back' : 'Not everything was put back'} subject={subject} onClose={onClose} width={620} foot={<><span /><Button variant="filled" onClick={onClose} data-autofocus>Close</Button></>}>
        <ul className={classes.undoList}>
          {touched.map((lever) => <li key={lever.id}><span className={lever.undoState === 'done' ? classes.ok : classes.stop}>{lever.undoState === 'done' ? 'put back' : lever.undoState === 'failed' ? 'failed' : 'still open'}</span><span><strong className={classes.strong}><InertName text={lever.title} most={100} /></strong>{lever.undoneText !== null && <><br /><span className={classes.second}><InertName text={lever.undoneText} most={400} /></span></>}</span></li>)}
        </ul>
      </Dialog>
    );
  }
  return (
    <Dialog title="Undo what was changed" subject={subject} onClose={onClose} onConfirm={act} unsaved={reason.trim() !== ''} width={620}
      foot={<><Button onClick={onClose}>Cancel</Button><Button variant="filled" disabled={release.isPending || items.length === 0} onClick={act} rightSection={<Kbd keys="mod+enter" />}>Put back {plural(items.length, 'change')}</Button></>}>
      <p>Exactly this is put back, and nothing else. What was ended stays ended; agents may act again at once.</p>
      <ul className={classes.undoList}>
        {items.map((item) => <li key={item.leverId}><span className={item.undo === 'exact' ? classes.second : classes.wait}>{undoWords[item.undo]}{item.failedBefore ? ', failed before' : ''}</span><span><strong className={classes.strong}><InertName text={item.title} most={100} /></strong> <span className={classes.second}><InertName text={item.connectionName} most={60} /></span><br /><InertName text={item.undoText} most={400} /></span></li>)}
      </ul>
      <label className={classes.label}>Reason, kept in the audit log
        <input className={classes.input} data-autofocus value={reason} maxLength={4000} onChange={(event) => setReason(event.currentTarget.value)} />
      </label>
      {release.error !== null && <ErrorBlock error={release.error} what="It was not put back." kept="What was changed stands as before." />}
    </Dialog>
  );
}
