/** For tests: plans and orders made short. */
import type { PlanLever, StopPlan } from '../../../shared/stop.ts';
import { second, t0 } from './test-history.ts';
import { words, type TestRuntime } from './test-runtime.ts';
import type { NewLever, NewOrder } from './stop-commands.ts';

const iso = (us: number): string => new Date(us / 1_000).toISOString();

export function planLever(id: string, more: Partial<PlanLever> = {}): PlanLever {
  return {
    id, leverId: 'langgraph.cancel-run', connectionId: 'con-2', connectionName: 'Server', step: 'cut', kind: 'cut', level: 'cancel', title: `Lever ${id}`, target: '1 run', reaches: 'the run', doesNotStop: [], alsoHits: [],
    usual: null, undo: 'not_needed', undoText: '', wanted: true, problem: null, after: null, ...more,
  };
}

export function stopPlan(more: Partial<StopPlan> = {}): StopPlan {
  return {
    id: 'plan-1', scope: { kind: 'agent', id: 'agt-1' }, scopeName: 'clerk', level: 'cancel', madeAt: iso(t0), agents: [], tasksOpen: 0, lastActAt: null, levers: [planLever('a')], residual: [], checks: [], warnings: [], survey: null,
    silenceS: 90, watchS: 900, lastTried: null, needs: { typed: null, reason: false, second: false }, ...more,
  };
}

export const newLever = (plan: PlanLever, more: Partial<NewLever> = {}): NewLever => ({ plan, connection: 2, target: { agents: ['assistant-1'], runs: ['r1'] }, repeatable: true, idleOnly: false, ...more });

export function newOrder(more: Partial<NewOrder> = {}): NewOrder {
  const plan = more.plan ?? stopPlan();
  return {
    plan, scope: { kind: 'agent', id: 'agt-1' }, scopeName: 'clerk', level: 'cancel', origin: 'person', state: 'stopping', agents: [1], sources: [1], tasks: null, orderedBy: 'ann', reasonKind: 'security', reason: 'It writes where it must not.',
    ticket: 'OPS-1', rule: null, silenceS: 90, watchS: 900, levers: plan.levers.map((lever) => newLever(lever)), audit: words('ann', { action: 'stop.order', text: 'Cancel clerk.' }), ...more,
  };
}

export const begin = (runtime: TestRuntime, more: Partial<NewOrder> = {}, nowUs = t0 + 60 * second): { id: number; number: number; levers: readonly number[] } => runtime.command('stops.begin', newOrder(more), nowUs);
