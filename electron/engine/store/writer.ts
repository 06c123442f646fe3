/** The only one that writes. Groups bodies into transactions; what one transaction holds is acknowledged together, after its commit. */
import type { HintTopic } from '../../../shared/contract.ts';
import type { CollectedJob, CollectedResult, DiscoveredJob } from '../ingest/collected.ts';
import type { BodyJob, BodyResult, CommitNote } from '../ingest/writer-messages.ts';
import { AccessFold, type Folded } from './access-fold.ts';
import { Assembler } from './assemble/assembler.ts';
import type { Changes } from './assemble/write-out.ts';
import { takeCollected, takeDiscovered, type Taking } from './collecting.ts';
import type { CostCommands } from './cost-commands.ts';
import type { CostTurn } from './cost-turns.ts';
import type { WriteDb } from './database.ts';
import { foldDigests } from './digest-fold.ts';
import { storeError } from './errors.ts';
import type { Intake } from './intake.ts';
import { Metrics } from './metrics.ts';
import { BlockFiller } from './payloads.ts';
import { unprepared, type PreparedBody } from './prepared.ts';
import { add, BodyReader, type ReadBody } from './read-body.ts';
import { beginIfBookIsNew, beginRepricing, bookOf, repriceSome, repricingState } from './repricing.ts';
import { sweep } from './sweep.ts';
import { TaskFold } from './task-fold.ts';
import { markTask } from './task-marks.ts';
import { TALLY, Tallies } from './tallies.ts';

export interface Stored {
  readonly results: BodyResult[];
  readonly note: CommitNote | null;
}

export class Writer {
  readonly db: WriteDb;
  readonly tallies: Tallies;
  readonly assembler: Assembler;
  private readonly metrics: Metrics;
  private readonly reader: BodyReader;
  private readonly access: AccessFold;
  readonly tasks: TaskFold;
  /** The file proved damaged while it was written: the next start must read it through. */
  damageMet = false;

  constructor(db: WriteDb, intake: Intake) {
    this.db = db;
    this.reader = new BodyReader(intake);
    this.assembler = new Assembler(db);
    this.tallies = new Tallies(db);
    this.metrics = new Metrics(db);
    this.access = new AccessFold(db);
    this.tasks = new TaskFold(db, this.assembler.dirtyTasks);
    this.assembler.pricing.book = bookOf(db);
  }

  /** Reads bodies and stores them, all on this thread. */
  store(jobs: readonly BodyJob[], nowUs: number): Stored {
    try {
      const filler = new BlockFiller();
      return this.storeRead(jobs.map((job) => this.reader.read(job, filler)), nowUs);
    } catch (cause) {
      return unavailable(jobs, cause);
    }
  }

  /** Stores bodies that another thread has read. */
  storePrepared(prepared: readonly PreparedBody[], nowUs: number): Stored {
    try {
      const filler = new BlockFiller();
      return this.storeRead(prepared.map((body) => unprepared(body, filler)), nowUs);
    } catch (cause) {
      return unavailable(prepared, cause);
    }
  }

  /** One transaction for all of them. When it fails nothing of any of them is stored. */
  private storeRead(bodies: readonly ReadBody[], nowUs: number): Stored {
    try {
      let changes: Changes | null = null;
      const results: BodyResult[] = [];
      this.inTransaction(() => {
        for (const body of bodies) results.push(this.take(body));
        this.tallies.flush();
        changes = this.assembler.finish(nowUs);
      });
      return { results, note: noteOf(changes, bodies.length > 0) };
    } catch (cause) {
      return unavailable(bodies, cause);
    }
  }

  /** Brings tasks that fell quiet to their outcome, and open work in them to `interrupted`. */
  sweep(nowUs: number): CommitNote | null {
    let changes: Changes | null = null;
    this.inTransaction(() => { changes = sweep(this.db, this.assembler, nowUs); });
    return noteOf(changes, false);
  }

  /** After the program came with another price book than history was priced by. */
  priceIfBookIsNew(): void {
    this.inTransaction(() => beginIfBookIsNew(this.db));
  }

  /** Prices were changed by `run`: what comes in is priced by them from now on, history follows in turns. */
  changePrices(run: () => void): void {
    this.inTransaction(() => {
      run();
      beginRepricing(this.db);
    });
    this.assembler.pricing.book = bookOf(this.db);
  }

  /** One turn: tasks that changed are folded, then history is priced anew as far as that is to be done. */
  costTurn(mostMs: number): CostTurn {
    const began = performance.now();
    const spent = (): number => performance.now() - began;
    return this.inTransaction(() => {
      // While telemetry comes in there is always something to fold: history must not wait for it to end.
      const folded = this.tasks.turn(Date.now(), spent, mostMs / 2);
      const repriced = repriceSome(this.db, this.assembler, spent, mostMs);
      return { changed: folded.changed || repriced > 0, repriced: repriced > 0, more: folded.more || repriced > 0 || repricingState(this.db) !== null };
    });
  }

  mark(params: CostCommands['tasks.mark']['params'], nowUs: number): CommitNote | null {
    return noteOf(this.inTransaction(() => markTask(this.db, this.assembler, params, nowUs)), false);
  }

  /** Rows of these agents since then count otherwise: a stop was sent to them, or released. */
  stopsMoved(stop: number): void {
    const found = this.db.prepare<[{ stop: number }], { task: number }>(`SELECT DISTINCT a.task FROM stop_order o JOIN stop_agent s ON s.stop = o.id JOIN activity a INDEXED BY activity_agent ON a.agent = s.agent AND a.ts_us >= o.commanded_us WHERE o.id = @stop`).all({ stop });
    for (const { task } of found) this.assembler.dirtyTasks.add(task);
  }

  /** One turn: leaves and roots of what came in. Answers whether more is left. */
  foldDigests(mostMs: number): boolean {
    return this.inTransaction(() => foldDigests(this.db, mostMs));
  }

  /** One turn of the access fold: as many holders as fit into so many milliseconds, at least one. */
  foldAccess(nowUs: number, mostMs: number): Folded {
    const began = performance.now();
    return this.inTransaction(() => this.access.turn(nowUs, () => performance.now() - began, mostMs));
  }

  /** Marks everybody once an hour: some findings come with time alone. Answers whether anything is told differently at once. */
  foldHourly(nowUs: number): boolean {
    return this.inTransaction(() => this.access.hourly(nowUs));
  }

  /** What a connector collected: records, approvals, what is stuck, gaps and the checkpoint, all or nothing. */
  collect(job: CollectedJob, nowUs: number): { readonly result: CollectedResult; readonly note: CommitNote | null } {
    const { result, changes, topics } = this.inTransaction(() => takeCollected(this.taking(nowUs), job));
    return { result, note: withTopics(noteOf(changes, false), topics) };
  }

  discover(job: DiscoveredJob, nowUs: number): CommitNote | null {
    const changes = this.inTransaction(() => takeDiscovered(this.taking(nowUs), job));
    return withTopics(noteOf(changes, false), ['connections', 'agents', 'grants', 'status']);
  }

  private taking(nowUs: number): Taking {
    return { db: this.db, assembler: this.assembler, tallies: this.tallies, nowUs };
  }

  /** Runs other writing in a transaction of its own; on failure nothing of it happened, in the file or in memory. */
  inTransaction<T>(run: () => T): T {
    try {
      return this.db.transaction(run).immediate();
    } catch (cause) {
      this.assembler.forget();
      this.tallies.forget();
      this.access.forget();
      this.tasks.forget();
      if (storeError(cause).code === 'corrupt') this.damageMet = true;
      throw cause;
    }
  }

  /** Rows were changed behind the assembler's back: it must read them anew. */
  forget(): void {
    this.assembler.forget();
  }

  /** An erasure changed texts that are else for ever the same. */
  forgetTexts(): void {
    this.assembler.forget();
    this.access.forget();
  }

  private take(body: ReadBody): BodyResult {
    const { n, connection, receivedUs, refused, lost } = body;
    if (body.malformed !== null) {
      this.tallies.count(connection, TALLY.refused, 'malformed body', 1, receivedUs, body.malformed);
      return { n, t: 'malformed', reason: body.malformed };
    }
    for (const told of body.told) this.assembler.add(told);
    for (const [reason, count] of body.asides) this.tallies.count(connection, TALLY.aside, reason, count, receivedUs);
    // What the decoder refused never became a record; what the normaliser refuses did.
    const accepted = body.spans + body.logs + body.points - sum(refused);
    for (const [reason, count] of lost) add(refused, reason, count);
    for (const [reason, count] of refused) this.tallies.count(connection, TALLY.refused, reason, count, receivedUs);
    if (body.points > 0) this.metrics.keep(connection, body.series);
    this.tallies.receive(connection, body.bytes, body.spans, body.logs, body.points, receivedUs);
    const stored = { n, t: 'stored', accepted, refused: sum(refused), reason: [...refused.keys()].join('; ') } as const;
    return body.sample === null ? stored : { ...stored, sample: body.sample };
  }
}

function unavailable(bodies: readonly { readonly n: number }[], cause: unknown): Stored {
  const reason = storeError(cause).message;
  return { results: bodies.map(({ n }) => ({ n, t: 'unavailable', reason })), note: null };
}

function sum(counts: ReadonlyMap<string, number>): number {
  let total = 0;
  for (const count of counts.values()) total += count;
  return total;
}

function withTopics(note: CommitNote | null, topics: readonly HintTopic[]): CommitNote | null {
  if (topics.length === 0) return note;
  const empty: CommitNote = { t: 'commit', firstActivityId: 0, lastActivityId: 0, inserted: 0, updatedIds: [], topics: [] };
  return { ...(note ?? empty), topics: [...new Set([...(note?.topics ?? []), ...topics])] };
}

function noteOf(changes: Changes | null, connections: boolean): CommitNote | null {
  if (changes === null) return connections ? { t: 'commit', firstActivityId: 0, lastActivityId: 0, inserted: 0, updatedIds: [], topics: ['connections'] } : null;
  const topics: HintTopic[] = connections ? ['connections', 'status'] : [];
  if (changes.inserted > 0 || changes.updated.length > 0) topics.push('activity', 'agents');
  if (changes.tasks) topics.push('tasks');
  if (changes.failures) topics.push('failures');
  if (changes.cost) topics.push('cost');
  if (topics.length === 0) return null;
  return { t: 'commit', firstActivityId: changes.firstId, lastActivityId: changes.lastId, inserted: changes.inserted, updatedIds: changes.updated, topics };
}
