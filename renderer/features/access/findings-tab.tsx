/** What is wrong with how access stands: worst first, each with what to do, dismissed only with a reason. */
import { Button } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import type { Finding } from '../../../shared/access.ts';
import { accessQueries } from '../../api/queries.ts';
import { useKeys } from '../../app/keys.ts';
import { go, setParams, usePlace } from '../../app/navigation.ts';
import { detailStored } from '../../app/sidebar-state.ts';
import { stored } from '../../app/stored.ts';
import { stopOfAgent, useStopChoice } from '../../app/stop-choice.ts';
import { inertString } from '../../ui/agent-text.ts';
import { InertName } from '../../ui/agent-text-view.tsx';
import { announce } from '../../ui/announce.ts';
import { Empty, ErrorBlock, Loading } from '../../ui/blocks.tsx';
import { Changes } from '../../ui/changes.tsx';
import { Chip, ChoiceChip } from '../../ui/chip.tsx';
import { copyText } from '../../ui/copy-button.tsx';
import { DataTable, useDataTable, type DataColumn, type TableSort } from '../../ui/data-table.tsx';
import { step } from '../../ui/data-table-order.ts';
import { formatCount, plural } from '../../ui/format.ts';
import { Kbd, KeyHints } from '../../ui/kbd.tsx';
import { SearchField } from '../../ui/search-field.tsx';
import { Segmented } from '../../ui/segmented.tsx';
import { StateBadge } from '../../ui/state-badge.tsx';
import { Age } from '../../ui/time.tsx';
import type { AccessSummary } from './access-view.ts';
import { findingRuleIds, ruleWords, severityLooks } from './access-words.ts';
import { DismissDialog } from './dismiss-dialog.tsx';
import { FindingPane } from './finding-pane.tsx';
import { clearedFindings, findingsFilters, ofSeverity, readFindingsView, severityIds, type FindingsView } from './findings-model.ts';
import { FreshRows } from './pane-parts.tsx';
import { useRestore } from './use-access-commands.ts';
import classes from './access.module.css';

const isSort = (value: unknown): value is TableSort => typeof value === 'object' && value !== null && 'id' in value && 'down' in value;
const sortStored = stored<TableSort>('access.findings.sort', isSort, { id: 'severity', down: false });

/** The agent stands out; most sentences begin with it already. */
function Sentence({ row }: { row: Finding }) {
  const { agentName, text } = row;
  if (agentName !== null && text.startsWith(agentName)) return <><strong className={classes.strong}><InertName text={agentName} most={40} /></strong><InertName text={text.slice(agentName.length)} most={200} /></>;
  return <>{agentName !== null && <><strong className={classes.strong}><InertName text={agentName} most={40} /></strong>: </>}<InertName text={text} most={200} /></>;
}

const columns: readonly DataColumn<Finding>[] = [
  { id: 'severity', head: 'Severity', name: 'Severity', min: 118, grow: 0.2, sortBy: (row) => severityLooks[row.severity].rank, cell: (row) => <StateBadge state={severityLooks[row.severity].state} word={severityLooks[row.severity].word} /> },
  {
    id: 'what', head: 'What, whose', name: 'What and whose', min: 280, grow: 3, fixed: true, sortBy: (row) => ruleWords[row.rule],
    cell: (row) => <span className={classes.two}><span className={classes.twoFirst}><Sentence row={row} /></span><span className={classes.twoSecond}>{ruleWords[row.rule]}. <InertName text={row.advice} most={160} /></span></span>,
  },
  { id: 'tag', head: 'OWASP', name: 'OWASP tag', min: 64, grow: 0, sortBy: (row) => row.tag, cell: (row) => <span className={classes.tag} data-tip={row.tagName}>{row.tag}</span> },
  { id: 'since', head: 'Since', name: 'First seen', min: 58, grow: 0, end: true, first: 'down', sortBy: (row) => Date.parse(row.firstSeen), cell: (row) => <span className={classes.muted}><Age iso={row.firstSeen} /></span> },
];

function Bar({ view, summary }: { view: FindingsView; summary: AccessSummary | undefined }) {
  const counts = summary?.findings;
  const open = counts === undefined ? '' : ` (${formatCount(counts.serious + counts.attention + counts.info)})`;
  const dismissed = counts === undefined ? '' : ` (${formatCount(counts.dismissed)})`;
  return (
    <div className={classes.bar}>
      <SearchField value={view.text} onChange={(text) => setParams({ q: text === '' ? null : text.slice(0, 200) })} placeholder="Agent, text" label="Filter findings" width={164} />
      <Segmented label="Findings" name="findings-shown" value={view.dismissed ? 'dismissed' : 'open'} options={[{ value: 'open', label: `Open${open}` }, { value: 'dismissed', label: `Dismissed${dismissed}` }]} onChange={(value) => setParams({ dismissed: value === 'dismissed' ? '1' : null, finding: null })} />
      <ChoiceChip label="Severity" value={view.severity} options={severityIds.map((value) => ({ value, label: severityLooks[value].word }))} onChange={(severity) => setParams({ severity })} />
      <ChoiceChip label="Rule" value={view.rule} options={findingRuleIds.map((value) => ({ value, label: ruleWords[value] }))} onChange={(rule) => setParams({ rule })} />
      {view.agentId !== null && <Chip label="Only one agent" on onToggle={() => setParams({ agent: null })} />}
    </div>
  );
}

function NoFindings({ view }: { view: FindingsView }) {
  const words = findingsFilters(view);
  if (words.length > 0) return <Empty title={view.dismissed ? 'No dismissed finding fits this filter' : 'No open finding fits this filter'} why={`On: ${words.join(', ')}.`} action={<Button onClick={() => setParams(clearedFindings)} rightSection={<Kbd keys="escape" />}>Clear the filter</Button>} />;
  if (view.dismissed) return <Empty title="What was dismissed will stand here" why="Nothing is dismissed. A finding is dismissed with a reason and for a time; it comes back when the time is over." />;
  return <Empty title="Nothing was found where we could see" why="Wildcards, unused power, borrowed accounts, shared keys, agents without owner and what else is wrong will stand here. What no connection lists and nobody imported is not judged." action={<Changes><Button onClick={() => go({ screen: 'access', params: { tab: 'documents', import: '1' } })}>Import a grant document…</Button></Changes>} />;
}

interface ListProps { rows: readonly Finding[]; total: number; view: FindingsView; /** the rows are still those of the filter before: no order may be held by them. */ stale: boolean }

function List({ rows, total, view, stale }: ListProps) {
  const sort = sortStored.use();
  const detailShown = detailStored.use();
  const [dismissing, setDismissing] = useState<Finding | null>(null);
  const restore = useRestore();
  const shown = useMemo(() => ofSeverity(rows, view.severity), [rows, view.severity]);
  const model = useDataTable({ rows: shown, rowId: (row) => row.id, columns, hidden: [], sort, scope: JSON.stringify({ ...view, chosen: null, stale }) });
  const chosen = model.rows.find((row) => row.id === view.chosen) ?? model.rows[0];
  const choose = (id: string | null): void => setParams({ finding: id });
  const move = (by: number) => (): void => choose(step(model.order, chosen?.id ?? null, by));
  const act = (row: Finding): void => { if (row.dismissed === null) setDismissing(row); else if (!restore.isPending) restore.mutate({ id: row.id }); };
  const openAgent = (row: Finding): void => { if (row.agentId !== null) go({ screen: 'agent', id: row.agentId, params: { tab: 'access' } }); };
  useStopChoice(() => (chosen === undefined || chosen.agentId === null ? null : { kind: 'one', ask: stopOfAgent({ id: chosen.agentId, name: chosen.agentName ?? chosen.agentId }) }));
  useKeys('Findings', [
    { keys: 'j', does: 'next finding', run: move(1) }, { keys: 'k', does: 'finding before', run: move(-1) }, { keys: 'arrowdown', does: '', run: move(1) }, { keys: 'arrowup', does: '', run: move(-1) },
    { keys: 'enter', does: 'open the agent', run: () => { if (chosen !== undefined) openAgent(chosen); } },
    { keys: 'z', does: view.dismissed ? 'restore' : 'dismiss', changes: true, run: () => { if (chosen !== undefined) act(chosen); } },
    { keys: 'c', does: 'copy the finding', run: () => { if (chosen !== undefined) void copyText(`${chosen.tag} ${ruleWords[chosen.rule]}: ${chosen.text} ${chosen.advice}`).then((done) => announce(done ? 'Finding copied' : 'Not copied: the system refused the clipboard')); } },
    { keys: '.', does: 'sort new ones in', run: model.release },
    { keys: 'escape', does: 'clear the filter', run: () => setParams(clearedFindings) },
  ]);
  return (
    <>
      <div className={classes.listPanes}>
        <div className={classes.leftPane}>
          <h2 className="gh-visually-hidden">{view.dismissed ? 'Dismissed findings' : 'Open findings'}</h2>
          <div className={classes.table}>
            <FreshRows waiting={model.waiting} onRelease={model.release} />
            <DataTable label={view.dismissed ? 'Dismissed findings' : 'Findings'} model={model} sort={sort} onSort={sortStored.set} selectable={false} focused={chosen?.id ?? null} onFocus={choose} onOpen={(id) => { const row = model.rows.find((one) => one.id === id); if (row !== undefined) openAgent(row); }} rowHeight={42}
              rowName={(row) => `${severityLooks[row.severity].word}, ${inertString(row.agentName ?? 'everybody', 60)}, ${ruleWords[row.rule]}`} empty={<NoFindings view={view} />} />
          </div>
        </div>
        {detailShown && chosen !== undefined && (
          <aside className={classes.rightPane} aria-label="Finding" data-region tabIndex={-1}><FindingPane finding={chosen} restore={restore} onDismiss={() => setDismissing(chosen)} /></aside>
        )}
      </div>
      {total > 0 && <div className={classes.under}><span>{formatCount(model.order.length)} of {plural(total, 'finding')} shown.</span><KeyHints hints={[{ keys: ['j', 'k'], does: 'move' }, { keys: ['enter'], does: 'open the agent' }, { keys: ['z'], does: view.dismissed ? 'restore' : 'dismiss', changes: true }]} /></div>}
      {dismissing !== null && <DismissDialog finding={dismissing} onClose={() => setDismissing(null)} />}
    </>
  );
}

export function FindingsTab({ summary }: { summary: AccessSummary | undefined }) {
  const { params } = usePlace();
  const view = readFindingsView(params);
  const text = view.text.trim();
  const query = useInfiniteQuery(accessQueries.findings({ dismissed: view.dismissed, limit: 500, ...(text === '' ? {} : { text }), ...(view.rule === null ? {} : { rule: view.rule }), ...(view.agentId === null ? {} : { agentId: view.agentId }) }));
  const rows = useMemo(() => query.data?.pages.flatMap((page) => page.rows) ?? [], [query.data]);
  const total = query.data?.pages[0]?.total;
  return (
    <>
      <Bar view={view} summary={summary} />
      {query.error !== null && <ErrorBlock error={query.error} what="The findings could not be read." retry={() => { void query.refetch(); }} staleSince={total === undefined ? undefined : query.dataUpdatedAt} />}
      {total === undefined ? query.error === null && <Loading what="Reading findings" rows={10} height={42} /> : <List rows={rows} total={total} view={view} stale={query.isPlaceholderData} />}
      {query.hasNextPage && <button type="button" className={classes.linkButton} onClick={() => { void query.fetchNextPage(); }}>More findings</button>}
    </>
  );
}
