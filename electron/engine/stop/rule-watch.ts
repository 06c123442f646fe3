/**
 * When an auto-stop rule is breached: counts what comes in for each rule and agent. Pure but for what it remembers: times come in with the
 * rows, sums of money are asked for by whoever drives it. A breach is told once, then not again until its cool-down is over.
 */
import type { RuleFact, RuleRow } from '../store/stop-commands.ts';

export interface Breach {
  readonly rule: RuleFact;
  /** the head's row id. */
  readonly head: number;
  readonly row: RuleRow;
  readonly text: string;
}

/** Money that must be summed before it is known whether the rule is breached. */
export interface BudgetQuestion {
  readonly rule: RuleFact;
  readonly head: number;
  readonly row: RuleRow;
  readonly sinceUs: number;
}

export interface Judged { readonly breaches: readonly Breach[]; readonly budgets: readonly BudgetQuestion[] }

/** What is told so late is history: an agent that is stopped for it has long gone on to something else. */
const lateUs = 10 * 60_000_000;
const shortestCoolUs = 60_000_000;
/** SECURITY: a flood of agents' names fills no memory. */
const mostCounters = 10_000;

type Trigger<K extends RuleFact['trigger']['kind']> = Extract<RuleFact['trigger'], { kind: K }>;

export class RuleWatch {
  /** times by activity, so that a row that is told twice counts once. */
  readonly #counted = new Map<string, Map<number, number>>();
  readonly #firedUs = new Map<string, number>();

  /** What is remembered of rules that changed or went is forgotten with them. */
  forget(kept: readonly RuleFact[]): void {
    const ids = new Set(kept.map((rule) => String(rule.id)));
    for (const map of [this.#counted, this.#firedUs]) for (const key of map.keys()) if (!ids.has(key.slice(0, key.indexOf(' ')))) map.delete(key);
  }

  take(rows: readonly RuleRow[], rules: readonly RuleFact[], nowUs: number): Judged {
    const breaches: Breach[] = [];
    const budgets = new Map<string, BudgetQuestion>();
    for (const row of rows) {
      for (const rule of rules) {
        if ((rule.agents !== null && !rule.agents.includes(row.head)) || this.#cools(rule, row, nowUs)) continue;
        const { trigger } = rule;
        if (trigger.kind === 'budget') {
          if (row.micros !== null && row.currency === trigger.currency) budgets.set(keyOf(rule, row), { rule, head: row.head, row, sinceUs: budgetSinceUs(trigger, nowUs) });
          continue;
        }
        const text = nowUs - row.startUs > lateUs ? null : this.#breach(rule, trigger, row);
        if (text !== null) breaches.push(this.#told({ rule, head: row.head, row, text }, nowUs));
      }
    }
    return { breaches, budgets: [...budgets.values()] };
  }

  /** Null: the sum is still within the budget, or the rule has fired meanwhile. */
  judgeBudget({ rule, head, row }: BudgetQuestion, micros: number, nowUs: number): Breach | null {
    const { trigger } = rule;
    if (trigger.kind !== 'budget' || micros < trigger.amountMicros || this.#cools(rule, row, nowUs)) return null;
    const money = (amount: number): string => `${(amount / 1_000_000).toFixed(2)} ${trigger.currency}`;
    return this.#told({ rule, head, row, text: `${money(micros)} known spend reached the budget of ${money(trigger.amountMicros)} a ${trigger.per}.` }, nowUs);
  }

  #breach(rule: RuleFact, trigger: Trigger<'failures' | 'denials' | 'tool'>, row: RuleRow): string | null {
    switch (trigger.kind) {
      case 'tool': {
        // A call that was denied did nothing: bursts of those have a rule of their own.
        if (row.kind !== 'tool_call' || row.status === 'denied') return null;
        const name = trigger.names.find((one) => matches(one, row.name));
        return name === undefined ? null : `The tool "${row.name}" is forbidden${name === row.name ? '' : ` by "${name}"`}.`;
      }
      case 'failures': return row.status === 'error' ? this.#count(rule, trigger, row, 'failures') : null;
      case 'denials': return row.status === 'denied' || row.kind === 'denial' ? this.#count(rule, trigger, row, 'denied acts') : null;
    }
  }

  #count(rule: RuleFact, { count, withinS }: Trigger<'failures' | 'denials'>, row: RuleRow, what: string): string | null {
    const key = keyOf(rule, row);
    const times = this.#counted.get(key) ?? new Map<number, number>();
    if (!this.#counted.has(key) && this.#counted.size >= mostCounters) this.#counted.delete(this.#counted.keys().next().value ?? '');
    this.#counted.set(key, times);
    times.set(row.id, row.startUs);
    // Rows come in any order: the window ends with the newest of them.
    const newestUs = Math.max(...times.values());
    for (const [id, us] of times) if (us <= newestUs - withinS * 1_000_000) times.delete(id);
    if (times.size < count) return null;
    times.clear();
    return `${count} ${what} within ${withinS} s.`;
  }

  #cools(rule: RuleFact, row: RuleRow, nowUs: number): boolean {
    const firedUs = this.#firedUs.get(keyOf(rule, row)) ?? (rule.stops === 'agent' ? rule.lastFiredUs[row.head] : undefined);
    if (firedUs === undefined) return false;
    const { trigger } = rule;
    if (trigger.kind === 'budget') return trigger.per === 'task' || firedUs >= budgetSinceUs(trigger, nowUs);
    return nowUs - firedUs < Math.max(shortestCoolUs, trigger.kind === 'tool' ? 0 : trigger.withinS * 1_000_000);
  }

  #told(breach: Breach, nowUs: number): Breach {
    if (this.#firedUs.size >= mostCounters) this.#firedUs.delete(this.#firedUs.keys().next().value ?? '');
    this.#firedUs.set(keyOf(breach.rule, breach.row), nowUs);
    return breach;
  }
}

/** A rule that stops tasks, or counts money by task, judges each task by itself. */
const keyOf = (rule: RuleFact, row: RuleRow): string => `${rule.id} ${row.head}${rule.stops === 'task' || (rule.trigger.kind === 'budget' && rule.trigger.per === 'task') ? ` ${row.task}` : ''}`;

function matches(pattern: string, name: string): boolean {
  return pattern.endsWith('*') ? name.startsWith(pattern.slice(0, -1)) : name === pattern;
}

/** The hour, day or month as this machine's clock has it; a task has no beginning of its own here. */
export function budgetSinceUs({ per }: Trigger<'budget'>, nowUs: number): number {
  const now = new Date(nowUs / 1_000);
  switch (per) {
    case 'task': return 0;
    case 'hour': return now.setMinutes(0, 0, 0) * 1_000;
    case 'day': return now.setHours(0, 0, 0, 0) * 1_000;
    case 'month': return new Date(now.getFullYear(), now.getMonth(), 1).getTime() * 1_000;
  }
}
