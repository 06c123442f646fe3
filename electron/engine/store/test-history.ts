/** For tests: a real history in a temporary folder, drafts made short, and what is in the file told without row ids. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { Draft } from '../ingest/draft.ts';
import { Assembler, type Told } from './assemble/assembler.ts';
import type { Changes } from './assemble/write-out.ts';
import { kindWord, outcomeWord, statusWord, US_DAY, US_HOUR, US_MINUTE } from './codes.ts';
import type { WriteDb } from './database.ts';
import { DirtyTasks } from './dirty-tasks.ts';
import { StoreError } from './errors.ts';
import { keyNumber, spanNumber, tellingIds } from './hash.ts';
import { historyFile, openHistory } from './open.ts';
import { sweep } from './sweep.ts';
import { TaskFold } from './task-fold.ts';

/** 2026-03-01 12:00 UTC. */
export const t0 = Date.UTC(2026, 2, 1, 12) * 1_000;
export const second = 1_000_000;
/** Long after everything that tests tell. */
export const later = t0 + 90 * 60 * second;

let empty: Buffer | null = null;

/** A history with nothing in it, as `openHistory` makes one. Made once a process: making one takes longer than most tests. */
function emptyHistory(): Buffer {
  if (empty !== null) return empty;
  const dir = mkdtempSync(join(tmpdir(), 'gatehouse-empty-'));
  const { db, file } = openHistory(dir, t0);
  db.close();
  empty = readFileSync(file);
  rmSync(dir, { recursive: true, force: true });
  return empty;
}

export class TestHistory {
  readonly dir: string;
  db: WriteDb;
  assembler: Assembler;

  constructor() {
    this.dir = mkdtempSync(join(tmpdir(), 'gatehouse-store-'));
    writeFileSync(historyFile(this.dir), emptyHistory());
    this.db = openHistory(this.dir, t0).db;
    this.assembler = new Assembler(this.db);
    this.connect('one');
  }

  connect(name: string): number {
    return Number(this.db.prepare(`INSERT INTO connection (kind, name, created_us, enabled, demo, content, token_hash, token_ends) VALUES ('otlp', ?, ?, 1, 0, 'full', ?, 'abcd')`)
      .run(name, t0, Buffer.from(name)).lastInsertRowid);
  }

  /** One transaction. */
  tell(drafts: readonly Draft[], nowUs = t0 + 3_600 * second, service = 'svc', connection = 1): Changes {
    return this.tellTold(drafts.map((draft) => ({ connection, service, serviceVersion: '', draft, ids: tellingIds(draft), payload: null, receivedUs: nowUs })), nowUs);
  }

  tellTold(told: readonly Told[], nowUs: number): Changes {
    let changes: Changes | null = null;
    this.db.transaction(() => {
      for (const one of told) this.assembler.add(one);
      changes = this.assembler.finish(nowUs);
    }).immediate();
    if (changes === null) throw new Error('the transaction did not run');
    return changes;
  }

  sweep(nowUs = later): void {
    this.db.transaction(() => sweep(this.db, this.assembler, nowUs)).immediate();
  }

  /** What each task cost, and the sums of it. */
  fold(): void {
    this.db.transaction(() => {
      const fold = new TaskFold(this.db, new DirtyTasks());
      while (fold.turn(0, () => 0, 1_000).more);
    }).immediate();
  }

  /** As after a restart: nothing in memory. */
  restart(): void {
    this.db.close();
    this.db = openHistory(this.dir, t0).db;
    this.assembler = new Assembler(this.db);
  }

  close(): void {
    this.db.close();
    rmSync(this.dir, { recursive: true, force: true });
  }

  all<T>(sql: string, ...params: (string | number)[]): T[] {
    return this.db.prepare<unknown[], T>(sql).all(...params);
  }

  /** Rows in words, without ids, in time order. */
  rows(): TestRow[] {
    return this.all<RawRow>(`SELECT a.ts_us AS ts, a.dur_us AS dur, a.kind, a.status, a.flags & 0x4f AS flags, a.key, a.input, a.output, a.micros,
      (SELECT text FROM string WHERE id = a.name) AS name, (SELECT text FROM string WHERE id = a.model) AS model,
      (SELECT text FROM string WHERE id = a.error_message) AS error, (SELECT name FROM agent WHERE id = a.agent) AS agent,
      (SELECT key FROM task WHERE id = a.task) AS task, a.failure IS NOT NULL AS failed,
      (SELECT key FROM activity p WHERE p.id = a.parent) AS parent
      FROM activity a ORDER BY a.ts_us, a.key`).map((row) => ({
      ...row, kind: kindWord(row.kind), status: statusWord(row.status), failed: row.failed === 1, ts: row.ts - t0,
    }));
  }

  row(key: string): TestRow {
    const found = this.rows().filter((row) => row.key === numberOf(key));
    if (found.length !== 1) throw new Error(`${found.length} rows have the key ${key}`);
    return found[0] as TestRow;
  }

  tasks(): { key: string; outcome: string; basis: number; activities: number; failures: number; open: number }[] {
    return this.all<{ key: string; outcome: number; basis: number; activities: number; failures: number; open: number }>(
      'SELECT key, outcome, basis, activities, failures, open FROM task ORDER BY key').map((one) => ({ ...one, outcome: outcomeWord(one.outcome) }));
  }

  agents(): string[] {
    return this.all<{ name: string }>('SELECT name FROM agent ORDER BY name').map((one) => one.name);
  }

  /** Everything that screens show, told by names and keys: equal for equal histories whatever the order of arrival was. */
  snapshot(): unknown {
    const agent = '(SELECT key FROM agent WHERE id = x.agent)';
    const text = (column: string): string => `(SELECT text FROM string WHERE id = x.${column})`;
    const sums = 'tasks, activities, failures, denials, input, output, cache_read, cache_write, reasoning, micros, priced, unpriced';
    return {
      rows: this.rows(),
      tasks: this.all('SELECT key, started_us, last_us, outcome, basis, activities, failures, denials, open, interrupted, input, output, micros, priced, unpriced FROM task ORDER BY key'),
      taskAgents: this.all(`SELECT (SELECT key FROM task WHERE id = x.task) AS task, ${agent} AS agent, rows, first_us FROM task_agent x ORDER BY 1, 2`),
      agents: this.all('SELECT key, name, provisional, rows, first_us, last_us FROM agent WHERE rows > 0 ORDER BY key'),
      hours: this.all(`SELECT hour, ${agent} AS agent, ${text('model')} AS model, ${text('currency')} AS currency, ${sums} FROM by_hour x ORDER BY 1, 2, 3, 4`),
      failures: this.all(`SELECT fingerprint, first_us, last_us, count FROM failure ORDER BY 1`),
      minutes: this.all('SELECT minute, connection, activities, failures FROM by_minute ORDER BY 1, 2'),
      links: this.all(`SELECT (SELECT key FROM agent WHERE id = x.caller) AS caller, (SELECT key FROM agent WHERE id = x.called) AS called, day, calls, failures FROM link_day x ORDER BY 1, 2, 3`),
      authority: this.all(`SELECT (SELECT key FROM task WHERE id = x.task) AS task, ${agent} AS agent, kind, of FROM task_authority x ORDER BY 1, 2, 3, 4`),
    };
  }

  /** The sums as kept, and as counted anew over the rows: [kept, counted] for each table. */
  sumsTwice(): Record<string, [unknown, unknown]> {
    const counted = (unit: number): string => `SELECT ts_us / ${unit} AS at, agent, model, CASE WHEN micros IS NULL THEN 0 ELSE coalesce(currency, 0) END AS currency,
      count(*) AS activities, sum(failure IS NOT NULL) AS failures, sum(status = 4 OR kind = 5) AS denials, sum(coalesce(input, 0)) AS input, sum(coalesce(output, 0)) AS output,
      sum(coalesce(cache_read, 0)) AS cache_read, sum(coalesce(cache_write, 0)) AS cache_write, sum(coalesce(reasoning, 0)) AS reasoning,
      sum(coalesce(micros, 0)) AS micros, sum(coalesce(provenance IN (2, 3), 0)) AS priced, sum(coalesce(provenance = 4, 0)) AS unpriced, sum(coalesce(provenance = 3, 0)) AS computed FROM activity GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4`;
    const kept = (table: string, unit: string): string => `SELECT ${unit} AS at, agent, model, currency, activities, failures, denials, input, output, cache_read, cache_write, reasoning,
      micros, priced, unpriced, computed FROM ${table} WHERE activities <> 0 ORDER BY 1, 2, 3, 4`;
    return {
      hours: [this.all(kept('by_hour', 'hour')), this.all(counted(US_HOUR))],
      days: [this.all(kept('by_day', 'day')), this.all(counted(US_DAY))],
      totals: [this.all('SELECT hour, currency, activities, tasks, failures, input, micros, priced, unpriced, computed FROM hour_total ORDER BY 1, 2'),
        this.all('SELECT hour, currency, sum(activities) AS activities, sum(tasks) AS tasks, sum(failures) AS failures, sum(input) AS input, sum(micros) AS micros, sum(priced) AS priced, sum(unpriced) AS unpriced, sum(computed) AS computed FROM by_hour GROUP BY 1, 2 ORDER BY 1, 2')],
      minutes: [this.all('SELECT minute, activities, failures FROM by_minute ORDER BY 1'), this.all(`SELECT ts_us / ${US_MINUTE} AS minute, count(*) AS activities, sum(failure IS NOT NULL) AS failures FROM activity GROUP BY 1 ORDER BY 1`)],
      failureDays: [this.all('SELECT day, failure, agent, count FROM failure_day ORDER BY 1, 2, 3'),
        this.all(`SELECT ts_us / ${US_DAY} AS day, failure, agent, count(*) AS count FROM activity WHERE failure IS NOT NULL GROUP BY 1, 2, 3 ORDER BY 1, 2, 3`)],
      failureAgents: [this.all('SELECT failure, agent, count FROM failure_agent ORDER BY 1, 2'),
        this.all('SELECT failure, agent, count(*) AS count FROM activity WHERE failure IS NOT NULL GROUP BY 1, 2 ORDER BY 1, 2')],
      failedHours: [this.all(`SELECT agent, day * 24 + hour AS hour, failures FROM (${Array.from({ length: 24 }, (_, hour) => `SELECT agent, day, ${hour} AS hour, h${hour} AS failures FROM failed_hours`).join(' UNION ALL ')}) WHERE failures <> 0 ORDER BY 1, 2`),
        this.all(`SELECT agent, ts_us / ${US_HOUR} AS hour, count(*) AS failures FROM activity WHERE failure IS NOT NULL GROUP BY 1, 2 ORDER BY 1, 2`)],
      failedDays: [this.all('SELECT agent, day FROM failed_hours ORDER BY 1, 2'), this.all('SELECT DISTINCT agent, day FROM failure_day ORDER BY 1, 2')],
      spendHours: [this.all('SELECT hour, connection, model, currency, micros, priced FROM spend_hour ORDER BY 1, 2, 3, 4'),
        this.all(`SELECT ts_us / ${US_HOUR} AS hour, (SELECT connection FROM agent WHERE id = agent) AS connection, model, currency, sum(micros) AS micros, count(*) AS priced FROM activity WHERE micros IS NOT NULL GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4`)],
      spendDays: [this.all('SELECT agent, day, model, currency, reported, reported_n, computed, computed_n, only_computed, only_computed_n, unpriced_n FROM spend_day ORDER BY 1, 2, 3, 4'),
        this.all(`SELECT agent, day, model, currency, sum(reported) AS reported, sum(reported_n) AS reported_n, sum(computed) AS computed, sum(computed_n) AS computed_n, sum(only_computed) AS only_computed, sum(only_computed_n) AS only_computed_n, sum(unpriced_n) AS unpriced_n FROM (
          SELECT agent, ts_us / ${US_DAY} AS day, model, currency, micros AS reported, 1 AS reported_n, 0 AS computed, 0 AS computed_n, 0 AS only_computed, 0 AS only_computed_n, 0 AS unpriced_n FROM activity WHERE provenance = 2
          UNION ALL SELECT agent, ts_us / ${US_DAY}, model, computed_currency, 0, 0, computed, 1, CASE WHEN provenance = 3 THEN computed ELSE 0 END, provenance = 3, 0 FROM activity WHERE computed IS NOT NULL
          UNION ALL SELECT agent, ts_us / ${US_DAY}, model, 0, 0, 0, 0, 0, 0, 0, 1 FROM activity WHERE provenance = 4) GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4`)],
      taskMoney: [this.all('SELECT id, micros, priced, unpriced, computed FROM task ORDER BY 1'),
        this.all('SELECT task AS id, sum(coalesce(micros, 0)) AS micros, sum(micros IS NOT NULL) AS priced, sum(coalesce(provenance = 4, 0)) AS unpriced, sum(coalesce(provenance = 3, 0)) AS computed FROM activity GROUP BY 1 ORDER BY 1')],
      counted: [this.all('SELECT what, n FROM counted'), this.all("SELECT 'tasks' AS what, count(*) AS n FROM task")],
      failures: [this.all('SELECT id, count, first_us, last_us FROM failure ORDER BY 1'),
        this.all('SELECT failure AS id, count(*) AS count, min(ts_us) AS first_us, max(ts_us) AS last_us FROM activity WHERE failure IS NOT NULL GROUP BY 1 ORDER BY 1')],
      taskAgents: [this.all('SELECT task, agent, rows, first_us FROM task_agent ORDER BY 1, 2'), this.all('SELECT task, agent, count(*) AS rows, min(ts_us) AS first_us FROM activity GROUP BY 1, 2 ORDER BY 1, 2')],
      taskStarts: [this.all('SELECT sum(tasks) AS n FROM by_hour'), this.all('SELECT count(*) AS n FROM task_agent')],
      tasks: [this.all('SELECT id, activities, failures, open, interrupted, started_us, last_us, input, micros FROM task ORDER BY 1'),
        this.all(`SELECT task AS id, count(*) AS activities, sum(failure IS NOT NULL) AS failures, sum(status = 1) AS open, sum(status = 6) AS interrupted, min(ts_us) AS started_us,
          max(ts_us + coalesce(dur_us, 0)) AS last_us, sum(coalesce(input, 0)) AS input, sum(coalesce(micros, 0)) AS micros FROM activity GROUP BY 1 ORDER BY 1`)],
      agents: [this.all('SELECT id, rows, first_us, last_us FROM agent WHERE rows > 0 ORDER BY 1'), this.all('SELECT agent AS id, count(*) AS rows, min(ts_us) AS first_us, max(ts_us) AS last_us FROM activity GROUP BY 1 ORDER BY 1')],
      tools: [this.all('SELECT agent, day, name, sum(calls) AS calls, sum(failures) AS failures, sum(denied) AS denied FROM tool_day GROUP BY 1, 2, 3 ORDER BY 1, 2, 3'),
        this.all(`SELECT agent, ts_us / ${US_DAY} AS day, name, count(*) AS calls, sum(failure IS NOT NULL) AS failures, sum(status = 4) AS denied FROM activity WHERE kind = 2 GROUP BY 1, 2, 3 ORDER BY 1, 2, 3`)],
      links: [this.all('SELECT caller, called, day, calls, failures FROM link_day ORDER BY 1, 2, 3'), this.all('SELECT caller, called, day, count(*) AS calls, sum(failed) AS failures FROM agent_call GROUP BY 1, 2, 3 ORDER BY 1, 2, 3')],
      calls: [this.all('SELECT activity, called, day, failed FROM agent_call ORDER BY 1'),
        this.all(`SELECT id AS activity, agent AS called, ts_us / ${US_DAY} AS day, failure IS NOT NULL AS failed FROM activity WHERE kind = 3 AND flags & 16 = 16 AND id IN (SELECT activity FROM agent_call) ORDER BY 1`)],
      toolUse: [this.all('SELECT agent, name, calls, denied FROM tool_use ORDER BY 1, 2'), this.all('SELECT agent, name, count(*) AS calls, sum(status = 4) AS denied FROM activity WHERE kind = 2 GROUP BY 1, 2 ORDER BY 1, 2')],
    };
  }
}

/** Closed when the test that asked for it is over. */
export function freshHistory(): TestHistory {
  const history = new TestHistory();
  onTestFinished(() => history.close());
  return history;
}

/** What the store said no with. */
export function refusal(run: () => unknown): StoreError {
  try {
    run();
  } catch (cause) {
    if (cause instanceof StoreError) return cause;
    throw cause;
  }
  throw new Error('nothing was refused');
}

export interface TestRow {
  readonly ts: number; readonly dur: number | null; readonly kind: string; readonly status: string; readonly flags: number; readonly key: number;
  readonly input: number | null; readonly output: number | null; readonly micros: number | null; readonly name: string | null; readonly model: string | null;
  readonly error: string | null; readonly agent: string | null; readonly task: string | null; readonly failed: boolean; readonly parent: number | null;
}
interface RawRow extends Omit<TestRow, 'kind' | 'status' | 'failed'> { readonly kind: number; readonly status: number; readonly failed: number }

const numberOf = (key: string): number => keyNumber(key, key.slice(5), key.startsWith('span:') ? spanNumber(key.slice(5)) : 0);

export const trace = (n: number): string => n.toString(16).padStart(32, 'a');
export const span = (n: number): string => n.toString(16).padStart(16, 'b');

/** A span's draft; times in seconds after `t0`. */
export function spanDraft(n: number, parent: number, more: Partial<Draft> & { at?: number; for?: number } = {}): Draft {
  const { at = n, for: length = 1, ...rest } = more;
  return {
    source: 'test/span', role: 'activity', traceId: trace(1), spanId: span(n), parentSpanId: parent === 0 ? '' : span(parent), key: `span:${span(n)}`,
    kind: 'tool_call', name: `tool-${n}`, status: 'ok', statusExplicit: false, startUs: t0 + at * second, endUs: t0 + (at + length) * second, ...rest,
  };
}

export function agentDraft(n: number, parent: number, name: string, more: Partial<Draft> & { at?: number; for?: number } = {}): Draft {
  return spanDraft(n, parent, { role: 'agent', kind: 'lifecycle', name, agent: { name }, ...more });
}

/** A log's draft: no span of its own. */
export function logDraft(key: string, at: number, more: Partial<Draft> = {}): Draft {
  return {
    source: 'test/log', role: 'activity', traceId: '', spanId: '', parentSpanId: '', key, run: { kind: 'session', id: 's1' }, kind: 'tool_call', name: 'tool',
    status: 'ok', statusExplicit: true, startUs: t0 + at * second, endUs: t0 + at * second, ...more,
  };
}
