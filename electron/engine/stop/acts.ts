/**
 * What of the history and of looks is an act, and when. A runtime's clock is not ours: what it tells is capped by when we came to know of it
 * (a clock ahead moves nothing into the future), what we knew before the command did not begin after it, and where a clock is measured to be
 * behind, its times count as later. Whatever comes in after the command makes the silence begin anew, whatever time it carries.
 */
import type { OpenRun, Sign } from '../connectors/stopping.ts';
import type { SignRow } from '../store/stop-commands.ts';
import { graceUs, openGraceUs } from './judge-input.ts';
import type { JudgeInput, JudgedConnection, SeenRow } from './judge-input.ts';
import { stepKey } from './look-track.ts';
import { inert } from './time-words.ts';

/**
 * `began`: after the command and not denied: speaks against the stop. `landed`: began before and ended after it, or began within its grace.
 * `denied`: tried, and was held. `running`: began before, and no end of it was seen. `cut`: began before, ended after by being broken off.
 * `before`: nothing of it reaches past the command. `own`: the life-cycle row of the cancelling itself. `held`: a run that is known to be ordered,
 * not to have done anything, which the hold of a verified order has a moment to cancel.
 */
export type ActRole = 'began' | 'landed' | 'denied' | 'running' | 'cut' | 'before' | 'own' | 'held';

export interface Act {
  readonly key: string;
  readonly connection: number;
  /** row id of the activity; null: a sign or a run that a look showed. */
  readonly activity: number | null;
  readonly role: ActRole;
  readonly what: string;
  readonly beginUs: number;
  readonly endUs: number | null;
  /** not ended, as far as is known. */
  readonly running: boolean;
  /** the newest moment at which it shows that something acted; null: it shows none. */
  readonly lastUs: number | null;
  /** when it came to us; null: not known, or it says nothing of the agent. */
  readonly arrivedUs: number | null;
}

export function actsOf(input: JudgeInput): readonly Act[] {
  const known = new Map(input.connections.map((one) => [one.connection, one]));
  const behind = (connection: number): number => Math.max(0, known.get(connection)?.clockBehindUs ?? 0);
  const signs = [
    ...input.connections.flatMap((one) => (one.looks?.signs ?? []).map((seen) => ({ ...seen, connection: one.connection }))),
    ...input.signs,
  ];
  const acts = [
    ...input.rows.map((seen) => rowAct(seen, input, behind(seen.row.connection))),
    ...signs.map(({ sign, connection, seenUs }) => signAct(sign, connection, seenUs, input, behind(connection))),
    ...input.connections.flatMap((one) => [...startedRuns(one, input), ...startedSteps(one, input)]),
  ];
  // The same fact read twice counts as it came in last.
  const single = new Map(acts.toSorted((a, b) => (a.arrivedUs ?? 0) - (b.arrivedUs ?? 0) || a.beginUs - b.beginUs).map((act) => [act.key, act]));
  return [...single.values()].toSorted((a, b) => a.beginUs - b.beginUs || (a.key < b.key ? -1 : 1));
}

const kindWords: Record<SignRow['kind'], string> = { model_call: 'Model call', tool_call: 'Tool call', handoff: 'Hand-off', approval: 'Question to a person', denial: 'Denied call', error: 'Error', lifecycle: 'Life-cycle row' };

function rowAct({ row, knownUs, changedUs }: SeenRow, input: JudgeInput, behindUs: number): Act {
  const beginUs = Math.min(row.startUs + behindUs, knownUs ?? input.nowUs);
  const endUs = row.endUs === null ? null : Math.max(beginUs, Math.min(row.endUs + behindUs, changedUs ?? input.nowUs));
  const told = roleOf(row, beginUs, endUs, input.commandUs);
  const role = told === 'began' && isOrdered(row) && isHeld(input, row.connection, knownUs ?? input.nowUs - openGraceUs) ? 'held' : told;
  const worked = row.status === 'ok' || (row.status === 'error' && row.kind !== 'lifecycle');
  return {
    key: `row:${row.id}`, connection: row.connection, activity: row.id, role, what: `${kindWords[row.kind]} "${inert(row.name)}"`, beginUs, endUs, running: row.status === 'running' || row.endUs === null,
    lastUs: role === 'denied' || role === 'own' || role === 'held' ? null : worked && endUs !== null ? endUs : beginUs,
    arrivedUs: role === 'own' || role === 'denied' || role === 'held' ? null : changedUs ?? knownUs,
  };
}

function roleOf(row: SignRow, beginUs: number, endUs: number | null, commandUs: number): ActRole {
  if (isOwn(row)) return 'own';
  if (row.status === 'denied' || row.kind === 'denial') return beginUs > commandUs ? 'denied' : 'before';
  if (beginUs > commandUs + graceUs) return isEnding(row) ? 'landed' : 'began';
  if (row.status === 'running' || endUs === null) return 'running';
  if (endUs <= commandUs) return 'before';
  if (beginUs > commandUs) return 'landed';
  return row.status === 'ok' || (row.status === 'error' && row.kind !== 'lifecycle') ? 'landed' : 'cut';
}

/** Rows by which A2A servers tell a state: an instant each, named by the state. Elsewhere a life-cycle row bears the agent's own name, so that a name proves nothing. */
const statesTold = (row: SignRow): boolean => row.kind === 'lifecycle' && row.source.startsWith('a2a/') && row.endUs === row.startUs;
const isEnding = (row: SignRow): boolean => statesTold(row) && (row.name === 'completed' || row.name === 'failed');
const isOwn = (row: SignRow): boolean => row.kind === 'lifecycle' && (row.status === 'cancelled' || (statesTold(row) && (row.name === 'canceled' || row.name === 'cancelled' || row.name === 'rejected')));

/** LangGraph's row of a run is there as soon as the run is ordered: it may still wait its turn. */
const isOrdered = (row: SignRow): boolean => row.source === 'langgraph/run' && row.status === 'running';

/**
 * The hold of a verified order cancels what is ordered anew, and that is its work and no failure of the stop: it has as long as any lever. Whatever
 * shows that the run began (it is seen running, leaves a sign, or a step of it was under way when it was cancelled) speaks against the stop at once.
 */
export function isHeld({ verifiedUs, nowUs, levers }: JudgeInput, connection: number, knownUs: number): boolean {
  return verifiedUs !== null && nowUs - knownUs < openGraceUs && levers.some((lever) => lever.connection === connection && lever.kind === 'hold' && lever.state === 'reported' && !lever.undone);
}

/** A sign is left when something ends: where the runtime tells when that began, a step that began before the command landed, and did not begin anew. */
function signAct(sign: Sign, connection: number, seenUs: number, input: JudgeInput, behindUs: number): Act {
  const endUs = Math.min(sign.atUs + behindUs, seenUs);
  const beginUs = Math.min((sign.beganUs ?? sign.atUs) + behindUs, endUs);
  const role = signRole(sign, beginUs, endUs, input.commandUs);
  return {
    key: `sign:${connection}:${JSON.stringify([sign.atUs, sign.run, sign.what, sign.denied])}`, connection, activity: null, role, what: `Sign "${inert(sign.what)}"`,
    beginUs, endUs, running: false, lastUs: sign.denied ? null : endUs, arrivedUs: sign.denied || role === 'before' ? null : seenUs,
  };
}

function signRole(sign: Sign, beginUs: number, endUs: number, commandUs: number): ActRole {
  if (sign.denied) return endUs > commandUs ? 'denied' : 'before';
  if (beginUs > commandUs + graceUs) return 'began';
  return endUs > commandUs ? 'landed' : 'before';
}

/** A run that a look showed and that was started after the command: work began anew, even where nothing is told of what it did. */
function startedRuns(one: JudgedConnection, input: JudgeInput): readonly Act[] {
  return (one.looks?.runs ?? []).flatMap(({ run, firstUs }) => {
    const beginUs = Math.min(run.sinceUs + Math.max(0, one.clockBehindUs ?? 0), firstUs);
    if (beginUs <= input.commandUs + graceUs || !hasBegun(run)) return [];
    return [{ key: `run:${one.connection}:${JSON.stringify([run.id, run.sinceUs])}`, connection: one.connection, activity: null, role: 'began' as const, what: `Run ${inert(run.id, 40)}`, beginUs, endUs: null, running: false, lastUs: beginUs, arrivedUs: firstUs }];
  });
}
/** What waits for a person ran before it waited. */
const hasBegun = (run: OpenRun): boolean => run.state === 'running' || run.state === 'waiting';

/** A step that was under way when a run was broken off which came after the command: nobody need have seen the run itself. */
function startedSteps(one: JudgedConnection, input: JudgeInput): readonly Act[] {
  return (one.looks?.opaque ?? []).flatMap(({ step, ended }) => {
    const beginUs = step.sinceUs + Math.max(0, one.clockBehindUs ?? 0);
    if (ended || beginUs <= input.commandUs + graceUs) return [];
    const what = `${step.step === null ? 'A step' : `Step "${inert(step.step)}"`} of run ${inert(step.run, 40)}`;
    return [{ key: `step:${one.connection}:${stepKey(step)}`, connection: one.connection, activity: null, role: 'began' as const, what, beginUs, endUs: null, running: false, lastUs: beginUs, arrivedUs: null }];
  });
}
