/** What stands in the palette for a typed text: sections in their fixed order. Pure but for what the entries run. */
import type { TablerIcon } from '@tabler/icons-react';
import type { Approval, Connection } from '../../shared/domain.ts';
import type { Result } from '../../shared/contract.ts';
import { matchRank, matchTerms } from '../ui/matched.tsx';
import type { State } from '../ui/state-shapes.tsx';
import type { Command } from './commands.ts';

export interface Entry {
  id: string;
  title: string;
  context: string;
  /** right side: a word for what it is or how it stands. */
  aside: string;
  keys?: string;
  /** a state's shape, an icon, or the # of an identifier. */
  mark: { state: State } | { icon: TablerIcon } | { hash: true };
  mono?: boolean;
  /** leads to a stop: drawn in its tone. */
  stop?: boolean;
  /** what Ctrl . does while this entry is chosen. */
  openStop?: () => void;
  run: () => void;
}
export interface Section { title: string; found: number; entries: Entry[] }

export type Mode = 'all' | 'commands' | 'identifiers';

/** `>` commands only, `#` identifiers only; the sign is not part of what is looked for. */
export function readTyped(raw: string): { mode: Mode; text: string } {
  const text = raw.trimStart();
  if (text.startsWith('>')) return { mode: 'commands', text: text.slice(1).trim() };
  if (text.startsWith('#')) return { mode: 'identifiers', text: text.slice(1).trim() };
  return { mode: 'all', text: text.trim() };
}

const verb = /^(?:stop|follow)\s+(.+)$/i;

/** What the engine is asked for: behind a verb of ours stands the agent's name. Among commands only, nothing else is looked for. */
export function lookedFor(raw: string): string {
  const { mode, text } = readTyped(raw);
  const behind = verb.exec(text)?.[1]?.trim();
  return mode === 'identifiers' ? text : behind ?? (mode === 'commands' ? '' : text);
}

/** Of what was found for an earlier text, what fits this one too: Enter must never open what the person has typed past. */
export function stillFound(found: Result<'find'>, raw: string): Result<'find'> {
  const text = lookedFor(raw);
  const fits = (...names: string[]): boolean => text !== '' && matchTerms(names.join(' '), text) !== null;
  return {
    ...found, agents: found.agents.filter((one) => fits(one.name, one.context)), tasks: found.tasks.filter((one) => fits(one.key, one.name)), activities: found.activities.filter((one) => fits(one.id, one.name)),
  };
}

const agentStateShapes: Record<string, { state: State; word: string }> = {
  running: { state: 'running', word: 'Running' }, waiting: { state: 'waiting', word: 'Waiting' },
  idle: { state: 'idle', word: 'Idle' }, not_seen: { state: 'not_seen', word: 'Not seen' },
};

export interface PaletteSources {
  found: Result<'find'> | undefined;
  commands: readonly Command[];
  places: readonly { id: string; title: string; icon: TablerIcon; keys: string; run: () => void }[];
  connections: readonly Connection[];
  approvals: readonly Pick<Approval, 'id' | 'title' | 'agentName' | 'connectionName'>[];
  connectionIcon: TablerIcon;
  followIcon: TablerIcon;
  stopIcon: TablerIcon;
  openAgent: (id: string) => void;
  followAgent: (id: string) => void;
  stopAgent: (agent: { id: string; name: string }) => void;
  openConnection: (id: string) => void;
  openApproval: (id: string) => void;
  openTask: (id: string, activityId: string | null) => void;
}

function ranked(entries: Entry[], text: string, most: number): { found: number; entries: Entry[] } {
  const hits = text === '' ? entries : entries.filter((entry) => matchTerms(`${entry.title} ${entry.context}`, text) !== null);
  const inOrder = text === '' ? hits : hits.toSorted((a, b) => matchRank(a.title, text) - matchRank(b.title, text));
  return { found: hits.length, entries: inOrder.slice(0, most) };
}

function agentEntries(sources: PaletteSources): Entry[] {
  return (sources.found?.agents ?? []).map((agent) => {
    const look = agentStateShapes[agent.state] ?? { state: 'unknown' as const, word: 'Unknown' };
    return { id: `agent-${agent.id}`, title: agent.name, context: agent.context, aside: look.word, mark: { state: look.state }, run: () => sources.openAgent(agent.id), openStop: () => sources.stopAgent(agent) };
  });
}

const stopContext = 'opens the plan, stops nothing yet';

function commandEntries(sources: PaletteSources): Entry[] {
  const stop = (sources.found?.agents ?? []).slice(0, 2).map((agent, index): Entry => ({
    id: `stop-${agent.id}`, title: `Stop ${agent.name}…`, context: stopContext, aside: '', mark: { icon: sources.stopIcon }, stop: true, run: () => sources.stopAgent(agent), openStop: () => sources.stopAgent(agent),
    // The key is that of the chosen agent, and the first one is chosen as soon as it is found.
    ...(index === 0 ? { keys: 'mod+.' } : {}),
  }));
  const follow = (sources.found?.agents ?? []).slice(0, 2).map((agent): Entry => ({
    id: `follow-${agent.id}`, title: `Follow ${agent.name} in Live`, context: 'only this agent', aside: '', mark: { icon: sources.followIcon }, run: () => sources.followAgent(agent.id),
  }));
  const plain = sources.commands.map((command): Entry => ({
    id: `do-${command.id}`, title: command.title, context: command.context, aside: '', mark: { icon: command.icon }, run: command.run,
    ...(command.keys === undefined ? {} : { keys: command.keys }), ...(command.stop === true ? { stop: true, openStop: command.run } : {}),
  }));
  return [...stop, ...follow, ...plain];
}

function placeEntries(sources: PaletteSources): Entry[] {
  const screens = sources.places.map((place): Entry => ({ id: `go-${place.id}`, title: place.title, context: 'screen', aside: '', keys: place.keys, mark: { icon: place.icon }, run: place.run }));
  const connections = sources.connections.map((one): Entry => ({
    id: `connection-${one.id}`, title: one.name, context: one.healthText, aside: 'Connection', mark: { icon: sources.connectionIcon }, run: () => sources.openConnection(one.id),
  }));
  const approvals = sources.approvals.map((one): Entry => ({
    id: `approval-${one.id}`, title: one.title, context: `${one.agentName}, ${one.connectionName}`, aside: 'Waits for you', mark: { state: 'waiting' }, run: () => sources.openApproval(one.id),
  }));
  return [...screens, ...approvals, ...connections];
}

function identifierEntries(sources: PaletteSources): Entry[] {
  const tasks = (sources.found?.tasks ?? []).map((task): Entry => ({ id: `task-${task.id}`, title: task.key, context: `${task.name}, ${task.outcome}`, aside: 'Task', mono: true, mark: { hash: true }, run: () => sources.openTask(task.id, null) }));
  const activities = (sources.found?.activities ?? []).map((one): Entry => ({ id: `activity-${one.id}`, title: one.id, context: one.name, aside: 'Activity', mono: true, mark: { hash: true }, run: () => sources.openTask(one.taskId, one.id) }));
  return [...tasks, ...activities];
}

/** Agents and identifiers were matched by the engine, which also looks at what the page does not hold. */
export function sectionsFor(raw: string, sources: PaletteSources): Section[] {
  const { mode, text } = readTyped(raw);
  const sections: Section[] = [];
  const add = (title: string, list: { found: number; entries: Entry[] }): void => {
    if (list.entries.length > 0) sections.push({ title, ...list });
  };
  const asFound = (entries: Entry[], most: number): { found: number; entries: Entry[] } => ({ found: entries.length, entries: entries.slice(0, most) });
  // Behind a verb a deed is asked for: Enter must do it, not open the agent.
  if (mode === 'all' && text !== '' && !verb.test(text)) add('Agents', asFound(agentEntries(sources), 6));
  if (mode !== 'identifiers') add('Do', ranked(commandEntries(sources), text, mode === 'commands' ? 20 : 5));
  if (mode === 'all') add('Go to', ranked(placeEntries(sources), text, 6));
  if (mode !== 'commands' && text !== '') add('Identifiers', asFound(identifierEntries(sources), mode === 'identifiers' ? 16 : 4));
  return sections;
}
