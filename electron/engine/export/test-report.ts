/** For tests: a history with rows of everything that reports tell, made at random, and rows to hand to a format. */
import type fc from 'fast-check';
import type { ReportContent, ReportSpec } from '../../../shared/reports.ts';
import type { WriteDb } from '../store/database.ts';
import { US_DAY } from '../store/codes.ts';
import { t0 } from '../store/test-history.ts';
import type { Row } from './columns.ts';
import type { FormatContext, Sink } from './format.ts';
import { createHash } from 'node:crypto';

export const day = US_DAY;
export const isoOf = (us: number): string => new Date(us / 1_000).toISOString();

export const spec = (more: Partial<ReportSpec> = {}): ReportSpec => ({ name: 'A report', from: isoOf(t0 - 10 * day), to: isoOf(t0 + 10 * day), scope: { kind: 'everything' }, contents: ['activity'], text: 'full', people: 'names', formats: ['jsonl'], pack: false, ...more });

export class MemorySink implements Sink {
  private readonly chunks: Buffer[] = [];
  write(chunk: Uint8Array | string): void { this.chunks.push(Buffer.from(chunk as string)); }
  get bytes(): number { return this.body.byteLength; }
  sha256(): string { return createHash('sha256').update(this.body).digest('hex'); }
  get body(): Buffer { return Buffer.concat(this.chunks); }
}

export function context(content: ReportContent, besides: Map<string, MemorySink> = new Map()): FormatContext {
  return {
    content, spec: spec(), rows: 100, madeAt: '2026-03-01T12:00:00.000Z', version: '0.0.0',
    beside: (name) => { const sink = new MemorySink(); besides.set(name, sink); return sink; },
  };
}

export async function* paged(rows: readonly Row[], size = 2): AsyncGenerator<readonly Row[]> {
  for (let at = 0; at < rows.length; at += size) yield rows.slice(at, at + size);
}

/** Whole numbers below `n`, from fast-check so that a failure can be made again. */
export type Dice = (n: number) => number;
export const diceOf = (values: readonly number[]): Dice => { let at = 0; return (n) => (values[at++ % values.length] ?? 0) % n; };
export type Seed = fc.Arbitrary<readonly number[]>;

const agents = 5;
const connections = 3;
const near = (dice: Dice): number => t0 + (dice(20 * 24) - 10 * 24) * (day / 24) + dice(3);
const maybe = <T>(dice: Dice, value: T): T | null => (dice(2) === 0 ? null : value);

/** Rows straight into the tables: what the assembler would never write is told as well. */
export function fill(db: WriteDb, dice: Dice): void {
  const run = (sql: string, ...values: unknown[]): number => Number(db.prepare(sql).run(...values).lastInsertRowid);
  for (let n = 2; n <= connections; n++) run("INSERT INTO connection (kind, name, created_us, enabled, demo, content) VALUES ('otlp', ?, ?, 1, 0, ?)", `connection ${n}`, near(dice), dice(2) === 0 ? 'none' : 'full');
  for (let n = 1; n <= agents; n++) run("INSERT INTO agent (connection, key, name, service, source, provisional, identity, created_us, first_us, last_us, rows) VALUES (?, ?, ?, 'svc', 0, 0, 5, ?, ?, ?, 1)", 1 + dice(connections), `agent-${n}`, `agent ${n}`, t0, near(dice), near(dice));
  if (dice(2) === 0) run("INSERT INTO agent_stitch (agent, head, by, why) VALUES (2, 1, 'rule', 'same')");
  for (let n = 0; n < 2; n++) run('INSERT OR IGNORE INTO agent_tag (agent, tag) VALUES (?, ?)', 1 + dice(agents), 'Prod');
  run("INSERT INTO string (hash, text) VALUES (1, 'a text')");
  run("INSERT INTO task (connection, key_kind, key, name, started_us, last_us, received_us, root_agent, root_us, loose_agent, loose_us, stated_us, stated_outcome, stated_basis, horizon_us, outcome, basis, activities, failures, denials, open, interrupted, input, output, cache_read, cache_write, reasoning, micros, currency, priced, unpriced) VALUES (1, 1, 's', 'task', 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)");
  for (let n = 0, most = dice(60); n < most; n++) run('INSERT INTO activity (task, agent, ts_us, dur_us, kind, status, flags, name, model, key, trace, span, parent_span, claim, service, source, record, block, slot, failure) VALUES (1, ?, ?, ?, ?, ?, 0, 1, 0, ?, 0, 0, 0, 0, 0, 0, 0, 0, 0, ?)', 1 + dice(agents), near(dice), maybe(dice, dice(5_000)), 1 + dice(7), 1 + dice(6), n, maybe(dice, 1 + dice(3)));
  fillStops(run, dice);
  fillAccess(run, dice);
  fillRest(run, dice);
}

type Run = (sql: string, ...values: unknown[]) => number;

function fillStops(run: Run, dice: Dice): void {
  for (let n = 0, most = dice(5); n < most; n++) {
    const began = near(dice);
    const stop = run("INSERT INTO stop_order (scope_key, scope, scope_name, level, origin, state, headline, ordered_by, reason_kind, reason, silence_s, watch_s, intent_us, ended_us, agents, sources, plan) VALUES ('x', '{\"kind\":\"agent\",\"id\":\"agt-1\"}', 'agent', 'cancel', ?, 'verified', 'h', 'ann', 'security', 'r', 1, 1, ?, ?, '[]', '[]', '{}')", dice(2) === 0 ? 'drill' : 'person', began, maybe(dice, began + dice(3) * day));
    run('INSERT OR IGNORE INTO stop_agent (agent, stop) VALUES (?, ?)', 1 + dice(agents), stop);
    for (let k = 0, most = dice(3); k < most; k++) run("INSERT INTO stop_lever (stop, plan_id, lever_id, connection, repeatable, idle_only, target, plan) VALUES (?, 'p', 'l', 1, 1, 0, '{}', '{}')", stop);
    for (let k = 0, most = dice(3); k < most; k++) run("INSERT INTO stop_event (stop, at_us, kind, by, text) VALUES (?, ?, 'k', 'ann', 't')", stop, near(dice));
  }
  for (let n = 0, most = dice(4); n < most; n++) run("INSERT INTO rule_firing (rule, at_us, agent, agent_name, fired, stop, text) VALUES (1, ?, ?, 'a', 1, ?, 't')", near(dice), 1 + dice(agents), maybe(dice, 1 + dice(3)));
}

function fillAccess(run: Run, dice: Dice): void {
  for (let n = 0, most = dice(8); n < most; n++) {
    const first = near(dice);
    run("INSERT INTO grant_seen (connection, agent, kind, name, source, first_us, last_us, gone_us) VALUES (?, ?, 'tool', ?, 's', ?, ?, ?)", 1 + dice(connections), dice(agents + 1), `g${n}`, first, first, maybe(dice, first + dice(4) * day));
    run("INSERT INTO finding (subject, rule, severity, holder, first_us, gone_us, text, advice) VALUES (?, 'r', 1, ?, ?, ?, 't', 'a')", `f${n}`, dice(4) === 0 ? -(1 + dice(connections)) : 1 + dice(agents), first, maybe(dice, first + dice(4) * day));
    run("INSERT INTO grant_change (at_us, connection, agent, grant_id, kind, name, what, widening, first, text) VALUES (?, ?, ?, 1, 'tool', 'g', 'added', 0, ?, 't')", near(dice), 1 + dice(connections), dice(agents + 1), dice(2));
  }
  run("INSERT OR IGNORE INTO grant_holder (connection, agent, actor, at_us) VALUES (?, ?, 'ann', 0)", 1 + dice(connections), 1 + dice(agents));
  for (let n = 0, most = dice(4); n < most; n++) run("INSERT OR IGNORE INTO agent_owner (agent, role, source, name, gone, actor, at_us) VALUES (?, 'owner', 'person', 'bob', 0, 'ann', ?)", 1 + dice(agents), near(dice));
  for (let n = 0, most = dice(3); n < most; n++) run("INSERT OR IGNORE INTO access_baseline (agent, at_us, actor, note, grants) VALUES (?, ?, 'ann', '', '[]')", 1 + dice(agents), near(dice));
}

function fillRest(run: Run, dice: Dice): void {
  const words = 'approved waiting expired'.split(' ');
  for (let n = 0, most = dice(6); n < most; n++) run("INSERT INTO approval (connection, key, agent, agent_name, task, state, kind, title, asked_us, seen_us, decided_us, answers, fingerprint, evidence, actions, raw) VALUES (?, ?, ?, 'a', 0, ?, 'gate', 't', ?, 0, ?, '[]', 'f', '[]', '[]', '{}')", 1 + dice(connections), `k${n}`, dice(agents + 1), words[dice(3)], near(dice), maybe(dice, near(dice)));
  for (let n = 0, most = dice(10); n < most; n++) {
    const at = Math.floor(near(dice) / day);
    run('INSERT OR IGNORE INTO by_day (agent, day, model, currency, tasks, activities, failures, denials, input, output, cache_read, cache_write, reasoning, micros, priced, unpriced) VALUES (?, ?, ?, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)', 1 + dice(agents), at, dice(2));
    run("INSERT OR IGNORE INTO bill_day (connection, day, currency, model, micros, bill) VALUES (?, ?, 'USD', ?, 5, 1)", 1 + dice(connections), at, `m${dice(2)}`);
    run('INSERT OR IGNORE INTO failure_day (failure, agent, day, count) VALUES (?, ?, ?, 1)', 1 + dice(3), 1 + dice(agents), at);
    run('INSERT OR IGNORE INTO failure_hit (failure, day, agent, version, outcome, currency, tasks, own, lost, computed, unpriced) VALUES (?, ?, ?, 0, 2, 0, 1, 0, 0, 0, 0)', 1 + dice(3), at, 1 + dice(agents));
  }
  for (let n = 1; n <= 3; n++) run('INSERT INTO failure (fingerprint, kind, name, first_us, last_us, count, created_us) VALUES (?, 2, 1, 0, 0, 1, 0)', n);
  for (let n = 0, most = dice(5); n < most; n++) {
    run('INSERT OR IGNORE INTO failure_agent (failure, agent, count) VALUES (?, ?, 1)', 1 + dice(3), 1 + dice(agents));
    run("INSERT INTO failure_said (failure, at_us, actor) VALUES (?, ?, 'ann')", 1 + dice(3), near(dice));
    const began = near(dice);
    run("INSERT INTO gap (connection, from_us, to_us, reason, text) VALUES (?, ?, ?, 'engine_off', 'off')", maybe(dice, 1 + dice(connections)), began, maybe(dice, began + dice(3) * day));
  }
}
