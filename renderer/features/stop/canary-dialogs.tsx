/** Marks an agent that may be stopped for practice, and fires a drill at it. */
import { Button } from '@mantine/core';
import { useState } from 'react';
import type { ReadinessRow } from '../../../shared/stop.ts';
import type { StopLevel } from '../../../shared/domain.ts';
import { go } from '../../app/navigation.ts';
import { inertString } from '../../ui/agent-text.ts';
import { ErrorBlock } from '../../ui/blocks.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { Kbd } from '../../ui/kbd.tsx';
import { Segmented } from '../../ui/segmented.tsx';
import { levelSays, levelWords, stopLevels } from './stop-words.ts';
import { useDrill, useSetCanary } from './use-stop-commands.ts';
import classes from './stop.module.css';

const levels = stopLevels.map((value) => ({ value, label: levelWords[value] }));

/** Whole hours of a year; null: no schedule. `undefined`: not a number of hours. */
export function hoursOf(text: string): number | null | undefined {
  if (text.trim() === '') return null;
  const hours = Number(text);
  return /^\d+$/.test(text.trim()) && hours >= 1 && hours <= 8_760 ? hours : undefined;
}

export function CanaryDialog({ row, onClose }: { row: ReadinessRow; onClose: () => void }) {
  const [level, setLevel] = useState<StopLevel>(row.canary?.level ?? 'cancel');
  const [typed, setTyped] = useState(row.canary === null ? '' : String(row.canary.everyHours ?? ''));
  const set = useSetCanary();
  const hours = hoursOf(typed);
  const save = (): void => {
    if (hours !== undefined && !set.isPending) set.mutate({ agentId: row.agentId, canary: { level, everyHours: hours } }, { onSuccess: onClose });
  };
  const unmark = (): void => { if (!set.isPending) set.mutate({ agentId: row.agentId, canary: null }, { onSuccess: onClose }); };
  return (
    <Dialog title="Canary" subject={inertString(row.agentName, 80)} onClose={onClose} onConfirm={save} width={560}
      foot={<><Button onClick={onClose}>Cancel</Button>{row.canary !== null && <Button disabled={set.isPending} onClick={unmark}>No canary any more</Button>}<Button variant="filled" disabled={hours === undefined || set.isPending} onClick={save} rightSection={<Kbd keys="mod+enter" />}>{row.canary === null ? 'Make it a canary' : 'Save'}</Button></>}>
      <p>A canary may be stopped for practice, at any time. Choose an agent whose work nobody waits for: a drill is a real stop order, and undoes what can be put back when it is over.</p>
      <div className={classes.label}>Level of its drills<Segmented label="Level of its drills" name="canary-level" value={level} options={levels} onChange={setLevel} /><span className={classes.second}>{levelSays[level]}</span></div>
      <label className={classes.label}>Drill every so many hours (empty: only when asked)
        <input className={classes.input} inputMode="numeric" data-autofocus value={typed} aria-invalid={hours === undefined} onChange={(event) => setTyped(event.currentTarget.value)} />
      </label>
      {hours === undefined && <p className={classes.complaint}>A number from 1 to 8,760, or nothing.</p>}
      {set.error !== null && <ErrorBlock error={set.error} what="The canary was not changed." kept="It stands as before." />}
    </Dialog>
  );
}

export function DrillDialog({ row, onClose }: { row: ReadinessRow; onClose: () => void }) {
  const drill = useDrill();
  const level = row.canary?.level ?? 'cancel';
  const act = (): void => {
    if (!drill.isPending) drill.mutate({ agentId: row.agentId, level }, { onSuccess: (order) => { onClose(); go({ screen: 'stop', id: order.id }); } });
  };
  return (
    <Dialog title="Drill now" subject={inertString(row.agentName, 80)} onClose={onClose} onConfirm={act} width={520}
      foot={<><Button onClick={onClose}>Cancel</Button><Button variant="filled" className={classes.stopButton ?? ''} data-autofocus disabled={drill.isPending} onClick={act} rightSection={<Kbd keys="mod+enter" />}>Stop it for practice</Button></>}>
      <p>This is a real stop order at the level {level}: {levelSays[level]}. Work that it has in hand is ended and stays ended. What can be put back is put back when the drill is over.</p>
      {drill.error !== null && <ErrorBlock error={drill.error} what="The drill was not fired." kept="Nothing was sent." />}
    </Dialog>
  );
}
