/**
 * Steps whose inside the runtime does not show: it says that the run ended, not whether the step that was under way ended with it (work that
 * ignores the abort runs on for seconds, measured). Each must be accounted for by something else than the runtime's word.
 */
import type { OpaqueStep } from '../connectors/stopping.ts';
import type { SignRow } from '../store/stop-commands.ts';
import { stepKey } from './look-track.ts';
import type { JudgedConnection, JudgeInput, RhythmFact } from './judge-input.ts';
import { clockOf, duration, inert } from './time-words.ts';

/** Fewer signs than this have no rhythm. */
const fewestSigns = 3;
/** So many times its longest interval without a sign is a silence. */
const intervals = 3;
const fewestTimes = 5;
const longestTimes = 1.5;

export interface StepAccount {
  readonly key: string;
  readonly connection: number;
  readonly step: OpaqueStep;
  /** how long it must be silent to be accounted for; null: by nothing that is known. */
  readonly needsUs: number | null;
  /** when it was surely over if it is accounted for: nothing is contained before. Null: nobody knows. */
  readonly overUs: number | null;
  readonly text: string;
}

/** Those that are not accounted for by what the runtime itself showed of their end. */
export function accountSteps(one: JudgedConnection, input: JudgeInput): readonly StepAccount[] {
  const shown = (one.looks?.opaque ?? []).filter((tracked) => !tracked.ended).map(({ step }) => accountOf(step, one, input));
  const lost = lostSteps(one, input).map((step) => accountOf(step, one, input));
  return [...shown, ...lost].toSorted((a, b) => (a.key < b.key ? -1 : 1));
}

/** As the run of a step that is known from the history alone is called. */
const noRun = '';
const nearUs = 1_000_000;

/** LangGraph's rows of runs, and of their steps, of which nobody saw how they ended: the server no longer had them. */
export function isLost({ kind, status, source }: SignRow): boolean {
  return kind === 'lifecycle' && status === 'interrupted' && (source === 'langgraph/run' || source === 'langgraph/step');
}

/** Measured: a run that somebody deletes before the command, alone or with its thread, goes on, and no look tells of it: only the history knows that it was there. */
function lostSteps(one: JudgedConnection, input: JudgeInput): readonly OpaqueStep[] {
  if (one.shows !== 'looks') return [];
  const rows = input.rows.map(({ row }) => row).filter((row) => row.connection === one.connection && isLost(row) && row.startUs <= input.commandUs);
  const runs = new Map(rows.filter((row) => row.source === 'langgraph/run').map((row) => [row.task, row]));
  const steps = rows.filter((row) => row.source === 'langgraph/step');
  const told = [...steps, ...[...runs.values()].filter((run) => steps.every((step) => step.task !== run.task))];
  return told.filter((row) => !isShown(row, one)).map((row) => {
    const endedUs = runs.get(row.task)?.endUs ?? row.endUs;
    return { run: noRun, agent: null, step: row.source === 'langgraph/step' ? row.name : null, sinceUs: row.startUs, ...(endedUs === null ? {} : { endedUs }), text: 'The server no longer has the run.' };
  });
}

/** A look tells more of it, also that it ended. */
function isShown(row: SignRow, { looks }: JudgedConnection): boolean {
  return (looks?.opaque ?? []).some(({ step }) => Math.abs(step.sinceUs - row.startUs) < nearUs && (step.step === null || row.source === 'langgraph/run' || step.step === row.name));
}

function accountOf(step: OpaqueStep, one: JudgedConnection, input: JudgeInput): StepAccount {
  const lost = step.run === noRun;
  const name = `${step.step === null ? 'A step' : `Step "${inert(step.step)}"`} of ${lost ? `a run that ${inert(one.name)} no longer has, begun ${clockOf(step.sinceUs)},` : `run ${inert(step.run, 40)}`}`;
  const base = { key: stepKey(step), connection: one.connection, step };
  const found = [byRhythm(step, input, name), byDuration(step, one, input, name)].filter((account) => account !== null).toSorted((a, b) => a.needsUs - b.needsUs)[0];
  if (found !== undefined) return { ...base, ...found };
  return { ...base, needsUs: null, overUs: null, text: `${name} was under way when ${lost ? 'it was last seen' : `${inert(one.name)} said that the run ended`}. Whether it ended too cannot be seen: it gives no signs from inside, and how long such steps take is not known.` };
}

interface Account { readonly needsUs: number; readonly overUs: number; readonly text: string }

/** The step itself gave signs: one came after it began, and it had not fallen silent when the command came. */
function byRhythm(step: OpaqueStep, input: JudgeInput, name: string): Account | null {
  const found = input.rhythms.filter((rhythm) => rhythm.run === step.run && hasRhythm(rhythm, input.commandUs) && (rhythm.lastUs ?? 0) > step.sinceUs).map((rhythm) => rhythm.longestUs ?? 0);
  if (found.length === 0) return null;
  const longestUs = Math.max(...found);
  const needsUs = Math.max(input.silenceUs, intervals * longestUs);
  return { needsUs, overUs: input.commandUs, text: `${name} gave signs until the command, at most ${duration(longestUs)} apart: ${duration(needsUs)} without one is its end.` };
}

function byDuration(step: OpaqueStep, one: JudgedConnection, input: JudgeInput, name: string): Account | null {
  const times = input.stepTimes.filter((known) => known.connection === one.connection && known.step === step.step && known.times >= fewestTimes && known.mostUs > 0);
  if (step.step === null || times.length === 0) return null;
  const mostUs = Math.max(...times.map((known) => known.mostUs));
  const count = Math.max(...times.map((known) => known.times));
  // Measured: a step of known short ones that took 30 s that once, and wrote on after the cancel. What is already out of the ordinary has no usual end.
  // Only as long as its run was not broken off: from then on it is the silence that is measured.
  if (Math.min(input.commandUs, step.endedUs ?? input.commandUs) - step.sinceUs > mostUs) return null;
  const needsUs = Math.max(input.silenceUs, mostUs * longestTimes);
  return { needsUs, overUs: step.sinceUs + mostUs * longestTimes, text: `${name}: ${count} earlier ones took at most ${duration(mostUs)}; ${duration(needsUs)} of silence is longer than any.` };
}

/** Silence says something only of what was not silent before the command. */
export function hasRhythm({ signs, longestUs, lastUs }: RhythmFact, commandUs: number): boolean {
  return signs >= fewestSigns && longestUs !== null && longestUs > 0 && lastUs !== null && lastUs <= commandUs && commandUs - lastUs <= intervals * longestUs;
}
export const rhythmNeedsUs = (longestUs: number | null, silenceUs: number): number => Math.max(silenceUs, intervals * (longestUs ?? 0));
