/** What the demo's pretend people know of their agents' powers, said to the console as a person would say it: through the contract. */
import { setTimeout as pause } from 'node:timers/promises';
import { z } from 'zod';
import { documentRole, enforcement, importFormat } from '../../shared/access.ts';
import { budgetPeriods } from '../../shared/budgets.ts';
import type { EngineCaller } from './engine-caller.ts';

const name = z.string().min(1).max(200);
export const papersLine = z.object({
  papers: z.object({
    documents: z.array(z.object({ name, format: importFormat, role: documentRole, enforcement, text: z.string().min(1).max(100_000), agents: z.array(name).min(1).max(20), credential: name.optional() })).max(20),
    owners: z.array(z.object({ agent: name, role: z.enum(['owner', 'sponsor']), name, gone: z.boolean() })).max(50),
    holders: z.array(name).max(20),
    baselines: z.array(z.object({ agent: name, note: z.string().max(400) })).max(20),
    /** of one pretend agent each: never of what is not the demo's. */
    budgets: z.array(z.object({ agent: name, name: z.string().min(1).max(80), per: z.enum(budgetPeriods), currency: z.string().regex(/^[A-Z]{3}$/), softMicros: z.int().positive(), hardMicros: z.int().positive() })).max(10),
  }),
});
export type DemoPapers = z.infer<typeof papersLine>['papers'];

const lookEveryMs = 1_000;
/** The fleet tells its past in seconds; who has not come by then is left out. */
const patienceMs = 60_000;

/** Said once: a history that has them already keeps what its people made of them since. `alive`: the fleet still runs. */
export async function sayPapers(caller: EngineCaller, papers: DemoPapers, alive: () => boolean): Promise<void> {
  const present = new Set((await caller.call('access.documents', {})).rows.map((row) => row.name));
  if (papers.documents.some((one) => present.has(one.name))) return;
  const agents = await demoAgents(caller, papers, alive);
  if (!alive()) return;
  for (const { agents: holders, ...document } of papers.documents) {
    const agentIds = holders.flatMap((one) => agents.get(one) ?? []);
    if (agentIds.length > 0) await caller.call('access.import', { ...document, agentIds });
  }
  const server = (await caller.call('connections.list', {})).rows.find((row) => row.demo && row.kind === 'mcp');
  for (const holder of papers.holders) {
    const agentId = agents.get(holder);
    if (server !== undefined && agentId !== undefined) await caller.call('access.setHolder', { connectionId: server.id, agentId, holds: true });
  }
  for (const { agent, ...owner } of papers.owners) {
    const id = agents.get(agent);
    if (id !== undefined) await caller.call('agents.setOwner', { id, ...owner });
  }
  for (const { agent, note } of papers.baselines) {
    const agentId = agents.get(agent);
    if (agentId !== undefined) await caller.call('access.approve', { agentId, note });
  }
  for (const { agent, ...budget } of papers.budgets) {
    const id = agents.get(agent);
    if (id !== undefined) await caller.call('budgets.save', { draft: { ...budget, scope: { kind: 'agent', id }, onHard: 'tell' } });
  }
}

/** The ids of the pretend agents by their names, as soon as all of them were seen. */
async function demoAgents(caller: EngineCaller, papers: DemoPapers, alive: () => boolean): Promise<ReadonlyMap<string, string>> {
  const wanted = [...new Set([...papers.documents.flatMap((one) => one.agents), ...papers.owners.map((one) => one.agent), ...papers.budgets.map((one) => one.agent)])];
  const endMs = Date.now() + patienceMs;
  for (;;) {
    const { rows: connections } = await caller.call('connections.list', {});
    const demo = new Set(connections.filter((row) => row.demo).map((row) => row.id));
    const { rows } = await caller.call('agents.list', { period: { from: '1970-01-01T00:00:00.000Z', to: null }, includeIdle: true });
    const found = new Map(rows.filter((row) => demo.has(row.connectionId) && wanted.includes(row.name)).map((row) => [row.name, row.id]));
    const served = papers.holders.length === 0 || connections.some((row) => row.demo && row.kind === 'mcp' && row.runtime?.lastPollAt);
    if ((found.size === wanted.length && served) || Date.now() > endMs || !alive()) return found;
    await pause(lookEveryMs);
  }
}
