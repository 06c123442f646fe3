/** Orders in progress with their evidence, worst first, and those that ended. */
import { Button } from '@mantine/core';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useEffect, useMemo, useRef, useState, type CSSProperties } from 'react';
import type { StopOrder, StopState } from '../../../shared/stop.ts';
import { stopQueries } from '../../api/queries.ts';
import { useKeys } from '../../app/keys.ts';
import { go, setParams, usePlace } from '../../app/navigation.ts';
import { openStopChooser, useStopChoice } from '../../app/stop-choice.ts';
import { Changes } from '../../ui/changes.tsx';
import { inertString } from '../../ui/agent-text.ts';
import { InertName } from '../../ui/agent-text-view.tsx';
import { announce } from '../../ui/announce.ts';
import { Empty, ErrorBlock, FromQuery, Loading } from '../../ui/blocks.tsx';
import { ChoiceChip } from '../../ui/chip.tsx';
import { copyText } from '../../ui/copy-button.tsx';
import { DataTable, useDataTable, type DataColumn, type TableSort } from '../../ui/data-table.tsx';
import { step } from '../../ui/data-table-order.ts';
import { formatCount, formatDuration, plural } from '../../ui/format.ts';
import { Kbd, KeyHints } from '../../ui/kbd.tsx';
import { Panel } from '../../ui/panel.tsx';
import { SearchField } from '../../ui/search-field.tsx';
import { StateBadge } from '../../ui/state-badge.tsx';
import { StateShape } from '../../ui/state-shapes.tsx';
import { Running, Time, localOffset } from '../../ui/time.tsx';
import { agentsOf, failing, filterOrders, headlineOf, lastActAfter, worstFirst, type OrderFilter } from './order-facts.ts';
import { askOf } from './order-screen.tsx';
import { SecondDialog } from './second-dialog.tsx';
import { levelWords, msBetween, orderLooks, stopStates } from './stop-words.ts';
import { useWithdraw } from './use-stop-commands.ts';
import classes from './stop.module.css';

export function ThreeFacts({ order }: { order: StopOrder }) {
  const { all, reported, confirmed, failed } = order.levers;
  return (
    <span className={classes.threeFacts} data-tip={`${plural(all, 'lever')}: ${reported} reported, ${confirmed} confirmed from outside${failed === 0 ? '' : `, ${failed} failed`}`}>
      <span className={classes.markPlain}><StateShape state="stop_reported" />{reported}/{all}<span className="gh-visually-hidden"> reported</span></span>
      <span className={confirmed === all && all > 0 ? classes.markOk : classes.markQuiet}><StateShape state="stop_confirmed" />{confirmed}/{all}<span className="gh-visually-hidden"> confirmed</span></span>
      {failed > 0 && <span className={classes.stop}><StateShape state="failed" />{failed}<span className="gh-visually-hidden"> failed</span></span>}
    </span>
  );
}

function OrderClock({ order }: { order: StopOrder }) {
  const contain = msBetween(order.commandedAt, order.containedAt);
  if (order.commandedAt === null) return <span className={classes.second}>not sent</span>;
  if (contain !== null) return <><strong>{formatDuration(Math.max(0, contain))}</strong><br /><span className={`${classes.second} ${classes.small}`}>to contain</span></>;
  return <><strong className={failing(order.state) ? classes.stop : ''}><Running since={order.commandedAt} /></strong><br /><span className={`${classes.second} ${classes.small}`}>since the command</span></>;
}

function OpenRow({ order, chosen, tabbable, onChoose, onOpen, onSecond }: { order: StopOrder; chosen: boolean; tabbable: boolean; onChoose: () => void; onOpen: () => void; onSecond: () => void }) {
  const withdraw = useWithdraw();
  return (
    <div
      role="row" data-row={order.id} tabIndex={tabbable ? 0 : -1} data-region-start={tabbable ? true : undefined} aria-selected={chosen} className={`${classes.order} ${chosen ? classes.chosen : ''}`} onClick={onChoose} onDoubleClick={onOpen}
      onFocus={(event) => { if (event.target === event.currentTarget && !chosen) onChoose(); }}
      aria-label={`Stop order ${order.number}, ${inertString(order.scopeName, 60)}, ${orderLooks[order.state].word}`}
    >
      <span role="gridcell"><StateBadge {...orderLooks[order.state]} /></span>
      <span role="gridcell" className={classes.two}>
        <span className={classes.orderName}>{order.number}, <InertName text={order.scopeName} most={80} /> <span className={classes.second}>{levelWords[order.level].toLowerCase()}{order.agents.length > 1 ? `, ${plural(order.agents.length, 'agent')}` : ''}{order.origin === 'person' ? '' : `, ${order.origin}`}</span></span>
        <span className={classes.orderLine} data-tip={inertString(headlineOf(order), 300)}><InertName text={headlineOf(order)} most={200} /></span>
      </span>
      <span role="gridcell" className={classes.orderClock}><OrderClock order={order} /></span>
      <span role="gridcell"><ThreeFacts order={order} /></span>
      <span role="gridcell" className={`${classes.shaped} ${order.landed > 0 && failing(order.state) ? classes.stop : classes.second}`}>{order.landed > 0 && failing(order.state) && <StateShape state="acted_after" />}{order.landed === 0 ? <span className={classes.zero}>0 acts after</span> : `${plural(order.landed, 'act')} after`}</span>
      <span role="gridcell" className={classes.orderActs}>
        {order.state === 'waiting_second' && (
          <>
            <Changes>
              <Button disabled={withdraw.isPending} data-tip={withdraw.error?.message} onClick={(event) => { event.stopPropagation(); withdraw.mutate({ id: order.id }); }}>{withdraw.error === null ? 'Withdraw' : 'Withdraw again'}</Button>
              <Button variant="filled" onClick={(event) => { event.stopPropagation(); onSecond(); }}>Confirm…</Button>
            </Changes>
          </>
        )}
        {order.state !== 'waiting_second' && <Button onClick={(event) => { event.stopPropagation(); onOpen(); }}>Open<span className="gh-visually-hidden"> stop order {order.number}</span></Button>}
      </span>
    </div>
  );
}

const endedColumns: DataColumn<StopOrder>[] = [
  { id: 'number', head: 'No.', name: 'Number', min: 56, grow: 0.2, end: true, first: 'down', fixed: true, sortBy: (order) => order.number, cell: (order) => formatCount(order.number) },
  { id: 'state', head: 'State', name: 'State', min: 146, grow: 0.6, sortBy: (order) => orderLooks[order.state].word, cell: (order) => <StateBadge {...orderLooks[order.state]} /> },
  { id: 'scope', head: 'Scope', name: 'Scope', min: 150, grow: 1.4, sortBy: (order) => order.scopeName, cell: (order) => <span className={classes.cellLine}><strong className={classes.strong}><InertName text={order.scopeName} most={60} /></strong> <span className={classes.second}>{levelWords[order.level].toLowerCase()}{order.origin === 'person' ? '' : `, ${order.origin}`}</span></span> },
  { id: 'reason', head: 'Reason', name: 'Reason', min: 130, grow: 1.2, sortBy: (order) => order.reason, cell: (order) => <span className={classes.cellLine} data-tip={inertString(order.reason, 300)}><InertName text={order.reason === '' ? order.reasonKind.replaceAll('_', ' ') : order.reason} most={80} />{order.ticket !== null && <span className={classes.second}> <InertName text={order.ticket} most={30} /></span>}</span> },
  { id: 'at', head: `Ordered, ${localOffset()}`, name: 'Ordered', min: 136, grow: 0.5, first: 'down', sortBy: (order) => order.intentAt, cell: (order) => <Time iso={order.intentAt} /> },
  { id: 'by', head: 'By', name: 'By', min: 90, grow: 0.6, sortBy: (order) => order.orderedBy, cell: (order) => <span className={classes.cellLine}><InertName text={order.orderedBy} most={40} />{order.secondBy !== null && <span className={classes.second}>, <InertName text={order.secondBy} most={40} /></span>}</span> },
  { id: 'lastAct', head: 'To last act', name: 'Time to last act', min: 86, grow: 0.3, end: true, first: 'down', sortBy: (order) => lastActAfter(order), cell: (order) => { const ms = lastActAfter(order); return ms === null ? <span className={classes.zero}>no act</span> : formatDuration(ms); } },
  { id: 'contain', head: 'To contain', name: 'Time to contain', min: 86, grow: 0.3, end: true, first: 'down', sortBy: (order) => msBetween(order.commandedAt, order.containedAt), cell: (order) => { const ms = msBetween(order.commandedAt, order.containedAt); return ms === null ? <span className={classes.second}>{order.commandedAt === null ? 'not sent' : 'open'}</span> : formatDuration(Math.max(0, ms)); } },
  { id: 'landed', head: 'Acts after', name: 'Acts after the command', min: 76, grow: 0.2, end: true, first: 'down', sortBy: (order) => order.landed, cell: (order) => <span className={order.landed === 0 ? classes.zero : undefined}>{formatCount(order.landed)}</span> },
  { id: 'stands', head: 'Stands', name: 'Changes that stand', min: 70, grow: 0.2, end: true, first: 'down', sortBy: (order) => order.levers.undoable, cell: (order) => <span className={order.levers.undoable === 0 ? classes.zero : classes.wait}>{formatCount(order.levers.undoable)}</span> },
];

/** Drawn at once; the worst stand first. */
const mostOpen = 100;
const hints = [{ keys: ['j', 'k'], does: 'move' }, { keys: ['enter'], does: 'open' }, { keys: ['/'], does: 'filter' }, { keys: ['c'], does: 'copy identifier' }, { keys: ['mod+.'], does: 'stop…', changes: true }];

/** The filter and the order of rows are part of the place: going back finds them as they were. */
function useOrderFilter(): { filter: OrderFilter; sort: TableSort; set: (changes: Readonly<Record<string, string | null>>) => void } {
  const { params } = usePlace();
  const filter = useMemo((): OrderFilter => ({ text: params['text'] ?? '', state: stopStates.find((state) => state === params['state']) ?? null, agentId: params['agent'] ?? null }), [params]);
  const [id = '', way = ''] = (params['sort'] ?? 'at down').split(' ');
  return { filter, sort: { id: endedColumns.some((column) => column.id === id) ? id : 'at', down: way !== 'up' }, set: setParams };
}

function useRowFocus(order: readonly string[], focused: string | null, box: React.RefObject<HTMLElement | null>): void {
  useEffect(() => {
    if (focused === null || document.activeElement?.matches('[data-row], main, body') !== true) return;
    const row = [...(box.current?.querySelectorAll<HTMLElement>('[data-row]') ?? [])].find((one) => one.dataset['row'] === focused);
    row?.focus();
  }, [focused, order, box]);
}

interface ListProps { open: readonly StopOrder[]; ended: readonly StopOrder[]; more: boolean; onMore: () => void; endedError: unknown; known: number }

function OrderLists({ open, ended, more, onMore, endedError, known }: ListProps) {
  const { filter, sort, set } = useOrderFilter();
  const [focused, setFocused] = useState<string | null>(null);
  const [second, setSecond] = useState<string | null>(null);
  const box = useRef<HTMLDivElement>(null);
  const openShown = useMemo(() => worstFirst(filterOrders(open, filter)), [open, filter]);
  const endedShown = useMemo(() => filterOrders(ended, filter), [ended, filter]);
  const model = useDataTable({ rows: endedShown, rowId: (order) => order.id, columns: endedColumns, hidden: [], sort, scope: JSON.stringify(filter) });
  const agents = useMemo(() => agentsOf([...open, ...ended]), [open, ended]);
  const openIds = useMemo(() => openShown.slice(0, mostOpen).map((order) => order.id), [openShown]);
  const order = useMemo(() => [...openIds, ...model.order], [openIds, model.order]);
  const filtered = filter.text !== '' || filter.state !== null || filter.agentId !== null;
  const clear = (): void => set({ text: null, state: null, agent: null });
  const show = (id: string): void => go({ screen: 'stop', id });
  const move = (by: number) => (): void => setFocused(step(order, focused, by));
  useRowFocus(openIds, focused, box);
  useStopChoice(() => { const chosen = [...open, ...ended].find((one) => one.id === focused); return chosen === undefined ? null : { kind: 'one', ask: askOf({ ...chosen, next: null }) }; });
  useKeys('Stop orders', [
    { keys: 'j', does: 'next order', run: move(1) }, { keys: 'k', does: 'order before', run: move(-1) }, { keys: 'arrowdown', does: '', run: move(1) }, { keys: 'arrowup', does: '', run: move(-1) },
    { keys: 'enter', does: 'open the order', run: () => { if (focused !== null) show(focused); } },
    { keys: 'c', does: 'copy identifier', run: () => { if (focused !== null) void copyText(focused).then((done) => announce(done ? 'Identifier copied' : 'Not copied: the system refused the clipboard')); } },
    { keys: '.', does: 'sort new ones in', run: model.release },
    { keys: 'escape', does: 'clear the filter', run: () => { if (filtered) clear(); } },
  ]);
  const seconded = open.find((one) => one.id === second);
  if (known === 0) return <Panel flush title="In progress and ended"><Empty title="Every stop order will stand here, with its evidence" why="Nothing was stopped yet. A plan shows first which levers would be pulled, whom else they hit and what stays alive; nothing leaves before it is confirmed." action={<Changes><Button onClick={() => openStopChooser()} rightSection={<Kbd keys="mod+." />}>Plan a stop…</Button></Changes>} /></Panel>;
  return (
    <>
      <div className={classes.bar}>
        <SearchField value={filter.text} onChange={(text) => set({ text: text === '' ? null : text })} placeholder="Agent, number, reason, ticket" label="Filter stop orders" />
        <ChoiceChip label="State" value={filter.state} options={stopStates.map((value) => ({ value, label: orderLooks[value].word }))} onChange={(state: StopState | null) => set({ state })} />
        <ChoiceChip label="Agent" value={filter.agentId} options={agents.map(({ value, label }) => ({ value, label: inertString(label, 40) }))} onChange={(agent) => set({ agent })} />
      </div>
      <div ref={box} style={{ display: 'contents' }}>
        <Panel flush className={classes.openPanel} title={`In progress, ${formatCount(openShown.length)}`} aside="worst first, then newest; verified ones are still watched">
          {openShown.length === 0
            ? <p className={classes.nothing}>{filtered && open.length > 0 ? 'None in progress fits this filter.' : 'No stop is in progress.'}</p>
            : <div role="grid" aria-label="Stop orders in progress" aria-rowcount={openShown.length} style={{ '--acts': openShown.some((one) => one.state === 'waiting_second') ? '178px' : '72px' } as CSSProperties}><div role="rowgroup">{openShown.slice(0, mostOpen).map((one, index) => <OpenRow key={one.id} order={one} chosen={one.id === focused} tabbable={focused === null || !openIds.includes(focused) ? index === 0 : one.id === focused} onChoose={() => setFocused(one.id)} onOpen={() => show(one.id)} onSecond={() => setSecond(one.id)} />)}</div></div>}
          {openShown.length > mostOpen && <p className={classes.nothing}>{formatCount(openShown.length - mostOpen)} more, less urgent: a filter finds them.</p>}
        </Panel>
        <h2 className={classes.sectionHead}>Ended{more ? ', newest' : ''}, {formatCount(endedShown.length)}<span>nobody watches these any more; changes may still stand</span></h2>
        {endedError !== null && <ErrorBlock error={endedError} what="Ended orders could not be read." />}
        <div className={classes.endedPanel}>
          <DataTable
            label="Ended stop orders" model={model} sort={sort} onSort={(next) => set({ sort: `${next.id} ${next.down ? 'down' : 'up'}` })} selectable={false} focused={focused !== null && !openIds.includes(focused) ? focused : null} onFocus={setFocused} onOpen={show}
            rowName={(one) => `stop order ${one.number}, ${inertString(one.scopeName, 60)}, ${orderLooks[one.state].word}`}
            empty={filtered ? <Empty title="No ended order fits this filter" why={`Of ${plural(ended.length, 'ended order')} that were read.`} action={<Button onClick={clear} rightSection={<Kbd keys="escape" />}>Clear the filter</Button>} /> : <Empty title="Orders that ended will stand here" why="An order ends when nobody watches it any more: after its watch time, or when it was withdrawn." />}
          />
        </div>
      </div>
      <div className={classes.under}><span>{plural(openShown.length + endedShown.length, 'order')} shown.</span><KeyHints hints={hints} />{more && <button type="button" className={classes.linkButton} onClick={onMore}>Older orders</button>}</div>
      {seconded !== undefined && <SecondDialog order={seconded} onClose={() => setSecond(null)} />}
    </>
  );
}

export function OrdersTab() {
  const open = useQuery(stopQueries.open());
  const ended = useInfiniteQuery(stopQueries.ended());
  const rows = useMemo(() => ended.data?.pages.flatMap((page) => page.rows) ?? [], [ended.data]);
  return (
    <FromQuery query={open} what="Reading stop orders" failed="The stop orders could not be read.">
      {(data) => (ended.data === undefined && ended.error === null ? <Loading what="Reading stop orders" rows={10} /> : <OrderLists open={data.rows} ended={rows} more={ended.hasNextPage} onMore={() => { void ended.fetchNextPage(); }} endedError={ended.error} known={data.rows.length + rows.length} />)}
    </FromQuery>
  );
}
