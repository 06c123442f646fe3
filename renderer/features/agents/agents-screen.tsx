import { Button, Popover } from '@mantine/core';
import { IconColumns, IconHandStop } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useDeferredValue, useMemo, useState } from 'react';
import type { Agent } from '../../../shared/domain.ts';
import type { AgentState, IdentityKind } from '../../../shared/domain.ts';
import { agentQueries, systemQueries } from '../../api/queries.ts';
import { useKeys } from '../../app/keys.ts';
import { go, placeNow } from '../../app/navigation.ts';
import { periodWords, useAskedPeriod, usePeriod } from '../../app/period.ts';
import { ScreenHead } from '../../app/screen-head.tsx';
import { openStopChooser, openStopPlan, stopOfAgent, useStopChoice, type StopChoice } from '../../app/stop-choice.ts';
import { isStringArray, stored } from '../../app/stored.ts';
import { inertString } from '../../ui/agent-text.ts';
import { announce } from '../../ui/announce.ts';
import { Empty, ErrorBlock, Loading } from '../../ui/blocks.tsx';
import { Changes } from '../../ui/changes.tsx';
import { Chip, ChoiceChip } from '../../ui/chip.tsx';
import { copyText } from '../../ui/copy-button.tsx';
import { DataTable, useDataTable, type DataColumn, type TableSort } from '../../ui/data-table.tsx';
import { selectTo, step, toggled } from '../../ui/data-table-order.ts';
import { formatCount, formatMoney, plural } from '../../ui/format.ts';
import { Hatch } from '../../ui/hatch.tsx';
import { Kbd, KeyHints } from '../../ui/kbd.tsx';
import { ProvenanceLetter } from '../../ui/money.tsx';
import { SearchField } from '../../ui/search-field.tsx';
import { stateWord } from '../../ui/state-shapes.tsx';
import { Age } from '../../ui/time.tsx';
import { agentColumns, usuallyHidden } from './agent-columns.tsx';
import { chosenToStop, filterAgents, filterWords, knownCost, noFilter, type AgentFilter } from './agents-model.ts';
import classes from './agents.module.css';

// Written out here: importing the contract's values would bring all its checks into the page.
const identityKinds: readonly IdentityKind[] = ['own', 'delegated', 'borrowed', 'shared', 'unknown'];
const agentStates: readonly AgentState[] = ['running', 'waiting', 'idle', 'not_seen'];

const hiddenStored = stored<string[]>('agents.hidden', isStringArray, [...usuallyHidden]);
const isSort = (value: unknown): value is TableSort => typeof value === 'object' && value !== null && 'id' in value && typeof value.id === 'string' && 'down' in value && typeof value.down === 'boolean';
const sortStored = stored<TableSort>('agents.sort', isSort, { id: 'lastSeen', down: true });
/** The filter outlives the screen, so that coming back from an agent finds the list as it was left. */
let keptFilter: AgentFilter = noFilter;

const hints = [
  { keys: ['j', 'k'], does: 'move' }, { keys: [' '], does: 'select' }, { keys: ['enter'], does: 'open' },
];

export default function AgentsScreen() {
  const period = usePeriod();
  const asked = useAskedPeriod();
  // A link from a figure says whose agents it means; otherwise the filter of before stands.
  const [filter, setFilterState] = useState(() => ({ ...keptFilter, ...(placeNow().params['q'] === undefined ? {} : { ...noFilter, text: (placeNow().params['q'] ?? '').slice(0, 200) }) }));
  const setFilter = (next: AgentFilter): void => { keptFilter = next; setFilterState(next); };
  const searching = useDeferredValue(filter);
  const { text } = searching;
  const all = useQuery(agentQueries.list(asked));
  // Only when the engine holds back rows can a search find more than is here already.
  const searched = useQuery({ ...agentQueries.list(asked, { text: text.trim() }), enabled: (all.data?.more ?? 0) > 0 && text.trim() !== '' });
  const status = useQuery(systemQueries.status());
  const rows = (text.trim() !== '' ? searched.data?.rows : undefined) ?? all.data?.rows;
  if (rows === undefined) {
    return (
      <>
        <ScreenHead title="Agents" />
        {all.error === null ? <Loading what="Reading agents" rows={18} /> : <ErrorBlock error={all.error} what="The agents could not be read." retry={() => { void all.refetch(); }} />}
      </>
    );
  }
  const known = (all.data?.rows.length ?? 0) + (all.data?.more ?? 0);
  return (
    <>
      <ScreenHead title="Agents" context={<span>{plural(known, 'agent')}{status.data !== undefined && <>, {plural(status.data.connections, 'connection')}{status.data.newestActivityAt !== null && <>, newest <Age iso={status.data.newestActivityAt} /> ago</>}</>}</span>} />
      {all.error !== null && <ErrorBlock error={all.error} what="The agents could not be read again." retry={() => { void all.refetch(); }} staleSince={all.dataUpdatedAt} />}
      <AgentList rows={rows} known={known} filter={searching} typed={filter.text} setFilter={setFilter} period={periodWords(period)} />
    </>
  );
}

interface AgentListProps { rows: readonly Agent[]; known: number; filter: AgentFilter; typed: string; setFilter: (filter: AgentFilter) => void; period: string }

function AgentList({ rows, known, filter, typed, setFilter, period }: AgentListProps) {
  const hidden = hiddenStored.use();
  const sort = sortStored.use();
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set());
  const [focused, setFocused] = useState<string | null>(null);
  const shown = useMemo(() => filterAgents(rows, filter), [rows, filter]);
  const currencies = useMemo(() => knownCost(rows), [rows]);
  const columns = useMemo(() => agentColumns(currencies.length > 1 ? null : (currencies[0]?.currency ?? 'USD'), period), [currencies, period]);
  const model = useDataTable({ rows: shown, rowId: idOf, columns, hidden, sort, scope: JSON.stringify({ ...filter, period }) });
  const connections = useMemo(() => [...new Map(rows.map((agent) => [agent.connectionId, agent.connectionName]))].map(([value, label]) => ({ value, label })), [rows]);
  const words = filterWords(filter, connections.find((one) => one.value === filter.connectionId)?.label ?? null);
  const open = (id: string): void => go({ screen: 'agent', id });
  const select = (id: string): void => setSelected((now) => toggled(now, id));
  useAgentKeys({ order: model.order, focused, setFocused, selected, setSelected, open, select, release: model.release, filtered: words.length > 0, clear: () => setFilter(noFilter) });
  const chosen = model.order.filter((id) => selected.has(id)).length;
  const nobody = known === 0;
  const toStop = stopChoiceOf(chosenToStop(rows, selected, focused));
  useStopChoice(() => toStop);
  return (
    <>
      <div className={classes.bar}>
        <SearchField value={typed} onChange={(next) => setFilter({ ...filter, text: next })} placeholder="Name, service, person, identifier" label="Filter agents" />
        <Chip label="Active or not seen" on={filter.active} onToggle={() => setFilter({ ...filter, active: !filter.active })} />
        <ChoiceChip label="Identity" value={filter.identity} options={identityKinds.map((value) => ({ value, label: stateWord(value) }))} onChange={(identity) => setFilter({ ...filter, identity })} />
        <ChoiceChip label="Connection" value={filter.connectionId} options={connections} onChange={(connectionId) => setFilter({ ...filter, connectionId })} />
        <ChoiceChip label="Status" value={filter.state} options={agentStates.map((value) => ({ value, label: stateWord(value) }))} onChange={(state) => setFilter({ ...filter, state })} />
        <span className={classes.right}>
          <CostSum agents={shown} />
          <ColumnChooser columns={columns} hidden={hidden} />
        </span>
      </div>
      <div className={classes.table}>
        {model.waiting > 0 && <button type="button" className={classes.fresh} onClick={model.release}>{formatCount(model.waiting)} new, press <Kbd keys="." /></button>}
        <DataTable
          label="Agents" model={model} sort={sort} onSort={sortStored.set} selected={selected} onSelect={select}
          onSelectAll={() => setSelected(chosen === model.order.length ? new Set() : new Set(model.order))} focused={focused} onFocus={setFocused} onOpen={open} rowName={rowName}
          empty={nobody
            ? <Empty title="Every agent that reports will stand here" why="No agent has been seen yet. An agent appears with its first activity, as soon as its telemetry reaches this machine." action={<Changes><Button onClick={() => go({ screen: 'connections', params: { add: '1' } })}>Add a connection</Button></Changes>} />
            : <Empty title={`No agent of ${plural(known, 'agent')} fits this filter`} why={`On: ${words.join(', ')}.`} action={<Button onClick={() => setFilter(noFilter)} rightSection={<Kbd keys="escape" />}>Clear the filter</Button>} />}
        />
      </div>
      <div className={classes.below}>
        <span>{!nobody && <>{`${formatCount(model.order.length)} of ${plural(known, 'agent')} shown.${chosen === 0 ? '' : ` ${formatCount(chosen)} selected.`}`}<KeyHints hints={hints} /></>}<StopChosen choice={toStop} />{model.moved && <button type="button" className={classes.moved} onClick={model.release}>Held in place; newest order: <Kbd keys="." /></button>}</span>
        <Legend />
      </div>
    </>
  );
}

function stopChoiceOf(agents: readonly Agent[]): StopChoice | null {
  const [first] = agents;
  if (first === undefined) return null;
  if (agents.length > 1) return { kind: 'several', agents: agents.map(({ id, name }) => ({ id, name })) };
  return { kind: 'one', ask: stopOfAgent(first, { connection: { id: first.connectionId, name: first.connectionName } }) };
}

/** The act on what is ticked or focused; it opens the plan. */
function StopChosen({ choice }: { choice: StopChoice | null }) {
  if (choice === null) return null;
  const open = (): void => { if (choice.kind === 'one') openStopPlan(choice.ask); else openStopChooser(choice.agents); };
  const words = choice.kind === 'one' ? `Stop ${inertString(choice.ask.name, 18)}…` : `Stop one of ${formatCount(choice.agents.length)}…`;
  return <Changes><button type="button" className={classes.stop} onClick={open}><IconHandStop size={14} stroke={1.75} aria-hidden="true" />{words}<Kbd keys="mod+." /></button></Changes>;
}

const idOf = (agent: Agent): string => agent.id;
const rowName = (agent: Agent): string => `${inertString(agent.name, 60)}, ${stateWord(agent.state).toLowerCase()}, ${plural(agent.failures, 'failure')}`;

interface AgentKeys {
  order: readonly string[]; focused: string | null; setFocused: (id: string | null) => void; selected: ReadonlySet<string>; setSelected: (next: ReadonlySet<string>) => void;
  open: (id: string) => void; select: (id: string) => void; release: () => void; filtered: boolean; clear: () => void;
}

function useAgentKeys({ order, focused, setFocused, selected, setSelected, open, select, release, filtered, clear }: AgentKeys): void {
  const move = (by: number) => (): void => setFocused(step(order, focused, by));
  const grow = (by: number) => (): void => {
    const to = step(order, focused, by);
    if (to === null) return;
    setSelected(selectTo(order, selected, focused, to));
    setFocused(to);
  };
  const here = (act: (id: string) => void) => (): void => { if (focused !== null) act(focused); };
  useKeys('Agents', [
    { keys: 'j', does: 'next agent', run: move(1) }, { keys: 'k', does: 'agent before', run: move(-1) },
    { keys: 'arrowdown', does: '', run: move(1) }, { keys: 'arrowup', does: '', run: move(-1) },
    { keys: 'pagedown', does: '', run: move(15) }, { keys: 'pageup', does: '', run: move(-15) },
    { keys: 'home', does: '', run: () => setFocused(order[0] ?? null) }, { keys: 'end', does: '', run: () => setFocused(order.at(-1) ?? null) },
    { keys: 'shift+j', does: 'grow the selection down', run: grow(1) }, { keys: 'shift+k', does: 'grow the selection up', run: grow(-1) },
    { keys: 'shift+arrowdown', does: '', run: grow(1) }, { keys: 'shift+arrowup', does: '', run: grow(-1) },
    { keys: 'space', does: 'select', run: here(select) },
    { keys: 'enter', does: 'open the agent', run: here(open) },
    { keys: 'c', does: 'copy identifier', run: here((id) => { void copyText(id).then((done) => announce(done ? 'Identifier copied' : 'Not copied: the system refused the clipboard')); }) },
    { keys: '.', does: 'show what is new, in order', run: release },
    { keys: 'escape', does: 'clear the filter', run: () => { if (filtered) clear(); else setFocused(null); } },
  ]);
}

/** What is known of the cost of those shown, and what is not. */
function CostSum({ agents }: { agents: readonly Agent[] }) {
  const sums = knownCost(agents);
  const unpriced = sums.reduce((count, sum) => count + sum.agentsWithUnpriced, 0);
  if (sums.length === 0) return null;
  return <span>{sums.map((sum) => `${formatMoney(sum.known, 2)} ${sum.currency}`).join(' and ')} known{unpriced > 0 && `, ${plural(unpriced, 'agent')} with unpriced work`}</span>;
}

function ColumnChooser({ columns, hidden }: { columns: readonly DataColumn<Agent>[]; hidden: readonly string[] }) {
  return (
    <Popover position="bottom-end" trapFocus returnFocus>
      <Popover.Target><Button leftSection={<IconColumns size={14} stroke={1.75} aria-hidden="true" />}>Columns</Button></Popover.Target>
      <Popover.Dropdown aria-label="Columns shown">
        <div className={classes.columns}>
          {columns.filter((column) => column.fixed !== true).map((column) => (
            <label key={column.id}>
              <input type="checkbox" checked={!hidden.includes(column.id)} onChange={() => hiddenStored.set(hidden.includes(column.id) ? hidden.filter((id) => id !== column.id) : [...hidden, column.id])} />
              {column.name}
            </label>
          ))}
          <Button onClick={() => hiddenStored.set([...usuallyHidden])}>As at first</Button>
        </div>
      </Popover.Dropdown>
    </Popover>
  );
}

function Legend() {
  return (
    <span>
      Cost:
      <span className={classes.legend}><ProvenanceLetter provenance="billed" /> <span aria-hidden="true">billed</span></span>
      <span className={classes.legend}><ProvenanceLetter provenance="reported" /> <span aria-hidden="true">reported</span></span>
      <span className={classes.legend}><ProvenanceLetter provenance="computed" /> <span aria-hidden="true">computed</span></span>
      <span className={classes.legend}><ProvenanceLetter provenance="unpriced" /> <span aria-hidden="true">unpriced</span></span>
      <span className={classes.legend}><Hatch name="Hatched: not seen" /> <span aria-hidden="true">not seen</span></span>
    </span>
  );
}
