/** Where alerts are delivered, whether it works, and what waits. */
import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { AlertTarget } from '../../../shared/alerts.ts';
import { alertQueries } from '../../api/queries.ts';
import { useKeys } from '../../app/keys.ts';
import { go, placeNow, setParams, usePlace } from '../../app/navigation.ts';
import { detailStored } from '../../app/sidebar-state.ts';
import { inertString } from '../../ui/agent-text.ts';
import { InertName } from '../../ui/agent-text-view.tsx';
import { Empty, FromQuery } from '../../ui/blocks.tsx';
import { Changes } from '../../ui/changes.tsx';
import { DataTable, useDataTable, type DataColumn, type TableSort } from '../../ui/data-table.tsx';
import { step } from '../../ui/data-table-order.ts';
import { formatCount } from '../../ui/format.ts';
import { Kbd, KeyHints } from '../../ui/kbd.tsx';
import { StateBadge } from '../../ui/state-badge.tsx';
import { Age } from '../../ui/time.tsx';
import { quietWords, targetKindWords, targetLook, whereWords } from './alert-words.ts';
import { TargetDialog } from './target-dialog.tsx';
import { TargetPane } from './target-pane.tsx';
import { useTestTarget } from './use-alert-commands.ts';
import classes from './alerts.module.css';

const count = (value: number) => (value === 0 ? <span className={classes.zero}>0</span> : formatCount(value));

const columns: readonly DataColumn<AlertTarget>[] = [
  { id: 'state', head: 'State', name: 'State', min: 128, grow: 0, sortBy: (target) => targetLook(target).rank, cell: (target) => <StateBadge state={targetLook(target).state} word={targetLook(target).word} /> },
  { id: 'target', head: 'Target, where to', name: 'Target', min: 180, grow: 3, fixed: true, sortBy: (target) => target.name, cell: (target) => <span className={classes.two}><strong className={classes.titleOpen}><InertName text={target.name} most={80} /></strong><span className={classes.where}>{targetKindWords[target.config.kind]}; {target.failing === null ? <InertName text={whereWords(target.config)} most={160} /> : <>since <Age iso={target.failing.since} />: <InertName text={target.failing.text} most={160} /></>}</span></span> },
  { id: 'waiting', head: 'Waiting', name: 'Waiting', min: 58, grow: 0, end: true, first: 'down', sortBy: (target) => target.waiting, cell: (target) => count(target.waiting) },
  { id: 'failed', head: 'Given up', name: 'Given up', min: 62, grow: 0, end: true, first: 'down', sortBy: (target) => target.failed, cell: (target) => count(target.failed) },
  { id: 'last', head: 'Last sent', name: 'Last sent', min: 64, grow: 0, end: true, first: 'down', sortBy: (target) => (target.lastSentAt === null ? null : Date.parse(target.lastSentAt)), cell: (target) => (target.lastSentAt === null ? <span className={classes.zero}>never</span> : <Age iso={target.lastSentAt} />) },
  { id: 'quiet', head: 'Quiet hours', name: 'Quiet hours', min: 104, grow: 0, cell: (target) => (target.quiet === null ? <span className={classes.zero}>none</span> : <span data-tip={quietWords(target.quiet)}>{target.quiet.from} to {target.quiet.to}</span>) },
];

function Targets({ rows, id, onEdit, onAdd }: { rows: readonly AlertTarget[]; id: string | null; onEdit: (target: AlertTarget) => void; onAdd: () => void }) {
  const [sort, setSort] = useState<TableSort>({ id: 'state', down: false });
  const detailShown = detailStored.use();
  const testing = useTestTarget();
  const model = useDataTable({ rows, rowId: (target) => target.id, columns, hidden: [], sort, scope: String(rows.length) });
  const chosen = model.rows.find((target) => target.id === id) ?? model.rows[0];
  const choose = (next: string | null): void => { if (next !== null) go({ screen: 'alerts', id: next, params: { tab: 'targets' } }, { replace: true }); };
  const move = (by: number) => (): void => choose(step(model.order, chosen?.id ?? null, by));
  const test = (): void => { if (chosen !== undefined && !testing.isPending) testing.mutate({ id: chosen.id }); };
  useKeys('Alert targets: table', [
    { keys: 'j', does: 'next target', run: move(1) }, { keys: 'k', does: 'target before', run: move(-1) }, { keys: 'arrowdown', does: '', run: move(1) }, { keys: 'arrowup', does: '', run: move(-1) },
    { keys: '.', does: 'sort anew', run: model.release },
    { keys: 'enter', does: 'change the target', changes: true, run: () => { if (chosen !== undefined) onEdit(chosen); } }, { keys: 't', does: 'send a test message', changes: true, run: test },
  ]);
  return (
    <div className={classes.panes}>
      <div className={classes.left}>
        <h2 className="gh-visually-hidden">Targets</h2>
        <div className={classes.table}>
          <DataTable label="Alert targets" model={model} sort={sort} onSort={setSort} selectable={false} focused={chosen?.id ?? null} onFocus={choose} onOpen={(open) => { const target = rows.find((one) => one.id === open); if (target !== undefined) onEdit(target); }} rowHeight={42} rowName={(target) => `${inertString(target.name, 80)}, ${targetKindWords[target.config.kind]}, ${targetLook(target).word}, ${target.waiting} waiting`}
            empty={<Empty title="Where alerts are delivered will stand here" why="There is no target: alerts stand in the inbox only, and nobody is told who does not look." action={<Changes><Button onClick={onAdd}>Add a target…</Button></Changes>} />} />
        </div>
      </div>
      {detailShown && chosen !== undefined && <aside className={classes.right} aria-label="Target" data-region tabIndex={-1}><TargetPane key={chosen.id} target={chosen} testing={testing} onEdit={() => onEdit(chosen)} onTest={test} /></aside>}
    </div>
  );
}

export function TargetsTab({ id }: { id: string | null }) {
  const { params } = usePlace();
  const query = useQuery(alertQueries.targets());
  const [editing, setEditing] = useState<AlertTarget | 'new' | null>(params['add'] === undefined ? null : 'new');
  const add = (): void => setEditing('new');
  useKeys('Alert targets', [{ keys: 'n', does: 'add a target', changes: true, run: add }]);
  const close = (): void => {
    setEditing(null);
    if (placeNow().params['add'] !== undefined) setParams({ add: null });
  };
  return (
    <FromQuery query={query} what="Reading alert targets" failed="The targets could not be read." height={42}>
      {({ rows }) => (
        <>
          <div className={classes.bar}><span className={classes.muted}>Each is told in order, and again until it took it or a day has passed. What is sent twice carries the same identifier.</span><span className={classes.barEnd}><Changes><Button onClick={add} rightSection={<Kbd keys="n" />}>Add target…</Button></Changes></span></div>
          <Targets rows={rows} id={id} onEdit={setEditing} onAdd={add} />
          <div className={classes.under}><KeyHints hints={[{ keys: ['j', 'k'], does: 'move' }, { keys: ['enter'], does: 'change', changes: true }, { keys: ['t'], does: 'send test', changes: true }, { keys: ['n'], does: 'add a target', changes: true }]} /></div>
          {editing !== null && <TargetDialog target={editing === 'new' ? null : editing} onClose={close} onSaved={(target) => go({ screen: 'alerts', id: target.id, params: { tab: 'targets' } }, { replace: true })} />}
        </>
      )}
    </FromQuery>
  );
}
