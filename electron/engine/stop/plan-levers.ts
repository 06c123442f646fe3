/** The levers of a plan, in the order in which they are pulled: what respawns first, credentials last; what needs an idle target right after the cut. */
import type { Lever } from '../../../shared/domain.ts';
import { stopSteps } from '../../../shared/stop.ts';
import type { PlanLever } from '../../../shared/stop.ts';
import type { NewLever, ScopeConnection, ScopeFacts } from '../store/stop-commands.ts';
import { holdLeverId, includes } from './plan-input.ts';
import type { PlanInput, PlanPort } from './plan-input.ts';
import { othersHit } from './plan-others.ts';
import { afterText, line, problemOf, reachesText, targetText } from './plan-words.ts';
import { inert, iso } from './time-words.ts';

/** A lever of the plan with what it came from. */
export interface Planned {
  readonly lever: Lever;
  readonly connection: ScopeConnection;
  readonly plan: PlanLever;
  readonly target: NewLever['target'];
}

export function plannedLevers(input: PlanInput): readonly Planned[] {
  const planned = input.facts.connections.flatMap((connection) => {
    const port = input.ports.get(connection.id);
    const levers = declared(connection, port).filter((lever) => includes(input.level, lever.level));
    const made = levers.map((lever) => leverOf(lever, connection, port, input));
    const hold = input.facts.scope.kind !== 'task' && includes(input.level, 'suspend') ? holdOf(made, connection, input) : [];
    return [...made, ...hold];
  });
  return planned.toSorted(byOrder);
}

/** What the server declares now; what it declared before where it could not be reached. A lever that is named twice is one. */
export function declared(connection: ScopeConnection, port: PlanPort | undefined): readonly Lever[] {
  const levers = port === undefined || port.levers.length === 0 ? connection.levers : port.levers;
  return [...new Map(levers.toReversed().map((lever) => [lever.id, lever])).values()].toSorted((a, b) => (a.id < b.id ? -1 : 1));
}

const rankOf = ({ lever }: Planned): number => (lever.idleOnly ? Math.max(stopSteps.indexOf(lever.step), stopSteps.indexOf('cut') + 0.5) : stopSteps.indexOf(lever.step));
function byOrder(a: Planned, b: Planned): number {
  const text = (one: Planned): string => `${one.connection.name}\u0000${one.connection.publicId}\u0000${one.lever.id}`;
  return rankOf(a) - rankOf(b) || (text(a) < text(b) ? -1 : text(a) > text(b) ? 1 : 0);
}

function leverOf(lever: Lever, connection: ScopeConnection, port: PlanPort | undefined, input: PlanInput): Planned {
  const { facts } = input;
  const target = targetOf(lever, connection, facts);
  const alsoHits = othersHit(lever, connection, port, facts);
  const problem = problemOf(lever, connection, port) ?? unknownRun(lever, target);
  // What acts on the runs themselves is what a stop is for; whatever is wider is ticked by hand once it hits others.
  const spares = alsoHits.length === 0 || lever.reach === 'task';
  return {
    lever, connection, target,
    plan: {
      ...common(lever, connection, input), kind: lever.pulled ? lever.kind : 'catalogue', title: line(lever.title),
      target: targetText(lever, connection, port, facts), reaches: reachesText(lever), doesNotStop: lever.doesNotStop.map(line), alsoHits,
      undo: lever.undo, undoText: line(lever.undoText), wanted: lever.wanted && lever.pulled && lever.kind !== 'catalogue' && problem === null && spares, problem, after: afterText(lever),
    },
  };
}

function common(lever: Pick<Lever, 'id' | 'step' | 'level'>, connection: ScopeConnection, { facts }: PlanInput): Pick<PlanLever, 'id' | 'leverId' | 'connectionId' | 'connectionName' | 'step' | 'level' | 'usual'> {
  const known = facts.usual.find((one) => one.connection === connection.id && one.leverId === lever.id);
  return {
    id: `${connection.publicId}/${lever.id}`, leverId: lever.id, connectionId: connection.publicId, connectionName: inert(connection.name), step: lever.step, level: lever.level,
    usual: known === undefined || known.times < 1 ? null : { p50Ms: known.p50Ms, mostMs: known.mostMs, times: known.times, newestAt: iso(known.newestUs) },
  };
}

/** SECURITY: what a lever is aimed at is decided here and nowhere else: never wider than the scope unless the lever itself is, and then `alsoHits` says so. */
function targetOf(lever: Pick<Lever, 'reach'>, connection: ScopeConnection, facts: ScopeFacts): NewLever['target'] {
  // Agents of a connection may be told of by others too: there only they are meant, not everything.
  const whole = facts.scope.kind === 'everything' || (facts.scope.kind === 'connection' && facts.scope.id === connection.publicId);
  if (lever.reach === 'connection' || whole) return { agents: null, runs: null };
  const agents = [...new Set(facts.agents.flatMap((agent) => agent.sources.filter((source) => source.connection === connection.id).map((source) => source.key)))].toSorted();
  if (facts.scope.kind !== 'task' || lever.reach !== 'task') return { agents, runs: null };
  return { agents, runs: facts.tasks.filter((task) => task.connection === connection.id).flatMap((task) => task.runKey ?? []).toSorted() };
}

const unknownRun = (lever: Lever, target: NewLever['target']): string | null => (lever.reach === 'task' && target.runs?.length === 0 ? 'The runtime\'s own id of this task is not known, so nothing can be named to it.' : null);

/** The console's own lever: it cancels every run that begins after the order, with the lever that cuts one. Where that cannot be pulled it cannot hold. */
function holdOf(made: readonly Planned[], connection: ScopeConnection, input: PlanInput): readonly Planned[] {
  const cut = made.find((one) => one.lever.kind === 'cut' && one.lever.step === 'cut' && one.lever.reach === 'task' && one.lever.pulled);
  if (cut === undefined) return [];
  const lever: Lever = {
    id: holdLeverId, level: 'suspend', kind: 'hold', title: 'Cancel what comes back', reach: 'agent', step: 'refuse', undo: 'exact', undoText: 'Releasing it ends the cancelling; nothing else was changed.',
    repeatable: true, idleOnly: false, wanted: true, pulled: true,
    doesNotStop: ['Anything while this engine does not run: it ends when this machine closes or sleeps, and goes on at the next start.', 'What a new run does in the second before it is cancelled.', 'What cancelling a run does not stop.'],
  };
  const { problem } = cut.plan;
  return [{
    lever, connection, target: cut.target,
    plan: {
      ...common(lever, connection, input), kind: 'hold', title: lever.title, target: 'console, every 1 s until it is released', reaches: 'Work that a caller, a schedule or a person starts anew', doesNotStop: lever.doesNotStop,
      alsoHits: [], undo: lever.undo, undoText: lever.undoText, wanted: problem === null, problem, after: null,
    },
  }];
}
