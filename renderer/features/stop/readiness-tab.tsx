/** Which agent could be stopped at which level: tried and found so, failed, too long ago, never tried, or no lever at all. */
import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useCallback, useMemo, useState } from 'react';
import type { ReadinessCell, ReadinessRow } from '../../../shared/stop.ts';
import { stopQueries } from '../../api/queries.ts';
import { useKeys } from '../../app/keys.ts';
import { go, setParams, usePlace } from '../../app/navigation.ts';
import { stopOfAgent, useStopChoice } from '../../app/stop-choice.ts';
import { Changes } from '../../ui/changes.tsx';
import { inertString } from '../../ui/agent-text.ts';
import { InertName } from '../../ui/agent-text-view.tsx';
import { announce } from '../../ui/announce.ts';
import { Empty, ErrorBlock, FromQuery } from '../../ui/blocks.tsx';
import { Chip, ChoiceChip } from '../../ui/chip.tsx';
import { copyText } from '../../ui/copy-button.tsx';
import { DataTable, useDataTable, type DataColumn, type TableSort } from '../../ui/data-table.tsx';
import { step } from '../../ui/data-table-order.ts';
import { formatCount, plural } from '../../ui/format.ts';
import { Kbd, KeyHints } from '../../ui/kbd.tsx';
import { useClock } from '../../ui/now.ts';
import { Panel } from '../../ui/panel.tsx';
import { SearchField } from '../../ui/search-field.tsx';
import { StateBadge } from '../../ui/state-badge.tsx';
import { Age } from '../../ui/time.tsx';
import { CanaryDialog, DrillDialog } from './canary-dialogs.tsx';
import { cellRank, cellSays, filterReadiness, levelsOf, readinessLooks, readinessStates, unready, type ReadinessFilter } from './readiness-words.ts';
import { levelSays, levelWords } from './stop-words.ts';
import { useCheckRights } from './use-stop-commands.ts';
import classes from './stop.module.css';

function Cell({ cell }: { cell: ReadinessCell }) {
  const says = useClock(useCallback((now: number) => cellSays(cell, now), [cell]));
  return (
    <span className={classes.cell} data-tip={inertString(cell.text, 300)}>
      <StateBadge state={readinessLooks[cell.state].state} word={readinessLooks[cell.state].word} />
      {says !== '' && <span className={`${classes.cellSecond} ${cell.rights === 'missing' && cell.state !== 'none' ? classes.wait : ''}`}>{says}</span>}
    </span>
  );
}

function CanaryCell({ row, onCanary, onDrill }: { row: ReadinessRow; onCanary: (row: ReadinessRow) => void; onDrill: (row: ReadinessRow) => void }) {
  const { canary } = row;
  return (
    <span className={classes.cellButtons}>
      {canary !== null && <span className={classes.canary} data-tip={canary.nextAt === null ? 'drilled on demand only' : `next drill ${new Date(canary.nextAt).toISOString().slice(0, 16).replace('T', ' ')} UTC`}>canary, {canary.level}{canary.everyHours === null ? '' : `, every ${canary.everyHours} h`}</span>}
      <Changes>
        {canary !== null && <Button onClick={() => onDrill(row)}>Drill now…<span className="gh-visually-hidden"> {inertString(row.agentName, 60)}</span></Button>}
        <Button onClick={() => onCanary(row)}>{canary === null ? 'Make canary…' : 'Change…'}<span className="gh-visually-hidden"> {inertString(row.agentName, 60)}</span></Button>
      </Changes>
    </span>
  );
}

const columnsOf = (onCanary: (row: ReadinessRow) => void, onDrill: (row: ReadinessRow) => void): DataColumn<ReadinessRow>[] => [
  { id: 'agent', head: 'Agent', name: 'Agent', min: 170, grow: 1.2, fixed: true, sortBy: (row) => row.agentName, cell: (row) => <span className={classes.cell}><strong className={`${classes.strong} ${classes.cellLine}`}><InertName text={row.agentName} most={60} /></strong><span className={`${classes.second} ${classes.small} ${classes.cellLine}`}>{row.connectionNames.length === 0 ? 'no connection' : <InertName text={row.connectionNames.join(', ')} most={80} />}{row.tags.length > 0 && <>; <InertName text={row.tags.join(', ')} most={60} /></>}</span></span> },
  ...levelsOf.map((level): DataColumn<ReadinessRow> => ({ id: level, head: <span data-tip={levelSays[level]}>{levelWords[level]}</span>, name: levelWords[level], min: 168, grow: 1, sortBy: (row) => cellRank(row[level]), cell: (row) => <Cell cell={row[level]} /> })),
  { id: 'canary', head: 'Canary', name: 'Canary', min: 330, grow: 0.6, sortBy: (row) => (row.canary === null ? null : row.canary.level), cell: (row) => <CanaryCell row={row} onCanary={onCanary} onDrill={onDrill} /> },
];

const hints = [{ keys: ['j', 'k'], does: 'move' }, { keys: ['enter'], does: 'open the agent' }, { keys: ['r'], does: 'check rights', changes: true }, { keys: ['mod+.'], does: 'stop…', changes: true }];

function CheckRights({ rightsAt, check }: { rightsAt: string | null; check: ReturnType<typeof useCheckRights> }) {
  return (
    <span className={classes.barEnd}>
      {check.data !== undefined && <span>{plural(check.data.asked, 'runtime')} asked, {check.data.missing === 0 ? 'no right is missing' : <span className={classes.wait}>{formatCount(check.data.missing)} without the right</span>}.</span>}
      <span>{rightsAt === null ? 'Rights were never checked.' : <>Rights checked <Age iso={rightsAt} /> ago.</>}</span>
      <Changes>
        <Button disabled={check.isPending} onClick={() => check.mutate()} rightSection={<Kbd keys="r" />}>{check.isPending ? 'Checking…' : 'Check rights now'}</Button>
      </Changes>
    </span>
  );
}

function useReadinessFilter(): { filter: ReadinessFilter; sort: TableSort; set: (changes: Readonly<Record<string, string | null>>) => void } {
  const { params } = usePlace();
  const filter = useMemo((): ReadinessFilter => ({ text: params['text'] ?? '', state: readinessStates.find((state) => state === params['state']) ?? null, canary: params['canary'] === '1' }), [params]);
  const [id = 'agent', way] = (params['sort'] ?? 'agent up').split(' ');
  return { filter, sort: { id: ['agent', 'canary', ...levelsOf].includes(id) ? id : 'agent', down: way === 'down' }, set: setParams };
}

function Matrix({ rows, rightsAt }: { rows: readonly ReadinessRow[]; rightsAt: string | null }) {
  const { filter, sort, set } = useReadinessFilter();
  const [focused, setFocused] = useState<string | null>(null);
  const [canary, setCanary] = useState<ReadinessRow | null>(null);
  const [drill, setDrill] = useState<ReadinessRow | null>(null);
  const check = useCheckRights();
  const columns = useMemo(() => columnsOf(setCanary, setDrill), []);
  const shown = useMemo(() => filterReadiness(rows, filter), [rows, filter]);
  const model = useDataTable({ rows: shown, rowId: (row) => row.agentId, columns, hidden: [], sort, scope: JSON.stringify(filter) });
  const move = (by: number) => (): void => setFocused(step(model.order, focused, by));
  const open = (id: string): void => go({ screen: 'agent', id });
  const clear = (): void => set({ text: null, state: null, canary: null });
  const filtered = filter.text !== '' || filter.state !== null || filter.canary;
  useStopChoice(() => { const row = rows.find((one) => one.agentId === focused); return row === undefined ? null : { kind: 'one', ask: stopOfAgent({ id: row.agentId, name: row.agentName }) }; });
  useKeys('Readiness', [
    { keys: 'j', does: 'next agent', run: move(1) }, { keys: 'k', does: 'agent before', run: move(-1) }, { keys: 'arrowdown', does: '', run: move(1) }, { keys: 'arrowup', does: '', run: move(-1) },
    { keys: 'enter', does: 'open the agent', run: () => { if (focused !== null) open(focused); } },
    { keys: 'r', does: 'check rights now', changes: true, run: () => { if (!check.isPending) check.mutate(); } },
    { keys: 'c', does: 'copy identifier', run: () => { if (focused !== null) void copyText(focused).then((done) => announce(done ? 'Identifier copied' : 'Not copied: the system refused the clipboard')); } },
    { keys: '.', does: 'sort new ones in', run: model.release }, { keys: 'escape', does: 'clear the filter', run: () => { if (filtered) clear(); } },
  ]);
  if (rows.length === 0) return <Panel flush title="Readiness"><Empty title="Which agent can be stopped will stand here" why="No agent is known yet." action={<Button onClick={() => go({ screen: 'connections', params: { add: '1' } })}>Add a connection</Button>} /></Panel>;
  const without = unready(rows);
  return (
    <>
      <div className={classes.bar}>
        <SearchField value={filter.text} onChange={(text) => set({ text: text === '' ? null : text })} placeholder="Agent, connection, tag" label="Filter agents" />
        <ChoiceChip label="Any level is" value={filter.state} options={readinessStates.map((value) => ({ value, label: readinessLooks[value].word }))} onChange={(state) => set({ state })} />
        <Chip label="Canaries" on={filter.canary} onToggle={() => set({ canary: filter.canary ? null : '1' })} />
        <CheckRights rightsAt={rightsAt} check={check} />
      </div>
      {check.error !== null && <ErrorBlock error={check.error} what="The rights were not checked." kept="What was known before stands, with its age." />}
      <div className={classes.endedPanel}>
        <DataTable
          label="Readiness" model={model} sort={sort} onSort={(next) => set({ sort: `${next.id} ${next.down ? 'down' : 'up'}` })} selectable={false} focused={focused} onFocus={setFocused} onOpen={open} rowHeight={42}
          rowName={(row) => `${inertString(row.agentName, 60)}, ${levelsOf.map((level) => `${level} ${readinessLooks[row[level].state].word.toLowerCase()}`).join(', ')}`}
          empty={<Empty title={`No agent of ${plural(rows.length, 'agent')} fits this filter`} why="Text, state or canary." action={<Button onClick={clear} rightSection={<Kbd keys="escape" />}>Clear the filter</Button>} />}
        />
      </div>
      <div className={classes.under}><span>{formatCount(model.order.length)} of {plural(rows.length, 'agent')} shown. {without === 0 ? 'Every agent has a level that is ready.' : `${plural(without, 'agent')} without any level that is ready.`}</span><KeyHints hints={hints} /></div>
      {canary !== null && <CanaryDialog row={canary} onClose={() => setCanary(null)} />}
      {drill !== null && <DrillDialog row={drill} onClose={() => setDrill(null)} />}
    </>
  );
}

export function ReadinessTab() {
  const query = useQuery(stopQueries.readiness());
  return <FromQuery query={query} what="Reading readiness" failed="Readiness could not be read." height={42}>{(data) => <Matrix rows={data.rows} rightsAt={data.rightsAt} />}</FromQuery>;
}
