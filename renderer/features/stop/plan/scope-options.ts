/** Which scopes stand beside the chosen one: only those that apply to what was chosen. Pure. */
import type { StopScope } from '../../../../shared/stop.ts';
import type { StopContext } from '../../../app/stop-choice.ts';
import { inertString } from '../../../ui/agent-text.ts';
import { formatCount } from '../../../ui/format.ts';
import { scopeKey } from './plan-model.ts';

export interface ScopeOption { key: string; label: string; scope: StopScope; name: string }

/** More would not fit beside each other; the others are found by name in the question what to stop. */
const mostOfAKind = 2;

export interface Known {
  context: StopContext;
  /** `agents` null: not known how many. */
  tags: readonly { tag: string; agents: number | null }[];
  connections: readonly { id: string; name: string; agents: number | null }[];
  agents: number | null;
}

const counted = (word: string, count: number | null): string => (count === null ? word : `${word} (${formatCount(count)})`);

/** Narrowest first: the further right, the more it stops. */
export function scopeOptions({ context, tags, connections, agents }: Known): ScopeOption[] {
  const options: Omit<ScopeOption, 'key'>[] = [];
  if (context.task !== undefined) options.push({ label: 'This task', scope: { kind: 'task', id: context.task.id }, name: context.task.name });
  if (context.agent !== undefined) options.push({ label: 'Agent', scope: { kind: 'agent', id: context.agent.id }, name: context.agent.name });
  for (const { tag, agents: count } of tags.slice(0, mostOfAKind)) options.push({ label: counted(`Tag ${inertString(tag, 20)}`, count), scope: { kind: 'tag', tag }, name: tag });
  const several = connections.length > 1;
  for (const one of connections.slice(0, mostOfAKind)) options.push({ label: counted(several ? inertString(one.name, 20) : 'Connection', one.agents), scope: { kind: 'connection', id: one.id }, name: one.name });
  options.push({ label: counted('Everything', agents), scope: { kind: 'everything' }, name: 'everything' });
  return options.map((option) => ({ ...option, key: scopeKey(option.scope) }));
}
