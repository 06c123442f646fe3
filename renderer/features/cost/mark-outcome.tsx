/** A person's word on how a task came out: it counts before every inference, is kept with who said it, and is taken back with one press. */
import { Button } from '@mantine/core';
import { useState } from 'react';
import type { Task } from '../../../shared/domain.ts';
import { Changes } from '../../ui/changes.tsx';
import { inertString } from '../../ui/agent-text.ts';
import { announce } from '../../ui/announce.ts';
import { ErrorBlock } from '../../ui/blocks.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { Kbd } from '../../ui/kbd.tsx';
import { useMarkTask } from './use-cost-commands.ts';
import classes from './cost.module.css';

type Mark = 'completed' | 'failed';
const words: Record<Mark, string> = { completed: 'finished', failed: 'failed' };

function MarkDialog({ task, title, mark, onClose }: { task: Task; title: string; mark: Mark; onClose: () => void }) {
  const [note, setNote] = useState('');
  const save = useMarkTask();
  const act = (): void => { if (!save.isPending) save.mutate({ id: task.id, outcome: mark, note: note.trim() }, { onSuccess: () => { announce(`Task marked as ${words[mark]}`); onClose(); } }); };
  return (
    <Dialog
      title={`Mark as ${words[mark]}`} subject={inertString(title, 80)} onClose={onClose} onConfirm={act} unsaved={note.trim() !== ''}
      foot={(leave) => <><Button onClick={leave}>Cancel</Button><Button variant="filled" disabled={save.isPending} onClick={act} rightSection={<Kbd keys="mod+enter" />}>{save.isPending ? 'Marking…' : `Mark as ${words[mark]}`}</Button></>}
    >
      <div className={classes.form}>
        <p>{mark === 'completed' ? 'What it cost then counts as work that brought a result.' : 'What it cost then counts as wasted, and is loaded onto the tasks that finished.'} Nothing changes at the runtime; the mark can be taken back.</p>
        <label className={classes.label}>Why <span className={classes.hint}>optional, kept with the mark</span><textarea className={classes.area} data-autofocus value={note} maxLength={1_000} onChange={(event) => setNote(event.currentTarget.value)} /></label>
        {save.error !== null && <ErrorBlock error={save.error} what="The task was not marked." kept="Its outcome is as before." />}
      </div>
    </Dialog>
  );
}

/** Only a task that is not at work: what runs has no outcome yet. */
export function MarkOutcome({ task, title }: { task: Task; title: string }) {
  const [marking, setMarking] = useState<Mark | null>(null);
  const back = useMarkTask();
  const marked = task.outcomeBasis === 'marked';
  if (!marked && (task.outcome === 'running' || task.outcome === 'waiting') && task.stuck === null) return null;
  return (
    <span className={classes.mark}>
      <Changes>
        {marked
          ? <button type="button" className={classes.markButton} disabled={back.isPending} onClick={() => back.mutate({ id: task.id, outcome: null, note: '' }, { onSuccess: () => announce('Mark taken back') })}>Take the mark back</button>
          : (['completed', 'failed'] as const).filter((mark) => mark !== task.outcome).map((mark) => <button key={mark} type="button" className={classes.markButton} onClick={() => setMarking(mark)}>Mark as {words[mark]}…</button>)}
      </Changes>
      {back.error !== null && <span className={classes.wait}>Not taken back: {inertString(back.error.message, 160)}</span>}
      {marking !== null && <MarkDialog task={task} title={title} mark={marking} onClose={() => setMarking(null)} />}
    </span>
  );
}
