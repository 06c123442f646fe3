/** One line from each contract method to the query or command that answers it. */
import type { Method, ParsedParams } from '../../shared/contract.ts';
import type { Settings } from '../../shared/domain.ts';
import type { AccessDesk } from './access-desk.ts';
import type { Alarms } from './alarms.ts';
import { auditBy } from './audit-words.ts';
import type { AuditDesk } from './audit/open-audit.ts';
import type { AlertsDesk } from './alerts/alerts-desk.ts';
import type { ApprovalsDesk } from './approvals-desk.ts';
import type { Connections } from './connections.ts';
import type { BudgetsDesk } from './budgets/budgets-desk.ts';
import type { CostDesk } from './cost-desk.ts';
import { consoleWords } from './console-record.ts';
import type { ContentViews } from './content-views.ts';
import { ask } from './history-port.ts';
import type { HistoryPort } from './history-port.ts';
import { systemClock } from './ports.ts';
import type { Actor, CallContext, Clock } from './ports.ts';
import type { ReceiverPart } from './receiver-keeper.ts';
import type { RetentionDesk } from './retention-desk.ts';
import type { RuntimeConnections } from './runtime-connections.ts';
import { CheckedJson } from './rpc.ts';
import type { ReportDesk } from './export/report-desk.ts';
import type { Handlers } from './rpc.ts';
import type { Status } from './status.ts';
import type { StopDesk } from './stop/stop-desk.ts';

export interface HandlerParts {
  readonly history: HistoryPort;
  readonly status: Status;
  readonly alarms: Alarms;
  readonly connections: Connections;
  readonly runtimes: RuntimeConnections;
  readonly desk: ApprovalsDesk;
  readonly stop: StopDesk;
  readonly access: AccessDesk;
  readonly cost: CostDesk;
  readonly budgets: BudgetsDesk;
  readonly alerts: AlertsDesk;
  readonly audit: AuditDesk;
  readonly reports: ReportDesk;
  readonly retention: RetentionDesk;
  readonly receiver: ReceiverPart;
  readonly views: ContentViews;
  readonly clock?: Clock;
}

type SeenMethod = 'activity.get' | 'approvals.get' | 'access.document' | 'failures.get';

export function makeHandlers({ history, status, alarms, connections, runtimes, desk, stop, access, cost, budgets, alerts, audit, reports, retention, receiver, views, clock = systemClock }: HandlerParts): Handlers {
  /** Answered, checked and written by the reader thread. */
  const read = <M extends Method>(name: M) => async (params: ParsedParams<M>, { signal }: CallContext): Promise<CheckedJson> => new CheckedJson(await history.queryJson(name, params, signal));
  /** The same, and that somebody looked is written down. */
  const seen = <M extends SeenMethod>(name: M, what: Parameters<ContentViews['note']>[0]) => async (params: ParsedParams<M>, context: CallContext): Promise<CheckedJson> => {
    const answer = await read(name)(params, context);
    views.note(what, params.id, context.actor);
    return answer;
  };
  const nowUs = (): number => clock.now() * 1_000;
  return {
    'system.status': () => status.read(),
    'system.ping': () => ({ at: new Date(clock.now()).toISOString() }),
    'audit.digests': read('audit.digests'),
    'activity.proof': read('activity.proof'),
    'overview.get': read('overview.get'),
    'agents.list': read('agents.list'),
    'agents.get': read('agents.get'),
    'tasks.list': read('tasks.list'),
    'tasks.get': read('tasks.get'),
    'tasks.activities': read('tasks.activities'),
    'activity.list': read('activity.list'),
    'activity.get': seen('activity.get', 'activity'),
    'failures.list': read('failures.list'),
    'failures.groups': read('failures.groups'),
    'failures.get': seen('failures.get', 'failure'),
    ...cost,
    'cost.summary': read('cost.summary'),
    'cost.rows': read('cost.rows'),
    'cost.trend': read('cost.trend'),
    'cost.explain': read('cost.explain'),
    'cost.reconciliation': read('cost.reconciliation'),
    'cost.bills': read('cost.bills'),
    ...budgets,
    'budgets.list': read('budgets.list'),
    'budgets.events': read('budgets.events'),
    'budgets.preview': read('budgets.preview'),
    ...alerts,
    'alerts.list': read('alerts.list'),
    'alerts.get': read('alerts.get'),
    'alerts.rules': read('alerts.rules'),
    'targets.deliveries': read('targets.deliveries'),
    'prices.book': read('prices.book'),
    'prices.list': read('prices.list'),
    'prices.unpriced': read('prices.unpriced'),
    'prices.history': read('prices.history'),
    'live.open': read('live.open'),
    'series.activity': read('series.activity'),
    'series.spend': read('series.spend'),
    'gaps.list': read('gaps.list'),
    'find': read('find'),
    'connections.list': () => connections.list(),
    'connections.addOtlp': (params, { actor }) => connections.add(params, actor),
    'connections.update': (params, { actor }) => connections.update(params, actor),
    'connections.rotateToken': ({ id }, { actor }) => connections.rotate(id, actor),
    'connections.remove': (params, { actor }) => connections.remove(params, actor, runtimes),
    'connections.addRuntime': (params, context) => runtimes.add(params, context),
    'connections.retarget': (params, context) => runtimes.retarget(params, context),
    'connections.setCredential': (params, context) => runtimes.setCredential(params, context),
    'connections.consent': (params, context) => runtimes.consent(params, context),
    'connections.test': (params, context) => runtimes.test(params, context),
    'connections.tryRuntime': (params, context) => runtimes.tryTarget(params, context),
    'connections.pollNow': (params, context) => runtimes.pollNow(params, context),
    'grants.list': read('grants.list'),
    'grants.get': read('grants.get'),
    ...access,
    'access.summary': read('access.summary'),
    'access.matrix': read('access.matrix'),
    'access.cell': read('access.cell'),
    'access.findings': read('access.findings'),
    'access.drift': read('access.drift'),
    'access.baseline': read('access.baseline'),
    'access.proposal': read('access.proposal'),
    'access.reach': read('access.reach'),
    'access.graph': read('access.graph'),
    'access.documents': read('access.documents'),
    'access.document': seen('access.document', 'document'),
    'identity.card': read('identity.card'),
    'identity.activity': read('identity.activity'),
    'agents.link': (params, context) => runtimes.link(params, context),
    'agents.unlink': (params, context) => runtimes.unlink(params, context),
    'approvals.list': read('approvals.list'),
    'approvals.get': seen('approvals.get', 'approval'),
    'approvals.decide': (params, context) => desk.decide(params, context),
    ...stop,
    'stop.list': read('stop.list'),
    'stop.get': read('stop.get'),
    'stop.standing': read('stop.standing'),
    'stop.readiness': read('stop.readiness'),
    'stop.drills': read('stop.drills'),
    'stop.rules': read('stop.rules'),
    'stop.firings': read('stop.firings'),
    'operators.list': read('operators.list'),
    'tags.list': read('tags.list'),
    ...audit,
    'audit.list': read('audit.list'),
    'audit.get': read('audit.get'),
    'audit.facets': read('audit.facets'),
    'audit.seals': read('audit.seals'),
    'audit.keys': read('audit.keys'),
    'settings.get': read('settings.get'),
    'settings.set': async (params, { actor }) => {
      const settings = await setSettings(history, params, actor);
      if (params.otlpPort !== undefined) await receiver.moveTo(settings.otlpPort);
      return settings;
    },
    ...reports,
    'reports.preview': read('reports.preview'),
    'reports.document': async (spec, { actor, signal }) => ({ ...(await ask(history, 'reports.document', spec, signal)), by: actor.name, version: (await status.read()).engineVersion }),
    'reports.templates': read('reports.templates'),
    ...retention,
    'retention.policies': read('retention.policies'),
    'retention.preview': read('retention.preview'),
    'retention.chores': read('retention.chores'),
    'holds.list': read('holds.list'),
    'erasure.list': read('erasure.list'),
    'console.record': async (params, { actor }) => {
      await history.command('audit.append', consoleWords(params, actor));
      return {};
    },
    'visits.mark': async (_params, { actor }) => {
      const { previousUs } = await history.command('visits.mark', { atUs: nowUs(), ...(actor.readOnly ? { look: true } : {}) });
      return { previous: previousUs === null ? null : new Date(previousUs / 1_000).toISOString() };
    },
    'alarms.dismiss': async ({ id }, { actor }) => {
      await alarms.dismiss(id, actor);
      return {};
    },
  };
}

/** How a person likes the window is nobody else's business; everything else says what is kept, guarded or told. */
const ownTaste: readonly string[] = ['theme', 'singleKeys'] satisfies readonly (keyof Settings)[];

async function setSettings(history: HistoryPort, params: ParsedParams<'settings.set'>, actor: Actor): Promise<Settings> {
  const before = await ask(history, 'settings.get', {});
  const changes = Object.entries(params).filter(([name, value]) => !ownTaste.includes(name) && value !== undefined && value !== before[name as keyof Settings]);
  if (changes.length === 0) return history.command('settings.set', params);
  const details = { before: Object.fromEntries(changes.map(([name]) => [name, before[name as keyof Settings]])), after: Object.fromEntries(changes) };
  const audit = auditBy(actor, { action: 'settings.change', subject: null, outcome: 'done', text: `Changed settings: ${changes.map(([name, to]) => `${name} to ${String(to)}`).join(', ')}.`, details });
  return history.command('settings.set', { ...params, audit });
}
