/** Facts to plan from, put together for tests: a LangGraph server with two agents of which one is meant, unless said otherwise. */
import type { Lever, Settings } from '../../../shared/domain.ts';
import type { StopScope } from '../../../shared/stop.ts';
import type { Survey } from '../connectors/stopping.ts';
import type { ScopeConnection, ScopeFacts } from '../store/stop-commands.ts';
import type { PlanInput } from './plan-input.ts';

export const nowUs = Date.UTC(2026, 10, 17, 13, 30) * 1_000;

export function someLever(id: string, more: Partial<Lever> = {}): Lever {
  return { id, level: 'cancel', kind: 'cut', title: `Title of ${id}`, reach: 'task', step: 'cut', undo: 'not_needed', undoText: 'Nothing lasts.', repeatable: true, idleOnly: false, wanted: true, pulled: true, doesNotStop: ['What was done stays done.'], ...more };
}
export const levers = {
  disarm: someLever('x.disarm', { level: 'suspend', kind: 'drain', reach: 'agent', step: 'disarm', undo: 'exact' }),
  refuse: someLever('x.refuse', { level: 'suspend', kind: 'drain', reach: 'agent', step: 'refuse', undo: 'lossy' }),
  idle: someLever('x.idle', { level: 'suspend', kind: 'drain', reach: 'agent', step: 'refuse', idleOnly: true, undo: 'lossy' }),
  cut: someLever('x.cut'),
  sessions: someLever('x.sessions', { level: 'suspend', step: 'end_sessions', reach: 'agent', undo: 'none' }),
  revoke: someLever('x.revoke', { level: 'revoke', step: 'revoke', reach: 'agent', undo: 'none' }),
  process: someLever('process.kill', { reach: 'connection', wanted: false, repeatable: false, undo: 'none' }),
  told: someLever('x.told', { level: 'revoke', kind: 'catalogue', reach: 'connection', step: 'revoke', wanted: false, pulled: false }),
} as const;

export const settings: Settings = {
  theme: 'system', singleKeys: true, retentionDays: null, defaultContent: 'none', otlpPort: 4318, notifyApprovals: true, weakVault: false, stopSilenceS: 90, stopWatchS: 900, twoPerson: 'off', drillStaleDays: 30,
};

export function connection(id: number, more: Partial<ScopeConnection> = {}): ScopeConnection {
  return {
    id, publicId: `con-${id}`, name: `Server ${id}`, kind: 'langgraph', enabled: true, address: `http://127.0.0.1:${2_000 + id}`, visibility: 'all', levers: [levers.cut], rights: [],
    agents: [{ id: id * 10 + 1, publicId: `agt-${id}1`, name: `clerk-${id}`, key: `key-${id}1`, inScope: true }, { id: id * 10 + 2, publicId: `agt-${id}2`, name: `other-${id}`, key: `key-${id}2`, inScope: false }], ...more,
  };
}

export const scopes: Readonly<Record<StopScope['kind'], StopScope>> = {
  task: { kind: 'task', id: 'tsk-1' }, agent: { kind: 'agent', id: 'agt-11' }, connection: { kind: 'connection', id: 'con-1' }, tag: { kind: 'tag', tag: 'finance' }, everything: { kind: 'everything' },
};

/** Every agent that its connection says is in scope. */
export function facts(scope: StopScope['kind'], connections: readonly ScopeConnection[], more: Partial<ScopeFacts> = {}): ScopeFacts {
  const whole = (one: ScopeConnection): boolean => scope === 'everything' || (scope === 'connection' && one.publicId === 'con-1');
  const meant = connections.map((one) => ({ ...one, agents: one.agents.map((agent) => ({ ...agent, inScope: agent.inScope || whole(one) })) }));
  return {
    scope: scopes[scope], scopeName: scope, connections: meant,
    agents: meant.flatMap((one) => one.agents.filter((agent) => agent.inScope).map((agent) => ({ id: agent.id, publicId: agent.publicId, name: agent.name, identity: 'own' as const, identityOf: null, sources: [{ agent: agent.id, key: agent.key, service: 'svc', connection: one.id }] }))),
    tasks: meant.map((one) => ({ id: one.id, publicId: `tsk-${one.id}`, agent: one.id * 10 + 1, connection: one.id, runKey: `4f1c${one.id}000-run`, startedUs: nowUs - 1_000_000, name: 'batch' })), tasksOpen: meant.length,
    lastActUs: nowUs - 500_000, callers: [], usual: [], tried: [], settings, ...more,
  };
}

export const emptySurvey: Survey = { runs: [], complete: true, schedules: [], residual: [], alsoHits: [], targets: [], notes: [] };

export const planInput = (of: ScopeFacts, more: Partial<PlanInput> = {}): PlanInput => ({ id: 'plan-1', nowUs, level: 'cancel', facts: of, ports: new Map(), surveyedUs: null, by: 'person', ...more });
