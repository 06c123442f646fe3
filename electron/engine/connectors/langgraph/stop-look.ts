/**
 * One look from outside the levers: what is still open, which new states came, and of each run that was broken off which step was under way.
 * The server shows such a run as ended within milliseconds, while the code of that step may go on for as long as it likes (6.3 of 6.3 s
 * measured); no request tells. So the step is named, and whoever judges needs other grounds to call it over.
 */
import { RuntimeFault } from '../connector.ts';
import type { Clock } from '../../ports.ts';
import { cleanName } from '../../ingest/normalise/read.ts';
import { quoted } from '../foreign-json.ts';
import type { OpaqueStep, OpenRun, Sight, Sign } from '../stopping.ts';
import type { Api } from './api.ts';
import { inParallel } from './in-parallel.ts';

import type { KnownRun, RunBook, Scope } from './run-book.ts';
import { scanRuns } from './scan-runs.ts';
import type { ServerClock } from './server-clock.ts';
import { checkpointOf } from './shapes.ts';
import { ownState, underWayOf } from './state-trails.ts';
import type { StateTrails, Trail, TrailState } from './state-trails.ts';
import { lanes } from './stop-api.ts';

export interface LookParts {
  readonly api: Api;
  readonly book: RunBook;
  readonly trails: StateTrails;
  readonly scope: Scope;
  readonly clock: Clock;
  readonly serverClock: ServerClock;
}

/** A run that somebody cancelled shortly before may still be at its last step, so that it counts. */
const lookBackUs = 900_000_000;
const scanBudgetMs = 3_000;
const statesBudgetMs = 1_500;
const statesInPage = 20;
const runningAgainMs = 400;
const opaqueAgainMs = 1_000;
const mostRunningRead = 60;
const mostOpaqueRead = 40;
/** Of those that surely never began a tenth at a time, so that the looks of some seconds read them all. */
const leastNewRead = 60;
const mostSigns = 500;
/** The last acts before the command too: with the assistant goes what the collector had not read yet. */
const beforeUs = 10_000_000;
/** Shorter than any silence that counts. */
const owedMs = 8_000;
/** A server may write the first state of a run a moment after it was told to end: what has none is read once more. */
const settleMs = 1_000;

/** Runs that the server shows as ended, though not by themselves. */
interface Broken { readonly run: KnownRun; readonly reading: ReturnType<typeof underWayOf> | 'unread' }

export async function lookAtTarget(parts: LookParts, sinceUs: number): Promise<Omit<Sight, 'readBack'>> {
  const { book, scope, clock, trails } = parts;
  const scanned = await scanRuns({ ...parts, budgetMs: scanBudgetMs });
  await readStates(parts, sinceUs);
  const open = book.openIn(scope);
  const broken = brokenIn(parts, sinceUs);
  const opaque = [...broken.flatMap((one) => opaqueOf(one, parts)), ...leftBehind(parts, sinceUs), ...(scanned.complete ? unknownRuns(parts, sinceUs) : [])];
  const waiting = scanned.waiting.filter((row) => book.runsOf(row.thread_id).some((run) => scope.has(run)) && trails.of(row.thread_id)?.states[0]?.asks !== false);
  const notes = [...scanned.notes];
  if (waiting.length > 0) notes.push(`${waiting.length} ${waiting.length === 1 ? 'thread waits' : 'threads wait'} for a person: nothing runs there until somebody answers.`);
  return {
    atUs: clock.now() * 1_000, open: open.map((run) => openRun(run, parts)), complete: scanned.complete && !broken.some((one) => isOwed(one, clock.now())),
    signs: signsSince(parts, sinceUs), opaque, notes,
  };
}

export function openRun(run: KnownRun, { serverClock, clock }: Pick<LookParts, 'serverClock' | 'clock'>): OpenRun {
  const createdUs = serverClock.ours(run.createdUs);
  const state = run.status === 'running' ? 'running' : createdUs > clock.now() * 1_000 ? 'scheduled' : 'queued';
  const name = run.graph === null ? 'run' : `run of ${cleanName(run.graph)}`;
  return {
    id: run.id, agent: run.agent, state, sinceUs: state === 'scheduled' ? serverClock.ours(run.updatedUs) : createdUs,
    what: `${name} ${run.id.slice(0, 200)}, ${state === 'scheduled' ? `to begin at ${new Date(createdUs / 1_000).toISOString()}` : cleanName(run.status)}`,
  };
}

/**
 * Measured: a step beside one that failed, and one whose run was rolled back, go on as well, and the run then counts as failed; where another
 * step beside it asks a person, a run that was cancelled counts as a success.
 */
function brokenRuns({ book, scope, serverClock }: Pick<LookParts, 'book' | 'scope' | 'serverClock'>, sinceUs: number): KnownRun[] {
  const fromUs = serverClock.theirs(sinceUs);
  return book.endedIn(scope).filter((run) => {
    if (run.status === 'success') return run.updatedUs >= (book.wasCut(run) ? fromUs - lookBackUs : fromUs);
    if (run.status === 'gone') return (run.endedMs ?? 0) * 1_000 >= sinceUs - lookBackUs && !book.neverBegan(run);
    return run.updatedUs >= fromUs - lookBackUs;
  });
}

function brokenIn({ book, trails, scope, serverClock }: LookParts, sinceUs: number): Broken[] {
  return brokenRuns({ book, scope, serverClock }, sinceUs).map((run) => {
    const trail = trails.of(run.thread);
    if (trail === undefined || trail.readMs < (run.endedMs ?? 0)) return { run, reading: 'unread' };
    const neverBegan = book.neverBegan(run);
    const reading = underWayOf(run, trail, neverBegan);
    const surely = neverBegan || reading !== 'nothing' || ownState(run, trail) !== undefined || trail.readMs >= (run.endedMs ?? 0) + settleMs;
    // What says that it came to its end needs no state that says so too; only one that says otherwise counts.
    return { run, reading: !surely ? 'unread' : reading === 'unknown' && run.status === 'success' ? 'nothing' : reading };
  });
}

/** What surely never began need not be read twice: once, when its first state would have come. */
function isDue({ run }: Broken, trail: Trail | undefined, nowMs: number): boolean {
  if (nowMs >= (run.endedMs ?? 0) + settleMs) return true;
  return run.seen !== 'waiting' && (trail === undefined || trail.readMs < (run.endedMs ?? 0));
}

/**
 * How far it came must be read before silence means anything. One that was last seen waiting its turn surely never began, but for a moment in
 * between: its states are read in the next looks, so that a thousand of them do not keep the first one from being told.
 */
function isOwed({ run, reading }: Broken, nowMs: number): boolean {
  return reading === 'unread' && (run.seen !== 'waiting' || run.endedMs === null || nowMs - run.endedMs > owedMs);
}

function opaqueOf({ run, reading }: Broken, { serverClock }: LookParts): OpaqueStep[] {
  if (reading === 'nothing' || reading === 'unread') return [];
  const said = run.status === 'gone' ? 'no longer has the run' : `shows the run as ${cleanName(run.status)}`;
  const endUs = run.status === 'gone' ? (run.endedMs ?? 0) * 1_000 : serverClock.ours(run.updatedUs);
  if (typeof reading === 'string') {
    return [{ run: run.id, agent: run.agent, step: null, sinceUs: Math.min(serverClock.ours(run.createdUs), endUs), endedUs: endUs, text: `The server ${said}. No state of its thread tells which step was under way, or whether it ended.` }];
  }
  const sinceUs = serverClock.ours(reading.sinceUs);
  return reading.steps.map((step) => ({
    run: run.id, agent: run.agent, step: cleanName(step), sinceUs, endedUs: endUs,
    text: `The server ${said} while its step ${quoted(step)} was under way, since ${new Date(sinceUs / 1_000).toISOString()}. It does not show whether the code of that step ended.`,
  }));
}

/** Threads whose runs were deleted with their assistant: the state that was left tells that something was under way. */
function leftBehind({ book, trails, scope, serverClock }: LookParts, sinceUs: number): OpaqueStep[] {
  return emptied(book, scope, serverClock.theirs(sinceUs)).flatMap((thread): OpaqueStep[] => {
    const head = trails.of(thread.id)?.states[0];
    if (head === undefined || head.asks || head.run === null || book.run(head.run) !== undefined) return [];
    return head.underWay.map((step) => ({
      run: head.run ?? '', agent: head.agent, step: cleanName(step), sinceUs: serverClock.ours(head.atUs),
      text: `The server no longer has the run, whose step ${quoted(step)} was under way since ${new Date(serverClock.ours(head.atUs) / 1_000).toISOString()}. It does not show whether the code of that step ended.`,
    }));
  });
}

/** Runs that were meant by their ids and that the server does not have: deleted in the middle, they go on all the same (measured). */
function unknownRuns({ book, scope }: LookParts, sinceUs: number): OpaqueStep[] {
  return [...(scope.runs ?? [])].filter((id) => book.run(id) === undefined).map((id) => ({ run: id, agent: null, step: null, sinceUs, text: 'The server does not have this run (any more), or does not show it to this credential. Whether its code ended is not shown.' }));
}

function emptied(book: RunBook, scope: Scope, fromUs: number): { readonly id: string }[] {
  return [...book.threads()].filter((thread) => thread.runs === 0 && thread.updatedUs >= fromUs - lookBackUs && thread.agent !== null && scope.hasAgent(thread.agent));
}

interface Want { readonly thread: string; readonly rank: number; readonly readMs: number }

/** Which threads' states are worth a request now: what runs, what was not read since it ended, what may still go on. */
function wanted(parts: LookParts, sinceUs: number): string[] {
  const { book, trails, scope, clock, serverClock } = parts;
  const nowMs = clock.now();
  const wants = new Map<string, Want>();
  const want = (thread: string, rank: number, againMs: number): void => {
    const readMs = trails.of(thread)?.readMs ?? 0;
    if (nowMs - readMs < againMs && nowMs >= readMs) return;
    const before = wants.get(thread);
    if (before === undefined || before.rank > rank) wants.set(thread, { thread, rank, readMs });
  };
  for (const run of book.openIn(scope)) if (run.status === 'running') want(run.thread, 0, runningAgainMs);
  for (const one of brokenIn(parts, sinceUs)) {
    const { run, reading } = one;
    if (reading !== 'unread' && reading !== 'nothing') want(run.thread, 3, opaqueAgainMs);
    if (reading === 'unread' && isDue(one, trails.of(run.thread), nowMs)) want(run.thread, run.seen === 'running' ? 1 : 2, 0);
  }
  for (const thread of emptied(book, scope, serverClock.theirs(sinceUs))) want(thread.id, 2, trails.of(thread.id) === undefined ? 0 : opaqueAgainMs * 5);
  const ofRank = (rank: number): Want[] => [...wants.values()].filter((one) => one.rank === rank).toSorted((a, b) => a.readMs - b.readMs);
  const never = ofRank(2);
  const most = [ofRank(0).slice(0, mostRunningRead), ofRank(1), never.slice(0, Math.max(leastNewRead, Math.ceil(never.length / 10))), ofRank(3).slice(0, mostOpaqueRead)];
  return most.flat().map((one) => one.thread);
}

async function readStates(parts: LookParts, sinceUs: number): Promise<void> {
  const { api, trails, clock } = parts;
  const untilMs = clock.now() + statesBudgetMs;
  await inParallel(wanted(parts, sinceUs), lanes, async (thread) => {
    const askedMs = clock.now();
    if (askedMs >= untilMs) return;
    try {
      const { states, whole } = await newest(api, thread);
      trails.take(thread, states, whole, askedMs);
    } catch (error) {
      if (!(error instanceof RuntimeFault) || ['unreachable', 'throttled', 'credential_refused', 'credential_missing'].includes(error.kind)) throw error;
      // It has no states to show (a run without a thread, a graph that is no longer there): nothing is known of it then.
      trails.take(thread, [], false, askedMs);
    }
  });
}

async function newest(api: Api, thread: string): Promise<{ states: Parameters<StateTrails['take']>[1]; whole: boolean }> {
  try {
    const page = await api.history(thread, statesInPage, null);
    return { states: page.items, whole: page.count < statesInPage && page.bad === 0 };
  } catch (error) {
    // Each state carries all of the thread's values: twenty of large ones are more than one answer may hold.
    if (!(error instanceof RuntimeFault) || error.kind !== 'garbage') throw error;
    const state = await api.state(thread);
    return { states: checkpointOf(state) === null ? [] : [state], whole: false };
  }
}

const byHand: ReadonlySet<string> = new Set(['update', 'fork']);

function signsSince({ book, trails, scope, serverClock }: LookParts, sinceUs: number): Sign[] {
  const fromUs = serverClock.theirs(sinceUs) - beforeUs;
  const meant = (state: TrailState): boolean => {
    const run = state.run === null ? undefined : book.run(state.run);
    return scope.has(run ?? { id: state.run ?? '', agent: state.agent });
  };
  const threads = new Set([...book.openIn(scope), ...book.endedIn(scope)].map((run) => run.thread));
  for (const thread of emptied(book, scope, fromUs)) threads.add(thread.id);
  const signs = [...threads].flatMap((thread) => {
    const states = trails.of(thread)?.states ?? [];
    const byId = new Map(states.map((state) => [state.id, state]));
    return states.filter((state) => state.atUs >= fromUs && !byHand.has(state.source) && meant(state)).map((state): Sign => {
      const parent = state.parent === null ? undefined : byId.get(state.parent);
      const did = state.source === 'input' ? 'A run took its input' : `A step ended (${state.step ?? 'no number'}${parent === undefined || parent.underWay.length + parent.next.length === 0 ? '' : `: ${parent.next.slice(0, 3).map((name) => quoted(name, 60)).join(', ')}`})`;
      const beganUs = state.source === 'input' ? state.atUs : parent?.atUs ?? null;
      return { atUs: serverClock.ours(state.atUs), what: `${did} and left a new state.`, run: state.run, denied: false, beganUs: beganUs === null ? null : serverClock.ours(beganUs) };
    });
  });
  return signs.toSorted((a, b) => a.atUs - b.atUs).slice(-mostSigns);
}

