/** The matrix: filters above, the grid, and what stands behind the chosen cell. */
import { Button, Menu } from '@mantine/core';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { IconChevronDown } from '@tabler/icons-react';
import { useCallback, useDeferredValue, useMemo, useRef, type ReactNode } from 'react';
import type { AccessColumn, AccessRow } from '../../../shared/access.ts';
import { accessQueries, connectionQueries } from '../../api/queries.ts';
import { useKeys } from '../../app/keys.ts';
import { go, setParams, usePlace } from '../../app/navigation.ts';
import { detailStored } from '../../app/sidebar-state.ts';
import { stopOfAgent, useStopChoice } from '../../app/stop-choice.ts';
import { Empty, ErrorBlock, Loading } from '../../ui/blocks.tsx';
import { Changes } from '../../ui/changes.tsx';
import { Chip } from '../../ui/chip.tsx';
import { formatCount, plural } from '../../ui/format.ts';
import { Kbd, KeyHints } from '../../ui/kbd.tsx';
import { SearchField } from '../../ui/search-field.tsx';
import { askedOf, clearedFilters, columnsAPage, dayChoices, flags, flagWords, readView, viewFilters, type Flag, type MatrixView } from './access-view.ts';
import { CellPane, RowPane } from './cell-pane.tsx';
import { MatrixLegend, UndoLegend } from './cell-shape.tsx';
import { MatrixGrid } from './matrix-grid.tsx';
import { arranged, columnPage, firstSpot, moved, spotOf, type Spot } from './matrix-model.ts';
import { ViewSwitch } from './view-switch.tsx';
import classes from './access.module.css';
import matrix from './matrix.module.css';

/** A filter changes what is shown: the columns begin anew. */
const filterBy = (changes: Readonly<Record<string, string | null>>): void => setParams({ after: null, ...changes });

function DaysChip({ days }: { days: number }) {
  return (
    <Menu position="bottom-start">
      <Menu.Target><button type="button" className={classes.days}>Used in {days} days<IconChevronDown size={12} stroke={1.75} aria-hidden="true" /></button></Menu.Target>
      <Menu.Dropdown>{dayChoices.map((choice) => <Menu.Item key={choice} aria-current={choice === days} onClick={() => filterBy({ days: choice === 90 ? null : String(choice) })}>Used in {choice} days</Menu.Item>)}</Menu.Dropdown>
    </Menu>
  );
}

function Filters({ view }: { view: MatrixView }) {
  const toggle = (flag: Flag): void => filterBy({ [flag]: view.flags.has(flag) ? null : '1' });
  return (
    <div className={classes.bar}>
      <SearchField value={view.text} onChange={(text) => filterBy({ q: text === '' ? null : text.slice(0, 200) })} placeholder="Agent or resource" label="Filter by agent or resource" width={164} />
      <ViewSwitch value={view.by} />
      <DaysChip days={view.days} />
      {flags.map((flag) => <span key={flag} data-tip={flagWords[flag].says}><Chip label={flagWords[flag].label} on={view.flags.has(flag)} onToggle={() => toggle(flag)} /></span>)}
      {view.agentId !== null && <Chip label="Only one agent" on onToggle={() => filterBy({ agent: null })} />}
    </div>
  );
}

/** Nothing is listed, or nothing fits: which of the two, and one way on. */
function NoRows({ view }: { view: MatrixView }) {
  const { data: connections } = useQuery(connectionQueries.list());
  const words = viewFilters(view);
  if (words.length > 0) return <Empty title="No agent fits this filter" why={`On: ${words.join(', ')}.`} action={<Button onClick={() => setParams(clearedFilters)} rightSection={<Kbd keys="escape" />}>Clear the filter</Button>} />;
  const asking = connections?.rows.some((one) => one.runtime !== null) ?? false;
  return (
    <Empty
      title="What agents may touch will stand here, and what of it they touched"
      why={asking ? 'No connection has listed a grant yet. MCP, LangGraph and A2A connections list theirs when they are asked; policies of clouds and gateways can be imported.' : 'No grant is known. A connection to MCP, LangGraph or A2A lists what its agents may use; policies of clouds and gateways can be imported.'}
      action={<span className={classes.buttons}><Changes><Button onClick={() => go({ screen: 'connections', params: { add: '1' } })}>Add a connection</Button></Changes><Changes><Button onClick={() => go({ screen: 'access', params: { tab: 'documents', import: '1' } })}>Import a grant document…</Button></Changes></span>}
    />
  );
}

function Foot({ view, columns, more, rows, total }: { view: MatrixView; columns: number; more: number; rows: number; total: number }) {
  const page = columnPage(view.after, columns, more, columnsAPage);
  const turn = (after: number | null): void => setParams({ after: after === null || after === 0 ? null : String(after), column: null });
  return (
    <div className={matrix.foot}>
      <MatrixLegend />
      {(page.before !== null || page.next !== null) && (
        <span className={matrix.pages}>
          <span>{formatCount(page.from)} to {formatCount(page.to)} of {plural(page.of, 'column')}</span>
          <button type="button" className={matrix.step} disabled={page.before === null} onClick={() => turn(page.before)}>Earlier</button>
          <button type="button" className={matrix.step} disabled={page.next === null} onClick={() => turn(page.next)}>Next</button>
        </span>
      )}
      {rows < total && <span>{formatCount(rows)} of {formatCount(total)} rows read</span>}
    </div>
  );
}

interface LoadedProps { view: MatrixView; columns: readonly AccessColumn[]; moreColumns: number; rows: readonly AccessRow[]; total: number; onEnd: () => void }

function Loaded({ view, columns, moreColumns, rows, total, onEnd }: LoadedProps) {
  const detailShown = detailStored.use();
  const chosen = useMemo(() => spotOf(rows, columns, view.row, view.column), [rows, columns, view.row, view.column]);
  const first = useMemo(() => firstSpot(rows), [rows]);
  const spot = chosen ?? first;
  const row = spot === null ? undefined : rows[spot.row];
  const column = spot === null || spot.column < 0 ? undefined : columns[spot.column];
  const stand = (next: Spot): void => {
    const nextRow = rows[next.row];
    const nextColumn = next.column < 0 ? null : columns[next.column]?.id ?? null;
    if (nextRow === undefined || (nextRow.id === view.row && nextColumn === view.column)) return;
    setParams({ row: nextRow.id, column: nextColumn });
  };
  const move = (key: string): void => {
    const next = spot === null ? null : moved(spot, key, { rows: rows.length, columns: columns.length, page: 15 });
    if (next !== null) stand(next);
  };
  const open = (opened: AccessRow): void => { if (opened.holder === 'agent') go({ screen: 'agent', id: opened.id, params: { tab: 'access' } }); else go({ screen: 'connections', id: opened.id }); };
  useStopChoice(() => (row === undefined || row.holder !== 'agent' ? null : { kind: 'one', ask: stopOfAgent({ id: row.id, name: row.name }) }));
  useKeys('Matrix', [
    { keys: 'j', does: 'row below', run: () => move('ArrowDown') }, { keys: 'k', does: 'row above', run: () => move('ArrowUp') },
    { keys: 'l', does: 'cell to the right', run: () => move('ArrowRight') }, { keys: 'h', does: 'cell to the left', run: () => move('ArrowLeft') },
    { keys: 'enter', does: 'open the agent', run: () => { if (row !== undefined) open(row); } },
    { keys: 'p', does: 'least that its work needs', run: () => { if (row?.holder === 'agent') setParams({ propose: row.id }); } },
    { keys: 'escape', does: 'clear the filter', run: () => setParams(clearedFilters) },
  ]);
  return (
    <div className={classes.panes}>
      <div className={classes.leftPane}>
        <section className={matrix.frame} aria-label="Matrix">
          <h2 className="gh-visually-hidden">What agents may touch</h2>
          {rows.length === 0 ? <NoRows view={view} /> : <MatrixGrid columns={columns} rows={rows} total={total} spot={spot} chosen={chosen !== null} onSpot={stand} onOpen={open} onEnd={onEnd} />}
          {rows.length > 0 && <Foot view={view} columns={columns.length} more={moreColumns} rows={rows.length} total={total} />}
        </section>
      </div>
      {detailShown && row !== undefined && (
        <aside className={classes.rightPane} aria-label="What stands behind it" data-region tabIndex={-1}>
          {column === undefined ? <RowPane row={row} days={view.days} onMove={move} /> : <CellPane row={row} column={column} days={view.days} onMove={move} />}
        </aside>
      )}
    </div>
  );
}

const matrixHints: readonly { keys: readonly string[]; does: string }[] = [{ keys: ['arrowleft', 'arrowright', 'arrowup', 'arrowdown'], does: 'move' }, { keys: ['enter'], does: 'open the agent' }, { keys: ['p'], does: 'least privilege' }];

export function MatrixTab() {
  const { params } = usePlace();
  const view = useMemo(() => readView(params), [params]);
  const asked = useDeferredValue(JSON.stringify(askedOf(view)));
  const query = useInfiniteQuery(accessQueries.matrix(useMemo(() => JSON.parse(asked) as ReturnType<typeof askedOf>, [asked])));
  const { data, error, hasNextPage, isFetchingNextPage, fetchNextPage } = query;
  const { columns, rows } = useMemo(() => {
    const pages = data?.pages ?? [];
    return arranged(pages[0]?.columns ?? [], pages.flatMap((page) => page.rows), pages.length === 1 && pages[0]?.next === null);
  }, [data]);
  const fetching = useRef(false);
  const onEnd = useCallback(() => {
    if (!hasNextPage || isFetchingNextPage || fetching.current) return;
    fetching.current = true;
    void fetchNextPage().finally(() => { fetching.current = false; });
  }, [hasNextPage, isFetchingNextPage, fetchNextPage]);
  const first = data?.pages[0];
  const body = (): ReactNode => {
    if (first === undefined) return error === null ? <Loading what="Reading grants" rows={16} height={27} /> : <ErrorBlock error={error} what="What agents may touch could not be read." retry={() => { void query.refetch(); }} />;
    return <Loaded view={view} columns={columns} moreColumns={first.moreColumns} rows={rows} total={first.total} onEnd={onEnd} />;
  };
  return (
    <>
      <Filters view={view} />
      {first !== undefined && error !== null && <ErrorBlock error={error} what="What agents may touch could not be read again." retry={() => { void query.refetch(); }} staleSince={query.dataUpdatedAt} />}
      {body()}
      {rows.length > 0 && <div className={classes.under}><KeyHints hints={matrixHints} /><span className={classes.underEnd}><UndoLegend /></span></div>}
    </>
  );
}
