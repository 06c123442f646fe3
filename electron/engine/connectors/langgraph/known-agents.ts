/** The server's assistants as they were last listed: what its runs are called, and which of their steps call tools. */
import { cleanName } from '../../ingest/normalise/read.ts';
import { RuntimeFault } from '../connector.ts';
import type { Api } from './api.ts';
import type { AgentFacts } from './drafts.ts';
import { textAt } from './shapes.ts';
import type { Assistant, Run } from './shapes.ts';

export class KnownAgents {
  readonly #assistants = new Map<string, Assistant>();
  readonly #toolNodes = new Map<string, ReadonlySet<string>>();
  /** asked for by id and not there. */
  readonly #missing = new Set<string>();

  learn(assistants: readonly Assistant[]): void {
    for (const one of assistants) this.#assistants.set(one.assistant_id, one);
    this.#missing.clear();
  }

  learnToolNodes(assistantId: string, nodes: ReadonlySet<string>): void { this.#toolNodes.set(assistantId, nodes); }

  /** Runs name assistants that were made after the last listing. */
  async lookUp(api: Api, runs: readonly Run[]): Promise<void> {
    for (const id of new Set(runs.map((run) => run.assistant_id))) {
      if (this.#assistants.has(id) || this.#missing.has(id)) continue;
      try {
        this.#assistants.set(id, await api.assistant(id));
      } catch (error) {
        if (!(error instanceof RuntimeFault) || !['gone', 'forbidden', 'conflict', 'garbage'].includes(error.kind)) throw error;
        this.#missing.add(id);
      }
    }
  }

  factsOf(assistantId: string, run: Run | null): AgentFacts {
    const known = this.#assistants.get(assistantId);
    const name = known === undefined ? textAt(run?.metadata, 'graph_id') : nameOf(known);
    return { claim: { id: assistantId, name: name === undefined ? `assistant ${assistantId.slice(0, 8)}` : cleanName(name) }, toolNodes: this.#toolNodes.get(assistantId) ?? new Set() };
  }
}

/** An assistant that nobody named is called what its graph is called. */
export const nameOf = (assistant: Assistant): string => {
  const name = cleanName(assistant.name ?? '');
  return name === '' || name === 'Untitled' ? cleanName(assistant.graph_id) : name;
};
