/** Everything besides telemetry that is written: one small function each, run inside a transaction of the writer's. */
import { contentLevels, settings as settingsSchema } from '../../../shared/domain.ts';
import type { ContentLevel, Gap, Settings } from '../../../shared/domain.ts';
import type { WriteDb } from './database.ts';
import type { AccessCommands } from './access-commands.ts';
import { markConnection } from './access-dirty.ts';
import type { AlertCommands } from './alert-commands.ts';
import { removeAlertRule, saveAlertRule } from './alert-rules.ts';
import { alertGoesOn, alertOver, escalateAlert, moveCursor, raiseAlert, sayOfAlerts } from './alerts.ts';
import { appendAudit } from './audit.ts';
import { addAuditKey, addSeals, pruneAudit, pruneSome } from './audit-commands.ts';
import type { AuditCommands } from './audit-commands.ts';
import { approve } from './baseline.ts';
import { beginApproval, settleApproval } from './approvals.ts';
import { US_MINUTE } from './codes.ts';
import { deliveryTried, noteTest, pruneDeliveries, wakeDeliveries } from './deliveries.ts';
import { importDocument, removeDocument } from './documents.ts';
import { StoreError } from './errors.ts';
import { dismissFinding, restoreFinding } from './findings.ts';
import type { BudgetCommands } from './budget-commands.ts';
import type { DigestCommands } from './digest-commands.ts';
import { closeDigests } from './digests.ts';
import { noteOutcome, noteReached, removeBudget, saveBudget } from './budgets.ts';
import { importBill, removeBill } from './bills.ts';
import type { CostCommands } from './cost-commands.ts';
import { noteFailure, setFailureState } from './failure-said.ts';
import { importPrices, removePrice, savePrice } from './price-entries.ts';
import { setHolder } from './holders.ts';
import { liftHold, placeHold } from './holds.ts';
import type { Alarm } from './open.ts';
import { publicId } from './ids.ts';
import { addOperator, removeOperator } from './operators.ts';
import { setOwner } from './owners.ts';
import type { RetentionCommands } from './retention-commands.ts';
import { setPeriod } from './retention-plan.ts';
import { setCanary, setNextDrill, writeRights } from './readiness.ts';
import { beginReport, endReport, recoverReports, removeTemplate, saveTemplate } from './report-commands.ts';
import type { ReportCommands } from './report-commands.ts';
import type { AuditWords, RuntimeCommands } from './runtime-commands.ts';
import { addRuntime, setRuntimeState, updateRuntime } from './runtimes.ts';
import { mustHaveSecond } from './second-person.ts';
import { extendSeen } from './seen.ts';
import { linkAgents, restitch, unlinkAgent } from './stitching.ts';
import type { StopCommands } from './stop-commands.ts';
import { noteFiring, removeRule, saveRule } from './stop-rules.ts';
import { beginStop, writeStop } from './stops.ts';
import { setTags } from './tags.ts';
import { TALLY, type Tallies } from './tallies.ts';
import { removeTarget, saveTarget } from './targets.ts';

export const defaultSettings: Settings = { theme: 'system', singleKeys: true, retentionDays: null, defaultContent: 'redacted', otlpPort: 4318, notifyApprovals: true, weakVault: false, stopSilenceS: 90, stopWatchS: 900, twoPerson: 'off', drillStaleDays: 30 };

/** What goes through the assembler is the writer's own. */
export type AssembledCommand = 'runtimes.collected' | 'runtimes.discovered';
export type AssembledCostCommand = 'tasks.mark';

/** What a person did and its line in the audit log are one transaction: neither is ever without the other. */
type Audited<P> = P & { readonly audit?: AuditWords };

/** Ids are row ids here; the engine's handlers translate public ones. */
export interface Commands extends Omit<RuntimeCommands, AssembledCommand>, AuditCommands, StopCommands, AccessCommands, Omit<CostCommands, AssembledCostCommand>, BudgetCommands, AlertCommands, DigestCommands, RetentionCommands, ReportCommands {
  'connections.add': { params: Audited<{ name: string; content: ContentLevel; demo: boolean; tokenHash: Uint8Array; tokenEnds: string }>; result: { id: number } };
  'connections.update': { params: Audited<{ id: number; name?: string | undefined; content?: ContentLevel | undefined; enabled?: boolean | undefined }>; result: { id: number } };
  'connections.rotate': { params: Audited<{ id: number; tokenHash: Uint8Array; tokenEnds: string }>; result: { id: number } };
  'settings.set': { params: Audited<Partial<Settings>>; result: Settings };
  /** `look`: says when it was and marks nothing. */
  'visits.mark': { params: { atUs: number; look?: boolean }; result: { previousUs: number | null } };
  'alarms.raise': { params: Alarm; result: { id: string } };
  'alarms.dismiss': { params: Audited<{ id: string }>; result: { id: string } };
  'gaps.open': { params: { connection: number | null; fromUs: number; toUs: number | null; reason: Gap['reason']; text: string }; result: { id: number } };
  'gaps.close': { params: { id: number; toUs: number }; result: { id: number } };
  /** The receiver listened until now: `fromUs` is when the engine last said so, or began. */
  'seen.extend': { params: { fromUs: number; toUs: number }; result: { connections: number } };
  'refusals.count': { params: { connection: number; reason: string; count: number; sample: string | null; us: number }; result: { count: number } };
  'strangers.count': { params: { process: string | null; pid: number | null; path: string; us: number; count?: number }; result: { count: number } };
}
export type CommandName = keyof Commands;

type Run<N extends CommandName> = (db: WriteDb, params: Commands[N]['params'], tallies: Tallies, nowUs: number) => Commands[N]['result'];

function mustExist(changes: number, what: string): void {
  if (changes === 0) throw new StoreError('not_found', `There is no such ${what} any more. Nothing was changed.`);
}

function addConnection(db: WriteDb, p: Commands['connections.add']['params'], nowUs: number): { id: number } {
  if (!contentLevels.includes(p.content)) throw new StoreError('bad_request', 'The content level is not one that is known.');
  const { lastInsertRowid } = db.prepare(`INSERT INTO connection (kind, name, created_us, enabled, demo, content, token_hash, token_ends) VALUES ('otlp', ?, ?, 1, ?, ?, ?, ?)`)
    .run(p.name, nowUs, p.demo ? 1 : 0, p.content, p.tokenHash, p.tokenEnds.slice(-4));
  return { id: Number(lastInsertRowid) };
}

function updateConnection(db: WriteDb, p: Commands['connections.update']['params']): { id: number } {
  const enabled = p.enabled === undefined ? null : p.enabled ? 1 : 0;
  mustExist(db.prepare('UPDATE connection SET name = coalesce(?, name), content = coalesce(?, content), enabled = coalesce(?, enabled) WHERE id = ? AND removed_us IS NULL')
    .run(p.name ?? null, p.content ?? null, enabled, p.id).changes, 'connection');
  // Findings and matches know a server by its name.
  if (p.name !== undefined) markConnection(db, p.id);
  return { id: p.id };
}

function rotate(db: WriteDb, p: Commands['connections.rotate']['params']): { id: number } {
  mustExist(db.prepare("UPDATE connection SET token_hash = ?, token_ends = ? WHERE id = ? AND kind = 'otlp' AND removed_us IS NULL").run(p.tokenHash, p.tokenEnds.slice(-4), p.id).changes, 'connection');
  return { id: p.id };
}

/** A connection that is only now added gets its name here. */
function noted(db: WriteDb, audit: AuditWords | undefined, result: { id: number }, nowUs: number): { id: number } {
  if (audit !== undefined) appendAudit(db, { ...audit, subject: audit.subject ?? publicId('connection', result.id) }, nowUs);
  return result;
}

interface SettingReader { prepare(sql: string): { all(): unknown[] } }

/** What is stored, where it is sound; the usual value elsewhere. */
export function readSettings(db: SettingReader): Settings {
  let result: Settings = defaultSettings;
  for (const row of db.prepare('SELECT key, value FROM setting').all() as { key: string; value: string }[]) {
    const value = parseJson(row.value);
    const parsed = settingsSchema.partial().safeParse({ [row.key]: value });
    if (parsed.success && value !== undefined) result = { ...result, ...parsed.data };
  }
  return result;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // A setting that cannot be read counts as not set.
    return undefined;
  }
}

function setSettings(db: WriteDb, { audit, ...params }: Audited<Partial<Settings>>, nowUs: number): Settings {
  const parsed = settingsSchema.partial().safeParse(params);
  if (!parsed.success) throw new StoreError('bad_request', 'A setting has a value that is not allowed. Nothing was changed.');
  const write = db.prepare('INSERT INTO setting (key, value) VALUES (?, ?) ON CONFLICT DO UPDATE SET value = excluded.value');
  for (const [key, value] of Object.entries(parsed.data)) if (value !== undefined) write.run(key, JSON.stringify(value));
  if (audit !== undefined) appendAudit(db, audit, nowUs);
  return readSettings(db);
}

const sameVisitUs = 30 * US_MINUTE;

function markVisit(db: WriteDb, atUs: number, look: boolean): { previousUs: number | null } {
  const [last, earlier] = db.prepare<[], { at: number }>('SELECT at_us AS at FROM visit ORDER BY id DESC LIMIT 2').all();
  // A window that is loaded anew soon after is the same visit: what changed since the one before must not be lost by it.
  if (last !== undefined && atUs - last.at < sameVisitUs) return { previousUs: earlier?.at ?? null };
  if (look) return { previousUs: last?.at ?? null };
  db.prepare('INSERT INTO visit (at_us) VALUES (?)').run(atUs);
  db.prepare('DELETE FROM visit WHERE id NOT IN (SELECT id FROM visit ORDER BY id DESC LIMIT 100)').run();
  return { previousUs: last?.at ?? null };
}

const runs: { readonly [N in CommandName]: Run<N> } = {
  'connections.add': (db, p, _tallies, nowUs) => noted(db, p.audit, addConnection(db, p, nowUs), nowUs),
  'connections.update': (db, p, _tallies, nowUs) => noted(db, p.audit, updateConnection(db, p), nowUs),
  'connections.rotate': (db, p, _tallies, nowUs) => noted(db, p.audit, rotate(db, p), nowUs),
  'settings.set': (db, p, _tallies, nowUs) => setSettings(db, p, nowUs),
  'visits.mark': (db, p) => markVisit(db, p.atUs, p.look === true),
  'alarms.raise': (db, p) => {
    db.prepare('INSERT INTO alarm (id, severity, text, since_us) VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET severity = excluded.severity, text = excluded.text').run(p.id, p.severity, p.text, p.sinceUs);
    return { id: p.id };
  },
  'alarms.dismiss': (db, p, _tallies, nowUs) => {
    mustExist(db.prepare('DELETE FROM alarm WHERE id = ?').run(p.id).changes, 'alarm');
    if (p.audit !== undefined) appendAudit(db, p.audit, nowUs);
    return { id: p.id };
  },
  'gaps.open': (db, p) => ({
    id: Number(db.prepare('INSERT INTO gap (connection, from_us, to_us, reason, text) VALUES (?, ?, ?, ?, ?)').run(p.connection, p.fromUs, p.toUs, p.reason, p.text).lastInsertRowid),
  }),
  'gaps.close': (db, p) => {
    // An engine that was killed knows only when it was last seen alive, which may lie before the gap's beginning.
    mustExist(db.prepare('UPDATE gap SET to_us = max(from_us, ?) WHERE id = ? AND to_us IS NULL').run(p.toUs, p.id).changes, 'open gap');
    return { id: p.id };
  },
  'seen.extend': (db, p) => extendSeen(db, p),
  'refusals.count': (_db, p, tallies) => {
    tallies.count(p.connection, TALLY.refused, p.reason, p.count, p.us, p.sample);
    tallies.flush();
    return { count: p.count };
  },
  'strangers.count': (_db, p, tallies) => {
    tallies.stranger(p.process, p.pid, p.path, p.us, p.count);
    return { count: p.count ?? 1 };
  },
  'runtimes.add': (db, p, _tallies, nowUs) => addRuntime(db, p, nowUs),
  'runtimes.update': (db, p, _tallies, nowUs) => {
    const done = updateRuntime(db, p, nowUs);
    // Where a server is decides whether two connections lead to the same agents.
    if (p.target !== undefined) {
      restitch(db);
      markConnection(db, p.id);
    }
    return done;
  },
  'runtimes.state': (db, p) => setRuntimeState(db, p),
  'approvals.begin': (db, p, _tallies, nowUs) => beginApproval(db, p, nowUs),
  'approvals.settle': (db, p, _tallies, nowUs) => settleApproval(db, p, nowUs),
  'agents.link': (db, p, _tallies, nowUs) => linkAgents(db, p, nowUs),
  'agents.unlink': (db, p, _tallies, nowUs) => unlinkAgent(db, p, nowUs),
  'audit.append': (db, p, _tallies, nowUs) => appendAudit(db, p, nowUs),
  'reports.begin': (db, p, _tallies, nowUs) => beginReport(db, p, nowUs),
  'reports.end': (db, p, _tallies, nowUs) => endReport(db, p, nowUs),
  'reports.recover': (db, p, _tallies, nowUs) => recoverReports(db, p, nowUs),
  'reports.saveTemplate': (db, p, _tallies, nowUs) => saveTemplate(db, p, nowUs),
  'reports.removeTemplate': (db, p, _tallies, nowUs) => removeTemplate(db, p, nowUs),
  'audit.key': (db, p, _tallies, nowUs) => addAuditKey(db, p, nowUs),
  'audit.seal': (db, p) => addSeals(db, p),
  'audit.prune': (db, p, _tallies, nowUs) => pruneAudit(db, p, nowUs),
  'audit.pruneSome': (db, p) => pruneSome(db, p),
  'stops.begin': (db, p, _tallies, nowUs) => {
    mustHaveSecond(p, readSettings(db));
    return beginStop(db, p, nowUs);
  },
  'stops.write': (db, p, _tallies, nowUs) => writeStop(db, p, nowUs),
  'rights.write': (db, p, _tallies, nowUs) => writeRights(db, p, nowUs),
  'canary.set': (db, p, _tallies, nowUs) => setCanary(db, p, nowUs),
  'canary.next': (db, p) => setNextDrill(db, p),
  'rules.save': (db, p, _tallies, nowUs) => saveRule(db, p, nowUs),
  'rules.remove': (db, p, _tallies, nowUs) => removeRule(db, p, nowUs),
  'rules.fired': (db, p, _tallies, nowUs) => noteFiring(db, p, nowUs),
  'operators.add': (db, p, _tallies, nowUs) => addOperator(db, p, nowUs),
  'operators.remove': (db, p, _tallies, nowUs) => removeOperator(db, p, nowUs),
  'tags.set': (db, p, _tallies, nowUs) => setTags(db, p, nowUs),
  'access.import': (db, p, _tallies, nowUs) => importDocument(db, p, nowUs),
  'access.removeDocument': (db, p, _tallies, nowUs) => removeDocument(db, p, nowUs),
  'access.setHolder': (db, p, _tallies, nowUs) => setHolder(db, p, nowUs),
  'access.dismiss': (db, p, _tallies, nowUs) => dismissFinding(db, p, nowUs),
  'access.restore': (db, p, _tallies, nowUs) => restoreFinding(db, p, nowUs),
  'access.approve': (db, p, _tallies, nowUs) => approve(db, p, nowUs),
  'agents.setOwner': (db, p, _tallies, nowUs) => setOwner(db, p, nowUs),
  'prices.save': (db, p, _tallies, nowUs) => savePrice(db, p, nowUs),
  'prices.remove': (db, p, _tallies, nowUs) => removePrice(db, p, nowUs),
  'prices.import': (db, p, _tallies, nowUs) => importPrices(db, p, nowUs),
  'bills.import': (db, p, _tallies, nowUs) => importBill(db, p, nowUs),
  'bills.remove': (db, p, _tallies, nowUs) => removeBill(db, p, nowUs),
  'alertRules.save': (db, p, _tallies, nowUs) => saveAlertRule(db, p, nowUs),
  'alertRules.remove': (db, p, _tallies, nowUs) => removeAlertRule(db, p, nowUs),
  'alerts.raise': (db, p, _tallies, nowUs) => raiseAlert(db, p, nowUs),
  'alerts.over': (db, p, _tallies, nowUs) => alertOver(db, p, nowUs),
  'alerts.say': (db, p, _tallies, nowUs) => sayOfAlerts(db, p, nowUs),
  'alerts.goesOn': (db, p, _tallies, nowUs) => alertGoesOn(db, p, nowUs),
  'alerts.escalate': (db, p, _tallies, nowUs) => escalateAlert(db, p, nowUs),
  'alerts.cursor': (db, p) => moveCursor(db, p),
  'targets.save': (db, p, _tallies, nowUs) => saveTarget(db, p, nowUs),
  'targets.remove': (db, p, _tallies, nowUs) => removeTarget(db, p, nowUs),
  'deliveries.tried': (db, p, _tallies, nowUs) => deliveryTried(db, p, nowUs),
  'deliveries.tested': (db, p, _tallies, nowUs) => noteTest(db, p, nowUs),
  'deliveries.wake': (db, p, _tallies, nowUs) => wakeDeliveries(db, p, nowUs),
  'deliveries.prune': (db, p) => pruneDeliveries(db, p),
  'budgets.save': (db, p, _tallies, nowUs) => saveBudget(db, p, nowUs),
  'budgets.remove': (db, p, _tallies, nowUs) => removeBudget(db, p, nowUs),
  'budgets.reached': (db, p, _tallies, nowUs) => noteReached(db, p, nowUs),
  'budgets.outcome': (db, p, _tallies, nowUs) => noteOutcome(db, p, nowUs),
  'digests.close': (db, _p, _tallies, nowUs) => closeDigests(db, nowUs),
  'failures.setState': (db, p, _tallies, nowUs) => setFailureState(db, p, nowUs),
  'failures.note': (db, p, _tallies, nowUs) => noteFailure(db, p, nowUs),
  'retention.setPeriod': (db, p, _tallies, nowUs) => setPeriod(db, p, nowUs),
  'holds.place': (db, p, _tallies, nowUs) => placeHold(db, p, nowUs),
  'holds.lift': (db, p, _tallies, nowUs) => liftHold(db, p, nowUs),
};

export function isCommand(name: string): name is CommandName {
  return Object.hasOwn(runs, name);
}

export function runCommand<N extends CommandName>(name: N, db: WriteDb, params: Commands[N]['params'], tallies: Tallies, nowUs: number): Commands[N]['result'] {
  return runs[name](db, params, tallies, nowUs);
}
