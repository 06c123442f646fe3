/** What providers billed beside what we know, day by day and connection by connection, and what explains the difference. */
import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import type { Bill, Reconciliation } from '../../../shared/cost.ts';
import { connectionQueries, costQueries } from '../../api/queries.ts';
import { useKeys } from '../../app/keys.ts';
import { go, placeHash, setParams, usePlace } from '../../app/navigation.ts';
import { useAskedPeriod } from '../../app/period.ts';
import { detailStored } from '../../app/sidebar-state.ts';
import { stored } from '../../app/stored.ts';
import { inertString } from '../../ui/agent-text.ts';
import { InertName } from '../../ui/agent-text-view.tsx';
import { announce } from '../../ui/announce.ts';
import { Empty, ErrorBlock, FromQuery } from '../../ui/blocks.tsx';
import { Changes } from '../../ui/changes.tsx';
import { ChoiceChip } from '../../ui/chip.tsx';
import { copyText } from '../../ui/copy-button.tsx';
import { DataTable, useDataTable, type DataColumn, type TableSort } from '../../ui/data-table.tsx';
import { step } from '../../ui/data-table-order.ts';
import { PlainTable } from '../../ui/data-table-plain.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { formatCount, formatMoney, plural } from '../../ui/format.ts';
import { Kbd, KeyHints } from '../../ui/kbd.tsx';
import { Panel } from '../../ui/panel.tsx';
import { Time } from '../../ui/time.tsx';
import { BillDialog } from './bill-dialog.tsx';
import { dayAndYear, decimalOf, signedPercent } from './cost-model.ts';
import { useRemoveBill } from './use-cost-commands.ts';
import classes from './cost.module.css';

const sortIds = ['day', 'connection', 'billed', 'reported', 'computed', 'difference'];
const isSort = (value: unknown): value is TableSort => typeof value === 'object' && value !== null && 'id' in value && sortIds.some((one) => one === value.id) && 'down' in value && typeof value.down === 'boolean';
const sortStored = stored<TableSort>('cost.reconciliation.sort', isSort, { id: 'day', down: true });
const idOf = (row: Reconciliation): string => `${row.day} ${row.connectionId} ${row.currency}`;

const Amount = ({ micros, none }: { micros: number | null; none: string }) => (micros === null ? <span className={classes.muted}>{none}</span> : <>{formatMoney(micros)}</>);
const shareOf = (row: Reconciliation): number | null => (row.differenceMicros === null || row.billedMicros === null || row.billedMicros === 0 ? null : row.differenceMicros / row.billedMicros);
/** More than this off, either way, asks for a person. */
const muchOff = 0.05;

function Difference({ row }: { row: Reconciliation }) {
  if (row.differenceMicros === null) return <span className={classes.muted}>no bill</span>;
  const share = shareOf(row);
  return <span className={share !== null && Math.abs(share) > muchOff ? classes.changed : ''}>{row.differenceMicros > 0 ? '+' : ''}{formatMoney(row.differenceMicros)}{share === null ? '' : ` (${signedPercent(share, 1)})`}</span>;
}

const columns: readonly DataColumn<Reconciliation>[] = [
  { id: 'day', head: 'Day, UTC', name: 'Day', min: 92, grow: 0.2, fixed: true, first: 'down', sortBy: (row) => row.day, cell: (row) => <span className={classes.strong}>{dayAndYear(row.day)}</span> },
  { id: 'connection', head: 'Connection', name: 'Connection', min: 130, grow: 1, sortBy: (row) => row.connectionName, cell: (row) => <span className={classes.cut}><InertName text={row.connectionName} most={50} /></span> },
  { id: 'billed', head: 'Billed', name: 'Billed', min: 84, grow: 0.2, end: true, first: 'down', sortBy: (row) => row.billedMicros, cell: (row) => <Amount micros={row.billedMicros} none="no bill" /> },
  { id: 'reported', head: 'Reported', name: 'Reported', min: 84, grow: 0.2, end: true, first: 'down', sortBy: (row) => row.reportedMicros, cell: (row) => <Amount micros={row.reportedMicros} none="none" /> },
  { id: 'computed', head: 'Computed', name: 'Computed', min: 84, grow: 0.2, end: true, first: 'down', sortBy: (row) => row.computedMicros, cell: (row) => <Amount micros={row.computedMicros} none="none" /> },
  { id: 'currency', head: 'Currency', name: 'Currency', min: 64, grow: 0, cell: (row) => <span className={classes.muted}>{row.currency}</span> },
  { id: 'difference', head: 'Ours less bill', name: 'Difference', min: 132, grow: 0.3, end: true, first: 'down', sortBy: (row) => (row.differenceMicros === null ? null : Math.abs(row.differenceMicros)), cell: (row) => <Difference row={row} /> },
];

function DayPane({ row }: { row: Reconciliation }) {
  return (
    <Panel fill flush title={dayAndYear(row.day)} aside={row.currency}>
      <div className={classes.pane}>
        <div className={classes.titles}><h3 className={classes.title}><InertName text={row.connectionName} most={80} /></h3><p className={classes.muted}><Difference row={row} /></p></div>
        <dl className={classes.sides}>
          <div><dt>Billed</dt><dd><Amount micros={row.billedMicros} none="no bill" /></dd></div>
          <div><dt>Reported</dt><dd><Amount micros={row.reportedMicros} none="none" /></dd></div>
          <div><dt>Computed</dt><dd><Amount micros={row.computedMicros} none="none" /></dd></div>
        </dl>
        <section className={classes.block}>
          <h3 className={classes.part}>What explains it</h3>
          {row.reasons.length === 0
            ? <p className={classes.muted}>{row.billedMicros === null ? 'Without a bill there is no difference to explain.' : 'Nothing has to be explained: both sums are the same.'}</p>
            : <ul className={classes.reasons}>{row.reasons.map((reason, index) => <li key={index} className={reason.id === 'unexplained' ? classes.wait : ''}><span>{inertString(reason.text, 400)}</span><span>{reason.micros === null ? <span className={classes.muted}>amount not known</span> : formatMoney(reason.micros)}</span></li>)}</ul>}
        </section>
        <a className={classes.link} href={placeHash({ screen: 'live', params: { connection: row.connectionId } })}>activities of this connection</a>
      </div>
    </Panel>
  );
}

function RemoveBillDialog({ bill, onClose }: { bill: Bill; onClose: () => void }) {
  const remove = useRemoveBill();
  const act = (): void => { if (!remove.isPending) remove.mutate({ id: bill.id }, { onSuccess: onClose }); };
  return (
    <Dialog title="Remove bill" subject={inertString(bill.name, 80)} onClose={onClose} onConfirm={act}
      foot={<><Button data-autofocus onClick={onClose}>Cancel</Button><Button variant="filled" disabled={remove.isPending} onClick={act} rightSection={<Kbd keys="mod+enter" />}>{remove.isPending ? 'Removing…' : 'Remove bill'}</Button></>}>
      <p>{formatMoney(bill.micros)} {bill.currency} of {dayAndYear(bill.from)} to {dayAndYear(bill.to)} no longer count as billed: those days then rest on what was reported and computed. The audit log keeps that it was removed.</p>
      {remove.error !== null && <ErrorBlock error={remove.error} what="The bill was not removed." kept="It counts as before." />}
    </Dialog>
  );
}

function Bills() {
  const query = useQuery(costQueries.bills());
  const [removing, setRemoving] = useState<Bill | null>(null);
  return (
    <Panel flush title="Bills" aside={query.data === undefined ? undefined : plural(query.data.rows.length, 'bill')} className={classes.billsPanel}>
      <FromQuery query={query} what="Reading bills" failed="The bills could not be read." rows={2} height={26}>
        {({ rows }) => (rows.length === 0
          ? <p className={classes.nothing}>No bill was imported yet. FOCUS files and plain CSV are read on this machine and sent nowhere.</p>
          : (
            <PlainTable
              label="Bills" rows={rows} rowId={(bill) => bill.id}
              columns={[
                { id: 'name', head: 'Bill', line: true, cell: (bill) => <InertName text={bill.name} most={60} /> },
                { id: 'connection', head: 'Connection', cell: (bill) => <InertName text={bill.connectionName} most={40} /> },
                { id: 'days', head: 'Days', cell: (bill) => `${dayAndYear(bill.from)} to ${dayAndYear(bill.to)}` },
                { id: 'sum', head: 'Sum', end: true, cell: (bill) => `${formatMoney(bill.micros)} ${bill.currency}` },
                { id: 'lines', head: 'Lines', end: true, cell: (bill) => <>{formatCount(bill.lines)}{bill.refused.length > 0 && <span className={classes.wait} data-tip={bill.refused.slice(0, 6).map((one) => `Line ${one.line}: ${inertString(one.reason, 100)}`).join('; ')}>, {formatCount(bill.refused.length)} not taken</span>}</> },
                { id: 'when', head: 'Imported', end: true, cell: (bill) => <span className={classes.muted}><Time iso={bill.importedAt} short /> by <InertName text={bill.importedBy} most={30} /></span> },
                { id: 'act', head: 'Take out', end: true, cell: (bill) => <Changes><button type="button" className={classes.smallButton} onClick={() => setRemoving(bill)}><span>Remove…<span className="gh-visually-hidden"> {inertString(bill.name, 40)}</span></span></button></Changes> },
              ]}
            />
          ))}
      </FromQuery>
      {removing !== null && <RemoveBillDialog bill={removing} onClose={() => setRemoving(null)} />}
    </Panel>
  );
}

function List({ rows, more, filtered }: { rows: readonly Reconciliation[]; more: number; filtered: boolean }) {
  const { params } = usePlace();
  const sort = sortStored.use();
  const detailShown = detailStored.use();
  const model = useDataTable({ rows, rowId: idOf, columns, hidden: [], sort, scope: params['connection'] ?? '' });
  const chosen = model.rows.find((row) => idOf(row) === params['day']) ?? model.rows[0];
  const choose = (id: string | null): void => setParams({ day: id });
  const move = (by: number) => (): void => choose(step(model.order, chosen === undefined ? null : idOf(chosen), by));
  const asText = (row: Reconciliation): string => [row.day, row.connectionName.replace(/[\t\r\n]+/g, ' '), row.currency, ...[row.billedMicros, row.reportedMicros, row.computedMicros, row.differenceMicros].map((micros) => (micros === null ? '' : decimalOf(micros)))].join('\t');
  useKeys('Reconciliation', [
    { keys: 'j', does: 'next day', run: move(1) }, { keys: 'k', does: 'day before', run: move(-1) }, { keys: 'arrowdown', does: '', run: move(1) }, { keys: 'arrowup', does: '', run: move(-1) },
    { keys: 'enter', does: 'activities of the connection', run: () => { if (chosen !== undefined) go({ screen: 'live', params: { connection: chosen.connectionId } }); } },
    { keys: 'n', does: 'import a bill', changes: true, run: () => setParams({ bill: '1' }) },
    { keys: 'c', does: 'copy the figures of the day', run: () => { if (chosen !== undefined) void copyText(asText(chosen)).then((done) => announce(done ? 'Figures copied' : 'Not copied: the system refused the clipboard')); } },
    { keys: '.', does: 'sort new ones in', run: model.release },
    { keys: 'escape', does: 'clear the filter', run: () => setParams({ connection: null }) },
  ]);
  const empty = <Empty title="Days with their bill beside what we know will stand here" why={filtered ? 'One connection is chosen, and nothing of it was spent in this period.' : 'Nothing was spent in this period that we know of, and no bill covers it.'} action={filtered ? <Button onClick={() => setParams({ connection: null })} rightSection={<Kbd keys="escape" />}>Clear the filter</Button> : undefined} />;
  return (
    <>
      <div className={classes.listPanes}>
        <div className={classes.leftPane}>
          <h2 className="gh-visually-hidden">Days and connections</h2>
          <div className={classes.table}><DataTable label="Bill beside ours" model={model} sort={sort} onSort={sortStored.set} selectable={false} focused={chosen === undefined ? null : idOf(chosen)} onFocus={choose} onOpen={choose} rowHeight={28} empty={empty} rowName={(row) => `${dayAndYear(row.day)}, ${inertString(row.connectionName, 50)}`} /></div>
        </div>
        {detailShown && chosen !== undefined && <aside className={classes.rightPane} aria-label="Day" data-region tabIndex={-1}><DayPane key={idOf(chosen)} row={chosen} /></aside>}
      </div>
      {rows.length > 0 && <div className={classes.under}><span>{plural(rows.length, 'day and connection', 'days and connections')} shown{more > 0 ? `, ${formatCount(more)} more in a shorter period` : ''}.</span><KeyHints hints={[{ keys: ['j', 'k'], does: 'move' }, { keys: ['n'], does: 'import', changes: true }, { keys: ['c'], does: 'copy' }]} /></div>}
    </>
  );
}

export function ReconciliationTab() {
  const { params } = usePlace();
  const connectionId = params['connection'] ?? null;
  const query = useQuery(costQueries.reconciliation(useAskedPeriod(), { limit: 1000, ...(connectionId === null ? {} : { connectionId }) }));
  const connections = useQuery(connectionQueries.list());
  const options = useMemo(() => (connections.data?.rows ?? []).map((one) => ({ value: one.id, label: inertString(one.name, 40) })), [connections.data]);
  return (
    <>
      <Bills />
      <div className={classes.bar}>
        <ChoiceChip label="Connection" value={connectionId} options={options} onChange={(connection) => setParams({ connection })} />
        <span className={classes.barEnd}><span>Billed counts before reported, reported before computed.</span><Changes><Button onClick={() => setParams({ bill: '1' })} rightSection={<Kbd keys="n" />}>Import a bill…</Button></Changes></span>
      </div>
      <FromQuery query={query} what="Reading days" failed="The days could not be read." rows={10} height={28}>{({ rows, more }) => <List rows={rows} more={more} filtered={connectionId !== null} />}</FromQuery>
      {params['bill'] === '1' && <BillDialog onClose={() => setParams({ bill: null })} />}
    </>
  );
}
