/** By what tasks are told together on the Cost screen: what a line's group is, what it is called, and which lines are of one group. */
import type { CostGroup } from '../../../../shared/cost.ts';
import { StoreError } from '../errors.ts';
import { publicId } from '../ids.ts';
import { rowId, type Reading } from './reading.ts';

/** A column of task_day that tells groups apart; of agents and their owners, whose task it was. */
export const groupColumns: Readonly<Record<CostGroup, string>> = { agent: '0', owner: '0', model: 's.model', kind: 's.kind', version: 's.version', connection: 's.connection' };

export interface Named { readonly id: string; readonly name: string; readonly agentId: string | null }

/** Who answers for each agent, a person's word before the runtime's. */
export function ownersOf(reading: Reading): ReadonlyMap<number, string> {
  const rows = reading.sql<[], { agent: number; name: string }>("SELECT agent, name FROM agent_owner WHERE role = 'owner' ORDER BY source = 'person', at_us, name DESC").all();
  return new Map(rows.map((row) => [reading.headOf(row.agent), row.name]));
}

const nobody = 'nobody is named';

/** Names a line's group. Ids of texts are those of the history: a name can be anything. */
export function namer(reading: Reading, by: CostGroup): (agent: number, column: number) => Named {
  if (by === 'agent') return (agent) => { const id = reading.agentId(agent); return { id, name: reading.agent(agent).name, agentId: id }; };
  if (by === 'owner') {
    const owners = ownersOf(reading);
    return (agent) => { const name = owners.get(reading.headOf(agent)); return name === undefined ? { id: '-', name: nobody, agentId: null } : { id: `=${name}`, name, agentId: null }; };
  }
  if (by === 'connection') {
    const names = new Map(reading.sql<[], { id: number; name: string }>('SELECT id, name FROM connection').all().map((row) => [row.id, row.name]));
    return (_agent, id) => ({ id: publicId('connection', id), name: names.get(id) ?? 'removed', agentId: null });
  }
  if (by === 'version') {
    return (agent, text) => {
      const agentId = reading.agentId(agent);
      return { id: `${agentId} ${text}`, name: `${reading.agent(agent).name} ${text === 0 ? '(no version named)' : reading.texts.of(text)}`, agentId };
    };
  }
  const none = by === 'model' ? 'no model named' : 'no kind named';
  return (_agent, text) => ({ id: String(text), name: reading.texts.of(text) || none, agentId: null });
}

/** Which lines belong to a group: `agents` null: of all; `column` null: all of theirs. */
export interface Members { readonly agents: readonly number[] | null; readonly column: number | null }

const textId = (id: string): number => {
  if (!/^\d{1,15}$/.test(id)) throw new StoreError('not_found', 'There is no such group.');
  return Number(id);
};

export function membersOf(reading: Reading, by: CostGroup, id: string): Members {
  switch (by) {
    case 'agent': return { agents: reading.sourcesOf(rowId('agent', id)), column: null };
    case 'owner': return { agents: agentsOfOwner(reading, id === '-' ? null : id.slice(1)), column: null };
    case 'connection': return { agents: null, column: rowId('connection', id) };
    case 'version': {
      const [agent = '', version = ''] = id.split(' ');
      return { agents: reading.sourcesOf(rowId('agent', agent)), column: textId(version) };
    }
    default: return { agents: null, column: textId(id) };
  }
}

function agentsOfOwner(reading: Reading, name: string | null): number[] {
  const owners = ownersOf(reading);
  return reading.sql<[], number>('SELECT id FROM agent').pluck().all().filter((id) => (owners.get(reading.headOf(id)) ?? null) === name);
}
