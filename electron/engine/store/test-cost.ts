/** For tests: a writer that folds and prices, prices made short, and the sums of cost counted anew over the rows. */
import { onTestFinished } from 'vitest';
import type { Draft } from '../ingest/draft.ts';
import type { PriceUnit } from '../../../shared/cost.ts';
import { OUTCOME, US_DAY } from './codes.ts';
import type { NewPrice } from './cost-commands.ts';
import { tellingIds } from './hash.ts';
import { realIntake } from './intake.ts';
import { savePrice } from './price-entries.ts';
import type { AuditWords } from './runtime-commands.ts';
import { later, TestHistory } from './test-history.ts';
import { Writer } from './writer.ts';

const audit: AuditWords = { actor: 'ann', actorKind: 'desktop', action: 'test', subject: null, outcome: 'done', text: 'ann did it.', details: {} };

/** Prices for a million units. */
export function price(model: string, prices: Partial<Record<PriceUnit, string>>, more: Partial<NewPrice> = {}): NewPrice {
  return {
    provider: null, model, match: [{ equals: model }], region: null, tier: null, currency: 'USD', units: Object.entries(prices).map(([unit, text]) => ({ unit: unit as PriceUnit, per: 1_000_000, price: text })),
    from: null, to: null, source: 'a test', sourceDate: null, note: null, ...more,
  };
}

/** Of a hit, from the task itself instead of what is kept beside the hit. */
const cameOut = `c.version, c.outcome, h.currency, h.micros AS own, CASE WHEN h.is_last = 1 AND c.outcome = ${OUTCOME.failed} THEN max(0, c.micros - h.micros) ELSE 0 END AS lost, c.only_computed > 0 AS computed, c.unpriced > 0 AS unpriced`;

interface Act { readonly task: number; readonly agent: number; readonly ts: number; readonly model: number; readonly micros: number | null; readonly currency: number | null; readonly provenance: number | null; readonly failed: number; readonly failure: number | null; readonly tokens: number; readonly id: number }
interface TaskLine { readonly id: number; readonly connection: number; readonly name: string; readonly started: number; readonly last: number; readonly asked: number; readonly outcome: number }
interface StopLine { readonly fromUs: number; readonly toUs: number; readonly tasks: string | null; readonly agents: string }

export class TestCost {
  readonly history = new TestHistory();
  writer: Writer = new Writer(this.history.db, realIntake);

  tell(drafts: readonly Draft[], nowUs = later, connection = 1): void {
    this.writer.inTransaction(() => {
      for (const draft of drafts) this.writer.assembler.add({ connection, service: 'svc', serviceVersion: '', draft, ids: tellingIds(draft), payload: null, receivedUs: nowUs });
      this.writer.assembler.finish(nowUs);
    });
  }

  /** Until nothing is left to be folded or priced. */
  settle(): void {
    for (let turns = 0; this.writer.costTurn(1_000).more; turns++) if (turns > 10_000) throw new Error('cost is never done');
  }

  setPrice(entry: NewPrice, replaces: number | null = null): number {
    let id = 0;
    this.writer.changePrices(() => { id = savePrice(this.history.db, { entry, replaces, overrides: null, audit }, later).id; });
    return id;
  }

  mark(task: number, outcome: number | null): void {
    this.writer.mark({ id: task, outcome, note: '', audit }, later);
  }

  /** As after a restart, or a crash: nothing in memory. */
  restart(): void {
    this.history.restart();
    this.writer = new Writer(this.history.db, realIntake);
  }

  /** Kept and counted anew; only for histories that no retention went over. */
  costTwice(): Record<string, [unknown, unknown]> {
    const acts = this.history.all<Act>(`SELECT id, task, agent, ts_us AS ts, model, micros, currency, provenance, failure IS NOT NULL OR status = 3 AS failed, failure,
      coalesce(input, 0) + coalesce(output, 0) + coalesce(cache_read, 0) + coalesce(cache_write, 0) AS tokens FROM activity ORDER BY ts_us, id`);
    const tasks = this.history.all<TaskLine>('SELECT id, connection, name, started_us AS started, last_us AS last, coalesce(nullif(root_agent, 0), loose_agent) AS asked, outcome FROM task ORDER BY id');
    const lines = tasks.flatMap((task) => this.linesOf(task, acts.filter((act) => act.task === task.id)));
    const days = new Map<string, number[]>();
    for (const line of lines) {
      const key = JSON.stringify(line.key);
      const sums = days.get(key) ?? [0, 0, 0, 0, 0, 0];
      days.set(key, sums.map((sum, at) => sum + (line.sums[at] ?? 0)));
    }
    return {
      taskDays: [this.history.all('SELECT * FROM task_day').map((one) => Object.values(one as object).join(' ')).toSorted(), [...days].map(([key, sums]) => [...(JSON.parse(key) as number[]), ...sums].join(' ')).toSorted()],
      failureTasks: [this.history.all('SELECT failure, last_us, task, agent, times, currency, micros, is_last FROM failure_task').map((one) => Object.values(one as object).join(' ')).toSorted(), this.hits(acts).toSorted()],
      failureHits: [this.history.all('SELECT * FROM failure_hit'), this.history.all(`SELECT failure, day, agent, version, outcome, currency, count(*) AS tasks, sum(own) AS own, sum(lost) AS lost, sum(computed) AS computed, sum(unpriced) AS unpriced
        FROM (SELECT h.failure, h.last_us / ${US_DAY} AS day, h.agent, ${cameOut} FROM failure_task h JOIN task_cost c ON c.task = h.task AND c.main = 1) GROUP BY 1, 2, 3, 4, 5, 6 ORDER BY 1, 2, 3, 4, 5, 6`)],
      taskCosts: [this.history.all('SELECT task, sum(micros) AS micros, sum(main) AS main FROM task_cost GROUP BY task ORDER BY task'), this.history.all('SELECT id AS task, micros, 1 AS main FROM task ORDER BY id')],
    };
  }

  /** Key: agent, day, connection, kind, version, model, outcome, currency. */
  private linesOf(task: TaskLine, acts: readonly Act[]): { key: number[]; sums: number[] }[] {
    const acted = [...new Set(acts.map((act) => act.agent))];
    const first = (agent: number): number => acts.find((act) => act.agent === agent)?.ts ?? 0;
    const agent = acted.includes(task.asked) ? task.asked : acted.toSorted((a, b) => first(a) - first(b) || a - b)[0] ?? 0;
    const versions = this.history.all<{ version: string; us: number }>('SELECT version, first_us AS us FROM agent_version WHERE agent = ? ORDER BY first_us, version', agent);
    const version = versions.findLast((one) => one.us <= first(agent)) ?? versions.find((one) => one.us <= task.last);
    const text = (word: string | undefined): number => (word === undefined || word === '' ? 0 : (this.history.all<{ id: number }>('SELECT id FROM string WHERE text = ?', word)[0]?.id ?? -1));
    const main = mainCurrency(acts);
    const stopped = this.stopped(task, acted);
    return [...new Set([main, ...acts.filter((act) => act.micros !== null).map((act) => act.currency ?? 0)])].map((currency) => {
      const money = acts.filter((act) => act.micros !== null && act.currency === currency);
      const sum = (some: readonly Act[]): number => some.reduce((all, act) => all + (act.micros ?? 0), 0);
      const isMain = currency === main;
      return {
        key: [agent, Math.floor(task.started / US_DAY), task.connection, text(task.name), text(version?.version), modelOf(acts), task.outcome, currency],
        sums: [isMain ? 1 : 0, sum(money), sum(money.filter((act) => act.failed === 1 && !stopped(act))), sum(money.filter(stopped)), sum(money.filter((act) => act.provenance === 3)), isMain && acts.some((act) => act.provenance === 4) ? 1 : 0],
      };
    });
  }

  private stopped(task: TaskLine, acted: readonly number[]): (act: Act) => boolean {
    const stops = this.history.all<StopLine>(`SELECT commanded_us AS fromUs, coalesce(released_us, 1e18) AS toUs, tasks, (SELECT json_group_array(agent) FROM stop_agent WHERE stop = o.id) AS agents FROM stop_order o WHERE commanded_us IS NOT NULL`)
      .filter((stop) => stop.fromUs >= task.started && stop.fromUs <= task.last);
    return (act) => stops.some((stop) => act.ts >= stop.fromUs && act.ts < stop.toUs
      && (stop.tasks === null ? acted.includes(act.agent) && (JSON.parse(stop.agents) as number[]).includes(act.agent) : (JSON.parse(stop.tasks) as number[]).includes(task.id)));
  }

  private hits(acts: readonly Act[]): string[] {
    const lines: string[] = [];
    for (const task of new Set(acts.map((act) => act.task))) {
      const all = acts.filter((act) => act.task === task);
      const currency = mainCurrency(all);
      const failed = all.filter((act) => act.failure !== null);
      const last = failed.at(-1);
      for (const failure of new Set(failed.map((act) => act.failure))) {
        const hits = failed.filter((act) => act.failure === failure);
        const newest = hits.at(-1);
        const micros = hits.reduce((sum, act) => sum + (act.currency === currency ? (act.micros ?? 0) : 0), 0);
        lines.push([failure, newest?.ts, task, newest?.agent, hits.length, currency, micros, failure === last?.failure ? 1 : 0].join(' '));
      }
    }
    return lines;
  }
}

function sums<K>(acts: readonly Act[], key: (act: Act) => K, of: (act: Act) => number): Map<K, number> {
  const found = new Map<K, number>();
  for (const act of acts) found.set(key(act), (found.get(key(act)) ?? 0) + of(act));
  return found;
}

function mainCurrency(acts: readonly Act[]): number {
  const money = sums(acts.filter((act) => act.micros !== null), (act) => act.currency ?? 0, (act) => act.micros ?? 0);
  return [...money].toSorted(([a, x], [b, y]) => y - x || a - b)[0]?.[0] ?? 0;
}

function modelOf(acts: readonly Act[]): number {
  const named = acts.filter((act) => act.model !== 0);
  const micros = sums(named, (act) => act.model, (act) => act.micros ?? 0);
  const tokens = sums(named, (act) => act.model, (act) => act.tokens);
  return [...micros.keys()].toSorted((a, b) => (micros.get(b) ?? 0) - (micros.get(a) ?? 0) || (tokens.get(b) ?? 0) - (tokens.get(a) ?? 0) || a - b)[0] ?? 0;
}

/** Closed when the test that asked for it is over. */
export function freshCost(): TestCost {
  const cost = new TestCost();
  onTestFinished(() => cost.history.close());
  return cost;
}
