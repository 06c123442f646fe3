/** One line from each contract method to the query or command that answers it. */
import type { Method, ParsedParams } from '../../shared/contract.ts';
import type { Alarms } from './alarms.ts';
import type { ApprovalsDesk } from './approvals-desk.ts';
import type { Connections } from './connections.ts';
import { ask } from './history-port.ts';
import type { HistoryPort } from './history-port.ts';
import { systemClock } from './ports.ts';
import type { CallContext, Clock } from './ports.ts';
import type { ReceiverPart } from './receiver-keeper.ts';
import type { RuntimeConnections } from './runtime-connections.ts';
import { CheckedJson } from './rpc.ts';
import type { Handlers } from './rpc.ts';
import type { Status } from './status.ts';

export interface HandlerParts {
  readonly history: HistoryPort;
  readonly status: Status;
  readonly alarms: Alarms;
  readonly connections: Connections;
  readonly runtimes: RuntimeConnections;
  readonly desk: ApprovalsDesk;
  readonly receiver: ReceiverPart;
  readonly clock?: Clock;
}

const dayUs = 86_400_000_000;

export function makeHandlers({ history, status, alarms, connections, runtimes, desk, receiver, clock = systemClock }: HandlerParts): Handlers {
  /** Answered, checked and written by the reader thread. */
  const read = <M extends Method>(name: M) => async (params: ParsedParams<M>, { signal }: CallContext): Promise<CheckedJson> => new CheckedJson(await history.queryJson(name, params, signal));
  const nowUs = (): number => clock.now() * 1_000;
  return {
    'system.status': () => status.read(),
    'system.ping': () => ({ at: new Date(clock.now()).toISOString() }),
    'overview.get': read('overview.get'),
    'agents.list': read('agents.list'),
    'agents.get': read('agents.get'),
    'tasks.list': read('tasks.list'),
    'tasks.get': read('tasks.get'),
    'tasks.activities': read('tasks.activities'),
    'activity.list': read('activity.list'),
    'activity.get': read('activity.get'),
    'failures.list': read('failures.list'),
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
    'connections.pollNow': (params) => runtimes.pollNow(params),
    'grants.list': read('grants.list'),
    'agents.link': (params, context) => runtimes.link(params, context),
    'agents.unlink': (params, context) => runtimes.unlink(params, context),
    'approvals.list': read('approvals.list'),
    'approvals.get': read('approvals.get'),
    'approvals.decide': (params, context) => desk.decide(params, context),
    'audit.list': read('audit.list'),
    'settings.get': read('settings.get'),
    'settings.set': async (params) => {
      const settings = await history.command('settings.set', params);
      if (params.otlpPort !== undefined) await receiver.moveTo(settings.otlpPort);
      return settings;
    },
    'retention.preview': read('retention.preview'),
    'retention.run': () => runRetention(history, nowUs()),
    'visits.mark': async () => {
      const { previousUs } = await history.command('visits.mark', { atUs: nowUs() });
      return { previous: previousUs === null ? null : new Date(previousUs / 1_000).toISOString() };
    },
    'alarms.dismiss': async ({ id }) => {
      await alarms.dismiss(id);
      return {};
    },
  };
}

/** Removes whole days, so that what the preview counted is what goes. */
export async function runRetention(history: HistoryPort, nowUs: number): Promise<{ activities: number }> {
  const { retentionDays } = await ask(history, 'settings.get', {});
  if (retentionDays === null) return { activities: 0 };
  return history.command('retention.run', { beforeUs: Math.floor((nowUs - retentionDays * dayUs) / dayUs) * dayUs });
}
