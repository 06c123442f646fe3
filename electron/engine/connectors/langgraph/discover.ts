/** Lists the assistants, and what their graphs say that they can reach. */
import type { FoundAgent, FoundGrant, Refused } from '../connector.ts';
import { RuntimeFault } from '../connector.ts';
import { SourceRoom } from '../source-text.ts';
import { cleanName } from '../../ingest/normalise/read.ts';
import type { Api } from './api.ts';
import { inParallel } from './in-parallel.ts';
import type { KnownAgents } from './known-agents.ts';
import { nameOf } from './known-agents.ts';
import { textAt } from './shapes.ts';
import type { Assistant, Graph } from './shapes.ts';

export interface GraphFacts { readonly grants: readonly FoundGrant[]; readonly toolNodes: ReadonlySet<string> }

const inPage = 200;
const mostAssistants = 5_000;
/** Graphs that are looked at in one discovery: the rest follow in the next ones. */
const mostGraphs = 200;
/** Shorter than the time between two discoveries: a tool that is gone shows in the next one. Where there are too many graphs for one, longer. */
const keepGraphMs = 50_000;
const keepOfManyMs = 600_000;
/** What is kept of one graph's own JSON; graphs are remembered between discoveries. */
const mostSource = 32 * 1_024;

export async function listAssistants(api: Api): Promise<{ items: Assistant[]; bad: number; complete: boolean }> {
  const found = new Map<string, Assistant>();
  let bad = 0;
  // By offset to the first short page: the header that names the next one is only set when nothing is left (measured).
  for (let offset = 0; offset < mostAssistants; offset += inPage) {
    const page = await api.assistants(offset, inPage);
    for (const one of page.items) found.set(one.assistant_id, one);
    bad += page.bad;
    if (page.count < inPage) return { items: [...found.values()], bad, complete: bad === 0 };
  }
  return { items: [...found.values()], bad, complete: false };
}

/** Tools that a ToolNode holds, and the steps where LangChain asks a person. Names are all that the graph tells. */
export function readGraph(graph: Graph): GraphFacts {
  const toolNodes = new Set<string>();
  const grants = new Map<string, FoundGrant>();
  const room = new SourceRoom(mostSource);
  for (const node of graph.nodes) {
    const id = String(node.id);
    const tools = node.metadata['__tools'];
    if (Array.isArray(tools)) {
      toolNodes.add(id);
      // A node of a graph inside is named with its way; state names it by its last part.
      toolNodes.add(id.slice(id.lastIndexOf(':') + 1));
      const source = room.take(node.original);
      for (const tool of tools.slice(0, 1_000)) if (typeof tool === 'string') addGrant(grants, 'tool', tool, { description: null, source });
    }
    if (/HumanInTheLoop/i.test(id)) addGrant(grants, 'gate', id, { source: room.take(node.original), description: 'Asks a person before some of the tools; which ones, the graph does not tell.' });
  }
  return { grants: [...grants.values()], toolNodes };
}

function addGrant(grants: Map<string, FoundGrant>, kind: 'tool' | 'gate', text: string, { description, source }: { readonly description: string | null; readonly source: string | null }): void {
  const name = cleanName(text);
  if (name !== '') grants.set(`${kind} ${name}`, { kind, name, description, readOnly: null, destructive: null, openWorld: null, idempotent: null, from: 'assistant graph', ...(source === null ? {} : { source: { format: 'langgraph' as const, text: source } }) });
}

export class GraphBook {
  readonly #known = new Map<string, { readonly version: string; readonly readMs: number; readonly facts: GraphFacts }>();

  /** Of each assistant at each discovery, or, where they are many, of each version once in a while: its graph may change with a restart alone. */
  async read(api: Api, assistants: readonly Assistant[], nowMs: number): Promise<{ complete: boolean; failed: number; sample: string | null }> {
    const keepMs = assistants.length <= mostGraphs ? keepGraphMs : keepOfManyMs;
    const fresh = (one: Assistant): boolean => {
      const known = this.#known.get(one.assistant_id);
      return known !== undefined && known.version === versionOf(one) && nowMs >= known.readMs && nowMs - known.readMs < keepMs;
    };
    const readMs = (one: Assistant): number => this.#known.get(one.assistant_id)?.readMs ?? 0;
    const stale = assistants.filter((one) => !fresh(one)).toSorted((a, b) => readMs(a) - readMs(b));
    let failed = 0;
    let sample: string | null = null;
    await inParallel(stale.slice(0, mostGraphs), 3, async (one) => {
      try {
        this.#known.set(one.assistant_id, { version: versionOf(one), readMs: nowMs, facts: readGraph(await api.graph(one.assistant_id)) });
      } catch (error) {
        if (!(error instanceof RuntimeFault) || !['gone', 'forbidden', 'garbage', 'runtime_error', 'conflict'].includes(error.kind)) throw error;
        failed += 1;
        sample = `${nameOf(one)}: ${error.message}`;
      }
    });
    return { complete: stale.length <= mostGraphs && failed === 0, failed, sample };
  }

  factsOf(assistantId: string): GraphFacts | undefined { return this.#known.get(assistantId)?.facts; }
}

const versionOf = (one: Assistant): string => `${one.version ?? ''} ${one.updated_at}`;

/** What an auth handler writes into `metadata.owner`, or the one who made it; the server's own assistants say `system`, which is nobody. */
export function ownerOf({ metadata }: Pick<Assistant, 'metadata'>): string | null {
  for (const key of ['owner', 'created_by']) {
    const said = textAt(metadata, key);
    const name = said === undefined ? '' : cleanName(said);
    if (name !== '' && name.toLowerCase() !== 'system') return name;
  }
  return null;
}

export async function discoverAgents(api: Api, graphs: GraphBook, known: KnownAgents, nowMs: number): Promise<{ agents: FoundAgent[]; complete: boolean; refused: Refused[] }> {
  const assistants = await listAssistants(api);
  const read = await graphs.read(api, assistants.items, nowMs);
  known.learn(assistants.items);
  const agents = assistants.items.map((one): FoundAgent => {
    const facts = graphs.factsOf(one.assistant_id);
    if (facts !== undefined) known.learnToolNodes(one.assistant_id, facts.toolNodes);
    return {
      claim: { id: one.assistant_id, name: nameOf(one), ...(one.version === null ? {} : { version: String(one.version) }) },
      owner: ownerOf(one), aliases: [`langgraph.assistant:${one.assistant_id}`], grants: facts?.grants ?? [], atUs: one.updated_at,
    };
  });
  const refused: Refused[] = [];
  if (assistants.bad > 0) refused.push({ reason: 'an assistant that cannot be read', count: assistants.bad, sample: null });
  if (read.failed > 0) refused.push({ reason: 'a graph that cannot be read: the tools of its agent are not known', count: read.failed, sample: read.sample });
  return { agents, complete: assistants.complete && read.complete, refused };
}
