/** Whom a report is about: everything, or what carries a tag, some agents, a connection, a stop order. */
import { IconX } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { agentQueries, connectionQueries, stopQueries } from '../../api/queries.ts';
import { inertString } from '../../ui/agent-text.ts';
import { formatCount, formatDay } from '../../ui/format.ts';
import { Segmented } from '../../ui/segmented.tsx';
import { changeDraft } from './draft-memory.ts';
import { scopeKinds, type Draft } from './report-draft.ts';
import { scopeWords } from './report-words.ts';
import classes from './audit.module.css';

/** Every agent that is known, whatever the screens' period shows. */
const ever = { key: 'ever', toPeriod: () => ({ from: '1970-01-01T00:00:00.000Z', to: null }) };

interface Option { value: string; label: string }

function Choice({ label, first, options, value, onChange }: { label: string; first: string; options: readonly Option[]; value: string | null; onChange: (value: string) => void }) {
  // What a template names and is not there any more stays a choice that can be left.
  const shown = value === null || options.some((one) => one.value === value) ? options : [...options, { value, label: `${value}, not known here now` }];
  return (
    <select className={classes.select} aria-label={label} value={value ?? ''} onChange={(event) => onChange(event.currentTarget.value)}>
      {value === null && <option value="">{first}</option>}
      {shown.map((one) => <option key={one.value} value={one.value}>{one.label}</option>)}
    </select>
  );
}

function Agents({ draft }: { draft: Draft }) {
  const { data } = useQuery(agentQueries.list(ever));
  const rows = data?.rows ?? [];
  const name = (id: string): string => inertString(rows.find((row) => row.id === id)?.name ?? id, 40);
  const left = rows.filter((row) => !draft.agents.includes(row.id));
  return (
    <div className={classes.agents}>
      {draft.agents.map((id) => <button key={id} type="button" className={classes.agentChip} onClick={() => changeDraft({ agents: draft.agents.filter((one) => one !== id) })}><span className="gh-visually-hidden">Leave out </span>{name(id)}<IconX size={12} stroke={1.75} aria-hidden="true" /></button>)}
      {left.length > 0 && draft.agents.length < 1_000 && (
        <select className={classes.select} aria-label="Add an agent" value="" onChange={(event) => { if (event.currentTarget.value !== '') changeDraft({ agents: [...draft.agents, event.currentTarget.value] }); }}>
          <option value="">{draft.agents.length === 0 ? 'Choose an agent' : 'Add another'}</option>
          {left.map((row) => <option key={row.id} value={row.id}>{inertString(row.name, 60)}</option>)}
        </select>
      )}
    </div>
  );
}

function Tags({ draft }: { draft: Draft }) {
  const { data } = useQuery(stopQueries.tags());
  if (data?.rows.length === 0 && draft.tag === null) return <p className={classes.says}>No agent carries a tag yet. Tags are given on an agent&rsquo;s own screen.</p>;
  return <Choice label="Tag" first="Choose a tag" value={draft.tag} options={(data?.rows ?? []).map((row) => ({ value: row.tag, label: `${inertString(row.tag, 60)}, ${formatCount(row.agents)}` }))} onChange={(tag) => changeDraft({ tag })} />;
}

function Connections({ draft }: { draft: Draft }) {
  const { data } = useQuery(connectionQueries.list());
  if (data?.rows.length === 0 && draft.connectionId === null) return <p className={classes.says}>Nothing is connected.</p>;
  return <Choice label="Connection" first="Choose a connection" value={draft.connectionId} options={(data?.rows ?? []).map((row) => ({ value: row.id, label: inertString(row.name, 60) }))} onChange={(connectionId) => changeDraft({ connectionId })} />;
}

function Stops({ draft }: { draft: Draft }) {
  const { data } = useQuery(stopQueries.all());
  if (data?.rows.length === 0 && draft.stopId === null) return <p className={classes.says}>No stop order was given yet.</p>;
  return <Choice label="Stop order" first="Choose a stop order" value={draft.stopId} options={(data?.rows ?? []).map((row) => ({ value: row.id, label: `${String(row.number)}, ${inertString(row.scopeName, 40)}, ${formatDay(new Date(row.intentAt))}` }))} onChange={(stopId) => changeDraft({ stopId })} />;
}

export function ScopeChoice({ draft, all }: { draft: Draft; /** agents that are known; null: not read yet. */ all: number | null }) {
  const parts: Record<Draft['scope'], ReactNode> = { everything: null, tag: <Tags draft={draft} />, agents: <Agents draft={draft} />, connection: <Connections draft={draft} />, stop: <Stops draft={draft} /> };
  return (
    <div className={classes.block}>
      <span className={classes.label} aria-hidden="true">Scope</span>
      <span className={classes.tight}><Segmented label="Scope" name="report-scope" value={draft.scope} options={scopeKinds.map((value) => ({ value, label: value === 'everything' && all !== null ? `All ${formatCount(all)}` : scopeWords[value] }))} onChange={(scope) => changeDraft({ scope })} /></span>
      {parts[draft.scope]}
    </div>
  );
}
