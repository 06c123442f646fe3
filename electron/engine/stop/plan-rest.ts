/** What a plan leaves: authority and work that outlive it, warnings, and what will count as confirmed. */
import { plural } from '../plural.ts';
import type { Residual, StopPlan } from '../../../shared/stop.ts';
import { isWide, needsSecond } from '../store/second-person.ts';
import type { ScopeConnection } from '../store/stop-commands.ts';
import { isProcessLever } from './against.ts';
import { includes } from './plan-input.ts';
import type { PlanInput } from './plan-input.ts';
import type { Planned } from './plan-levers.ts';
import { line, tasksHere } from './plan-words.ts';
import { inert, isoOrNull, list } from './time-words.ts';

const ticked = (planned: readonly Planned[], connection: ScopeConnection): readonly Planned[] => planned.filter((one) => one.connection.id === connection.id && one.plan.wanted);
const cuts = (one: Planned): boolean => one.plan.kind === 'cut' && (one.lever.step === 'cut' || one.lever.step === 'end_sessions');
const runsWork = (connection: ScopeConnection): boolean => connection.kind === 'langgraph' || connection.kind === 'a2a';
const named = (connection: ScopeConnection): readonly ScopeConnection['agents'][number][] => connection.agents.filter((agent) => agent.inScope);

export function residualOf(input: PlanInput, planned: readonly Planned[]): readonly Residual[] {
  return input.facts.connections.toSorted((a, b) => (a.publicId < b.publicId ? -1 : 1)).flatMap((connection) => {
    const survey = input.ports.get(connection.id)?.survey ?? null;
    const here = ticked(planned, connection);
    const told = (survey?.residual ?? []).map((one) => ({ id: `${connection.publicId}/${one.id}`.slice(0, 200), title: line(one.title), detail: line(one.detail), startedAt: isoOrNull(one.startedUs), endsAt: isoOrNull(one.endsUs), close: one.close === null ? null : line(one.close) }));
    return [...told, ...workInHand(input, connection, here), ...schedulesLeft(input, connection, here), ...keysLeft(input, connection, planned)];
  });
}

const left = (connection: ScopeConnection, id: string, title: string, detail: string, close: string | null): Residual => ({ id: `${connection.publicId}/${id}`.slice(0, 200), title, detail, endsAt: null, startedAt: null, close });

/** Nothing that is ticked ends what is under way. */
function workInHand(input: PlanInput, connection: ScopeConnection, here: readonly Planned[]): readonly Residual[] {
  const open = input.ports.get(connection.id)?.survey?.runs.length ?? tasksHere(connection, input.facts).length;
  if (open === 0 || here.some(cuts)) return [];
  return [left(connection, 'work', `Work in hand at ${inert(connection.name)}`, `${plural(open, 'run')} ${open === 1 ? 'goes' : 'go'} on to ${open === 1 ? 'its' : 'their'} own end: nothing ticked cuts ${open === 1 ? 'it' : 'them'}.`, null)];
}

function schedulesLeft(input: PlanInput, connection: ScopeConnection, here: readonly Planned[]): readonly Residual[] {
  if (here.some((one) => one.lever.step === 'disarm')) return [];
  const schedules = (input.ports.get(connection.id)?.survey?.schedules ?? []).filter((one) => one.enabled);
  return schedules.map((one) => left(connection, `schedule/${one.id}`, `Schedule ${inert(one.title)}`, `It starts work at ${inert(connection.name)} by itself, and nothing ticked disarms it.`, null));
}

/** Whoever may start work keeps the key to it. */
function keysLeft(input: PlanInput, connection: ScopeConnection, planned: readonly Planned[]): readonly Residual[] {
  // The runtime itself, where it was asked, says it better.
  if (!runsWork(connection) || (input.ports.get(connection.id)?.survey?.residual.length ?? 0) > 0) return [];
  const revokes = planned.filter((one) => one.connection.id === connection.id && one.lever.step === 'revoke');
  if (revokes.some((one) => one.plan.wanted)) return [];
  return [left(connection, 'keys', 'Keys that start runs', `Whoever may start work at ${inert(connection.name)} still may.`, revokes[0] === undefined ? null : revokes[0].plan.title)];
}

export function warningsOf(input: PlanInput, planned: readonly Planned[]): readonly string[] {
  const { facts } = input;
  const names = facts.callers.map((one) => inert(one.name, 40));
  return [
    ...(facts.agents.length === 0 ? ['No agent is in this scope: nothing would be stopped.'] : []),
    ...facts.connections.toSorted((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : a.id - b.id)).flatMap((connection) => connectionWarnings(input, connection, planned)),
    ...(names.length === 0 ? [] : [`${plural(names.length, 'agent')} outside of the scope ${names.length === 1 ? 'calls' : 'call'} what is stopped and may start it anew: ${list(names)}.`]),
    ...(facts.tasksOpen > facts.tasks.length ? [`${facts.tasksOpen} tasks are open; the newest ${facts.tasks.length} of them are named here.`] : []),
    ...(facts.scope.kind === 'task' && input.level !== 'cancel' ? ['A single task can be cancelled, not suspended: choose its agent to keep it from starting anew.'] : []),
    ...planned.filter((one) => one.plan.alsoHits.length > 0).map((one) => `"${one.plan.title}" at ${inert(one.connection.name)} also hits ${list(one.plan.alsoHits.map((hit) => hit.name), 3)}${one.plan.wanted ? '' : ', so it is not ticked'}.`),
    ...(planned.length > 0 && !planned.some((one) => one.plan.wanted) ? ['No lever is ticked: as it stands this plan does nothing.'] : []),
  ];
}

function connectionWarnings(input: PlanInput, connection: ScopeConnection, planned: readonly Planned[]): readonly string[] {
  const here = planned.filter((one) => one.connection.id === connection.id);
  const port = input.ports.get(connection.id);
  const name = inert(connection.name);
  return [
    ...unreached(input, connection, here),
    ...(port !== undefined && port.fault !== null && port.levers.length > 0 ? [`${name} could not be asked now: ${line(port.fault)} The levers act on what is found when they are pulled.`] : []),
    ...(port?.survey?.complete === false ? [`Not everything at ${name} could be listed: there may be more than this plan names.`] : []),
    ...(port?.survey?.notes ?? []).map((note) => `${name}: ${line(note)}`),
  ];
}

/** Never silence: who is not reached, and why. */
function unreached(input: PlanInput, connection: ScopeConnection, here: readonly Planned[]): readonly string[] {
  const who = list(named(connection).map((agent) => inert(agent.name, 40)), 3);
  const name = inert(connection.name);
  const able = here.filter((one) => one.plan.problem === null && one.plan.kind !== 'catalogue');
  if (able.length === 0) return [`No lever reaches ${who === '' ? 'what runs' : who} on connection ${name}: ${whyNone(connection, here, input.ports.get(connection.id)?.fault ?? null)}`];
  const levels = able.map((one) => one.lever.level);
  const wide = input.facts.scope.kind !== 'task';
  return [
    ...(input.level !== 'cancel' && wide && !able.some((one) => one.lever.level === 'suspend' && one.plan.kind !== 'hold') ? [`Nothing at ${name} suspends by itself${able.some((one) => one.plan.kind === 'hold') ? ': the console\'s own hold does, while this engine runs' : ''}.`] : []),
    ...(input.level === 'revoke' && !levels.includes('revoke') ? [`No lever revokes anything at ${name}: its credentials and permissions stay as they are.`] : []),
    ...(!able.some(cuts) ? [`No lever cuts work in hand of ${who === '' ? 'what runs' : who} on connection ${name}.`] : []),
  ];
}

function whyNone(connection: ScopeConnection, here: readonly Planned[], fault: string | null): string {
  const problem = here.find((one) => one.plan.problem !== null)?.plan.problem;
  if (problem !== undefined && problem !== null) return problem;
  if (!connection.enabled) return 'it is switched off.';
  // That nobody was found in time does not say that nobody is there.
  if (connection.kind === 'otlp' && fault !== null) return `its processes on this machine could not be looked up: ${line(fault)} Make the plan again.`;
  if (connection.kind === 'otlp') return 'it only tells what happened, and no process of this machine is proven to be the agent.';
  if (connection.kind === 'mcp') return 'an MCP server knows neither the agents that call it nor how to stop them.';
  return 'it declares none of this level.';
}

export function checksOf(input: PlanInput, planned: readonly Planned[]): StopPlan['checks'] {
  const checks = input.facts.connections.toSorted((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : a.id - b.id)).flatMap((connection) => connectionChecks(input, connection, planned));
  const refuses = planned.some((one) => one.plan.wanted && (one.lever.step === 'refuse' || one.lever.step === 'revoke') && one.plan.kind !== 'hold');
  return [...checks, ...(refuses ? [{ text: 'A new attempt that is denied counts for it; one that is not denied counts against it.', can: true }] : [])];
}

function connectionChecks(input: PlanInput, connection: ScopeConnection, planned: readonly Planned[]): StopPlan['checks'] {
  const name = inert(connection.name);
  const silence = `${input.facts.settings.stopSilenceS} s`;
  const can = (text: string) => ({ text, can: true });
  const cannot = (text: string) => ({ text, can: false });
  const here = planned.filter((one) => one.connection.id === connection.id);
  const processes = here.filter((one) => isProcessLever(one.lever.id));
  const process = processes.length > 0 ? [can(`${processes.some((one) => one.plan.wanted) ? 'Its' : 'If that is ticked: its'} process behind ${name} and all that it started are gone for 10 s`)] : [];
  if (!connection.enabled) return [...process, cannot(`Anything at ${name}: it is switched off`)];
  if (connection.kind === 'mcp') return [...process, cannot(`Work at ${name}: an MCP server shows no calls of others`)];
  if (connection.kind === 'otlp') return [...process, can(`No act told over ${name} for ${silence}, if it told of some regularly until the command`), ...(process.length > 0 ? [] : [cannot(`Whether the agent behind ${name} still lives: ${(input.ports.get(connection.id)?.fault ?? null) === null ? 'no process of this machine is proven to be it' : 'its processes on this machine could not be looked up'}`)])];
  const changed = here.some((one) => one.plan.wanted && one.plan.kind !== 'hold' && one.lever.step !== 'cut');
  const seen = connection.visibility === 'all' || input.facts.scope.kind === 'task';
  return [
    ...process,
    ...(changed ? [can(`What is changed at ${name} is read back as it was written`)] : []),
    seen ? can(`${name} shows no open work, and nothing acts for ${silence} in which it could be seen`) : cannot(`Work at ${name} that this credential did not start: ${connection.visibility === 'own' ? 'it is not shown' : 'whether it is shown is not known'}`),
    cannot(`The inside of a step at ${name}: whether it ended is concluded from its signs, from how long such steps take, or from its process. Code that a run leaves behind (a timer, another program) is not shown at all`),
  ];
}

/** Levels that ask for a reason and a typed number are about many; a revoked credential is missed by others too. */
export function needsOf(input: PlanInput): StopPlan['needs'] {
  const { scope, agents, settings } = input.facts;
  // A rule or a drill was confirmed when a person set it up: nobody is there who could type.
  if (input.by !== 'person') return { typed: null, reason: false, second: false };
  const wide = isWide(scope);
  return { typed: wide ? String(agents.length) : null, reason: wide || includes(input.level, 'revoke'), second: needsSecond(settings, scope, agents.length) };
}
