/** What a plan says of a lever: what it acts upon, what that reaches, why it cannot be pulled, why it comes later. No text of an agent but names, made inert. */
import type { Lever } from '../../../shared/domain.ts';
import { plural } from '../plural.ts';
import type { ScopeConnection, ScopeFacts } from '../store/stop-commands.ts';
import { isProcessLever } from './joined-port.ts';
import type { PlanPort } from './plan-input.ts';
import { inert, list, shortIds } from './time-words.ts';

export const line = (text: string): string => inert(text, 300);

/** What exactly it acts upon. */
export function targetText(lever: Lever, connection: ScopeConnection, port: PlanPort | undefined, facts: ScopeFacts): string {
  const told = port?.survey?.targets.find((target) => target.leverId === lever.id);
  if (told !== undefined) return line(told.text);
  const name = inert(connection.name);
  if (lever.reach === 'connection') return `everything behind ${name}`;
  if (lever.reach === 'agent') return agentsText(connection, facts);
  if (port?.survey !== undefined && port.survey !== null) return knownRuns(port.survey.runs.map((run) => run.id), 'run');
  return knownRuns(tasksHere(connection, facts).map((task) => task.runKey ?? task.publicId), 'task');
}
const knownRuns = (ids: readonly string[], one: string): string => (ids.length === 0 ? `no open ${one} known, and what is found when it is pulled` : `${plural(ids.length, `known ${one}`)}: ${shortIds(ids)}`);

function agentsText(connection: ScopeConnection, facts: ScopeFacts): string {
  const names = facts.agents.filter((agent) => agent.sources.some((source) => source.connection === connection.id)).map((agent) => inert(agent.name, 40));
  return names.length === 1 ? `agent ${names[0] ?? ''}` : `${names.length} agents: ${list(names, 3)}`;
}

export const tasksHere = (connection: ScopeConnection, facts: ScopeFacts): ScopeFacts['tasks'] => facts.tasks.filter((task) => task.connection === connection.id);

const reachedWork: Record<Lever['reach'], string> = { task: 'these runs', agent: 'the agents named', connection: 'everything behind the connection' };
const stepWords: Record<Lever['step'], string> = {
  disarm: 'What starts work by itself, of', refuse: 'New work of', cut: 'Work in hand of', end_sessions: 'Open sessions of', revoke: 'Credentials and permissions of',
};
export function reachesText(lever: Lever): string {
  if (lever.kind === 'catalogue') return 'The record only';
  if (lever.step === 'cut' && lever.reach === 'task') return 'Work in hand: these runs';
  return `${stepWords[lever.step]} ${reachedWork[lever.reach]}${lever.kind === 'drain' ? '; what is in hand goes on to its end' : ''}`;
}

/** Why it cannot be pulled now; null: it can. */
export function problemOf(lever: Lever, connection: ScopeConnection, port: PlanPort | undefined): string | null {
  if (!lever.pulled) return `Gatehouse cannot pull it: whoever administers ${inert(connection.name)}${connection.address === null ? '' : ` (${inert(connection.address)})`} must do it there.`;
  if (!connection.enabled) return `${inert(connection.name)} is switched off.`;
  // A port that could be opened but did not answer in time may still take a lever.
  if (port !== undefined && port.fault !== null && port.levers.length === 0) return line(port.fault);
  // What this account of the machine may do to a process, no right at the runtime says.
  if (isProcessLever(lever.id)) return null;
  const known = port?.rights ?? connection.rights.toSorted((a, b) => b.atUs - a.atUs);
  const right = known.find((one) => one.level === lever.level);
  return right?.result === 'missing' ? `Forbidden: ${line(right.text)}` : null;
}

export const afterText = (lever: Lever): string | null => (lever.idleOnly ? 'Only when nothing of it runs any more: it waits for the levers that cut, at most 20 s, and is left out otherwise.' : null);
