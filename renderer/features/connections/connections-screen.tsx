import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { IconPlus } from '@tabler/icons-react';
import { useState } from 'react';
import type { Result } from '../../../shared/contract.ts';
import type { Connection } from '../../../shared/domain.ts';
import { useEngineState } from '../../api/client.ts';
import { connectionQueries, systemQueries } from '../../api/queries.ts';
import { useKeys } from '../../app/keys.ts';
import { go, setParams, usePlace } from '../../app/navigation.ts';
import type { ScreenProps } from '../../app/routes.tsx';
import { ScreenHead } from '../../app/screen-head.tsx';
import { stopOfConnection, useStopChoice } from '../../app/stop-choice.ts';
import { detailStored } from '../../app/sidebar-state.ts';
import { Changes } from '../../ui/changes.tsx';
import { Empty, FromQuery } from '../../ui/blocks.tsx';
import { copyText } from '../../ui/copy-button.tsx';
import { plural } from '../../ui/format.ts';
import { Kbd, KeyHints } from '../../ui/kbd.tsx';
import { SearchField } from '../../ui/search-field.tsx';
import { StateShape } from '../../ui/state-shapes.tsx';
import { AddConnection } from './add-connection.tsx';
import { ContentDialog, EnableDialog, RemoveDialog, RenameDialog, RotateDialog } from './change-dialogs.tsx';
import { ConnectionDetail } from './connection-detail.tsx';
import { inOrder, matching, troubleWords } from './connection-health.ts';
import { isAddKind } from './kind-words.ts';
import { ConnectionsTable } from './connections-table.tsx';
import type { Change } from './detail-parts.tsx';
import { AddressDialog, ConsentDialog, CredentialDialog, RemoveStopCredentialDialog, StopCredentialDialog, TestDialog } from './runtime-dialogs.tsx';
import { StrangersPanel } from './strangers-panel.tsx';
import classes from './connections.module.css';

const hints = [
  { keys: ['j', 'k'], does: 'move' }, { keys: ['enter'], does: 'open' }, { keys: ['a'], does: 'add', changes: true }, { keys: ['c'], does: 'copy identifier' }, { keys: ['mod+\\'], does: 'detail pane' },
];

const dialogs = { rename: RenameDialog, content: ContentDialog, enable: EnableDialog, rotate: RotateDialog, test: TestDialog, credential: CredentialDialog, 'stop-credential': StopCredentialDialog, 'stop-credential-remove': RemoveStopCredentialDialog, address: AddressDialog, consent: ConsentDialog } as const;

function ChangeDialog({ change, connection, onClose }: { change: Change; connection: Connection; onClose: () => void }) {
  if (change === 'remove') return <RemoveDialog connection={connection} onClose={onClose} onRemoved={() => { onClose(); go({ screen: 'connections' }); }} />;
  const Chosen = dialogs[change];
  return <Chosen connection={connection} onClose={onClose} />;
}

const contextOf = (rows: readonly Connection[]): string => [plural(rows.length, 'connection'), ...troubleWords(rows)].join(', ');

function Receiver() {
  const { data: status } = useQuery(systemQueries.status());
  const engine = useEngineState();
  if (engine.state !== 'ready') return <span className={classes.receiver}><StateShape state="not_seen" className={classes.muted} />Receiver not seen: the engine is away</span>;
  if (status === undefined) return null;
  const { receiver } = status;
  const good = receiver.state === 'listening' && receiver.message === null;
  return (
    <span className={classes.receiver}>
      <StateShape state={receiver.state !== 'listening' ? 'broken' : good ? 'healthy' : 'attention'} className={receiver.state !== 'listening' ? classes.stop : good ? classes.ok : classes.wait} />
      {receiver.state === 'listening' ? `Receiver at ${receiver.host}:${receiver.port ?? '?'}` : 'Receiver not listening'}{receiver.message === null ? '' : `. ${receiver.message}`}
    </span>
  );
}

interface ListProps { data: Result<'connections.list'>; chosenId: string | null; onAdd: () => void; onChange: (change: Change) => void }

function ConnectionsList({ data, chosenId, onAdd, onChange }: ListProps) {
  const [text, setText] = useState('');
  const [walkedId, setWalkedId] = useState<string | null>(null);
  const detailShown = detailStored.use();
  const rows = matching(inOrder(data.rows), text);
  const chosen = data.rows.find((row) => row.id === chosenId) ?? null;
  const activeId = rows.find((row) => row.id === (walkedId ?? chosenId))?.id ?? rows[0]?.id ?? null;
  const toStop = chosen ?? data.rows.find((row) => row.id === walkedId) ?? null;
  useStopChoice(() => (toStop === null ? null : { kind: 'one', ask: stopOfConnection(toStop) }));
  const choose = (id: string): void => {
    setWalkedId(id);
    go({ screen: 'connections', id });
  };
  const walk = (step: 1 | -1): void => {
    const at = rows.findIndex((row) => row.id === activeId);
    const next = rows[Math.max(0, Math.min(rows.length - 1, at + step))];
    if (next === undefined) return;
    setWalkedId(next.id);
    if (chosen !== null) go({ screen: 'connections', id: next.id });
  };
  useKeys('Connections', [
    { keys: 'j', does: 'next connection', run: () => walk(1) }, { keys: 'arrowdown', does: 'next connection', run: () => walk(1) },
    { keys: 'k', does: 'connection before', run: () => walk(-1) }, { keys: 'arrowup', does: 'connection before', run: () => walk(-1) },
    { keys: 'enter', does: 'open', run: () => { if (activeId !== null) choose(activeId); } },
    { keys: 'a', does: 'add connection', changes: true, run: onAdd },
    { keys: 'c', does: 'copy identifier', run: () => { if (activeId !== null) void copyText(activeId); } },
    { keys: 'escape', does: 'close the detail, then clear the filter', run: () => { if (chosen === null) setText(''); else go({ screen: 'connections' }); } },
  ]);
  return (
    <>
      <div className={classes.bar}>
        <SearchField value={text} onChange={setText} placeholder="Name, health, identifier" label="Filter connections" />
        <Receiver />
        <Changes>
          <Button variant="filled" className={classes.add} leftSection={<IconPlus size={14} stroke={1.75} aria-hidden="true" />} rightSection={<Kbd keys="a" />} onClick={onAdd}>Add connection</Button>
        </Changes>
      </div>
      <div className={classes.panes}>
        <div className={classes.left}>
          <div className={classes.frame}>
            {data.rows.length === 0
              ? <Empty title="Connections will stand here" why="Nothing is connected yet. A connection is a token for senders of OpenTelemetry, or the address of a runtime that Gatehouse asks. Reading rights are enough." action={<Changes><Button variant="filled" onClick={onAdd}>Add connection</Button></Changes>} />
              : rows.length === 0
                ? <Empty title={`No connection matches “${text}”`} why={`${plural(data.rows.length, 'connection')} are hidden by this filter.`} action={<Button onClick={() => setText('')}>Clear the filter</Button>} />
                : <ConnectionsTable rows={rows} chosenId={chosen?.id ?? null} activeId={activeId} onChoose={choose} />}
          </div>
          {data.strangers.length > 0 && <StrangersPanel strangers={data.strangers} />}
          {data.rows.length > 0 && <div className={classes.under}><span>{rows.length} of {plural(data.rows.length, 'connection')} shown.</span><KeyHints hints={hints} /></div>}
        </div>
        {chosen !== null && detailShown && <aside className={classes.right2} aria-label={`Connection ${chosen.name}`} data-region tabIndex={-1}><ConnectionDetail connection={chosen} onChange={onChange} onClose={() => go({ screen: 'connections' })} /></aside>}
      </div>
    </>
  );
}

export default function ConnectionsScreen({ id }: ScreenProps) {
  const list = useQuery(connectionQueries.list());
  const asked = usePlace().params['add'];
  const [change, setChange] = useState<Change | null>(null);
  const [addedId, setAddedId] = useState<string | null>(null);
  const chosen = list.data?.rows.find((row) => row.id === id) ?? null;
  const closeAdding = (): void => {
    if (addedId === null) setParams({ add: null });
    else go({ screen: 'connections', id: addedId });
    setAddedId(null);
  };
  return (
    <>
      <ScreenHead title="Connections" context={list.data === undefined ? undefined : contextOf(list.data.rows)} />
      <FromQuery query={list} what="Reading connections" failed="The connections could not be read.">
        {(data) => <ConnectionsList data={data} chosenId={id} onAdd={() => setParams({ add: '1' })} onChange={setChange} />}
      </FromQuery>
      {asked !== undefined && <AddConnection asked={isAddKind(asked) ? asked : null} onClose={closeAdding} onAdded={setAddedId} />}
      {change !== null && chosen !== null && <ChangeDialog change={change} connection={chosen} onClose={() => setChange(null)} />}
    </>
  );
}
