/** What changed since the checkpoint: threads by their time of change, threads with open work at each turn, the past bit by bit. */
import type { Batch, Collected, ConnectorIo, FoundApproval, Refused } from '../connector.ts';
import type { Api } from './api.ts';
import { isLive, parseCheckpoint, writeCheckpoint } from './checkpoint.ts';
import type { Checkpoint, ThreadMark } from './checkpoint.ts';
import type { OpenQuestion } from './approvals.ts';
import { starterOf } from './drafts.ts';
import type { KnownAgents } from './known-agents.ts';
import { readThread } from './read-thread.ts';
import type { ThreadNews } from './read-thread.ts';
import { inParallel } from './in-parallel.ts';
import { stuckIn } from './stuck.ts';
import { tellThread } from './tell-thread.ts';
import type { OpenWork } from './tell-thread.ts';
import type { Thread } from './shapes.ts';

const mostChanged = 60;
const mostOpen = 40;
const pastInPage = 25;
/** Of the past the newest so many threads are read: it is told for the picture, not for the archive. */
const mostPast = 2_000;
const pageOfChanges = 100;
const mostListed = 5_000;
/** A server may write a change down a little later than it is dated. */
const overlapUs = 3_000_000;
/** A batch that follows at once does not read them again. */
const openNotBeforeMs = 200;
/** One thread that cannot be read does not keep the others from being read for ever. */
const failuresOfOneThread = 3;
/** A thread that waits for a person changes its own time when it is answered; it is looked at all the same now and then. */
const lookAtWaitingEveryMs = 30_000;
const progressWithinUs = 30_000_000;
const mostIdentities = 50;

export interface CollectParts {
  readonly io: ConnectorIo;
  readonly agents: KnownAgents;
  /** a cancelled run is told apart from a failed one by its status; probed. */
  readonly cancelsApart: () => boolean;
}

interface Live { readonly readMs: number; readonly questions: readonly OpenQuestion[]; readonly work: readonly OpenWork[] }
interface Due { readonly id: string; readonly row: Thread | null }

export class ThreadCollector {
  readonly #parts: CollectParts;
  /** what was last read of threads with open work; lost with the process and read again then. */
  readonly #live = new Map<string, Live>();
  readonly #identities = new Set<string>();
  readonly #failures = new Map<string, number>();
  #marks = new Map<string, ThreadMark>();
  /** the checkpoint that `#marks` speaks of. */
  #written: string | null = null;
  #state: Omit<Checkpoint, 'threads'> = { v: 1, sinceUs: null, backfill: null };

  constructor(parts: CollectParts) { this.#parts = parts; }

  /** Whose work was seen: an answer to whether the credential sees more than its own. */
  get identities(): ReadonlySet<string> { return this.#identities; }
  get work(): readonly OpenWork[] { return [...this.#live.values()].flatMap((one) => one.work); }
  /** Threads whose work goes on and can be watched. */
  get watchable(): readonly string[] {
    // One that shows no progress may be left over from before a restart, and then its record is not there.
    const aliveUs = this.#parts.io.clock.now() * 1_000 - progressWithinUs;
    return [...this.#live].filter(([, { work }]) => work.some((one) => one.protocol && one.status === 'running' && one.sinceUs >= aliveUs)).map(([id]) => id);
  }

  /** At the next turn, whenever its time would have come. */
  lookAgain(threadId: string): void {
    const live = this.#live.get(threadId);
    if (live !== undefined) this.#live.set(threadId, { ...live, readMs: 0 });
  }

  async collect(text: string | null, api: Api): Promise<Batch> {
    this.#takeUp(text);
    const refused: Refused[] = [];
    const changes = await this.#changes(api, refused);
    const past = changes.more ? null : await this.#past(api, refused);
    const due = this.#due(changes.rows, past?.rows ?? []);
    const records = await this.#readAll(api, due, refused);
    this.#state = { v: 1, sinceUs: changes.sinceUs, backfill: past === null ? this.#state.backfill : past.next };
    this.#written = writeCheckpoint(this.#state, this.#marks.values());
    const nowUs = this.#parts.io.clock.now() * 1_000;
    const unread = [...this.#marks.values()].filter((mark) => isLive(mark) && !this.#live.has(mark.id)).length;
    return {
      records, refused, gaps: [], checkpoint: this.#written,
      more: changes.more || unread > 0 || this.#state.backfill !== null,
      // Right after a start not every waiting thread may have been read: then nothing is said to wait no more.
      approvals: unread > 0 ? null : this.#approvals(),
      stuck: unread > 0 ? null : stuckIn(this.work, nowUs),
    };
  }

  /** Our own memory is only worth something while it speaks of the checkpoint that we are given. */
  #takeUp(text: string | null): void {
    if (text !== null && text === this.#written) return;
    const { threads, ...state } = parseCheckpoint(text);
    this.#state = state;
    this.#marks = new Map(threads.map((mark) => [mark.id, mark]));
    this.#live.clear();
    this.#written = text;
  }

  async #changes(api: Api, refused: Refused[]): Promise<{ rows: Thread[]; sinceUs: number | null; more: boolean }> {
    const { sinceUs } = this.#state;
    if (sinceUs === null) return this.#first(api, refused);
    const seen = new Map<string, Thread>();
    for (let offset = 0; ; offset += pageOfChanges) {
      const page = await api.threads({ offset, limit: pageOfChanges });
      count(refused, page.bad, 'a thread that cannot be read');
      const fresh = page.items.filter((row) => row.updated_at >= sinceUs - overlapUs && !seen.has(row.thread_id));
      for (const row of fresh) seen.set(row.thread_id, row);
      // SECURITY: a server that gives the same page for every offset, or threads without end, is not read for ever.
      if (fresh.length < page.items.length || page.count < pageOfChanges) break;
      if (seen.size < mostListed) continue;
      count(refused, 1, `of the threads that changed only the newest ${mostListed} are read`);
      break;
    }
    const found = [...seen.values()].filter((row) => this.#marks.get(row.thread_id)?.updatedUs !== row.updated_at);
    // Oldest first, so that what does not fit into this turn is what comes next.
    const rows = found.toSorted((a, b) => a.updated_at - b.updated_at).slice(0, mostChanged);
    return { rows, sinceUs: Math.max(sinceUs, rows.at(-1)?.updated_at ?? 0), more: found.length > rows.length };
  }

  /** The first time: what goes on and what waits, however old, then the newest; the past follows. */
  async #first(api: Api, refused: Refused[]): Promise<{ rows: Thread[]; sinceUs: number | null; more: boolean }> {
    const newest = await api.threads({ offset: 0, limit: pastInPage });
    const busy = await api.threads({ offset: 0, limit: mostOpen, status: 'busy' });
    const waiting = await api.threads({ offset: 0, limit: mostOpen, status: 'interrupted' });
    count(refused, newest.bad, 'a thread that cannot be read');
    const rows = new Map([...busy.items, ...waiting.items, ...newest.items].map((row) => [row.thread_id, row]));
    const sinceUs = Math.max(0, ...newest.items.map((row) => row.updated_at));
    this.#state = { ...this.#state, backfill: newest.count < pastInPage ? null : { offset: 0, untilUs: sinceUs } };
    return { rows: [...rows.values()], sinceUs, more: this.#state.backfill !== null };
  }

  async #past(api: Api, refused: Refused[]): Promise<{ rows: Thread[]; next: Checkpoint['backfill'] }> {
    const { backfill } = this.#state;
    if (backfill === null) return { rows: [], next: null };
    const page = await api.threads({ offset: backfill.offset, limit: pastInPage });
    count(refused, page.bad, 'a thread that cannot be read');
    const offset = backfill.offset + page.count;
    const rows = page.items.filter((row) => row.updated_at <= backfill.untilUs && this.#marks.get(row.thread_id)?.updatedUs !== row.updated_at);
    if (page.count < pastInPage) return { rows, next: null };
    if (offset < mostPast) return { rows, next: { ...backfill, offset } };
    count(refused, 1, `older threads than the newest ${mostPast} are not read`);
    return { rows, next: null };
  }

  #due(changed: readonly Thread[], past: readonly Thread[]): Due[] {
    const nowMs = this.#parts.io.clock.now();
    const due = new Map<string, Due>();
    for (const row of changed) due.set(row.thread_id, { id: row.thread_id, row });
    const open = [...this.#marks.values()].filter((mark) => isLive(mark) && !due.has(mark.id)).map((mark) => ({ mark, readMs: this.#live.get(mark.id)?.readMs ?? 0 }))
      .filter(({ mark, readMs }) => nowMs < readMs || nowMs - readMs >= (mark.waits.length === 0 || mark.open.length > new Set(mark.waits.map((one) => one.run)).size ? openNotBeforeMs : lookAtWaitingEveryMs)).toSorted((a, b) => a.readMs - b.readMs);
    for (const { mark } of open.slice(0, mostOpen)) due.set(mark.id, { id: mark.id, row: null });
    for (const row of past) if (!due.has(row.thread_id)) due.set(row.thread_id, { id: row.thread_id, row });
    return [...due.values()];
  }

  async #readAll(api: Api, due: readonly Due[], refused: Refused[]): Promise<Collected[]> {
    const news = await inParallel(due, 4, ({ id }) => this.#read(api, id));
    await this.#parts.agents.lookUp(api, news.flatMap((one) => (typeof one === 'object' && 'read' in one ? one.read.runs : [])));
    return due.flatMap(({ id, row }, index) => {
      const read = news[index];
      if (read === undefined) return [];
      if (read === 'gone') return this.#gone(id, refused);
      if ('unreadable' in read) {
        count(refused, 1, 'a thread that the server cannot read', read.unreadable.message);
        this.#keep(id, row, this.#marks.get(id) ?? null);
        return [];
      }
      return this.#tell(id, row, read, refused);
    });
  }

  /** A server that fails is told as such, by the poll that fails; a thread that fails alone is set aside in the end. */
  async #read(api: Api, id: string): ReturnType<typeof readThread> {
    const news = await readThread(api, id, this.#marks.get(id) ?? null);
    if (news === 'gone' || !('unreadable' in news)) {
      this.#failures.delete(id);
      return news;
    }
    const failures = (this.#failures.get(id) ?? 0) + 1;
    this.#failures.set(id, failures);
    if (failures < failuresOfOneThread) throw news.unreadable;
    return news;
  }

  /** Not read at every turn again, only when it changes or, with open work, when its time comes. */
  #keep(id: string, row: Thread | null, mark: ThreadMark | null): void {
    const kept = mark ?? { id, updatedUs: -1, head: null, open: [], waits: [] };
    this.#marks.set(id, row === null ? kept : { ...kept, updatedUs: row.updated_at });
    if (isLive(kept)) this.#live.set(id, { ...(this.#live.get(id) ?? { questions: [], work: [] }), readMs: this.#parts.io.clock.now() });
  }

  #tell(id: string, row: Thread | null, { read, bad, cut }: ThreadNews, refused: Refused[]): Collected[] {
    const mark = this.#marks.get(id) ?? null;
    const nowMs = this.#parts.io.clock.now();
    const { agents } = this.#parts;
    const told = tellThread(read, mark, row?.updated_at ?? mark?.updatedUs ?? -1, { agentOf: (assistant, run) => agents.factsOf(assistant, run), cancelsApart: this.#parts.cancelsApart(), nowUs: nowMs * 1_000 });
    count(refused, bad, 'a run or state that cannot be read');
    if (cut) count(refused, 1, 'a thread with more runs or states than are read');
    count(refused, told.vanished, 'a run that the server no longer has: how it ended was not seen');
    for (const run of read.runs) {
      const of = starterOf(run)?.of;
      if (of !== undefined && this.#identities.size < mostIdentities) this.#identities.add(of);
    }
    this.#marks.set(id, told.mark);
    if (isLive(told.mark)) this.#live.set(id, { readMs: nowMs, questions: told.questions, work: told.work });
    else this.#live.delete(id);
    return [...told.records];
  }

  #gone(id: string, refused: Refused[]): Collected[] {
    const mark = this.#marks.get(id) ?? null;
    this.#marks.delete(id);
    this.#live.delete(id);
    if (mark === null || mark.open.length === 0) return [];
    const { agents, io } = this.#parts;
    const told = tellThread({ threadId: id, runs: [], states: [] }, mark, -1, { agentOf: (assistant, run) => agents.factsOf(assistant, run), cancelsApart: false, nowUs: io.clock.now() * 1_000 });
    count(refused, told.vanished, 'a run that the server no longer has: how it ended was not seen');
    return [...told.records];
  }

  #approvals(): FoundApproval[] {
    return [...this.#live.values()].flatMap((one) => one.questions.map(({ approval }) => approval)).toSorted((a, b) => a.askedUs - b.askedUs || (a.key < b.key ? -1 : 1));
  }
}

function count(refused: Refused[], by: number, reason: string, sample: string | null = null): void {
  if (by === 0) return;
  const at = refused.findIndex((one) => one.reason === reason);
  const before = refused[at];
  if (before === undefined) refused.push({ reason, count: by, sample });
  else refused[at] = { ...before, count: before.count + by };
}
