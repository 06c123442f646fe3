/** Budgets: what was spent of each in its period, the worst first; beside it one of them whole. */
import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import type { Budget } from '../../../shared/budgets.ts';
import { budgetQueries } from '../../api/queries.ts';
import { useKeys } from '../../app/keys.ts';
import { setParams, usePlace } from '../../app/navigation.ts';
import { detailStored } from '../../app/sidebar-state.ts';
import { stopOfAgent, stopOfConnection, stopOfTag, useStopChoice, type StopChoice } from '../../app/stop-choice.ts';
import { stored } from '../../app/stored.ts';
import { inertString } from '../../ui/agent-text.ts';
import { InertName } from '../../ui/agent-text-view.tsx';
import { announce } from '../../ui/announce.ts';
import { Empty, ErrorBlock, Loading } from '../../ui/blocks.tsx';
import { Changes } from '../../ui/changes.tsx';
import { ChoiceChip } from '../../ui/chip.tsx';
import { DataTable, useDataTable, type DataColumn, type TableSort } from '../../ui/data-table.tsx';
import { step } from '../../ui/data-table-order.ts';
import { formatCount, plural } from '../../ui/format.ts';
import { Kbd, KeyHints } from '../../ui/kbd.tsx';
import { SearchField } from '../../ui/search-field.tsx';
import { StateBadge } from '../../ui/state-badge.tsx';
import { Age } from '../../ui/time.tsx';
import { BudgetBar } from './budget-bar.tsx';
import { draftFrom } from './budget-form.ts';
import { fits, lookBadges, lookOf, looks, ofLimits, onHardWords, periods, scopeWords, shortMoney, standingWords, worseness, type Look } from './budget-model.ts';
import { BudgetDialog } from './budget-dialog.tsx';
import { BudgetPane } from './budget-pane.tsx';
import { useRemoveBudget, useSaveBudget } from './use-cost-commands.ts';
import classes from './cost.module.css';
import own from './budgets.module.css';

const sortIds = ['name', 'per', 'spent', 'state', 'last'];
const isSort = (value: unknown): value is TableSort => typeof value === 'object' && value !== null && 'id' in value && sortIds.some((one) => one === value.id) && 'down' in value && typeof value.down === 'boolean';
const sortStored = stored<TableSort>('budgets.sort', isSort, { id: 'state', down: true });

function Spent({ budget }: { budget: Budget }) {
  const { standing } = budget;
  return (
    <span className={own.two}>
      <span className={own.spent}><span>{standing.unpriced > 0 && 'at least '}{shortMoney(standing.spentMicros)} {budget.currency}</span><span>{ofLimits(budget)}</span></span>
      <BudgetBar limits={budget} standing={standing} />
    </span>
  );
}

const columns: readonly DataColumn<Budget>[] = [
  { id: 'name', head: 'Budget, whose money', name: 'Budget and whose money', min: 150, grow: 1.3, fixed: true, sortBy: (row) => row.name, cell: (row) => <span className={own.two}><span className={`${own.first} ${classes.strong}`}><InertName text={row.name} most={80} /></span><span className={own.second}><InertName text={scopeWords(row)} most={80} /></span></span> },
  { id: 'per', head: 'Per', name: 'Period', min: 62, grow: 0.1, sortBy: (row) => periods.indexOf(row.per), cell: (row) => row.per },
  { id: 'spent', head: 'Spent of soft / hard', name: 'Spent of its limits', min: 236, grow: 2, first: 'down', sortBy: (row) => row.standing.spentMicros, cell: (row) => <Spent budget={row} /> },
  { id: 'state', head: 'State, at the hard limit', name: 'State', min: 168, grow: 0.4, first: 'down', sortBy: worseness, cell: (row) => <span className={own.two}><StateBadge {...lookBadges[lookOf(row)]} /><span className={own.second}>{onHardWords(row)}</span></span> },
  { id: 'last', head: 'Hard reached', name: 'When its hard limit was last reached', min: 84, grow: 0.1, end: true, first: 'down', sortBy: (row) => (row.last === null ? null : Date.parse(row.last.at)), cell: (row) => (row.last === null ? <span className={classes.zero}>never</span> : <><Age iso={row.last.at} /> ago</>) },
];

const lookOptions = looks.map((value) => ({ value, label: lookBadges[value].word }));
const clear = (): void => setParams({ q: null, stands: null });
const add = (): void => setParams({ budget: 'new' });

function Bar({ text, look }: { text: string; look: Look | null }) {
  return (
    <div className={classes.bar}>
      <SearchField value={text} onChange={(next) => setParams({ q: next === '' ? null : next.slice(0, 200) })} placeholder="Name, agent, owner, tag" label="Filter budgets" width={200} />
      <ChoiceChip label="State" value={look} options={lookOptions} onChange={(value) => setParams({ stands: value })} />
      <span className={classes.barEnd}>Periods are UTC<Changes><Button onClick={add} rightSection={<Kbd keys="n" />}>New budget…</Button></Changes></span>
    </div>
  );
}

function Nothing({ filtered }: { filtered: boolean }) {
  if (filtered) return <Empty title="No budget fits this filter" why="A text or a state is chosen." action={<Button onClick={clear} rightSection={<Kbd keys="escape" />}>Clear the filter</Button>} />;
  return <Empty title="Budgets will stand here" why="There is none yet. A budget watches what an agent, a connection, an owner, a tag or everything spends in an hour, a day, a week, a month or one task. At its soft limit it tells; at its hard limit it tells, or stops whoever spends then. Before it is kept it shows what it would have done." action={<Changes><Button onClick={add} rightSection={<Kbd keys="n" />}>New budget…</Button></Changes>} />;
}

/** What a stop key would be about: whom the chosen budget is for. */
function stopOf(budget: Budget | undefined): StopChoice | null {
  if (budget === undefined) return null;
  const { scope, scopeName } = budget;
  if (scope.kind === 'agent') return { kind: 'one', ask: stopOfAgent({ id: scope.id, name: scopeName }) };
  if (scope.kind === 'connection') return { kind: 'one', ask: stopOfConnection({ id: scope.id, name: scopeName }) };
  return scope.kind === 'tag' ? { kind: 'one', ask: stopOfTag(scope.tag) } : null;
}

interface ListProps { rows: readonly Budget[]; total: number; filtered: boolean; removing: boolean; onRemove: (budget: Budget) => void }

function List({ rows, total, filtered, removing, onRemove }: ListProps) {
  const { params } = usePlace();
  const sort = sortStored.use();
  const detailShown = detailStored.use();
  // People make budgets, so each stands in its place at once; while the list is read, spending moves no row.
  const model = useDataTable({ rows, rowId: (row) => row.id, columns, hidden: [], sort, scope: `${params['q'] ?? ''} ${params['stands'] ?? ''} ${rows.map((row) => row.id).toSorted().join(' ')}` });
  const chosen = model.rows.find((row) => row.id === params['chosen']) ?? model.rows[0];
  const choose = (id: string | null): void => setParams({ chosen: id });
  const move = (by: number) => (): void => choose(step(model.order, chosen?.id ?? null, by));
  const edit = (): void => { if (chosen !== undefined) setParams({ budget: chosen.id }); };
  const remove = (): void => { if (chosen !== undefined) onRemove(chosen); };
  useStopChoice(() => stopOf(chosen));
  useKeys('Budgets', [
    { keys: 'j', does: 'next budget', run: move(1) }, { keys: 'k', does: 'budget before', run: move(-1) }, { keys: 'arrowdown', does: '', run: move(1) }, { keys: 'arrowup', does: '', run: move(-1) },
    { keys: 'enter', does: 'change the budget', changes: true, run: edit }, { keys: 'n', does: 'new budget', changes: true, run: add }, { keys: 'delete', does: 'remove the budget; can be undone', changes: true, run: remove },
    { keys: '.', does: 'newest order', run: model.release }, { keys: 'escape', does: 'clear the filter', run: clear },
  ]);
  return (
    <>
      <div className={classes.listPanes}>
        <div className={classes.leftPane}>
          <h2 className="gh-visually-hidden">Budgets</h2>
          <div className={classes.table}><DataTable label="Budgets" model={model} sort={sort} onSort={sortStored.set} selectable={false} focused={chosen?.id ?? null} onFocus={choose} onOpen={(id) => setParams({ chosen: id, budget: id })} rowHeight={42} empty={<Nothing filtered={filtered} />} rowName={(row) => `${inertString(row.name, 60)}, ${scopeWords(row)}: ${lookBadges[lookOf(row)].word}, ${standingWords(row, row.standing)}; ${onHardWords(row)}`} /></div>
        </div>
        {detailShown && chosen !== undefined && <aside className={classes.rightPane} aria-label="Budget" data-region tabIndex={-1}><BudgetPane key={chosen.id} budget={chosen} removing={removing} onEdit={edit} onRemove={remove} /></aside>}
      </div>
      {total > 0 && (
        <div className={classes.under}>
          <span>{formatCount(rows.length)} of {plural(total, 'budget')} shown. Thin line: soft limit; thick: hard; grey to a dashed end: forecast; dashed outline: only computed.</span>
          {model.moved && <button type="button" className={classes.linkButton} onClick={model.release}>Held in place; newest order <Kbd keys="." /></button>}
          <KeyHints hints={[{ keys: ['j', 'k'], does: 'move' }, { keys: ['enter'], does: 'change', changes: true }, { keys: ['delete'], does: 'remove', changes: true }]} />
        </div>
      )}
    </>
  );
}

/** Removing asks nothing, for it can be taken back; until then the budget watches nothing. */
function useRemoval() {
  const [removed, setRemoved] = useState<Budget | null>(null);
  const remove = useRemoveBudget();
  const restore = useSaveBudget();
  const run = (budget: Budget): void => {
    if (remove.isPending) return;
    restore.reset();
    remove.mutate({ id: budget.id }, { onSuccess: () => { setRemoved(budget); announce(`Budget ${inertString(budget.name, 60)} removed`); } });
  };
  const undo = (): void => {
    if (removed === null || restore.isPending) return;
    restore.mutate({ id: removed.id, draft: draftFrom(removed) }, { onSuccess: (kept) => { setRemoved(null); setParams({ chosen: kept.id }); announce(`Budget ${inertString(kept.name, 60)} is back`); } });
  };
  return { removed, remove, restore, run, undo, forget: () => setRemoved(null) };
}

function Removed({ removal }: { removal: ReturnType<typeof useRemoval> }) {
  const { removed, remove, restore } = removal;
  return (
    <>
      {remove.error !== null && <ErrorBlock error={remove.error} what="The budget was not removed." kept="It watches as before." />}
      {removed !== null && (
        <div className={own.removed} role="status">
          <span>Budget <strong className={classes.strong}><InertName text={removed.name} most={80} /></strong> was removed: it watches nothing any more. Stops that it ordered go on.</span>
          <Changes><Button onClick={removal.undo} disabled={restore.isPending} rightSection={<Kbd keys="mod+z" />}>{restore.isPending ? 'Putting it back…' : 'Undo'}</Button></Changes>
          <Button onClick={removal.forget}>Leave it removed</Button>
        </div>
      )}
      {restore.error !== null && !restore.isPending && <ErrorBlock error={restore.error} what="The budget was not put back." kept="It stays removed." />}
    </>
  );
}

export function BudgetsTab() {
  const { params } = usePlace();
  const query = useQuery(budgetQueries.list());
  const removal = useRemoval();
  const text = (params['q'] ?? '').trim();
  const look = looks.find((one) => one === params['stands']) ?? null;
  const all = query.data?.rows;
  const rows = useMemo(() => (all ?? []).filter((one) => (text === '' || fits(one, text)) && (look === null || lookOf(one) === look)), [all, text, look]);
  useKeys('Removed budget', removal.removed === null ? [] : [{ keys: 'mod+z', does: 'put the removed budget back', changes: true, run: removal.undo }]);
  const asked = params['budget'];
  const edited = asked === undefined || asked === 'new' ? null : all?.find((one) => one.id === asked) ?? null;
  const close = (): void => setParams({ budget: null, for: null });
  return (
    <>
      <Removed removal={removal} />
      <Bar text={params['q'] ?? ''} look={look} />
      {query.error !== null && <ErrorBlock error={query.error} what="The budgets could not be read." retry={() => { void query.refetch(); }} staleSince={all === undefined ? undefined : query.dataUpdatedAt} />}
      {all === undefined ? query.error === null && <Loading what="Reading budgets" rows={6} height={42} /> : <List rows={rows} total={all.length} filtered={text !== '' || look !== null} removing={removal.remove.isPending} onRemove={removal.run} />}
      {asked === 'new' && <BudgetDialog budget={null} asked={params['for'] ?? ''} onClose={close} />}
      {edited !== null && <BudgetDialog key={edited.id} budget={edited} asked="" onClose={close} />}
    </>
  );
}
