/** Who calls whom: agents, what they use, whose account they use. A drawing, and the same as a list beside it. */
import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useDeferredValue, useMemo, useState } from 'react';
import type { AccessGraph } from '../../../shared/access.ts';
import { graphQueries } from '../../api/queries.ts';
import { go, placeHash, setParams, usePlace } from '../../app/navigation.ts';
import { periodWords, useAskedPeriod, usePeriod } from '../../app/period.ts';
import { inertString } from '../../ui/agent-text.ts';
import { InertName } from '../../ui/agent-text-view.tsx';
import { Empty, ErrorBlock, Loading } from '../../ui/blocks.tsx';
import { Chip } from '../../ui/chip.tsx';
import { formatCount, plural } from '../../ui/format.ts';
import { Hatch } from '../../ui/hatch.tsx';
import { Panel } from '../../ui/panel.tsx';
import { SearchField } from '../../ui/search-field.tsx';
import { Segmented } from '../../ui/segmented.tsx';
import { GraphCanvas } from './graph-canvas.tsx';
import { callWords, collapse, edgeWords, matching, nodeKindWord, nodeWords, type GraphEdge, type Shown, type ShownNode } from './graph-model.ts';
import classes from './graph.module.css';

const hopChoices = [{ value: '1', label: '1 step' }, { value: '2', label: '2' }, { value: '3', label: '3' }] as const;

export default function GraphView() {
  const { params } = usePlace();
  const period = usePeriod();
  const asked = useAskedPeriod();
  const focus = params['focus'] ?? null;
  const hops = Math.min(3, Math.max(1, Number(params['hops'] ?? '1') || 1));
  const holds = params['holds'] === '1';
  const query = useQuery(graphQueries.graph(asked, { ...(focus === null ? {} : { focus, hops }), holds, limit: 200 }));
  if (query.data === undefined) return query.error === null ? <Loading what="Reading who calls whom" rows={12} /> : <ErrorBlock error={query.error} what="Who calls whom could not be read." retry={() => { void query.refetch(); }} />;
  return <Graph graph={query.data} focus={focus} hops={hops} holds={holds} chosen={params['node'] ?? null} period={periodWords(period)} />;
}

interface GraphProps { graph: AccessGraph; focus: string | null; hops: number; holds: boolean; chosen: string | null; period: string }

function Graph({ graph, focus, hops, holds, chosen, period }: GraphProps) {
  const [opened, setOpened] = useState<ReadonlySet<string>>(new Set());
  const [text, setText] = useState('');
  const searched = useDeferredValue(text);
  const shown = useMemo(() => collapse(graph, opened), [graph, opened]);
  const found = useMemo(() => matching(shown.nodes, searched), [shown, searched]);
  const focused = graph.nodes.find(({ id }) => id === focus);
  const groups = shown.nodes.filter(({ kind }) => kind === 'group').length;
  const choose = (id: string | null): void => setParams({ node: id });
  const open = (id: string): void => {
    if (id.startsWith('group ')) {
      setOpened(new Set([...opened, id.slice('group '.length)]));
      choose(null);
    } else setParams({ focus: id, node: id, hops: focus === null ? '1' : String(hops) });
  };
  if (graph.nodes.length === 0) {
    return <Panel flush fill title="Who calls whom">{focus === null
      ? <Empty title="Who calls whom will stand here" why={`No call of an agent was seen in this period (${period.toLowerCase()}). A longer period may hold some: it is chosen at the top right.`} />
      : <Empty title="Nothing around it in this period" why="It called nothing and nobody called it where we could see." action={<Button onClick={() => setParams({ focus: null, node: null })}>Show all</Button>} />}</Panel>;
  }
  return (
    <div className={classes.screen}>
      <section className={classes.drawing} aria-label="Drawing of who calls whom">
        <div className={classes.tools}>
          <SearchField label="Find in the graph" placeholder="Agent, tool, person" value={text} onChange={setText} width={200} />
          {searched.trim() !== '' && <span className={classes.muted} role="status">{found.size === 0 ? 'nothing found' : plural(found.size, 'match', 'matches')}</span>}
          {focus !== null && <><Chip label={`Around: ${focused === undefined ? 'one' : inertString(focused.name, 40)}`} on onToggle={() => setParams({ focus: null, hops: null })} /><Segmented label="Steps around it" name="graph-hops" value={String(hops) as '1' | '2' | '3'} options={hopChoices} onChange={(value) => setParams({ hops: value })} /></>}
          <Chip label="Also unused grants" on={holds} onToggle={() => setParams({ holds: holds ? null : '1' })} />
          {opened.size > 0 && <Button size="compact-sm" onClick={() => setOpened(new Set())}>Collapse all</Button>}
          <span className={classes.aside}>{plural(graph.nodes.length, 'node')}{groups > 0 && `, some as ${plural(groups, 'group')}`}{graph.moreNodes > 0 && `; ${formatCount(graph.moreNodes)} quieter ones left out`}, {period.toLowerCase()}</span>
        </div>
        <GraphCanvas shown={shown} chosen={chosen} found={found} label={`Who calls whom: ${plural(shown.nodes.length, 'box', 'boxes')}, ${plural(shown.edges.length, 'line')}. Arrow keys walk, Enter goes in. The list beside says the same.`} onChoose={choose} onOpen={open} />
        <Legend holds={holds} />
      </section>
      <Beside graph={graph} shown={shown} found={found} searching={searched.trim() !== ''} chosen={chosen} onChoose={choose} onOpen={open} focus={focus} />
    </div>
  );
}

const key = (className: string | undefined, label: string, dashes?: string) => (
  <span className={classes.key}><svg width="22" height="8" aria-hidden="true"><path d="M1 4H21" strokeWidth="2" className={className} {...(dashes === undefined ? {} : { strokeDasharray: dashes })} /></svg>{label}</span>
);

function Legend({ holds }: { holds: boolean }) {
  return (
    <div className={classes.legend}>
      {key(classes.line, 'calls, thicker = more')}{key(classes.failing, 'half or more failed')}{key(classes.denying, 'half or more denied')}{holds && key(classes.holding, 'may use, did not')}{key(classes.authority, 'acts for, acts with')}
    </div>
  );
}

interface BesideProps { graph: AccessGraph; shown: Shown; found: ReadonlySet<string>; searching: boolean; chosen: string | null; focus: string | null; onChoose: (id: string | null) => void; onOpen: (id: string) => void }

const most = 200;

/** The accessible list: every box, or everything about the chosen one. */
function Beside({ graph, shown, found, searching, chosen, focus, onChoose, onOpen }: BesideProps) {
  const names = useMemo(() => new Map(shown.nodes.map((node) => [node.id, node.name])), [shown]);
  const node = shown.nodes.find(({ id }) => id === chosen);
  if (node !== undefined) return <NodePane node={node} edges={shown.edges} names={names} focus={focus} onChoose={onChoose} onOpen={onOpen} />;
  const rows = shown.nodes.filter(({ id }) => !searching || found.has(id)).toSorted((a, b) => b.volume - a.volume || a.name.localeCompare(b.name));
  return (
    <Panel flush fill title="As a list" aside={<span>{plural(rows.length, 'entry', 'entries')}, busiest first</span>}>
      {graph.notSeen.map(({ agentId, name, why }) => <div key={agentId} className={classes.notSeen}><Hatch name={`Not seen: ${why}`} /><span><InertName text={name} most={60} />: {why}</span></div>)}
      <ul className={classes.list}>
        {rows.slice(0, most).map((one) => <li key={one.id}><button type="button" className={classes.row} onClick={() => onChoose(one.id)}>{nodeWords(one)}</button></li>)}
      </ul>
      {rows.length > most && <p className={`${classes.muted} ${classes.pad}`}>{formatCount(rows.length - most)} more: search for them.</p>}
    </Panel>
  );
}

function NodePane({ node, edges, names, focus, onChoose, onOpen }: { node: ShownNode; edges: readonly GraphEdge[]; names: ReadonlyMap<string, string>; focus: string | null; onChoose: (id: string | null) => void; onOpen: (id: string) => void }) {
  const its = edges.filter(({ from, to }) => from === node.id || to === node.id).toSorted((a, b) => b.volume - a.volume);
  const nameOf = (id: string): string => names.get(id) ?? id;
  return (
    <Panel flush fill title={<span>{nodeKindWord(node.kind)}</span>} aside={<Button size="compact-sm" onClick={() => onChoose(null)}>List</Button>}>
      <div className={classes.pad}>
        <h3 className={classes.name}><InertName text={node.name} most={200} /></h3>
        <p className={classes.muted}>{callWords(node) || 'no call in this period'}{node.hidden > 0 && `; ${plural(node.hidden, 'neighbour')} not shown`}</p>
        <div className={classes.actions}>
          {node.kind === 'group' ? <Button size="compact-sm" onClick={() => onOpen(node.id)}>Open the group</Button> : focus !== node.id && <Button size="compact-sm" onClick={() => onOpen(node.id)}>Focus on it</Button>}
          {node.kind === 'agent' && node.refId !== null && <Button size="compact-sm" component="a" href={placeHash({ screen: 'agent', id: node.refId, params: { tab: 'access' } })}>Open agent</Button>}
          {node.kind === 'connection' && node.refId !== null && <Button size="compact-sm" onClick={() => go({ screen: 'connections', id: node.refId })}>Open connection</Button>}
        </div>
      </div>
      <ul className={classes.list} aria-label="Lines to and from it">
        {node.members.map((member) => <li key={member.id}><span className={classes.row}>{nodeWords(member)}</span></li>)}
        {its.slice(0, most).map((edge) => {
          const other = edge.from === node.id ? edge.to : edge.from;
          return <li key={`${edge.from} ${edge.to} ${edge.kind}`}><button type="button" className={classes.row} onClick={() => onChoose(other)}>{edgeWords(edge, nameOf)}</button></li>;
        })}
      </ul>
    </Panel>
  );
}
