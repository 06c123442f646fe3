/** What a person calls a thing by: an id, or the exact name of exactly one. */
import { CallFailure } from './call-failure.ts';
import type { Caller } from './control-client.ts';

const everything = { from: '1970-01-01T00:00:00.000Z', to: null };

export async function findConnection(caller: Caller, wanted: string): Promise<string> {
  const { rows } = await caller.call('connections.list', {});
  const found = rows.filter((row) => row.id === wanted);
  const named = found.length > 0 ? found : rows.filter((row) => row.name === wanted);
  if (named.length > 1) throw new CallFailure('conflict', `${named.length} connections are called "${wanted}". Use an id: ${named.map((row) => row.id).join(', ')}.`);
  if (!named[0]) throw new CallFailure('not_found', `No connection has the id or the name "${wanted}".`);
  return named[0].id;
}

export async function findAgent(caller: Caller, wanted: string): Promise<string> {
  const { rows } = await caller.call('agents.list', { period: everything });
  const byId = rows.find((row) => row.id === wanted);
  if (byId) return byId.id;
  const byName = rows.filter((row) => row.name === wanted);
  if (byName.length > 1) throw new CallFailure('conflict', `${byName.length} agents are called "${wanted}". Use an id: ${byName.map((row) => `${row.id} (${row.service}, ${row.connectionName})`).join(', ')}.`);
  if (!byName[0]) throw new CallFailure('not_found', `No agent has the id or the name "${wanted}".`);
  return byName[0].id;
}
