/**
 * Agents that work and that the runtime's last list did not have. What a list says of an agent (its names elsewhere, its grants, its owner) is missing until
 * the next one: telemetry of its money would stand beside it as that of a stranger, and no budget of it would see that.
 */
import type { Batch, FoundAgent } from '../connectors/connector.ts';

/** SECURITY: a runtime that makes up agents does not have itself listed without a pause. */
const listEveryMs = 5_000;
const mostTried = 10_000;

export class Newcomers {
  #listed: ReadonlySet<string> | null = null;
  /** a list was asked for their sake once, whether they were in it or not: work of agents that are gone names them for ever. */
  readonly #tried = new Set<string>();
  readonly #wanted = new Set<string>();
  #askedMs = Number.NEGATIVE_INFINITY;

  /** A list is asked for, for whatever reason: one that fails is not asked for again for the same ones. */
  asked(nowMs: number): void {
    this.#askedMs = nowMs;
    for (const id of this.#wanted) this.#tried.add(id);
    this.#wanted.clear();
  }

  listed(agents: readonly FoundAgent[]): void { this.#listed = new Set(agents.map(({ claim }) => claim.id)); }

  saw(records: Batch['records']): void {
    for (const { draft } of records) {
      const id = draft.agent?.id;
      if (id === undefined || this.#listed?.has(id) !== false || this.#tried.has(id) || this.#tried.size + this.#wanted.size >= mostTried) continue;
      this.#wanted.add(id);
    }
  }

  /** A list is worth asking for now. */
  due(nowMs: number): boolean {
    return this.#wanted.size > 0 && (nowMs - this.#askedMs >= listEveryMs || nowMs < this.#askedMs);
  }
}
