/**
 * Budgets, evaluated as activity is stored. Costs nothing while there is none. A limit is claimed in the history before its stop is ordered: a
 * claim without an outcome is carried out by the engine that starts next, or told as not done.
 */
import { auditByEngine } from '../audit-words.ts';
import { ask } from '../history-port.ts';
import type { CommitNote } from '../ingest/writer-messages.ts';
import { publicId } from '../store/ids.ts';
import { toldKey, type BudgetFact, type BudgetQuestion, type PendingBudget } from '../store/budget-commands.ts';
import { WaitingRows } from '../stop/waiting-rows.ts';
import { BudgetOrder, type BudgetOrderParts } from './budget-order.ts';
import { periodAt } from './budget-period.ts';
import { BudgetWatch, type Reached } from './budget-watch.ts';
import { forecastText, reachedText } from './budget-words.ts';
import { StopTurns } from './stop-turns.ts';

/** One that a person just saved is in force from then on; agents come and go, and are read anew more seldom. */
const awaitedEveryMs = 100;
const factsEveryMs = 1_000;
const againMs = 50;
const lookEveryMs = 15_000;
const forecastEveryMs = 15 * 60_000;
/** SECURITY: a stop that nobody carried out in this time is of another situation; whoever spends next is stopped. */
const carriedOutWithinUs = 10 * 60_000_000;
const mostAtOnce = 16;
/** As many changed rows as a note names at most: there may be more. */
const mostNamed = 1_000;

export class BudgetStop {
  readonly #parts: BudgetOrderParts;
  readonly #watch = new BudgetWatch();
  readonly #waiting = new WaitingRows();
  readonly #order: BudgetOrder;
  readonly #turns = new StopTurns(mostAtOnce);
  #facts: readonly BudgetFact[] = [];
  #factsMs = Number.NEGATIVE_INFINITY;
  #forecastMs = Number.NEGATIVE_INFINITY;
  #stale = true;
  /** a budget may have been saved that was not read yet: what comes in meanwhile is for it too. */
  #awaited = false;
  #reading = false;
  #recount = false;
  /** when the oldest row that waits was committed. */
  #committedMs: number | null = null;
  #working: Promise<void> = Promise.resolve();
  #busy = false;
  #timer: NodeJS.Timeout | null = null;
  #looks: NodeJS.Timeout | null = null;
  #ended = false;
  #leave: () => void = () => undefined;

  constructor(parts: BudgetOrderParts) {
    this.#parts = parts;
    this.#order = new BudgetOrder(parts);
  }

  async start(): Promise<void> {
    this.#leave = this.#parts.history.onCommit((note) => this.#hear(note));
    await this.#readFacts();
    for (const pending of await ask(this.#parts.history, 'budgetPending', {})) await this.#takeUp(pending);
    // Sums are asked for anew by the clock too, and periods begin without anybody spending.
    this.#looks = setInterval(() => this.#wake(), lookEveryMs);
    this.#wake();
  }

  /** Resolves when nothing of it runs any more. */
  async close(): Promise<void> {
    this.#ended = true;
    this.#leave();
    if (this.#timer) clearTimeout(this.#timer);
    if (this.#looks) clearInterval(this.#looks);
    await this.#working;
    await this.#turns.settled();
  }

  #hear(note: CommitNote): void {
    const { topics, inserted, updatedIds } = note;
    if (topics.includes('budgets')) this.#awaited = true;
    if (topics.some((one) => one === 'budgets' || one === 'agents' || one === 'access' || one === 'stop')) this.#stale = true;
    if (this.#watch.isIdle && !this.#awaited && !this.#reading) return;
    const rows = inserted > 0 || updatedIds.length > 0;
    // Prices, joined agents, history that was let go: sums change without a row that says so.
    if (!rows && (topics.includes('activity') || topics.includes('agents'))) this.#recount = true;
    if (rows) {
      this.#committedMs ??= this.#parts.clock.now();
      if (!this.#waiting.add(note) || updatedIds.length >= mostNamed) this.#recount = true;
    }
    this.#wake();
  }

  #wake(): void {
    if (this.#busy || this.#ended) return;
    this.#busy = true;
    this.#working = this.#work().catch((error: unknown) => {
      this.#recount = true;
      this.#stale = true;
      this.#parts.log.error('budgets could not be evaluated', error);
    }).finally(() => {
      this.#busy = false;
      if ((this.#stale || this.#recount || !this.#waiting.isEmpty) && !(this.#watch.isIdle && !this.#stale)) this.#later();
    });
  }

  #later(): void {
    if (this.#timer !== null || this.#ended) return;
    this.#timer = setTimeout(() => { this.#timer = null; this.#wake(); }, againMs);
  }

  async #work(): Promise<void> {
    const { clock, history } = this.#parts;
    if (this.#stale && clock.now() - this.#factsMs >= (this.#awaited ? awaitedEveryMs : factsEveryMs)) await this.#readFacts();
    if (this.#awaited) return;
    if (this.#watch.isIdle) {
      this.#waiting.clear();
      this.#committedMs = null;
      this.#recount = false;
      return;
    }
    const asked = this.#waiting.next();
    const atMs = this.#committedMs ?? clock.now();
    if (this.#waiting.isEmpty) this.#committedMs = null;
    if (this.#recount) {
      this.#recount = false;
      this.#watch.recount();
    }
    if (asked !== null) this.#watch.take(await ask(history, 'budgetRows', asked), atMs * 1_000);
    for (const question of this.#watch.questions(atMs * 1_000)) await this.#decide(question, atMs);
    if (asked === null && clock.now() - this.#forecastMs >= forecastEveryMs) await this.#forecast();
  }

  async #decide(question: BudgetQuestion, atMs: number): Promise<void> {
    const sums = await ask(this.#parts.history, 'budgetSpent', question);
    for (const reached of this.#watch.answer(question, sums, atMs * 1_000)) await this.#tell(reached, atMs * 1_000);
  }

  async #tell(reached: Reached, committedUs: number): Promise<void> {
    const { budget: { id, draft }, kind, row, stop } = reached;
    const text = reachedText(draft, { ...reached, seen: row !== null });
    if (reached.again !== null) return this.#stop({ ...reached, row }, reached.again, text, committedUs);
    try {
      const audit = auditByEngine({ action: `budget.${kind}`, subject: null, outcome: 'done', text: `Budget "${draft.name}": ${text}`, details: { budget: publicId('budget', id), spent: reached.spent, limit: reached.limit, currency: draft.currency } });
      const claimed = await this.#parts.history.command('budgets.reached', {
        budget: id, atUs: this.#nowUs(), kind, periodUs: reached.periodUs, key: reached.key, stop, agent: row?.head ?? null, task: row?.task ?? null, activity: row?.id ?? null, spent: reached.spent, limit: reached.limit, currency: draft.currency, text, audit,
      });
      if (claimed.told && stop) this.#stop(reached, claimed.id, text, committedUs);
    } catch (error) {
      // Nothing was written, so nothing was stopped: the next row is judged anew.
      this.#watch.takeBack(reached);
      this.#recount = true;
      this.#parts.log.error('that a budget was reached could not be written down', error, { budget: id });
    }
  }

  #stop({ budget: { id, draft }, row, again }: Pick<Reached, 'budget' | 'row' | 'again'>, event: number, text: string, committedUs: number): void {
    if (row === null) return;
    this.#turns.run(row.head, () => this.#order.stop({ event, budget: id, draft, head: row.head, task: row.task, text, committedUs, again: again !== null }));
  }

  /** What an engine before this one claimed and did not bring to an end. */
  async #takeUp({ event, budget, draft, removed, atUs, agent: head, task, text, limit, order }: PendingBudget): Promise<void> {
    const of = { event, budget, draft, head };
    const done = (end: string, more: { order?: number; again?: boolean } = {}): Promise<void> => this.#order.outcome(of, { order: more.order ?? null, fired: more.order !== undefined, tookUs: null, text: `${text} ${end}`, again: more.again ?? false });
    if (order !== null) return done(`Stop order ${order} was ordered; the engine ended before that was written here.`, { order });
    if (removed || draft.hardMicros !== limit || draft.onHard !== 'stop') return done('The engine ended before a stop was ordered, and the budget is another one since: nothing was stopped.');
    if (this.#nowUs() - atUs > carriedOutWithinUs) return done('The engine ended before a stop was ordered, and too long ago to order it now: whoever spends next is stopped.', { again: true });
    this.#turns.run(head, () => this.#order.stop({ ...of, task, text, committedUs: atUs, again: false }));
  }

  async #forecast(): Promise<void> {
    this.#forecastMs = this.#parts.clock.now();
    const atUs = this.#nowUs();
    for (const { id, draft, told } of this.#facts) {
      const limit = draft.hardMicros ?? draft.softMicros;
      const { fromUs } = periodAt(draft.per, atUs);
      if (!draft.forecast || limit === null || draft.per === 'task' || told.includes(toldKey(fromUs, 'forecast', ''))) continue;
      const found = await ask(this.#parts.history, 'budgetForecast', { budget: id, atUs });
      // One that is reached already was told so.
      if (found === null || found.micros <= limit || found.spent >= limit) continue;
      const text = forecastText(draft, found.spent, found.micros, limit);
      await this.#parts.history.command('budgets.reached', { budget: id, atUs, kind: 'forecast', periodUs: fromUs, key: '', stop: false, agent: null, task: null, activity: null, spent: found.spent, limit, currency: draft.currency, text, audit: null });
    }
  }

  async #readFacts(): Promise<void> {
    this.#stale = false;
    this.#awaited = false;
    this.#factsMs = this.#parts.clock.now();
    const before = this.#facts.map((one) => `${one.id} ${JSON.stringify(one.draft)}`);
    this.#reading = true;
    try {
      this.#facts = await ask(this.#parts.history, 'budgetFacts', { atUs: this.#nowUs() });
    } finally {
      this.#reading = false;
    }
    this.#watch.setFacts(this.#facts, this.#nowUs());
    if (this.#facts.some((one) => !before.includes(`${one.id} ${JSON.stringify(one.draft)}`))) this.#forecastMs = Number.NEGATIVE_INFINITY;
  }

  #nowUs(): number { return this.#parts.clock.now() * 1_000; }
}
