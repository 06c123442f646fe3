/**
 * When a budget's limit is reached. Pure but for what it remembers: rows come in after each commit, exact sums are asked for by whoever drives it.
 * The estimate (the last exact sum and all money of rows since) is never below the exact sum, so that nothing is noticed late; only where it
 * reaches a limit is the exact sum asked for, and only the exact sum decides. A row counts for the period in which it began.
 */
import { toldKey, type BudgetFact, type BudgetQuestion, type BudgetSum, type SpendRow } from '../store/budget-commands.ts';
import { periodAt } from './budget-period.ts';

export interface Reached {
  readonly budget: BudgetFact;
  readonly kind: 'soft' | 'hard';
  readonly periodUs: number;
  /** what it is told once by: of a hard limit that stops, who is stopped. */
  readonly key: string;
  /** what reached it; null: nobody was seen spending (it was so when the engine began, or was priced anew). */
  readonly row: SpendRow | null;
  readonly spent: number;
  readonly limit: number;
  /** the row's head (or task) is to be stopped. */
  readonly stop: boolean;
  /** the period was over when what reached it came in. */
  readonly late: boolean;
  /** told before, when it could not be stopped: tried again. */
  readonly again: number | null;
}

/** A sum that grew by rows, since it was exact last. */
interface Running { base: number | null; seen: number; exactUs: number; spenders: Map<string, SpendRow>; newest: SpendRow | null; ask: boolean }
interface Watched { fact: BudgetFact; json: string; agents: ReadonlySet<number> | null; told: Set<string>; periodUs: number; now: Running; past: Running; tasks: Map<number, Running>; /** by told key. */ failed: Map<string, { readonly event: number; dueUs: number }> }

const anewUs = 60_000_000;
/** An agent that could not be stopped and spends on. */
const tryAgainUs = 60_000_000;
const lateAnewUs = 5_000_000;
/** A task is its own period: what began so long ago is history. */
const oldTaskUs = 86_400_000_000;
/** SECURITY: a flood of tasks fills no memory; one that is forgotten is summed anew when it spends again. */
const mostTasks = 10_000;

const running = (): Running => ({ base: null, seen: 0, exactUs: Number.NEGATIVE_INFINITY, spenders: new Map(), newest: null, ask: true });

export class BudgetWatch {
  readonly #watched = new Map<number, Watched>();

  /** What is remembered of a budget that changed, or whose scope did, is forgotten: its sum is asked for anew. */
  setFacts(facts: readonly BudgetFact[], atUs: number): void {
    const kept = new Set(facts.map((one) => one.id));
    for (const id of this.#watched.keys()) if (!kept.has(id)) this.#watched.delete(id);
    for (const fact of facts) {
      const json = JSON.stringify([fact.draft, fact.agents]);
      const was = this.#watched.get(fact.id);
      const same = was?.json === json ? was : undefined;
      const { fromUs } = periodAt(fact.draft.per, atUs);
      this.#watched.set(fact.id, {
        fact, json, agents: fact.agents === null ? null : new Set(fact.agents), told: new Set(fact.told),
        periodUs: same?.periodUs ?? fromUs, now: same?.now ?? running(), past: same?.past ?? { ...running(), ask: false }, tasks: same?.tasks ?? new Map(),
        failed: new Map(fact.failed.map(({ key, event }) => {
          const place = toldKey(fact.draft.per === 'task' ? 0 : fromUs, 'hard', key);
          return [place, same?.failed.get(place) ?? { event, dueUs: atUs + tryAgainUs }];
        })),
      });
    }
  }

  get isIdle(): boolean { return this.#watched.size === 0; }

  /** Sums changed without rows: prices, agents that became one, history that went. */
  recount(): void {
    for (const one of this.#watched.values()) {
      one.now.ask = true;
      one.tasks.clear();
    }
  }

  /** `atUs`: when they were committed. */
  take(rows: readonly SpendRow[], atUs: number): void {
    for (const one of this.#watched.values()) {
      this.#enter(one, atUs);
      const own = rows.filter((row) => row.currency === one.fact.draft.currency);
      // What others spent on a task in this commit counts before the scope's own rows are judged: else whoever wrote first would be stopped one commit late.
      if (one.fact.draft.per === 'task') for (const row of own) if (!isIn(one, row)) this.#addToTask(one, row, atUs);
      for (const row of own) if (isIn(one, row)) this.#add(one, row, atUs);
    }
  }

  /** Exact sums that are needed to decide. */
  questions(atUs: number): BudgetQuestion[] {
    const wanted: BudgetQuestion[] = [];
    for (const one of this.#watched.values()) {
      this.#enter(one, atUs);
      const budget = one.fact.id;
      if (one.fact.draft.per === 'task') {
        const tasks = [...one.tasks].filter(([, sum]) => sum.ask).map(([task]) => task);
        if (tasks.length > 0) wanted.push({ budget, periodUs: 0, tasks });
        continue;
      }
      if (one.now.ask || atUs - one.now.exactUs >= anewUs) wanted.push({ budget, periodUs: one.periodUs, tasks: null });
      if (one.past.ask && atUs - one.past.exactUs >= lateAnewUs) wanted.push({ budget, periodUs: before(one), tasks: null });
    }
    return wanted;
  }

  /** Sums that were read after the last rows were taken. Null: the budget is gone. */
  answer({ budget, periodUs }: BudgetQuestion, sums: readonly BudgetSum[] | null, atUs: number): Reached[] {
    const one = this.#watched.get(budget);
    if (one === undefined || sums === null) return [];
    return sums.flatMap(({ task, micros }) => {
      const sum = task !== null ? one.tasks.get(task) : periodUs === one.periodUs ? one.now : one.past;
      if (sum === undefined) return [];
      const spenders = [...sum.spenders.values()];
      const { newest } = sum;
      Object.assign(sum, { base: micros, seen: 0, exactUs: atUs, ask: false, newest: null } satisfies Partial<Running>);
      sum.spenders.clear();
      const place = task !== null ? { periodUs: 0, late: false, task } : { periodUs, late: sum === one.past, task: null };
      return [...this.#soft(one, place, micros, newest), ...this.#hard(one, { ...place, atUs }, micros, spenders, newest)];
    });
  }

  /** It could not be written down: whoever spends next is to be told anew. */
  takeBack({ budget, kind, periodUs, key }: Reached): void { this.#watched.get(budget.id)?.told.delete(toldKey(periodUs, kind, key)); }

  #enter(one: Watched, atUs: number): void {
    const { fromUs } = periodAt(one.fact.draft.per, atUs);
    if (one.fact.draft.per === 'task' || fromUs <= one.periodUs) return;
    // What came in at its end was judged with it; what is still unanswered is late from here on.
    one.past = fromUs === periodAt(one.fact.draft.per, one.periodUs).toUs ? { ...one.now, spenders: new Map(), ask: one.now.ask && one.now.base !== null } : { ...running(), ask: false };
    one.now = running();
    one.periodUs = fromUs;
  }

  #add(one: Watched, row: SpendRow, atUs: number): void {
    if (one.fact.draft.per === 'task') return this.#addToTask(one, row, atUs);
    const { fromUs } = periodAt(one.fact.draft.per, row.startUs);
    if (fromUs === one.periodUs) this.#grow(one, one.now, row, atUs);
    else if (fromUs === before(one)) {
      one.past.newest = row;
      const { softMicros, hardMicros } = one.fact.draft;
      one.past.ask = !this.#anyHard(one, fromUs) && (hardMicros !== null || (softMicros !== null && this.#untold(one, fromUs, 'soft', '')));
    }
  }

  #addToTask(one: Watched, row: SpendRow, atUs: number): void {
    if (atUs - row.startUs > oldTaskUs) return;
    let sum = one.tasks.get(row.task);
    if (sum === undefined) {
      if (!isIn(one, row)) return;
      if (one.tasks.size >= mostTasks) one.tasks.delete(one.tasks.keys().next().value ?? 0);
      one.tasks.set(row.task, sum = running());
    }
    // Another agent's part of the task is counted; who is stopped for it is of the scope.
    if (isIn(one, row)) this.#grow(one, sum, row, atUs);
    else sum.seen += Math.max(0, row.micros);
  }

  #grow(one: Watched, sum: Running, row: SpendRow, atUs: number): void {
    const { softMicros, hardMicros, per } = one.fact.draft;
    const task = per === 'task' ? row.task : null;
    sum.seen += Math.max(0, row.micros);
    sum.newest = row;
    if (task !== null && atUs - sum.exactUs >= anewUs) sum.ask = true;
    // Not known yet: it may be over any limit.
    const estimate = sum.base === null ? Number.POSITIVE_INFINITY : sum.base + sum.seen;
    const periodUs = task === null ? one.periodUs : 0;
    if (softMicros !== null && estimate >= softMicros && this.#untold(one, periodUs, 'soft', keyOfTask(task)) && !(hardMicros !== null && sum.base !== null && sum.base >= hardMicros)) sum.ask = true;
    if (hardMicros === null || estimate < hardMicros) return;
    const key = this.#hardKey(one, row);
    if (!this.#untold(one, periodUs, 'hard', key) && !this.#isDue(one, toldKey(periodUs, 'hard', key), atUs)) return;
    if (!sum.spenders.has(key)) sum.spenders.set(key, row);
    sum.ask = true;
  }

  #soft(one: Watched, { periodUs, late, task }: Place, micros: number, newest: SpendRow | null): Reached[] {
    const { softMicros, hardMicros } = one.fact.draft;
    // The hard one says it better.
    if (softMicros === null || micros < softMicros || (hardMicros !== null && micros >= hardMicros)) return [];
    return this.#tell(one, { kind: 'soft', periodUs, key: keyOfTask(task), row: newest, spent: micros, limit: softMicros, stop: false, late });
  }

  #hard(one: Watched, { periodUs, late, task, atUs }: Place & { readonly atUs: number }, micros: number, spenders: readonly SpendRow[], newest: SpendRow | null): Reached[] {
    const { hardMicros, onHard } = one.fact.draft;
    if (hardMicros === null || micros < hardMicros) return [];
    const what = { kind: 'hard' as const, periodUs, spent: micros, limit: hardMicros, late };
    const told = onHard === 'tell' || late ? [] : spenders.flatMap((row) => {
      const stop = { ...what, key: this.#hardKey(one, row), row, stop: true };
      return [...this.#tell(one, stop), ...this.#tryAgain(one, stop, atUs)];
    });
    if (told.length > 0 || this.#anyHard(one, periodUs, task)) return told;
    return this.#tell(one, { ...what, key: keyOfTask(task), row: late || onHard === 'tell' ? newest : null, stop: false });
  }

  #tell(one: Watched, reached: Omit<Reached, 'budget' | 'again'>): Reached[] {
    const key = toldKey(reached.periodUs, reached.kind, reached.key);
    if (one.told.has(key)) return [];
    one.told.add(key);
    return [{ budget: one.fact, ...reached, again: null }];
  }

  #isDue(one: Watched, key: string, atUs: number): boolean { return (one.failed.get(key)?.dueUs ?? Number.POSITIVE_INFINITY) <= atUs; }

  #tryAgain(one: Watched, reached: Omit<Reached, 'budget' | 'again'>, atUs: number): Reached[] {
    const key = toldKey(reached.periodUs, reached.kind, reached.key);
    const failed = one.failed.get(key);
    if (failed === undefined || !this.#isDue(one, key, atUs)) return [];
    failed.dueUs = atUs + tryAgainUs;
    return [{ budget: one.fact, ...reached, again: failed.event }];
  }

  #untold(one: Watched, periodUs: number, kind: 'soft' | 'hard', key: string): boolean { return !one.told.has(toldKey(periodUs, kind, key)); }

  #anyHard(one: Watched, periodUs: number, task: number | null = null): boolean {
    const begin = `${periodUs} hard `;
    for (const key of one.told) if (key.startsWith(begin) && (task === null || key.endsWith(keyOfTask(task)))) return true;
    return false;
  }

  #hardKey({ fact: { draft } }: Watched, { head, task }: SpendRow): string {
    if (draft.onHard === 'tell') return draft.per === 'task' ? keyOfTask(task) : '';
    if (draft.stops === 'task') return keyOfTask(task);
    return draft.per === 'task' ? `a${head} ${keyOfTask(task)}` : `a${head}`;
  }
}

interface Place { readonly periodUs: number; readonly late: boolean; readonly task: number | null }

const isIn = ({ agents }: Watched, { head }: SpendRow): boolean => agents === null || agents.has(head);
const keyOfTask = (task: number | null): string => (task === null ? '' : `t${task}`);
const before = ({ fact, periodUs }: Watched): number => periodAt(fact.draft.per, periodUs - 1).fromUs;
