/**
 * What silence means: how often the work that was under way gave a sign of itself before the command, and how long its steps took before. Only what
 * agents tell by themselves (telemetry) has a rhythm: a server writes nothing more of a run that it cancelled, whatever the run's code goes on to do.
 */
import { KEY_KIND, KIND, STATUS, US_MINUTE } from '../codes.ts';
import type { Rhythm, StepTime } from '../stop-commands.ts';
import { longEnded, rowsBegun, textId, type StopRow, type Watched } from '../stop-rows.ts';
import type { Reading } from './reading.ts';

const windowUs = 30 * US_MINUTE;
const mostSigns = 200;
const nothing: Rhythm = { signs: 0, longestUs: null, lastUs: null };

interface Run { readonly id: number; readonly connection: number; readonly startedUs: number; readonly agent: number }

/** The run's own tasks, as any of the connections tells them. */
function tasksOfRun(reading: Reading, connections: readonly number[], runKey: string): Run[] {
  const find = reading.sql<(number | string)[], Run>(`SELECT id, connection, started_us AS startedUs, CASE root_agent WHEN 0 THEN loose_agent ELSE root_agent END AS agent FROM task WHERE connection = ? AND key_kind = ? AND key_kind IN (1, 2, 4) AND key = ?`);
  return connections.flatMap((connection) => [KEY_KIND.run, KEY_KIND.session, KEY_KIND.conversation].flatMap((kind) => find.get(connection, kind, runKey) ?? []));
}

/** So many of an agent's newest tasks are looked at. */
const mostRuns = 200;

/** Runs of these sources that were under way then. */
function runsUnderWay(reading: Reading, sources: readonly number[], atUs: number): number {
  const newest = reading.sql<number[], { id: number }>(`SELECT t.id FROM (SELECT task FROM task_agent WHERE agent = ? AND first_us <= ? ORDER BY first_us DESC, task DESC LIMIT ${mostRuns}) n CROSS JOIN task t ON t.id = n.task
    WHERE t.key_kind = ${KEY_KIND.run} AND (t.outcome IN (4, 5) OR t.last_us >= ?)`);
  return new Set(sources.flatMap((source) => newest.all(source, atUs, atUs).map((row) => row.id))).size;
}

export interface RhythmParams extends Watched { readonly runKey: string | null; readonly beforeUs: number }

interface Signing { readonly watched: Watched; readonly fromUs: number }

/** Of these sources those that tell by themselves. */
function tellersOf(reading: Reading, sources: readonly number[]): number[] {
  const kind = reading.sql<[number], { kind: string }>('SELECT kind FROM connection WHERE id = ?');
  const sends = new Map<number, boolean>();
  return sources.filter((source) => {
    const { connection } = reading.agent(source);
    const known = sends.get(connection) ?? kind.get(connection)?.kind === 'otlp';
    sends.set(connection, known);
    return known;
  });
}

/** Whose signs are this run's: those of tasks that telemetry names by it; all that its agent tells, from whichever side, where it was the agent's only run under way. */
function signingOfRun(reading: Reading, sources: readonly number[], runKey: string, beforeUs: number): Signing | null {
  const sides = [...new Set(sources.flatMap((source) => reading.sourcesOf(source)))];
  const runs = tasksOfRun(reading, [...new Set(sides.map((source) => reading.agent(source).connection))], runKey);
  const owners = [...new Set(runs.flatMap((run) => reading.sourcesOf(run.agent)))];
  const tellers = tellersOf(reading, owners);
  if (tellers.length === 0) return null;
  const fromUs = Math.max(beforeUs - windowUs, ...runs.map((run) => run.startedUs - 1_000_000));
  const telling = new Set(tellers.map((source) => reading.agent(source).connection));
  const own = runs.filter((run) => telling.has(run.connection)).map((run) => run.id);
  if (own.length > 0) return { watched: { sources: tellers, tasks: own }, fromUs };
  return runsUnderWay(reading, owners, beforeUs) === 1 ? { watched: { sources: tellers, tasks: null }, fromUs } : null;
}

function signing(reading: Reading, { sources, tasks, runKey, beforeUs }: RhythmParams): Signing | null {
  if (runKey !== null) return signingOfRun(reading, sources, runKey, beforeUs);
  const tellers = tellersOf(reading, sources);
  return tellers.length === 0 ? null : { watched: { sources: tellers, tasks }, fromUs: beforeUs - windowUs };
}

const timesOf = (row: StopRow): number[] => (row.status === STATUS.running || row.dur === null ? [row.ts] : [row.ts, row.ts + row.dur]);

export function rhythmOf(reading: Reading, params: RhythmParams): Rhythm {
  const found = signing(reading, params);
  if (found === null) return nothing;
  const { watched, fromUs } = found;
  const toUs = params.beforeUs;
  const rows = [...rowsBegun(reading, watched, { fromUs, toUs, where: '1', values: [], newestFirst: true, limit: mostSigns }), ...longEnded(reading, watched, fromUs, mostSigns)];
  const times = [...new Set(rows.flatMap(timesOf))].filter((us) => us >= fromUs && us <= toUs).toSorted((one, two) => one - two).slice(-mostSigns);
  const lastUs = times.at(-1);
  if (lastUs === undefined) return nothing;
  const between = times.slice(1).map((us, at) => us - (times[at] ?? us));
  return { signs: times.length, longestUs: between.length === 0 ? null : Math.max(...between), lastUs };
}

/** So many of the newest rows are looked through, of all sources together: no index knows names. */
const mostLooked = 4_000;
const mostOfAName = 500;

/** Ended well only: what was cut off says nothing of how long it would have taken. */
export function stepTimes(reading: Reading, { sources, steps }: { readonly sources: readonly number[]; readonly steps: readonly string[] }): StepTime[] {
  const source = textId(reading, 'langgraph/step');
  const names = new Map<number, { step: string; times: number; mostUs: number }>();
  for (const step of steps) {
    const id = textId(reading, step);
    if (id !== null) names.set(id, { step, times: 0, mostUs: 0 });
  }
  if (names.size === 0 || sources.length === 0) return [];
  // Only what counts leaves the statement: of thousands of rows most are other steps.
  const page = reading.sql<(number | string | null)[], [name: number, dur: number]>(
    `SELECT name, dur FROM (SELECT name, dur_us AS dur, kind, status, source FROM activity INDEXED BY activity_agent WHERE agent = ? ORDER BY ts_us DESC LIMIT ?)
     WHERE status = ${STATUS.ok} AND dur IS NOT NULL AND name IN (SELECT value FROM json_each(?)) AND (kind = ${KIND.tool_call} OR source = ?)`).raw();
  const wanted = JSON.stringify([...names.keys()]);
  for (const agent of sources) {
    for (const [name, dur] of page.all(agent, Math.max(200, Math.floor(mostLooked / sources.length)), wanted, source)) {
      const time = names.get(name);
      if (time === undefined || time.times >= mostOfAName) continue;
      time.times += 1;
      time.mostUs = Math.max(time.mostUs, dur);
    }
  }
  return [...names.values()].filter((one) => one.times > 0);
}
