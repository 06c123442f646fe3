/** What speaks against a stop: acts that began after the command, work that is still shown, a process that lives. */
import type { OpenRun } from '../connectors/stopping.ts';
import { isHeld } from './acts.ts';
import type { Act } from './acts.ts';
import { openGraceUs } from './judge-input.ts';
import type { Evidence, JudgedConnection, JudgeInput } from './judge-input.ts';
import { clockOf, duration, inert } from './time-words.ts';

export interface Against {
  readonly key: string;
  readonly connection: number;
  readonly atUs: number;
  /** when it was learned. */
  readonly knownUs: number;
  readonly by: Evidence['by'];
  readonly text: string;
}

/** How new an act is: one that is reported late is news too. */
export const newsUs = (act: Act): number => Math.max(act.beginUs, act.lastUs ?? 0, act.arrivedUs ?? 0);

export function againstOf(input: JudgeInput, acts: readonly Act[]): readonly Against[] {
  const news = acts.filter((act) => speaks(act, input)).map((act): Against => ({
    key: act.role === 'began' ? act.key : `late:${act.key}`, connection: act.connection, atUs: act.role === 'began' ? act.beginUs : act.lastUs ?? act.beginUs, knownUs: newsUs(act), by: 'activity',
    text: act.role === 'began' ? `${act.what} began ${duration(act.beginUs - input.commandUs)} after the command and was not denied.`
      : `${act.what} was under way all the time and ended ${duration((act.lastUs ?? act.beginUs) - input.commandUs)} after the command, after the stop was verified.`,
  }));
  return [...input.connections.flatMap((one) => [...openWork(one, input), ...livingProcess(one, input)]), ...news].toSorted((a, b) => b.atUs - a.atUs || (a.key < b.key ? -1 : 1));
}

/** Before it is verified: one that began, with less than a whole window of silence after it. Afterwards: any that reaches into what was called contained. */
function speaks(act: Act, input: JudgeInput): boolean {
  if (input.verifiedUs === null) return act.role === 'began' && input.nowUs - newsUs(act) < input.silenceUs;
  if (act.role !== 'began' && act.role !== 'landed') return false;
  return Math.max(act.beginUs, act.lastUs ?? 0) > (input.containedUs ?? input.verifiedUs);
}

/** Work that the newest look shows. It waits for nobody once the levers had their time; what waits for a person acts only when it is answered. */
function openWork(one: JudgedConnection, input: JudgeInput): readonly Against[] {
  const { looks } = one;
  if (looks?.newest === null || looks?.newest === undefined || looks.newestUs === null || looks.fault !== null || input.answeredUs === null) return [];
  const due = input.verifiedUs !== null || looks.newestUs > input.answeredUs + openGraceUs;
  const newestUs = looks.newestUs;
  const firstUs = new Map(looks.runs.map((seen) => [seen.run.id, seen.firstUs]));
  // What only waits its turn did nothing yet.
  const held = (run: OpenRun): boolean => (run.state === 'queued' || run.state === 'scheduled') && run.sinceUs > input.commandUs && isHeld(input, one.connection, firstUs.get(run.id) ?? 0);
  return !due ? [] : looks.newest.open.filter((run) => run.state !== 'waiting' && !held(run)).map((run) => ({
    key: `open:${one.connection}:${run.id}:${run.state}`, connection: one.connection, atUs: newestUs, knownUs: newestUs, by: 'read back' as const,
    text: `${inert(one.name)} still shows run ${inert(run.id, 40)} as ${run.state}, though the levers had answered.`,
  }));
}

/** A process that was to be ended. One that nobody signalled may live: a server that others use. */
function livingProcess(one: JudgedConnection, input: JudgeInput): readonly Against[] {
  const { state, sinceUs } = one.process;
  const signalled = input.levers.some((lever) => lever.connection === one.connection && isProcessLever(lever.leverId) && (lever.state === 'reported' || lever.state === 'unknown') && !lever.undone);
  if (state === 'came_back' && sinceUs !== null && (signalled || one.shows === 'telemetry')) {
    return [{ key: `process:${one.connection}:back:${sinceUs}`, connection: one.connection, atUs: sinceUs, knownUs: sinceUs, by: 'process', text: `The process behind ${inert(one.name)} ended and runs again since ${clockOf(sinceUs)}.` }];
  }
  const due = input.answeredUs !== null && input.nowUs > input.answeredUs + openGraceUs;
  if (state !== 'alive' || !signalled || !due || input.answeredUs === null) return [];
  return [{ key: `process:${one.connection}:alive`, connection: one.connection, atUs: input.answeredUs + openGraceUs, knownUs: input.nowUs, by: 'process', text: `The process behind ${inert(one.name)} lives, ${duration(openGraceUs)} after it was to be ended.` }];
}

export const isProcessLever = (leverId: string): boolean => leverId.startsWith('process.');
