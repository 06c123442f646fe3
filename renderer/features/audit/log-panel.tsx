/** The audit log, newest first: a few columns beside the report, everything with its filters on its own. */
import { Button } from '@mantine/core';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useEffect, useMemo, useState } from 'react';
import type { AuditEntry } from '../../../shared/domain.ts';
import { auditQueries } from '../../api/queries.ts';
import { useKeys } from '../../app/keys.ts';
import { go, setParams, usePlace } from '../../app/navigation.ts';
import { inertString } from '../../ui/agent-text.ts';
import { announce } from '../../ui/announce.ts';
import { Empty, ErrorBlock, Loading } from '../../ui/blocks.tsx';
import { ChoiceChip } from '../../ui/chip.tsx';
import { copyText } from '../../ui/copy-button.tsx';
import { DataTable, useDataTable, type DataColumn } from '../../ui/data-table.tsx';
import { step } from '../../ui/data-table-order.ts';
import { formatCount, formatDay } from '../../ui/format.ts';
import { Kbd, KeyHints } from '../../ui/kbd.tsx';
import { Panel } from '../../ui/panel.tsx';
import { SearchField } from '../../ui/search-field.tsx';
import { DayField } from './day-field.tsx';
import { EntryPane } from './entry-pane.tsx';
import { besideColumns, numberWords, shortColumns, wholeColumns } from './log-columns.tsx';
import { askedLog, filterWords, logParams, noFilter, outcomeIds, outcomeLooks, readLogView, type LogView } from './log-view.ts';
import classes from './audit.module.css';

const newestFirst = { id: 'entry', down: true } as const;
const keepSort = (): void => undefined;
const pageSize = 200;
/** So near to the last row that is read, the next ones are. */
const nearEnd = 30;
const rowName = (row: AuditEntry): string => `entry ${numberWords(row.id)}, ${row.actorKind === 'engine' ? 'console' : inertString(row.actor, 60)}, ${outcomeLooks[row.outcome].word}, ${inertString(row.text === '' ? row.action : row.text, 160)}`;

function useLog(view: LogView, columns: readonly DataColumn<AuditEntry>[], focused: string | null) {
  const query = useInfiniteQuery(auditQueries.list(askedLog(view, pageSize)));
  const rows = useMemo(() => query.data?.pages.flatMap((page) => page.rows) ?? [], [query.data]);
  const model = useDataTable({ rows, rowId: (row) => row.id, columns, hidden: [], sort: newestFirst, scope: JSON.stringify({ ...view, stale: query.isPlaceholderData }) });
  const at = focused === null ? -1 : model.order.indexOf(focused);
  const { hasNextPage, isFetchingNextPage, fetchNextPage } = query;
  useEffect(() => { if (at >= 0 && at >= model.order.length - nearEnd && hasNextPage && !isFetchingNextPage) void fetchNextPage(); }, [at, model.order.length, hasNextPage, isFetchingNextPage, fetchNextPage]);
  return { query, model };
}

type Log = ReturnType<typeof useLog>;

function Rows({ log, focused, onFocus, onOpen, filtered, clear }: { log: Log; focused: string | null; onFocus: (id: string) => void; onOpen: (id: string) => void; filtered: readonly string[]; clear: () => void }) {
  const { query, model } = log;
  if (query.data === undefined) return query.error === null ? <Loading what="Reading the log" rows={10} height={28} /> : <ErrorBlock error={query.error} what="The audit log could not be read." kept="Acts are written to it all the same." retry={() => { void query.refetch(); }} />;
  return (
    <div className={classes.table}>
      {model.waiting > 0 && <button type="button" className={classes.fresh} onClick={model.release}>{formatCount(model.waiting)} new, press <Kbd keys="." /></button>}
      <DataTable
        label="Audit log" model={model} sort={newestFirst} onSort={keepSort} selectable={false} focused={focused} onFocus={onFocus} onOpen={onOpen} rowHeight={28} rowName={rowName}
        empty={filtered.length === 0 ? <Empty title="Every decision and change will stand here" why="Nothing was decided or changed yet." /> : <Empty title="No entry fits this filter" why={`On: ${inertString(filtered.join(', '), 300)}.`} action={<Button onClick={clear} rightSection={<Kbd keys="escape" />}>Clear the filter</Button>} />}
      />
    </div>
  );
}

function Older({ query }: Pick<Log, 'query'>) {
  if (!query.hasNextPage) return null;
  return <button type="button" className={classes.olderLink} disabled={query.isFetchingNextPage} onClick={() => { void query.fetchNextPage(); }}>{query.isFetchingNextPage ? 'Reading older entries…' : 'Older entries'}</button>;
}

interface LogKeys { log: Log; focused: string | null; choose: (id: string) => void; open: () => void; verify: () => void; clear: () => void }

function useLogKeys({ log, focused, choose, open, verify, clear }: LogKeys): void {
  const move = (by: number) => (): void => { const next = step(log.model.order, focused, by); if (next !== null) choose(next); };
  useKeys('Audit log', [
    { keys: 'j', does: 'next entry', run: move(1) }, { keys: 'k', does: 'entry before', run: move(-1) }, { keys: 'arrowdown', does: '', run: move(1) }, { keys: 'arrowup', does: '', run: move(-1) },
    { keys: 'enter', does: 'open the entry', run: open }, { keys: 'v', does: 'verify from here', run: verify },
    { keys: 'c', does: 'copy identifier', run: () => { if (focused !== null) void copyText(focused).then((done) => announce(done ? 'Identifier copied' : 'Not copied: the system refused the clipboard')); } },
    { keys: '.', does: 'sort new entries in', run: log.model.release }, { keys: 'escape', does: 'close, then clear the filter, then leave', run: clear },
  ]);
}

const openEntry = (id: string | null, params: Readonly<Record<string, string>> = {}): void => { if (id !== null) go({ screen: 'audit', id, params }); };
const everything = readLogView({});
export const sinceWords = (entries: number, oldestAt: string | null): string => `${formatCount(entries)} ${entries === 1 ? 'entry' : 'entries'}${oldestAt === null ? '' : ` since ${formatDay(new Date(oldestAt))}`}`;

/** Beside the report. */
export function ShortLog({ aside }: { aside: string | undefined }) {
  const [focused, setFocused] = useState<string | null>(null);
  const log = useLog(everything, shortColumns, focused);
  const here = focused ?? log.model.order[0] ?? null;
  useLogKeys({ log, focused: here, choose: setFocused, open: () => openEntry(here), verify: () => openEntry(here, { verify: '1' }), clear: () => setFocused(null) });
  useKeys('Audit', [{ keys: '/', does: 'filter the audit log', run: () => go({ screen: 'audit', params: { view: 'log', find: '1' } }) }]);
  return (
    <Panel fill flush title="Audit log" aside={<>{aside}<a className={classes.footLink} href="#/audit?view=log">Whole log</a></>} className={classes.log}>
      <div className={classes.column}>
        <Rows log={log} focused={here} onFocus={setFocused} onOpen={openEntry} filtered={[]} clear={() => undefined} />
        <div className={classes.hints}><KeyHints hints={[{ keys: ['/'], does: 'search' }, { keys: ['enter'], does: 'open' }, { keys: ['v'], does: 'verify from here' }]} /><Older query={log.query} /></div>
      </div>
    </Panel>
  );
}

function Filters({ view, find }: { view: LogView; find: boolean }) {
  const { data } = useQuery(auditQueries.facets());
  const named = (values: readonly string[] | undefined, chosen: string | null) => [...new Set([...(values ?? []), ...(chosen === null ? [] : [chosen])])].map((value) => ({ value, label: inertString(value, 60) }));
  useEffect(() => { if (find) document.querySelector<HTMLInputElement>('main [data-filter]')?.focus(); }, [find]);
  return (
    <div className={classes.filters}>
      <SearchField value={view.text} onChange={(text) => setParams({ q: text === '' ? null : text.slice(0, 200), find: null })} placeholder="What was done" label="Filter the audit log" width={200} />
      <ChoiceChip label="Who" value={view.actor} options={named(data?.actors, view.actor)} onChange={(actor) => setParams({ actor })} />
      <ChoiceChip label="Action" value={view.action} options={named(data?.actions, view.action)} onChange={(action) => setParams({ action })} />
      <ChoiceChip label="Outcome" value={view.outcome} options={outcomeIds.map((value) => ({ value, label: outcomeLooks[value].word }))} onChange={(outcome) => setParams({ outcome })} />
      {view.subject !== null && <ChoiceChip label="About" value={view.subject} options={named([], view.subject)} onChange={(subject) => setParams({ subject })} />}
      <span className={classes.days}>
        <DayField label="From day, UTC" day={view.fromDay} onDay={(day) => setParams({ from: day === '' ? null : day })} />
        <span className={classes.muted}>to</span>
        <DayField label="Until day, UTC" day={view.toDay} onDay={(day) => setParams({ to: day === '' ? null : day })} />
      </span>
    </div>
  );
}

/** On its own, with filters and the entry that is open. */
export function WholeLog({ id, aside }: { id: string | null; aside: string | undefined }) {
  const { params } = usePlace();
  const view = readLogView(params);
  const [verified, setVerified] = useState<{ id: string | null; times: number }>({ id: null, times: 0 });
  const [focused, setFocused] = useState<string | null>(id);
  const log = useLog(view, id === null ? wholeColumns : besideColumns, id ?? focused);
  const here = id ?? focused ?? log.model.order[0] ?? null;
  const words = filterWords(view);
  const keep = { view: 'log', ...logParams(view) };
  const close = (): void => go({ screen: 'audit', params: keep }, { replace: true });
  // The row that takes the focus is often the one that is open: then the address, and what it asks for, stays.
  const choose = (next: string): void => { setFocused(next); if (id !== null && next !== id) go({ screen: 'audit', id: next, params: keep }, { replace: true }); };
  const clear = (): void => {
    if (id !== null) close();
    else if (words.length > 0) setParams(noFilter);
    else go({ screen: 'audit' });
  };
  useLogKeys({ log, focused: here, choose, open: () => openEntry(here, keep), verify: () => { if (id === null) openEntry(here, keep); setVerified(({ id: of, times }) => ({ id: here, times: of === here ? times + 1 : 1 })); }, clear });
  return (
    <>
      <Filters view={view} find={params['find'] === '1'} />
      <div className={classes.logPanes}>
        <Panel fill flush title="Audit log" aside={<>{aside}<a className={classes.footLink} href="#/audit">Back to the report</a></>}>
          <div className={classes.column}>
            {log.query.error !== null && log.query.data !== undefined && <ErrorBlock error={log.query.error} what="Newer entries could not be read." kept="Acts are written to the log all the same." retry={() => { void log.query.refetch(); }} staleSince={log.query.dataUpdatedAt} />}
            <Rows log={log} focused={here} onFocus={choose} onOpen={(row) => openEntry(row, keep)} filtered={words} clear={() => setParams(noFilter)} />
            <div className={classes.hints}><span>{formatCount(log.model.order.length)} read{log.query.hasNextPage ? ', older ones not yet' : ''}</span><KeyHints hints={[{ keys: ['j', 'k'], does: 'move' }, { keys: ['/'], does: 'search' }, { keys: ['enter'], does: 'open' }, { keys: ['v'], does: 'verify from here' }]} /><Older query={log.query} /></div>
          </div>
        </Panel>
        {id !== null && <aside className={classes.right} aria-label="Entry" data-region tabIndex={-1}><EntryPane key={id} id={id} asked={(verified.id === id ? verified.times : 0) + (params['verify'] === '1' ? 1 : 0)} onClose={close} /></aside>}
      </div>
    </>
  );
}
