/** What can be stopped, found by what was typed: agents, tags, connections, everything. Pure. */
import type { Agent, Connection } from '../../../../shared/domain.ts';
import type { Result } from '../../../../shared/contract.ts';
import { stopOfAgent, stopOfConnection, stopOfEverything, stopOfTag, type StopAsk } from '../../../app/stop-choice.ts';
import { plural } from '../../../ui/format.ts';
import { matchRank, matchTerms } from '../../../ui/matched.tsx';
import type { State } from '../../../ui/state-shapes.tsx';

export interface Choice { id: string; title: string; context: string; state: State | null; ask: StopAsk }
export interface ChoiceSection { title: string; choices: Choice[] }

export interface ChooserSources {
  /** ticked on the screen below. */
  ticked: readonly { id: string; name: string }[];
  agents: readonly Pick<Agent, 'id' | 'name' | 'state' | 'connectionId' | 'connectionName' | 'openTasks' | 'lastSeen'>[];
  /** of the engine, which also knows agents that the list left out; undefined: not asked or not there yet. */
  found: Result<'find'>['agents'] | undefined;
  tags: readonly { tag: string; agents: number }[];
  connections: readonly Pick<Connection, 'id' | 'name' | 'agents' | 'healthText'>[];
  agentsKnown: number;
}

const mostAgents = 8;
const states = ['running', 'waiting', 'idle', 'not_seen'] as const;
const rank = (state: string): number => { const at = states.findIndex((one) => one === state); return at < 0 ? states.length : at; };
const shapeOf = (state: string): State => states.find((one) => one === state) ?? 'unknown';

function agentChoices({ agents, found }: ChooserSources, typed: string): Choice[] {
  const known = agents.map((agent): Choice => ({
    id: `agent-${agent.id}`, title: agent.name, context: `${agent.connectionName}, ${agent.openTasks === 0 ? 'no task open' : `${plural(agent.openTasks, 'task')} open`}`, state: shapeOf(agent.state),
    ask: stopOfAgent(agent, { connection: { id: agent.connectionId, name: agent.connectionName } }),
  }));
  if (typed === '') {
    const order = new Map(agents.map((agent) => [`agent-${agent.id}`, agent]));
    const later = (a: string, b: string): number => (order.get(b)?.lastSeen ?? '').localeCompare(order.get(a)?.lastSeen ?? '');
    return known.toSorted((a, b) => rank(order.get(a.id)?.state ?? '') - rank(order.get(b.id)?.state ?? '') || later(a.id, b.id));
  }
  const here = matching(known, typed);
  const ids = new Set(here.map((choice) => choice.id));
  const more = (found ?? []).map((agent): Choice => ({ id: `agent-${agent.id}`, title: agent.name, context: agent.context, state: shapeOf(agent.state), ask: stopOfAgent(agent) })).filter((choice) => !ids.has(choice.id));
  return [...here, ...more];
}

const matching = (choices: Choice[], typed: string): Choice[] =>
  choices.filter((choice) => matchTerms(`${choice.title} ${choice.context}`, typed) !== null).toSorted((a, b) => matchRank(a.title, typed) - matchRank(b.title, typed));

/** Nothing typed: what runs comes first, so that one press of Enter is the likeliest. */
export function choicesFor(raw: string, sources: ChooserSources): ChoiceSection[] {
  const typed = raw.trim();
  const ticked = sources.ticked.map((agent): Choice => ({ id: `ticked-${agent.id}`, title: agent.name, context: 'ticked in the list', state: null, ask: stopOfAgent(agent) }));
  const tags = sources.tags.map(({ tag, agents }): Choice => ({ id: `tag-${tag}`, title: tag, context: plural(agents, 'agent'), state: null, ask: stopOfTag(tag) }));
  const connections = sources.connections.map((one): Choice => ({ id: `connection-${one.id}`, title: one.name, context: `${plural(one.agents, 'agent')}. ${one.healthText}`, state: null, ask: stopOfConnection(one) }));
  const everything: Choice[] = [{ id: 'everything', title: 'Everything', context: plural(sources.agentsKnown, 'agent'), state: null, ask: stopOfEverything }];
  const fits = (choices: Choice[]): Choice[] => (typed === '' ? choices : matching(choices, typed));
  return [
    { title: 'Ticked', choices: fits(ticked) },
    { title: 'Agents', choices: agentChoices(sources, typed).slice(0, mostAgents) },
    { title: 'Tags', choices: fits(tags) },
    { title: 'Connections', choices: fits(connections) },
    { title: 'All', choices: fits(everything) },
  ].filter((section) => section.choices.length > 0);
}
