/** Budgets, and what reached their limits. A limit is claimed before its stop is ordered: whatever ends this program in between, none is ordered twice. */
import type { BudgetDraft } from '../../../shared/budgets.ts';
import { appendAudit } from './audit.ts';
import { bounded, wholeUs } from './bounded.ts';
import type { BudgetCommands } from './budget-commands.ts';
import type { WriteDb } from './database.ts';
import { StoreError } from './errors.ts';
import { publicId } from './ids.ts';

type Params<N extends keyof BudgetCommands> = BudgetCommands[N]['params'];

const columns = '@name, @scope, @per, @currency, @soft, @hard, @forecast, @onHard, @level, @stops';
const names = 'name, scope, per, currency, soft, hard, forecast, on_hard, level, stops';

interface Row { readonly name: string; readonly scope: string; readonly per: string; readonly currency: string; readonly soft: number | null; readonly hard: number | null; readonly forecast: number; readonly onHard: string; readonly level: string; readonly stops: string }

function rowOf(draft: BudgetDraft): Row {
  return {
    name: bounded(draft.name, 80), scope: JSON.stringify(draft.scope), per: draft.per, currency: draft.currency, soft: draft.softMicros, hard: draft.hardMicros, forecast: draft.forecast ? 1 : 0, onHard: draft.onHard, level: draft.level, stops: draft.stops,
  };
}

function mustBe(changes: number): void {
  if (changes === 0) throw new StoreError('not_found', 'There is no such budget any more. Nothing was changed.');
}

/** Another limit is reached anew: what was told of the one before says nothing of it. */
function forgetTold(db: WriteDb, id: number, was: Row, now: Row): void {
  const other = (...keys: (keyof Row)[]): boolean => keys.some((key) => was[key] !== now[key]);
  const forget = db.prepare('DELETE FROM budget_told WHERE budget = ? AND kind = ?');
  const whole = other('scope', 'per', 'currency');
  if (whole || other('soft')) forget.run(id, 'soft');
  if (whole || other('hard', 'onHard', 'level', 'stops')) forget.run(id, 'hard');
  if (whole || other('soft', 'hard')) forget.run(id, 'forecast');
}

const same = (was: Row, now: Row): boolean => (Object.keys(now) as (keyof Row)[]).every((key) => was[key] === now[key]);

/** A removed one comes back only just as it was: whoever takes its removal back has it with all that it told, and whoever changes what somebody else removed is told so. */
export function saveBudget(db: WriteDb, { id, draft, changedBy, audit }: Params<'budgets.save'>, nowUs: number): { id: number } {
  const limits = rowOf(draft);
  const row = { ...limits, nowUs, changedBy: bounded(changedBy, 256) };
  let saved = id;
  if (saved === null) saved = Number(db.prepare(`INSERT INTO budget (${names}, created_us, changed_us, changed_by) VALUES (${columns}, @nowUs, @nowUs, @changedBy)`).run(row).lastInsertRowid);
  else {
    const was = db.prepare<[number], Row & { readonly removedUs: number | null }>('SELECT name, scope, per, currency, soft, hard, forecast, on_hard AS onHard, level, stops, removed_us AS removedUs FROM budget WHERE id = ?').get(saved);
    mustBe(was !== undefined && (was.removedUs === null || same(was, limits)) ? 1 : 0);
    db.prepare(`UPDATE budget SET (${names}, changed_us, changed_by, removed_us) = (${columns}, @nowUs, @changedBy, NULL) WHERE id = @id`).run({ ...row, id });
    if (was !== undefined) forgetTold(db, saved, was, row);
  }
  appendAudit(db, { ...audit, subject: audit.subject ?? publicId('budget', saved) }, nowUs);
  return { id: saved };
}

/** What it told stays told, also when its removal is taken back. */
export function removeBudget(db: WriteDb, { id, audit }: Params<'budgets.remove'>, nowUs: number): { id: number } {
  mustBe(db.prepare('UPDATE budget SET removed_us = ? WHERE id = ? AND removed_us IS NULL').run(nowUs, id).changes);
  appendAudit(db, { ...audit, subject: audit.subject ?? publicId('budget', id) }, nowUs);
  return { id };
}

/** What was told of long gone periods is not asked for again. */
const toldForUs = 100 * 86_400_000_000;

/** SECURITY: a budget that was removed or given another limit meanwhile stops nobody any more. */
export function noteReached(db: WriteDb, p: Params<'budgets.reached'>, nowUs: number): { id: number; told: boolean } {
  const limit = db.prepare<[number], { soft: number | null; hard: number | null }>('SELECT soft, hard FROM budget WHERE id = ? AND removed_us IS NULL').get(p.budget);
  const stands = p.kind === 'soft' ? limit?.soft === p.limit : p.kind === 'hard' ? limit?.hard === p.limit : (limit?.hard ?? limit?.soft) === p.limit;
  if (!stands) return { id: 0, told: false };
  const atUs = wholeUs(p.atUs, nowUs);
  if (db.prepare('INSERT INTO budget_told (budget, period_us, kind, key, at_us) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING').run(p.budget, p.periodUs, p.kind, bounded(p.key, 64), atUs).changes === 0) return { id: 0, told: false };
  db.prepare('DELETE FROM budget_told WHERE budget = ? AND at_us < ? AND period_us <> ?').run(p.budget, nowUs - toldForUs, p.periodUs);
  const name = p.agent === null ? null : db.prepare<[{ head: number }], { name: string }>('SELECT name FROM agent WHERE id = coalesce((SELECT head FROM agent_stitch WHERE agent = @head), @head)').get({ head: p.agent })?.name ?? '(unknown)';
  const { lastInsertRowid } = db.prepare('INSERT INTO budget_event (budget, at_us, kind, period_us, key, pending, agent, agent_name, task, activity, spent, limit_micros, currency, fired, text) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0, ?)')
    .run(p.budget, atUs, p.kind, p.periodUs, bounded(p.key, 64), p.stop ? 1 : 0, p.agent, name, p.task, p.activity, p.spent, p.limit, p.currency, bounded(p.text, 1_000));
  if (p.audit !== null) appendAudit(db, { ...p.audit, subject: p.audit.subject ?? publicId('budget', p.budget) }, nowUs);
  return { id: Number(lastInsertRowid), told: true };
}

export function noteOutcome(db: WriteDb, p: Params<'budgets.outcome'>, nowUs: number): { id: number } {
  db.prepare('UPDATE budget_event SET stop = ?, fired = ?, took_us = ?, text = ?, pending = 0 WHERE id = ?').run(p.order, p.fired ? 1 : 0, p.tookUs, bounded(p.text, 1_000), p.event);
  if (p.again) db.prepare('DELETE FROM budget_told WHERE (budget, period_us, kind, key) = (SELECT budget, period_us, kind, key FROM budget_event WHERE id = ?)').run(p.event);
  appendAudit(db, p.audit, nowUs);
  return { id: p.event };
}
