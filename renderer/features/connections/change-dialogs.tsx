/** Dialogs that change one connection. Each says what will happen, with figures, before it happens. */
import { Button } from '@mantine/core';
import { useState } from 'react';
import type { Connection, ContentLevel } from '../../../shared/domain.ts';
import { ErrorBlock } from '../../ui/blocks.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { formatCount, plural } from '../../ui/format.ts';
import { Kbd } from '../../ui/kbd.tsx';
import { ContentChoice, contentWords } from '../../ui/content-choice.tsx';
import { FirstDataList, useFirstData } from './first-data.tsx';
import { SetUpTexts } from './set-up-texts.tsx';
import { useRemoveConnection, useRotateToken, useUpdateConnection } from './use-connection-commands.ts';
import classes from './change-dialogs.module.css';

interface ChangeProps { connection: Connection; onClose: () => void }

export function RenameDialog({ connection, onClose }: ChangeProps) {
  const [name, setName] = useState(connection.name);
  const update = useUpdateConnection();
  const trimmed = name.trim();
  const changed = trimmed !== '' && trimmed !== connection.name;
  const save = (): void => {
    if (changed && !update.isPending) update.mutate({ id: connection.id, name: trimmed }, { onSuccess: onClose });
  };
  return (
    <Dialog title="Rename" subject={connection.name} onClose={onClose} onConfirm={save} unsaved={changed}
      foot={<><Button onClick={onClose}>Cancel</Button><Button variant="filled" disabled={!changed || update.isPending} onClick={save} rightSection={<Kbd keys="mod+enter" />}>Rename</Button></>}>
      <form onSubmit={(event) => { event.preventDefault(); save(); }}>
        <label className={classes.label}>Name<input className={classes.input} data-autofocus value={name} maxLength={80} onChange={(event) => setName(event.currentTarget.value)} /></label>
      </form>
      <p className={classes.muted}>{connection.runtime === null ? 'History, token and address stay.' : 'History, address and credential stay.'}</p>
      {update.error !== null && <ErrorBlock error={update.error} what="The name was not changed." kept="The old name stands." />}
    </Dialog>
  );
}

function contentEffect(from: ContentLevel, to: ContentLevel): string {
  const order: ContentLevel[] = ['none', 'redacted', 'full'];
  if (from === to) return 'This is what is kept now.';
  return order.indexOf(to) > order.indexOf(from)
    ? 'From now on more is kept. What came before stays as it was: it cannot be filled in.'
    : 'From now on less is kept. What was kept before stays until it is removed or retention reaches it.';
}

export function ContentDialog({ connection, onClose }: ChangeProps) {
  const [content, setContent] = useState<ContentLevel>(connection.content);
  const update = useUpdateConnection();
  const changed = content !== connection.content;
  const save = (): void => {
    if (changed && !update.isPending) update.mutate({ id: connection.id, content }, { onSuccess: onClose });
  };
  return (
    <Dialog title="Content" subject={connection.name} onClose={onClose} onConfirm={save}
      foot={<><Button onClick={onClose}>Cancel</Button><Button variant="filled" disabled={!changed || update.isPending} onClick={save} rightSection={<Kbd keys="mod+enter" />}>{changed ? `Keep ${contentWords[content].word.toLowerCase()}` : 'No change'}</Button></>}>
      <ContentChoice value={content} onChange={setContent} name="content-change" />
      <p>{contentEffect(connection.content, content)}</p>
      {update.error !== null && <ErrorBlock error={update.error} what="The content level was not changed." kept={`It is still “${contentWords[connection.content].word.toLowerCase()}”.`} />}
    </Dialog>
  );
}

export function EnableDialog({ connection, onClose }: ChangeProps) {
  const update = useUpdateConnection();
  const act = (): void => {
    if (!update.isPending) update.mutate({ id: connection.id, enabled: !connection.enabled }, { onSuccess: onClose });
  };
  const verb = connection.enabled ? 'Switch off' : 'Switch on';
  return (
    <Dialog title={verb} subject={connection.name} onClose={onClose} onConfirm={act}
      foot={<><Button onClick={onClose}>Cancel</Button><Button variant="filled" disabled={update.isPending} onClick={act} data-autofocus rightSection={<Kbd keys="mod+enter" />}>{verb}</Button></>}>
      {connection.runtime !== null
        ? <p>{connection.enabled ? 'The runtime is not asked any more, and its agents are shown as not seen. They keep working, and nobody is told of their approvals. History stays.' : 'The runtime is asked again from now on, as far back as it remembers. What it does not remember stays a gap.'}</p>
        : connection.enabled
        ? <p>What its senders send is refused from now on, and their agents are shown as not seen. They keep working: this way in can only watch. History stays.</p>
        : <p>Its senders are let in again with the same token. The time while it was off stays a gap.</p>}
      {update.error !== null && <ErrorBlock error={update.error} what="Nothing was switched." kept="The connection stands as before." />}
    </Dialog>
  );
}

export function RotateDialog({ connection, onClose }: ChangeProps) {
  const rotate = useRotateToken();
  const { steps } = useFirstData(connection);
  const act = (): void => {
    if (!rotate.isPending && rotate.data === undefined) rotate.mutate({ id: connection.id });
  };
  if (rotate.data !== undefined) {
    return (
      <Dialog title="New token" subject={connection.name} onClose={onClose} width={760} foot={<><span /><Button variant="filled" onClick={onClose}>Close</Button></>}>
        <p>The old token is refused from now on. Set the new one where the agents run:</p>
        <SetUpTexts snippets={rotate.data.snippets} token={rotate.data.token} />
        <FirstDataList steps={steps.filter((step) => step.id === 'receiver')} />
      </Dialog>
    );
  }
  return (
    <Dialog title="Make a new token" subject={connection.name} onClose={onClose} onConfirm={act}
      foot={<><Button onClick={onClose}>Cancel</Button><Button variant="filled" disabled={rotate.isPending} onClick={act} data-autofocus rightSection={<Kbd keys="mod+enter" />}>Make a new token</Button></>}>
      <p>The token that ends …{connection.tokenEnds} is refused at once. {connection.agents > 0 ? `${plural(connection.agents, 'agent')} will not be seen until the new one is set where they run; they keep working.` : 'No agent has used it yet.'}</p>
      <p className={classes.muted}>A lost token cannot be shown again, only its hash is stored: this is also the way to get the set-up texts a second time.</p>
      {rotate.error !== null && <ErrorBlock error={rotate.error} what="No new token was made." kept="The old one is still good." />}
    </Dialog>
  );
}

export function RemoveDialog({ connection, onClose, onRemoved }: ChangeProps & { onRemoved: () => void }) {
  const [history, setHistory] = useState<'keep' | 'delete'>('keep');
  const [typed, setTyped] = useState('');
  const remove = useRemoveConnection();
  const confirmed = typed.trim() === connection.name.trim();
  const act = (): void => {
    if (confirmed && !remove.isPending) remove.mutate({ id: connection.id, history }, { onSuccess: onRemoved });
  };
  const counts = `${plural(connection.activities, 'activity', 'activities')} of ${plural(connection.agents, 'agent')}`;
  return (
    <Dialog title="Remove connection" subject={connection.name} onClose={onClose} onConfirm={act} unsaved={typed !== '' && !confirmed}
      foot={<><Button onClick={onClose}>Cancel</Button><Button variant="filled" disabled={!confirmed || remove.isPending} onClick={act} rightSection={<Kbd keys="mod+enter" />}>{history === 'delete' ? `Remove, delete ${formatCount(connection.activities)} activities` : 'Remove, keep history'}</Button></>}>
      <p>{connection.runtime === null ? 'Its token is refused at once.' : 'The runtime is not asked any more, its credential is forgotten, and what waits there for a person is not shown here.'} The agents keep working, unseen.</p>
      <fieldset className={classes.choice}>
        <legend className="gh-visually-hidden">History</legend>
        <label className={classes.option}><input type="radio" name="history" checked={history === 'keep'} onChange={() => setHistory('keep')} /><span><strong>Keep history</strong><br />{counts} stay, under the name of a removed connection.</span></label>
        <label className={classes.option}><input type="radio" name="history" checked={history === 'delete'} onChange={() => setHistory('delete')} /><span><strong>Delete history</strong><br />{counts} are deleted from this machine. They cannot be brought back.</span></label>
      </fieldset>
      <label className={classes.label}>Type the name “{connection.name}” to confirm
        <input className={classes.input} value={typed} onChange={(event) => setTyped(event.currentTarget.value)} autoComplete="off" spellCheck={false} />
      </label>
      {remove.error !== null && <ErrorBlock error={remove.error} what="The connection was not removed." kept="It stands as before, with its history." />}
    </Dialog>
  );
}
