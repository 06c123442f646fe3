/**
 * The plan of a stop: which levers would be pulled, in which order, at what, whom else they hit, what stays alive afterwards and what will count
 * as proof. Pure: the same facts give the same plan. What it shows is what is fired.
 */
import type { StopPlan } from '../../../shared/stop.ts';
import type { NewLever } from '../store/stop-commands.ts';
import type { PlanInput } from './plan-input.ts';
import { plannedLevers } from './plan-levers.ts';
import { checksOf, needsOf, residualOf, warningsOf } from './plan-rest.ts';
import { inert, iso, isoOrNull } from './time-words.ts';

export type { PlanInput, PlanPort } from './plan-input.ts';
export { holdLeverId } from './plan-input.ts';

const dayUs = 86_400_000_000;

export function planStop(input: PlanInput): { readonly plan: StopPlan; readonly levers: readonly NewLever[] } {
  const { facts } = input;
  const planned = plannedLevers(input);
  const plan: StopPlan = {
    id: input.id, scope: facts.scope, scopeName: facts.scopeName, level: input.level, madeAt: iso(input.nowUs),
    agents: agentsOf(input), tasksOpen: facts.tasksOpen, lastActAt: isoOrNull(facts.lastActUs),
    levers: planned.map((one) => one.plan),
    residual: [...residualOf(input, planned)], checks: checksOf(input, planned), warnings: [...warningsOf(input, planned)],
    survey: surveyOf(input), silenceS: facts.settings.stopSilenceS, watchS: facts.settings.stopWatchS, lastTried: triedOf(input), needs: needsOf(input),
  };
  const levers = planned.map(({ plan: lever, connection, target, lever: { repeatable, idleOnly } }): NewLever => ({ plan: lever, connection: connection.id, target, repeatable, idleOnly }));
  return { plan, levers };
}

function agentsOf({ facts }: PlanInput): StopPlan['agents'] {
  const names = new Map(facts.connections.map((one) => [one.id, inert(one.name)]));
  return facts.agents.map((agent) => ({ id: agent.publicId, name: inert(agent.name, 200), connectionNames: [...new Set(agent.sources.flatMap((source) => names.get(source.connection) ?? []))].toSorted() }));
}

function surveyOf({ surveyedUs, ports, facts }: PlanInput): StopPlan['survey'] {
  if (surveyedUs === null) return null;
  const asked = facts.connections.filter((one) => ports.has(one.id));
  const failed = asked.flatMap((one) => {
    const fault = ports.get(one.id)?.fault ?? null;
    return fault === null ? [] : [{ connectionName: inert(one.name), text: inert(fault, 300) }];
  });
  return { at: iso(surveyedUs), asked: asked.length, failed: failed.toSorted((a, b) => (a.connectionName < b.connectionName ? -1 : 1)) };
}

function triedOf({ facts, level, nowUs }: PlanInput): StopPlan['lastTried'] {
  const newest = facts.tried.filter((one) => one.level === level).toSorted((a, b) => b.atUs - a.atUs)[0];
  if (newest === undefined) return null;
  const days = Math.max(0, Math.floor((nowUs - newest.atUs) / dayUs));
  return { at: iso(newest.atUs), days, stale: days > facts.settings.drillStaleDays, limitDays: facts.settings.drillStaleDays };
}
