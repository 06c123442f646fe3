/** What a stop of a target would meet: open runs, schedules, what outlives every lever, and what exactly each lever acts upon. Reads only. */
import type { Clock } from '../../ports.ts';
import { cleanName } from '../../ingest/normalise/read.ts';
import { quoted } from '../foreign-json.ts';
import type { OpenRun, Survey } from '../stopping.ts';
import { listAssistants } from './discover.ts';
import { cronsOf, isOn } from './disable-crons.ts';
import { nameOf } from './known-agents.ts';
import type { RunBook, Scope } from './run-book.ts';
import { scanRuns } from './scan-runs.ts';
import type { ServerClock } from './server-clock.ts';
import type { Assistant, Cron, Thread } from './shapes.ts';
import type { StopApi } from './stop-api.ts';
import { openRun } from './stop-look.ts';

export interface SurveyParts {
  readonly api: StopApi;
  readonly book: RunBook;
  readonly scope: Scope;
  readonly clock: Clock;
  readonly serverClock: ServerClock;
  readonly hasCrons: boolean;
}

/** The plan waits for it. */
const budgetMs = 1_700;
const order: readonly OpenRun['state'][] = ['running', 'queued', 'scheduled', 'waiting'];

export async function surveyTarget(parts: SurveyParts): Promise<Survey> {
  const { api, book, scope, hasCrons } = parts;
  const [scanned, assistants, crons] = await Promise.all([
    scanRuns({ ...parts, budgetMs }), scope.runs === null ? listAssistants(api) : null, hasCrons && scope.runs === null ? api.allCrons() : null,
  ]);
  const meant = assistants?.items.filter((one) => scope.hasAgent(one.assistant_id)) ?? [];
  const open = book.openIn(scope).map((run) => openRun(run, parts));
  const waiting = waitingRuns(scanned.waiting, parts);
  const runs = [...open, ...waiting].toSorted((a, b) => order.indexOf(a.state) - order.indexOf(b.state) || a.sinceUs - b.sinceUs);
  const schedules = cronsOf(crons?.items ?? [], scope);
  return {
    runs, complete: scanned.complete && assistants?.complete !== false && crons?.complete !== false,
    schedules: schedules.map((cron) => ({ id: cron.cron_id, title: cron.schedule, agent: cron.assistant_id ?? null, enabled: isOn(cron) })),
    residual: residual(parts), alsoHits: [], targets: targets(runs, meant, schedules, parts),
    notes: [...scanned.notes, ...notes(runs, meant, assistants?.items ?? [], parts)],
  };
}

/** A thread that waits has no run that goes on: the last one of the target on it is what asked. */
function waitingRuns(rows: readonly Thread[], { book, scope, serverClock }: SurveyParts): OpenRun[] {
  return rows.flatMap((row): OpenRun[] => {
    const last = book.runsOf(row.thread_id).toSorted((a, b) => a.createdUs - b.createdUs).findLast((run) => scope.has(run));
    if (last === undefined || last.status === 'pending' || last.status === 'running') return [];
    return [{ id: last.id, agent: last.agent, state: 'waiting', sinceUs: serverClock.ours(last.updatedUs), what: `${last.graph === null ? 'run' : `run of ${cleanName(last.graph)}`} ${last.id}, its thread waits for a person` }];
  });
}

function residual({ book, scope }: SurveyParts): Survey['residual'] {
  const running = book.openIn(scope).filter((run) => run.status === 'running').length;
  return [
    { id: 'langgraph.keys', title: 'Keys that start runs', detail: 'Whoever holds a key of this server, or reaches it where it asks for none, can start new runs and let cancelled threads go on. The server tells neither who they are nor until when.', startedUs: null, endsUs: null, close: 'In the server\'s auth handler, or under the API keys in LangSmith.' },
    ...(running > 0 ? [{ id: 'langgraph.steps', title: 'Steps that do not look at their abort signal', detail: `${running === 1 ? 'One run is' : `${running} runs are`} in the middle of a step. If its code does not look at the signal it goes on to its own end, while the server already shows the run as ended.`, startedUs: null, endsUs: null, close: 'End the server\'s process.' }] : []),
  ];
}

function targets(runs: readonly OpenRun[], meant: readonly Assistant[], schedules: readonly Cron[], { scope, hasCrons }: SurveyParts): Survey['targets'] {
  const cut = runs.filter((run) => run.state !== 'waiting');
  const of = (state: OpenRun['state']): string[] => cut.filter((run) => run.state === state).map((run) => run.id.slice(0, 8));
  const words = (['running', 'queued', 'scheduled'] as const).flatMap((state) => (of(state).length === 0 ? [] : [`${of(state).length} ${state} (${some(of(state))})`]));
  const on = schedules.filter(isOn);
  return [
    { leverId: 'langgraph.cancel-runs', text: cut.length === 0 ? 'No open run now; those that begin until it is pulled.' : `${cut.length} open ${cut.length === 1 ? 'run' : 'runs'}: ${words.join(', ')}.` },
    ...(scope.runs === null ? [{ leverId: 'langgraph.suspend-assistant', text: meant.length === 0 ? 'No such assistant is there.' : `${meant.length === 1 ? 'The assistant' : `${meant.length} assistants:`} ${some(meant.map((one) => quoted(nameOf(one), 60)), 5)}.` }] : []),
    ...(hasCrons && scope.runs === null ? [{ leverId: 'langgraph.disable-crons', text: on.length === 0 ? 'No schedule of it is on.' : `${on.length} ${on.length === 1 ? 'schedule' : 'schedules'}: ${some(on.map((cron) => quoted(cron.schedule, 60)), 5)}.` }] : []),
  ];
}

const some = (names: readonly string[], most = 3): string => `${names.slice(0, most).join(', ')}${names.length > most ? ', …' : ''}`;

function notes(runs: readonly OpenRun[], meant: readonly Assistant[], all: readonly Assistant[], { book, scope }: SurveyParts): string[] {
  const waiting = runs.filter((run) => run.state === 'waiting').length;
  const found: string[] = [];
  if (waiting > 0) found.push(`${waiting} ${waiting === 1 ? 'run waits' : 'runs wait'} for a person: there is nothing to cancel, and it cannot act until somebody answers. Reject its question, or suspend the agent, so that the answer starts nothing.`);
  const graphs = new Set(meant.map((one) => one.graph_id));
  const beside = all.filter((one) => graphs.has(one.graph_id) && !scope.hasAgent(one.assistant_id));
  if (beside.length > 0) found.push(`${some(beside.map((one) => quoted(nameOf(one), 60)), 10)} ${beside.length === 1 ? 'runs' : 'run'} the same graph and ${beside.length === 1 ? 'goes' : 'go'} on taking work when this agent is suspended.`);
  const behind = new Set(book.openIn(scope).map((run) => run.thread));
  const others = [...behind].flatMap((thread) => book.runsOf(thread)).filter((run) => run.status === 'pending' && !scope.has(run)).length;
  if (others > 0) found.push(`${others} ${others === 1 ? 'run waits' : 'runs wait'} behind what is stopped here, on the same thread, and ${others === 1 ? 'begins' : 'begin'} when that has ended.`);
  const missing = [...(scope.runs ?? [])].filter((id) => book.run(id) === undefined).length;
  if (missing > 0) found.push(`${missing} ${missing === 1 ? 'run is' : 'runs are'} not there (any more), or not shown to this credential.`);
  return found;
}
