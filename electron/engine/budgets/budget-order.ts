/** Stops whoever reached a hard limit, and writes down what came of it: the order, or why there is none. */
import { auditByEngine } from '../audit-words.ts';
import { ask } from '../history-port.ts';
import type { HistoryPort } from '../history-port.ts';
import type { Clock, Log } from '../ports.ts';
import { publicId } from '../store/ids.ts';
import type { BudgetDraft } from '../../../shared/budgets.ts';
import type { OrderByEngine } from '../stop/stop-desk.ts';
import { mostTasks, TaskFlood } from '../stop/task-flood.ts';
import { orderReason } from './budget-words.ts';

export interface BudgetOrderParts {
  readonly history: HistoryPort;
  /** Resolves with the order's row id when its intent is written. */
  readonly order: (order: OrderByEngine) => Promise<number>;
  /** Resolves when its first levers were let go, or none can be. */
  readonly begun: (order: number) => Promise<void>;
  readonly log: Log;
  readonly clock: Clock;
}

export interface Wanted {
  readonly event: number;
  readonly budget: number;
  readonly draft: BudgetDraft;
  readonly head: number;
  readonly task: number | null;
  readonly text: string;
  /** when what reached the limit was committed. */
  readonly committedUs: number;
  /** it is written already that it could not be stopped. */
  readonly again: boolean;
}

export class BudgetOrder {
  readonly #parts: BudgetOrderParts;
  readonly #flood: TaskFlood;

  constructor(parts: BudgetOrderParts) {
    this.#parts = parts;
    this.#flood = new TaskFlood(parts.clock);
  }

  /** Never rejects: that it could not is an outcome. */
  async stop(wanted: Wanted): Promise<void> {
    try {
      await this.#stop(wanted);
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      this.#parts.log.error('a budget could not stop an agent', error, { budget: wanted.budget });
      // Tried again as long as it spends on; written once.
      if (!wanted.again) await this.outcome(wanted, { order: null, fired: false, tookUs: null, text: `${wanted.text} It could not be stopped: ${why}` });
    }
  }

  async #stop(wanted: Wanted): Promise<void> {
    const { draft, head, task } = wanted;
    const asTask = (draft.stops === 'task') && task !== null;
    const tasks = asTask ? this.#flood.count(`${wanted.budget} ${head}`) : 0;
    const narrow = asTask && tasks <= mostTasks;
    const covering = await ask(this.#parts.history, 'coveringStop', { head, task: narrow ? task : null, level: draft.level });
    if (covering !== null) {
      const said = covering.standing ? 'still holds it' : 'is stopping it';
      return this.outcome(wanted, { order: covering.id, fired: false, tookUs: null, text: `${wanted.text} Stop order ${covering.id} ${said} already: no second one was ordered.` });
    }
    if (tasks > mostTasks + 1) return this.outcome(wanted, { order: null, fired: false, tookUs: null, text: `${wanted.text} More than ${mostTasks} tasks of it within a minute: the agent itself was stopped for the one before.` });
    const said = tasks > mostTasks ? `${wanted.text} ${mostTasks} tasks of it within a minute, so the agent is stopped.` : wanted.text;
    const scope = narrow && task !== null ? { kind: 'task' as const, id: publicId('task', task) } : { kind: 'agent' as const, id: publicId('agent', head) };
    const order = await this.#parts.order({ scope, level: draft.level, origin: 'rule', reason: orderReason(draft.name, said, wanted.event), rule: null, actor: null });
    await this.#parts.begun(order);
    const commandedUs = (await ask(this.#parts.history, 'stopFacts', { ids: [order] }))[0]?.commandedUs ?? null;
    const tookUs = commandedUs === null || wanted.again ? null : Math.max(0, commandedUs - wanted.committedUs);
    const when = commandedUs === null ? 'was ordered; none of its levers has left yet' : tookUs === null ? 'was ordered when it spent on' : `left ${Math.round(tookUs / 1_000)} ms after it was stored`;
    await this.outcome(wanted, { order, fired: true, tookUs, text: `${said}${wanted.again ? ' It could not be stopped at first.' : ''} Stop order ${order} ${when}.` });
  }

  async outcome({ event, budget, draft, head }: Pick<Wanted, 'event' | 'budget' | 'draft' | 'head'>, done: { readonly order: number | null; readonly fired: boolean; readonly tookUs: number | null; readonly text: string; readonly again?: boolean }): Promise<void> {
    const { again = false, ...outcome } = done;
    const words = auditByEngine({
      action: 'budget.stop', subject: publicId('agent', head), outcome: outcome.fired || outcome.order !== null ? 'done' : 'failed', text: `Budget "${draft.name}": ${outcome.text}`,
      details: { budget: publicId('budget', budget), level: draft.level, order: outcome.order === null ? null : publicId('stop', outcome.order) },
    });
    try {
      await this.#parts.history.command('budgets.outcome', { event, ...outcome, again, audit: words });
    } catch (error) {
      // It stays pending, and an engine that starts finds the order by its reason.
      this.#parts.log.error('what came of a budget could not be written down', error, { budget });
    }
  }
}
