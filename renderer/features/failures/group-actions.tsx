/** What a person can say of a group: known, not now, over; and each of them taken back. */
import { Button, Menu } from '@mantine/core';
import { IconHandStop } from '@tabler/icons-react';
import { useState } from 'react';
import type { FailureDetail } from '../../../shared/failures.ts';
import { useKeys } from '../../app/keys.ts';
import { openStopChooser, openStopPlan, stopOfAgent } from '../../app/stop-choice.ts';
import { Changes } from '../../ui/changes.tsx';
import { inertString } from '../../ui/agent-text.ts';
import { InertName } from '../../ui/agent-text-view.tsx';
import { ErrorBlock } from '../../ui/blocks.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { formatTime } from '../../ui/format.ts';
import { Kbd } from '../../ui/kbd.tsx';
import { useNow } from '../../ui/now.ts';
import { StateShape } from '../../ui/state-shapes.tsx';
import { Age, Time } from '../../ui/time.tsx';
import { backAfter, lastSaid, plainTitle, snoozeUntil, stateLooks, typedTime, undoOf } from './failure-words.ts';
import type { useSetState } from './use-failure-commands.ts';
import classes from './failures.module.css';

type Saying = ReturnType<typeof useSetState>;

/** How it stands, since when and by whom, with the way back. */
export function StateLine({ group, saying }: { group: FailureDetail; saying: Saying }) {
  const said = lastSaid(group.state, group.history);
  const back = undoOf(group.state, group.history);
  const look = stateLooks[group.state];
  if (group.state === 'new' || group.state === 'back') {
    const over = group.state === 'back' ? backAfter(group.history) : null;
    return <p className={classes.stateLine}><StateShape state={look.state} className={classes.waitShape} /><span>{group.state === 'new' ? 'New: nobody has said anything of it.' : <>Came back{over === null ? '' : <> after <InertName text={over.by} most={60} /> {over.state === 'resolved' ? 'called it resolved' : 'put it off'}, <Time iso={over.at} short /></>}.</>}</span></p>;
  }
  return (
    <p className={classes.stateLine}>
      <StateShape state={look.state} className={classes.quietShape} />
      <span>{look.word}{said !== null && <>, said by <InertName text={said.by} most={60} />, <Age iso={said.at} /> ago</>}{group.state === 'snoozed' && group.snoozedUntil !== null && <>; until <Time iso={group.snoozedUntil} short /></>}.</span>
      {back !== null && <button type="button" className={classes.linkButton} disabled={saying.isPending} onClick={() => saying.mutate({ id: group.id, state: back })}>Undo</button>}
    </p>
  );
}

function SnoozeDialog({ group, saying, onClose }: { group: FailureDetail; saying: Saying; onClose: () => void }) {
  const [text, setText] = useState('');
  const now = useNow();
  const until = typedTime(text, new Date(now));
  const act = (): void => { if (until !== null && !saying.isPending) saying.mutate({ id: group.id, state: 'snoozed', until: until.toISOString() }, { onSuccess: onClose }); };
  return (
    <Dialog
      title="Snooze until" subject={inertString(plainTitle(group), 80)} width={460} onClose={onClose} onConfirm={act} unsaved={text !== ''}
      foot={(leave) => <><Button onClick={leave}>Cancel</Button><Button variant="filled" disabled={until === null || saying.isPending} onClick={act} rightSection={<Kbd keys="mod+enter" />}>{saying.isPending ? 'Snoozing…' : 'Snooze'}</Button></>}
    >
      <label className={classes.label}>Local time
        <input className={classes.input} data-autofocus type="datetime-local" value={text} onChange={(event) => setText(event.currentTarget.value)} />
      </label>
      <p className={classes.hint}>{text !== '' && until === null ? 'That time is over. ' : ''}It leaves the open ones until then and is counted all the while. Then it stands where it stood before.</p>
      {saying.error !== null && <ErrorBlock error={saying.error} what="It was not snoozed." kept="It stands as before." />}
    </Dialog>
  );
}

function SnoozeMenu({ group, saying }: { group: FailureDetail; saying: Saying }) {
  const [open, setOpen] = useState(false);
  const [asking, setAsking] = useState(false);
  useKeys('Failure', [{ keys: 'z', does: 'snooze', changes: true, run: () => setOpen(true) }]);
  const until = (choice: 'tomorrow' | 'week') => (): void => saying.mutate({ id: group.id, state: 'snoozed', until: snoozeUntil(choice, new Date()).toISOString() });
  const now = useNow();
  const words = (choice: 'tomorrow' | 'week'): string => formatTime(snoozeUntil(choice, new Date(now)), { short: true });
  return (
    <>
      <Menu position="top-start" opened={open} onChange={setOpen}>
        <Menu.Target><Button disabled={saying.isPending} rightSection={<Kbd keys="z" />}>Snooze</Button></Menu.Target>
        <Menu.Dropdown>
          <Menu.Item onClick={until('tomorrow')} rightSection={<span className={classes.muted}>{words('tomorrow')}</span>}>Until tomorrow</Menu.Item>
          <Menu.Item onClick={until('week')} rightSection={<span className={classes.muted}>{words('week')}</span>}>Until next week</Menu.Item>
          <Menu.Item onClick={() => setAsking(true)}>Until a time…</Menu.Item>
        </Menu.Dropdown>
      </Menu>
      {asking && <SnoozeDialog group={group} saying={saying} onClose={() => setAsking(false)} />}
    </>
  );
}

export function stopAgents(group: FailureDetail): void {
  const agents = group.agentIds.map((id, index) => ({ id, name: group.agentNames[index] ?? id }));
  const [only] = agents;
  if (agents.length === 1 && only !== undefined) openStopPlan(stopOfAgent(only));
  else openStopChooser(agents);
}

export function GroupActions({ group, saying }: { group: FailureDetail; saying: Saying }) {
  const { state } = group;
  return (
    <div className={classes.actions}>
      <Changes>
        {(state === 'new' || state === 'back') && <Button disabled={saying.isPending} onClick={() => saying.mutate({ id: group.id, state: 'known' })}>Known</Button>}
        {state !== 'snoozed' && state !== 'resolved' && <SnoozeMenu group={group} saying={saying} />}
        {state !== 'resolved' && <Button disabled={saying.isPending} onClick={() => saying.mutate({ id: group.id, state: 'resolved' })}>Resolve</Button>}
        {group.agentIds.length > 0 && <Button className={classes.stop} leftSection={<IconHandStop size={14} stroke={1.75} aria-hidden="true" />} onClick={() => stopAgents(group)}>Stop agent…</Button>}
      </Changes>
    </div>
  );
}
