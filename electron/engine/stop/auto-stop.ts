/**
 * Auto-stop rules, evaluated as activity is stored. Costs nothing while no rule is on. A breach fires the rule's level at the agent or task,
 * or only says that it would have; either way it is written down with its audit entry.
 */
import type { HistoryPort } from '../history-port.ts';
import { ask } from '../history-port.ts';
import { auditByEngine } from '../audit-words.ts';
import type { CommitNote } from '../ingest/writer-messages.ts';
import type { Clock, Log } from '../ports.ts';
import { publicId } from '../store/ids.ts';
import type { RuleFact } from '../store/stop-commands.ts';
import { RuleWatch } from './rule-watch.ts';
import type { Breach, BudgetQuestion } from './rule-watch.ts';
import type { OrderByEngine } from './stop-desk.ts';
import { mostTasks, TaskFlood } from './task-flood.ts';
import { WaitingRows } from './waiting-rows.ts';

export interface AutoStopParts {
  readonly history: HistoryPort;
  /** Resolves with the order's row id when its first levers were let go. */
  readonly order: (order: OrderByEngine) => Promise<number>;
  readonly log: Log;
  readonly clock: Clock;
}

/** Sums of money are asked for at most so often: a thousand priced calls a second make two questions a second for each budget. */
const budgetEveryMs = 500;
/** Agents come and go: which of them a rule watches is read anew so often at most. */
const rulesEveryMs = 1_000;
/** One that a person just saved is in force from then on: what comes in waits for it. */
const awaitedEveryMs = 100;
const againMs = 50;
const mostAsked = 5_000;

export class AutoStop {
  readonly #parts: AutoStopParts;
  readonly #watch = new RuleWatch();
  #rules: readonly RuleFact[] = [];
  #rulesMs = Number.NEGATIVE_INFINITY;
  #stale = true;
  /** a rule may have been saved that was not read yet: what comes in meanwhile is for it too. */
  #awaited = false;
  #reading = false;
  readonly #waiting = new WaitingRows();
  #askedMs = new Map<string, number>();
  readonly #flood: TaskFlood;
  #working: Promise<void> = Promise.resolve();
  #busy = false;
  #timer: NodeJS.Timeout | null = null;
  #ended = false;
  #leave: () => void = () => undefined;

  constructor(parts: AutoStopParts) {
    this.#parts = parts;
    this.#flood = new TaskFlood(parts.clock);
  }

  async start(): Promise<void> {
    await this.#readRules();
    this.#leave = this.#parts.history.onCommit((note) => this.#hear(note));
  }

  /** Resolves when nothing of it runs any more. */
  async close(): Promise<void> {
    this.#ended = true;
    this.#leave();
    if (this.#timer) clearTimeout(this.#timer);
    await this.#working;
  }

  #hear(note: CommitNote): void {
    if (note.topics.includes('stop') || note.topics.includes('agents')) this.#stale = true;
    if (note.topics.includes('stop')) this.#awaited = true;
    if (this.#rules.length > 0 || this.#awaited || this.#reading) this.#waiting.add(note);
    if (this.#rules.length > 0 || note.topics.includes('stop')) this.#wake();
  }

  #wake(): void {
    if (this.#busy || this.#ended) return;
    this.#busy = true;
    this.#working = this.#work().catch((error: unknown) => this.#parts.log.error('auto-stop rules could not be evaluated', error)).finally(() => {
      this.#busy = false;
      // What came in meanwhile, money that is to be asked for again, rules that changed a moment ago.
      if (this.#stale || this.#hasWork()) this.#later();
    });
  }

  #hasWork(): boolean { return !this.#ended && this.#rules.length > 0 && !this.#waiting.isEmpty; }

  #later(): void {
    if (this.#timer !== null || this.#ended) return;
    this.#timer = setTimeout(() => { this.#timer = null; this.#wake(); }, againMs);
  }

  async #work(): Promise<void> {
    if (this.#stale && this.#parts.clock.now() - this.#rulesMs >= (this.#awaited ? awaitedEveryMs : rulesEveryMs)) await this.#readRules();
    if (this.#awaited) return;
    if (this.#rules.length === 0) {
      this.#waiting.clear();
      return;
    }
    const asked = this.#waiting.next();
    if (asked === null) return;
    const rows = await ask(this.#parts.history, 'ruleRows', asked);
    const { breaches, budgets } = this.#watch.take(rows, this.#rules, this.#nowUs());
    for (const breach of breaches) await this.#tell(breach);
    for (const question of budgets) await this.#sum(question);
  }

  async #sum(question: BudgetQuestion): Promise<void> {
    const { rule: { id, trigger }, head, row, sinceUs } = question;
    if (trigger.kind !== 'budget') return;
    const key = `${id} ${head} ${row.task}`;
    const nowMs = this.#parts.clock.now();
    if (nowMs - (this.#askedMs.get(key) ?? Number.NEGATIVE_INFINITY) < budgetEveryMs) {
      // Asked again a little later, with whatever has come by then.
      this.#waiting.again(row.id);
      return;
    }
    if (this.#askedMs.size > mostAsked) this.#askedMs.clear();
    this.#askedMs.set(key, nowMs);
    const { micros } = await ask(this.#parts.history, 'spentSince', { head, task: trigger.per === 'task' ? row.task : null, sinceUs, currency: trigger.currency });
    const breach = this.#watch.judgeBudget(question, micros, this.#nowUs());
    if (breach !== null) await this.#tell(breach);
  }

  async #tell({ rule, head, row, text }: Breach): Promise<void> {
    const subject = publicId('agent', head);
    let order: number | null = null;
    let said = text;
    if (rule.mode === 'fire') {
      const tasks = rule.stops === 'task' ? this.#flood.count(`${rule.id} ${head}`) : 0;
      // The order that stopped the agent for it covers what comes on.
      if (tasks > mostTasks + 1) return;
      if (tasks > mostTasks) said = `${text} ${mostTasks} tasks of it breached within a minute, so the agent is stopped.`;
      try {
        const scope = rule.stops === 'task' && tasks <= mostTasks ? { kind: 'task' as const, id: publicId('task', row.task) } : { kind: 'agent' as const, id: subject };
        order = await this.#parts.order({ scope, level: rule.level, origin: 'rule', reason: `Rule "${rule.name}": ${said}`, rule: rule.id, actor: null });
      } catch (error) {
        said = `${text} It could not be stopped: ${error instanceof Error ? error.message : String(error)}`;
        this.#parts.log.error('an auto-stop rule could not fire', error, { rule: rule.id });
      }
    }
    const fired = order !== null;
    const outcome = rule.mode === 'fire' && !fired ? 'failed' : 'done';
    const words = fired ? `Rule "${rule.name}" fired: ${said}` : rule.mode === 'fire' ? `Rule "${rule.name}" should have fired: ${said}` : `Rule "${rule.name}" would have fired: ${said}`;
    const audit = auditByEngine({ action: 'stop.rule', subject, outcome, text: words, details: { rule: rule.name, level: rule.level, mode: rule.mode, activity: publicId('activity', row.id) } });
    await this.#parts.history.command('rules.fired', { rule: rule.id, agent: head, activity: row.id, fired, order, text: said, atUs: this.#nowUs(), audit });
  }

  async #readRules(): Promise<void> {
    this.#stale = false;
    this.#awaited = false;
    this.#rulesMs = this.#parts.clock.now();
    this.#reading = true;
    try {
      this.#rules = await ask(this.#parts.history, 'ruleFacts', {});
    } finally {
      this.#reading = false;
    }
    this.#watch.forget(this.#rules);
  }

  #nowUs(): number { return this.#parts.clock.now() * 1_000; }
}
