/** Everything that an agent could reach: by its own grants, through agents that it hands work to, through credentials that it shares. */
import { useQuery } from '@tanstack/react-query';
import { Fragment, useMemo, useState } from 'react';
import type { Reach } from '../../../shared/access.ts';
import { graphQueries } from '../../api/queries.ts';
import { go, placeHash } from '../../app/navigation.ts';
import { InertName } from '../../ui/agent-text-view.tsx';
import { Empty, ErrorBlock, Loading } from '../../ui/blocks.tsx';
import { PlainTable } from '../../ui/data-table-plain.tsx';
import { formatCount, plural } from '../../ui/format.ts';
import { Panel } from '../../ui/panel.tsx';
import { Segmented } from '../../ui/segmented.tsx';
import { StateBadge } from '../../ui/state-badge.tsx';
import { StateShape } from '../../ui/state-shapes.tsx';
import { GraphCanvas } from './graph-canvas.tsx';
import { collapse } from './graph-model.ts';
import { classWords, undoWords } from './access-words.ts';
import classes from './graph.module.css';

const shapes = [{ value: 'list', label: 'List' }, { value: 'graph', label: 'Graph' }] as const;

export default function ReachView({ agentId }: { agentId: string }) {
  const query = useQuery(graphQueries.reach(agentId));
  if (query.data === undefined) return query.error === null ? <Loading what="Following its grants" rows={8} /> : <ErrorBlock error={query.error} what="What it could reach could not be read." retry={() => { void query.refetch(); }} />;
  return <ReachPanels reach={query.data} agentId={agentId} />;
}

function ReachPanels({ reach, agentId }: { reach: Reach; agentId: string }) {
  const [shape, setShape] = useState<'list' | 'graph'>('list');
  const { counts } = reach;
  return (
    <div className={classes.reach}>
      <Panel flush title="Blast radius" aside={<Segmented label="Show as" name="reach-shape" value={shape} options={shapes} onChange={setShape} />} foot={<span>What its grants and those of whom it calls permit, as declared. That something can be reached does not say that it would be let in.</span>}>
        <div className={classes.counts}>
          <Count figure={counts.own} says="by its own grants" /><Count figure={counts.bySubAgents} says="through agents it hands work to" /><Count figure={counts.byShared} says="through shared credentials" />
          <Count figure={counts.irreversible} says="cannot be undone" /><Count figure={counts.notUnderstood} says="not understood" />
        </div>
        {reach.cannotTell.map((text) => <p key={text} className={`${classes.muted} ${classes.pad}`}><StateShape state="unknown" /> {text}</p>)}
        {shape === 'graph' ? <ReachGraph reach={reach} agentId={agentId} /> : <ReachList reach={reach} />}
      </Panel>
      <SharedPanel reach={reach} agentId={agentId} />
    </div>
  );
}

const Count = ({ figure, says }: { figure: number; says: string }) => <span className={classes.count}><strong>{formatCount(figure)}</strong>{says}</span>;

function ReachList({ reach }: { reach: Reach }) {
  if (reach.items.length === 0) return <Empty title="What it could reach will stand here" why="No grant of it is known, and it calls nobody whose grants are. A connection that lists grants, or an imported policy, brings them." />;
  return (
    <>
      <PlainTable
        label="What it could reach, worst first" rows={reach.items} rowId={(one) => `${one.resource} ${one.class} ${one.path.join(' ')}`}
        columns={[
          { id: 'resource', head: 'Resource', cell: (one) => <InertName text={one.resource} most={80} /> },
          { id: 'class', head: 'May', cell: (one) => classWords[one.class] },
          { id: 'undo', head: 'Undo', cell: (one) => undoWords[one.reversibility].word },
          { id: 'used', head: 'Used', cell: (one) => (one.used === null ? 'cannot tell' : one.used ? 'yes' : 'no') },
          { id: 'path', head: 'By', wide: true, cell: (one) => <Path names={one.path} /> },
        ]}
      />
      {reach.more > 0 && <p className={`${classes.muted} ${classes.pad}`}>{formatCount(reach.more)} more are not listed here; the matrix of Access holds them.</p>}
    </>
  );
}

/** A way of names: only its separators are ours. */
const Path = ({ names }: { names: readonly string[] }) => (
  <span className={classes.path}>{names.map((name, at) => <Fragment key={`${at} ${name}`}>{at > 0 && <span aria-label="then">›</span>}<InertName text={name} most={40} /></Fragment>)}</span>
);

function ReachGraph({ reach, agentId }: { reach: Reach; agentId: string }) {
  const [chosen, setChosen] = useState<string | null>(null);
  const [opened, setOpened] = useState<ReadonlySet<string>>(new Set());
  const shown = useMemo(() => collapse(reach.graph, opened), [reach, opened]);
  const open = (id: string): void => {
    if (id.startsWith('group ')) setOpened(new Set([...opened, id.slice('group '.length)]));
    const node = reach.graph.nodes.find((one) => one.id === id);
    if (node?.kind === 'agent' && node.refId !== null && node.refId !== agentId) go({ screen: 'agent', id: node.refId, params: { tab: 'access' } });
  };
  if (reach.graph.nodes.length === 0) return <p className={classes.pad}>Nothing to draw.</p>;
  return <div className={classes.small}><GraphCanvas shown={shown} chosen={chosen} found={noneFound} label={`What it could reach: ${plural(shown.nodes.length, 'box', 'boxes')}. The list says the same.`} onChoose={setChosen} onOpen={open} /></div>;
}

const noneFound: ReadonlySet<string> = new Set();

function SharedPanel({ reach, agentId }: { reach: Reach; agentId: string }) {
  return (
    <Panel flush title="Who else holds its credentials" aside={<span>{plural(reach.shared.length, 'credential')}</span>}>
      {reach.shared.length === 0
        ? <p className={classes.pad}>No credential of it is known to be held by another agent. Telemetry seldom names credentials; an imported document can.</p>
        : (
          <PlainTable
            label="Credentials and who shares them" rows={reach.shared} rowId={(one) => one.credentialId}
            columns={[
              { id: 'credential', head: 'Credential', cell: (one) => <InertName text={one.name} most={80} /> },
              { id: 'kind', head: 'Kind', cell: (one) => one.kind },
              { id: 'agents', head: 'Held by', wide: true, cell: (one) => <span className={classes.path}>{one.agents.map((agent) => <Fragment key={agent.id}><StateBadge state={agent.identity} /> {agent.id === agentId ? <span>this agent</span> : <a href={placeHash({ screen: 'agent', id: agent.id, params: { tab: 'access' } })}><InertName text={agent.name} most={40} /></a>}</Fragment>)}</span> },
              { id: 'evidence', head: 'Evidence', wide: true, cell: (one) => <InertName text={one.evidence} most={160} /> },
            ]}
          />
        )}
    </Panel>
  );
}
