/** Cost per finished task by agent, owner, model, task kind, version or connection; every row opens what stands behind it. */
import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import type { CostGroup, CostRow, CostSummary } from '../../../shared/cost.ts';
import { connectionQueries, costQueries } from '../../api/queries.ts';
import { useKeys } from '../../app/keys.ts';
import { go, setParams, usePlace } from '../../app/navigation.ts';
import { useAskedPeriod } from '../../app/period.ts';
import { stopOfAgent, useStopChoice } from '../../app/stop-choice.ts';
import { oneOf, stored } from '../../app/stored.ts';
import { inertString } from '../../ui/agent-text.ts';
import { announce } from '../../ui/announce.ts';
import { Empty, ErrorBlock, Loading } from '../../ui/blocks.tsx';
import { Changes } from '../../ui/changes.tsx';
import { ChoiceChip } from '../../ui/chip.tsx';
import { copyText } from '../../ui/copy-button.tsx';
import { DataTable, useDataTable, type TableSort } from '../../ui/data-table.tsx';
import { step } from '../../ui/data-table-order.ts';
import { formatCount, formatMoney } from '../../ui/format.ts';
import { Kbd, KeyHints } from '../../ui/kbd.tsx';
import { SearchField } from '../../ui/search-field.tsx';
import { Segmented } from '../../ui/segmented.tsx';
import { allRow, costColumns } from './cost-columns.tsx';
import { barScale, firstDown, groups, groupWords, nextSort, rowAsText, rowName, sortWords, sorts, type CostSort } from './cost-model.ts';
import { openBehind } from './behind.ts';
import { RowDialog } from './row-dialog.tsx';
import classes from './cost.module.css';

const isSort = (value: unknown): value is TableSort => typeof value === 'object' && value !== null && 'id' in value && sorts.some((one) => one === value.id) && 'down' in value && typeof value.down === 'boolean';
export const costSortStored = stored<TableSort>('cost.sort', isSort, { id: 'spend', down: true });
const groupStored = stored<CostGroup>('cost.group', oneOf(groups), 'agent');
const sortOf = (sort: TableSort): CostSort => sorts.find((one) => one === sort.id) ?? 'spend';
const most = 500;

function Bar({ by, text, connectionId }: { by: CostGroup; text: string; connectionId: string | null }) {
  const connections = useQuery(connectionQueries.list());
  const options = (connections.data?.rows ?? []).map((one) => ({ value: one.id, label: inertString(one.name, 40) }));
  return (
    <div className={classes.bar}>
      <Segmented label="Group by" name="cost-group" value={by} options={groups.map((value) => ({ value, label: groupWords[value].by }))} onChange={(value) => { groupStored.set(value); setParams({ row: null }); }} />
      <ChoiceChip label="Connection" value={connectionId} options={options} onChange={(connection) => setParams({ connection })} />
      <span className={classes.barEnd}><SearchField value={text} onChange={(next) => setParams({ q: next === '' ? null : next.slice(0, 200) })} placeholder={`Filter ${groupWords[by].many}`} label={`Filter ${groupWords[by].many}`} width={180} /></span>
    </div>
  );
}

interface RowsProps { rows: readonly CostRow[]; all: CostRow; total: number; by: CostGroup; currency: string; filtered: boolean; stale: boolean }

function Rows({ rows, all, total, by, currency, filtered, stale }: RowsProps) {
  const { params } = usePlace();
  const sort = costSortStored.use();
  const scale = useMemo(() => barScale(rows), [rows]);
  const columns = useMemo(() => costColumns(by, currency, scale), [by, currency, scale]);
  const model = useDataTable({ rows, rowId: (row) => row.id, columns, hidden: [], sort, scope: `${by} ${params['q'] ?? ''} ${params['connection'] ?? ''} ${String(stale)}` });
  const chosen = model.rows.find((row) => row.id === params['row']) ?? model.rows[0];
  const choose = (id: string | null): void => setParams({ row: id });
  const move = (by_: number) => (): void => choose(step(model.order, chosen?.id ?? null, by_));
  const open = (id: string): void => setParams({ row: id, open: '1' });
  const clear = (): void => setParams({ q: null, connection: null });
  useStopChoice(() => (chosen === undefined || chosen.agentId === null ? null : { kind: 'one', ask: stopOfAgent({ id: chosen.agentId, name: chosen.name }) }));
  useKeys('Cost by group', [
    { keys: 'j', does: 'next row', run: move(1) }, { keys: 'k', does: 'row before', run: move(-1) }, { keys: 'arrowdown', does: '', run: move(1) }, { keys: 'arrowup', does: '', run: move(-1) },
    { keys: 'enter', does: 'the figure over time, and how it is known', run: () => { if (chosen !== undefined) open(chosen.id); } },
    { keys: 'o', does: 'open the rows behind it', run: () => { if (chosen !== undefined) openBehind(chosen, by); } },
    { keys: 's', does: 'sort by the next column', run: () => { const next = nextSort(sortOf(sort)); costSortStored.set({ id: next, down: firstDown(next) }); announce(`Sorted by ${sortWords[next]}`); } },
    { keys: 'shift+s', does: 'turn the order around', run: () => costSortStored.set({ ...sort, down: !sort.down }) },
    { keys: 'b', does: 'group by the next', run: () => groupStored.set(groups[(groups.indexOf(by) + 1) % groups.length] ?? 'agent') },
    { keys: 'c', does: 'copy the figures of the row', run: () => { if (chosen !== undefined) void copyText(rowAsText(chosen, by)).then((done) => announce(done ? 'Figures copied' : 'Not copied: the system refused the clipboard')); } },
    { keys: '.', does: 'sort new ones in', run: model.release },
    { keys: 'escape', does: 'clear the filter', run: clear },
  ]);
  const nothingConnected = useQuery(connectionQueries.list()).data?.rows.length === 0;
  const empty = filtered
    ? <Empty title={`No ${groupWords[by].one.toLowerCase()} fits this filter`} why="A text or a connection is chosen." action={<Button onClick={clear} rightSection={<Kbd keys="escape" />}>Clear the filter</Button>} />
    : <Empty title={`Cost per finished task, ${groupWords[by].by.toLowerCase()}, will stand here`} why={nothingConnected ? 'Nothing is connected yet. Reading rights are enough.' : 'No task was seen in this period. A longer one is chosen at the top right.'} action={nothingConnected ? <Changes><Button onClick={() => go({ screen: 'connections', params: { add: '1' } })}>Add a connection</Button></Changes> : undefined} />;
  return (
    <>
      <div className={classes.table}>
        {model.waiting > 0 && <button type="button" className={classes.fresh} onClick={model.release}>{formatCount(model.waiting)} new, press <Kbd keys="." /></button>}
        <DataTable
          label={`Cost ${groupWords[by].by.toLowerCase()}`} model={model} sort={sort} onSort={costSortStored.set} selectable={false} focused={chosen?.id ?? null} onFocus={choose} onOpen={open} rowHeight={28} empty={empty}
          rowName={(row) => `${inertString(rowName(row, by), 60)}, ${row.perTaskMicros === null ? 'no figure per task' : `${formatMoney(row.perTaskMicros)} ${currency} per finished task`}`}
          last={{ row: { ...all, id: allRow, agentId: null, name: `All ${formatCount(total)} ${groupWords[by].many}` }, name: `All ${formatCount(total)} ${groupWords[by].many}` }}
        />
      </div>
      {total > 0 && (
        <div className={classes.under}>
          <span>{formatCount(rows.length)} of {formatCount(total)} {groupWords[by].many} shown.{by === 'model' && ' A task stands whole with the model that most of its money went to.'}</span>
          <KeyHints hints={[{ keys: ['j', 'k'], does: 'move' }, { keys: ['enter'], does: 'over time' }, { keys: ['o'], does: 'rows behind it' }, { keys: ['s'], does: 'sort' }, { keys: ['b'], does: 'group' }, { keys: ['c'], does: 'copy' }]} />
        </div>
      )}
      {params['open'] === '1' && chosen !== undefined && <RowDialog row={chosen} by={by} onClose={() => setParams({ open: null })} />}
    </>
  );
}

export function CostTable({ summary }: { summary: CostSummary | undefined }) {
  const { params } = usePlace();
  const by = groupStored.use();
  const sort = costSortStored.use();
  const text = (params['q'] ?? '').trim();
  const connectionId = params['connection'] ?? null;
  const query = useQuery(costQueries.rows(useAskedPeriod(), { by, limit: most, sort: sortOf(sort), descending: sort.down, ...(text === '' ? {} : { text }), ...(connectionId === null ? {} : { connectionId }) }));
  const data = query.data;
  return (
    <>
      <Bar by={by} text={params['q'] ?? ''} connectionId={connectionId} />
      {query.error !== null && <ErrorBlock error={query.error} what="The rows could not be read." retry={() => { void query.refetch(); }} staleSince={data === undefined ? undefined : query.dataUpdatedAt} />}
      {data === undefined ? query.error === null && <Loading what="Reading rows" rows={10} height={28} /> : <Rows key={by} rows={data.rows} all={data.all} total={data.total} by={by} currency={summary?.currency ?? data.all.money.shown.currency} filtered={text !== '' || connectionId !== null} stale={query.isPlaceholderData} />}
    </>
  );
}
