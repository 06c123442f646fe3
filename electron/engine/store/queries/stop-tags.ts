/** Tags of agents, and operators: what people set up for the kill switch. */
import type { Result } from '../../../../shared/contract.ts';
import { publicId } from '../ids.ts';
import type { OperatorFact } from '../stop-commands.ts';
import { iso, type Reading } from './reading.ts';

/** By the agent that each is shown as, in alphabetical order. */
export function tagsByAgent(reading: Reading): Map<number, string[]> {
  const tags = new Map<number, string[]>();
  for (const { agent, tag } of reading.sql<[], { agent: number; tag: string }>('SELECT agent, tag FROM agent_tag ORDER BY tag').all()) {
    const head = reading.headOf(agent);
    const known = tags.get(head);
    if (known === undefined) tags.set(head, [tag]);
    else if (!known.some((one) => one.toLowerCase() === tag.toLowerCase())) known.push(tag);
  }
  return tags;
}

export function listTags(reading: Reading): Result<'tags.list'> {
  const counts = new Map<string, { tag: string; agents: number }>();
  for (const tags of tagsByAgent(reading).values()) {
    for (const tag of tags) {
      const count = counts.get(tag.toLowerCase()) ?? { tag, agents: 0 };
      count.agents += 1;
      counts.set(tag.toLowerCase(), count);
    }
  }
  return { rows: [...counts.values()].toSorted((one, two) => one.tag.localeCompare(two.tag)) };
}

export function listOperators(reading: Reading): Result<'operators.list'> {
  return { rows: reading.sql<[], { id: number; name: string; createdUs: number }>('SELECT id, name, created_us AS createdUs FROM operator ORDER BY name').all().map((row) => ({ id: publicId('operator', row.id), name: row.name, createdAt: iso(row.createdUs) })) };
}

/** null: there is no such operator. */
export function operatorFact(reading: Reading, { id }: { readonly id: number }): OperatorFact | null {
  const row = reading.sql<[number], OperatorFact>('SELECT id, name, salt, hash FROM operator WHERE id = ?').get(id);
  return row === undefined ? null : { ...row, salt: new Uint8Array(row.salt), hash: new Uint8Array(row.hash) };
}
