/**
 * Brings the book up to date. The server's own word that a thread is busy is not enough: after a waiting run was cancelled it calls the
 * thread idle although another run goes on (measured). So every thread's runs are read once, and again when the thread changed, when it is
 * busy, and while something of it is open.
 */
import { RuntimeFault } from '../connector.ts';
import type { Clock } from '../../ports.ts';
import type { Api } from './api.ts';
import { inParallel } from './in-parallel.ts';
import { allRuns } from './read-thread.ts';
import type { RunBook, Scope } from './run-book.ts';
import type { Thread } from './shapes.ts';
import { textAt } from './shapes.ts';
import { lanes } from './stop-api.ts';

const inPage = 1_000;
/** While nothing much happens one short page tells all that changed. */
const shortPage = 100;
/** As many as the collector lists. */
const mostListed = 5_000;
const mostWaiting = 200;
const overlapUs = 3_000_000;
/** Threads with open work of others are looked at now and then: work for the target may have queued behind it. */
const othersEveryMs = 5_000;

export interface ScanParts {
  readonly api: Api;
  readonly book: RunBook;
  readonly scope: Scope;
  readonly clock: Clock;
  /** what is not read by then is left to the next time, and told. */
  readonly budgetMs: number;
  /** requests at a time; left out: as many as a stop takes. */
  readonly most?: number;
}

export interface Scanned {
  readonly complete: boolean;
  readonly notes: readonly string[];
  /** rows of threads that wait for a person. */
  readonly waiting: readonly Thread[];
}

/** `rank`: what changed or was never read before what is only read again; of that what was not read for longest first, so that nothing is left out for ever. */
interface Due { readonly id: string; readonly row: Thread | null; readonly rank: number; readonly order: number }

export async function scanRuns(parts: ScanParts): Promise<Scanned> {
  const untilMs = parts.clock.now() + parts.budgetMs;
  const notes: string[] = [];
  if (parts.book.knowsAll(parts.scope)) return { ...(await readAll(parts, ofTheirThreads(parts), untilMs, notes)), notes, waiting: [] };
  const listed = await listThreads(parts, notes);
  const read = await readAll(parts, dueIn(parts, listed.rows), untilMs, notes);
  // Only what was read counts as seen: the next listing goes back as far again.
  if (read.complete) parts.book.listedUs = listed.newestUs;
  return { complete: read.complete && listed.complete, notes, waiting: listed.waiting };
}

function ofTheirThreads({ book, scope }: ScanParts): Due[] {
  const ids = new Set([...(scope.runs ?? [])].flatMap((id) => book.run(id)?.thread ?? []));
  return [...ids].filter((id) => book.thread(id) !== undefined).map((id) => ({ id, row: null, rank: 0, order: 0 }));
}

interface Listed { readonly rows: ReadonlyMap<string, Thread>; readonly waiting: readonly Thread[]; readonly newestUs: number | null; readonly complete: boolean }

/** SECURITY: of what is called busy nothing may be left out unsaid: silence about the rest would pass for an end. */
async function listBusy(api: Api): Promise<{ readonly rows: ReadonlyMap<string, Thread>; readonly bad: number; readonly whole: boolean }> {
  const rows = new Map<string, Thread>();
  let bad = 0;
  for (let offset = 0; offset < mostListed;) {
    const page = await api.threads({ offset, limit: inPage, status: 'busy' });
    const before = rows.size;
    bad += page.bad;
    for (const row of page.items) rows.set(row.thread_id, row);
    offset += page.count;
    // What came beyond what was asked for was not read, and no further page brings it.
    if (page.over) break;
    if (page.count < inPage) return { rows, bad, whole: true };
    // The same page for every offset.
    if (rows.size === before) break;
  }
  return { rows, bad, whole: false };
}

async function listThreads({ api, book }: ScanParts, notes: string[]): Promise<Listed> {
  const rows = new Map<string, Thread>();
  const sinceUs = book.listedUs;
  let bad = 0;
  let over = false;
  let size = sinceUs === null ? inPage : shortPage;
  const beside = Promise.all([listBusy(api), api.threads({ offset: 0, limit: mostWaiting, status: 'interrupted' })]);
  // It is waited for below, which a failure before that would keep from happening.
  beside.catch(() => undefined);
  for (let offset = 0; offset < mostListed;) {
    const page = await api.threads({ offset, limit: size });
    bad += page.bad;
    over ||= page.over === true;
    let fresh = 0;
    for (const row of page.items) {
      if (!rows.has(row.thread_id)) fresh += 1;
      rows.set(row.thread_id, row);
    }
    const reached = sinceUs !== null && page.items.some((row) => row.updated_at < sinceUs - overlapUs);
    offset += page.count;
    // SECURITY: a server that gives the same page for every offset is not asked for ever.
    if (page.count < size || reached || (fresh === 0 && page.items.length > 0)) break;
    if (offset >= mostListed) notes.push(`Of threads that the server does not call busy only the newest ${mostListed.toLocaleString('en')} are looked at.`);
    size = inPage;
  }
  const newestUs = rows.size === 0 ? sinceUs : Math.max(...[...rows.values()].map((row) => row.updated_at));
  const [also, waiting] = await beside;
  bad += also.bad;
  for (const row of also.rows.values()) if (!rows.has(row.thread_id)) rows.set(row.thread_id, row);
  if (bad > 0) notes.push(`${bad} ${bad === 1 ? 'thread' : 'threads'} could not be read.`);
  if (!also.whole) notes.push(`More than ${also.rows.size.toLocaleString('en')} threads are busy, or the server does not list them whole; the rest is looked at when these have ended.`);
  return { rows, waiting: waiting.items, newestUs, complete: bad === 0 && also.whole && !over };
}

function dueIn({ book, scope, clock }: ScanParts, rows: ReadonlyMap<string, Thread>): Due[] {
  const nowMs = clock.now();
  const due: Due[] = [];
  const ofScope = new Set(book.openIn(scope).map((run) => run.thread));
  for (const row of rows.values()) {
    const known = book.thread(row.thread_id);
    const unchanged = known !== undefined && known.updatedUs === row.updated_at;
    const working = row.status === 'busy' || (known?.open ?? 0) > 0;
    if (unchanged && !working) continue;
    const meant = ofScope.has(row.thread_id) || known === undefined || scope.hasAgent(known.agent);
    if (unchanged && !meant && nowMs - known.readMs < othersEveryMs && nowMs >= known.readMs) continue;
    due.push(unchanged ? { id: row.thread_id, row, rank: 2, order: known.readMs } : { id: row.thread_id, row, rank: working ? 0 : 1, order: -row.updated_at });
  }
  for (const id of ofScope) if (!rows.has(id)) due.push({ id, row: null, rank: 2, order: book.thread(id)?.readMs ?? 0 });
  return due.toSorted((a, b) => a.rank - b.rank || a.order - b.order);
}

async function readAll({ api, book, scope, clock, most = lanes }: ScanParts, due: readonly Due[], untilMs: number, notes: string[]): Promise<{ complete: boolean }> {
  let left = 0;
  let unreadable = 0;
  let vanished = 0;
  await inParallel(due, most, async ({ id, row }) => {
    if (clock.now() >= untilMs) {
      left += 1;
      return;
    }
    try {
      const { items, bad, cut } = await allRuns(api, id);
      if (bad > 0 || cut) unreadable += 1;
      book.take(id, row, items, clock.now());
    } catch (error) {
      if (!(error instanceof RuntimeFault)) throw error;
      if (error.kind === 'gone') {
        // Measured: deleting a thread takes its runs out of the list, and lets them run on. What was known of it before is told as a step whose end nobody saw.
        if (row?.status === 'busy' && book.thread(id) === undefined && scope.hasAgent(textAt(row.metadata, 'assistant_id') ?? null)) vanished += 1;
        book.takeGone(id, clock.now());
      } else if (['forbidden', 'garbage', 'runtime_error', 'conflict'].includes(error.kind)) unreadable += 1;
      else throw error;
    }
  });
  if (left > 0) notes.push(`${left} of ${due.length} threads that changed could not be read in time; the next look goes on with them.`);
  if (unreadable > 0) notes.push(`The runs of ${unreadable} ${unreadable === 1 ? 'thread' : 'threads'} could not be read in full.`);
  if (vanished > 0) notes.push(`${vanished} ${vanished === 1 ? 'thread was' : 'threads were'} busy when listed and gone when read: whether that work ended was not seen.`);
  return { complete: left === 0 && unreadable === 0 && vanished === 0 };
}
