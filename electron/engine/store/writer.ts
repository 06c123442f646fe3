/** The only one that writes. Groups bodies into transactions; what one transaction holds is acknowledged together, after its commit. */
import type { HintTopic } from '../../../shared/contract.ts';
import { withoutContent } from '../ingest/outline.ts';
import type { MetricSum } from '../ingest/decoded-body.ts';
import type { PayloadRef } from '../ingest/payload.ts';
import type { LogRecord, ResourceInfo, SpanRecord } from '../ingest/record.ts';
import type { CollectedJob, CollectedResult, DiscoveredJob } from '../ingest/collected.ts';
import type { BodyJob, BodyResult, CommitNote } from '../ingest/writer-messages.ts';
import { resourceAliases } from './aliases.ts';
import { Assembler, type Told } from './assemble/assembler.ts';
import type { Changes } from './assemble/write-out.ts';
import { takeCollected, takeDiscovered, type Taking } from './collecting.ts';
import type { WriteDb } from './database.ts';
import { storeError } from './errors.ts';
import { isMalformed, type Intake } from './intake.ts';
import { Metrics } from './metrics.ts';
import { BlockFiller, type Place } from './payloads.ts';
import { sweep } from './sweep.ts';
import { TALLY, Tallies } from './tallies.ts';

export interface Stored {
  readonly results: BodyResult[];
  readonly note: CommitNote | null;
}

export class Writer {
  readonly db: WriteDb;
  readonly tallies: Tallies;
  private readonly assembler: Assembler;
  private readonly metrics: Metrics;
  private readonly intake: Intake;
  private lastResource: ResourceInfo | null = null;
  private lastAliases: readonly string[] | null = null;
  /** The file proved damaged while it was written: the next start must read it through. */
  damageMet = false;

  constructor(db: WriteDb, intake: Intake) {
    this.db = db;
    this.intake = intake;
    this.assembler = new Assembler(db);
    this.tallies = new Tallies(db);
    this.metrics = new Metrics(db);
  }

  /** One transaction for all of them. When it fails nothing of any of them is stored. */
  store(jobs: readonly BodyJob[], nowUs: number): Stored {
    try {
      const filler = new BlockFiller();
      const bodies = jobs.map((job) => this.read(job, filler));
      let changes: Changes | null = null;
      const results: BodyResult[] = [];
      this.inTransaction(() => {
        for (const body of bodies) results.push(this.take(body));
        this.tallies.flush();
        changes = this.assembler.finish(nowUs);
      });
      return { results, note: noteOf(changes, jobs.length > 0) };
    } catch (cause) {
      const reason = storeError(cause).message;
      return { results: jobs.map((job) => ({ n: job.n, t: 'unavailable', reason })), note: null };
    }
  }

  /** Brings tasks that fell quiet to their outcome, and open work in them to `interrupted`. */
  sweep(nowUs: number): CommitNote | null {
    let changes: Changes | null = null;
    this.inTransaction(() => { changes = sweep(this.db, this.assembler, nowUs); });
    return noteOf(changes, false);
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
      if (storeError(cause).code === 'corrupt') this.damageMet = true;
      throw cause;
    }
  }

  /** Rows were changed behind the assembler's back: it must read them anew. */
  forget(): void {
    this.assembler.forget();
  }

  private read(job: BodyJob, filler: BlockFiller): ReadBody {
    const body: ReadBody = { job, spans: 0, logs: 0, told: [], asides: new Map(), refused: new Map(), lost: new Map(), points: 0, series: [], malformed: null };
    try {
      const decoded = this.intake.decode(job);
      for (const { record, payload } of decoded.records) this.readRecord(body, record, payload, filler);
      for (const { reason, count } of decoded.refused) add(body.lost, reason, count);
      body.points = decoded.metrics.points;
      body.series = decoded.metrics.series;
      if (body.points > 0) add(body.asides, 'metric point', body.points);
    } catch (cause) {
      // Anything else is a mistake of ours: all of the transaction's bodies come again.
      if (!isMalformed(cause)) throw cause;
      body.malformed = cause.message;
    }
    return body;
  }

  private readRecord(body: ReadBody, record: SpanRecord | LogRecord, payload: PayloadRef, filler: BlockFiller): void {
    if (record.signal === 'span') body.spans += 1;
    else body.logs += 1;
    const said = this.intake.normalise(record);
    if (said.t === 'refused') add(body.refused, said.reason, 1);
    else if (said.t === 'aside') add(body.asides, said.reason, 1);
    else {
      const { service, serviceVersion } = record.resource;
      const aliases = this.aliasesOf(record.resource);
      const { connection, receivedUs } = body.job;
      let place: Place | null = null;
      for (const whole of said.drafts) {
        // SECURITY: content level none: what was concluded from content is kept, the content's own words are not.
        const draft = body.job.content === 'none' ? withoutContent(whole) : whole;
        if (draft.plain === true) add(body.asides, 'not an agent record', 1);
        // Structure makes no row that its record could be read from.
        if (draft.role !== 'structure') place ??= filler.place(payload);
        const told: Told = { connection, service, serviceVersion, draft, payload: place, receivedUs };
        body.told.push(aliases === null ? told : { ...told, aliases });
      }
    }
  }

  /** Records of a body share their resource; most resources name no agent. */
  private aliasesOf(resource: ResourceInfo): readonly string[] | null {
    if (resource !== this.lastResource) {
      const found = resourceAliases(resource.attrs);
      this.lastResource = resource;
      this.lastAliases = found.length === 0 ? null : found;
    }
    return this.lastAliases;
  }

  private take(body: ReadBody): BodyResult {
    const { job, refused, lost } = body;
    const { connection, receivedUs } = job;
    if (body.malformed !== null) {
      this.tallies.count(connection, TALLY.refused, 'malformed body', 1, receivedUs, body.malformed);
      return { n: job.n, t: 'malformed', reason: body.malformed };
    }
    for (const told of body.told) this.assembler.add(told);
    for (const [reason, count] of body.asides) this.tallies.count(connection, TALLY.aside, reason, count, receivedUs);
    // What the decoder refused never became a record; what the normaliser refuses did.
    const accepted = body.spans + body.logs + body.points - sum(refused);
    for (const [reason, count] of lost) add(refused, reason, count);
    for (const [reason, count] of refused) this.tallies.count(connection, TALLY.refused, reason, count, receivedUs);
    if (body.points > 0) this.metrics.keep(connection, body.series);
    this.tallies.receive(connection, job.body.byteLength, body.spans, body.logs, body.points, receivedUs);
    return { n: job.n, t: 'stored', accepted, refused: sum(refused), reason: [...refused.keys()].join('; ') };
  }
}

/** A body that was read; what it says is not yet in the file. */
interface ReadBody {
  readonly job: BodyJob;
  spans: number;
  logs: number;
  readonly told: Told[];
  readonly asides: Map<string, number>;
  readonly refused: Map<string, number>;
  readonly lost: Map<string, number>;
  points: number;
  series: readonly MetricSum[];
  malformed: string | null;
}

function add(counts: Map<string, number>, reason: string, count: number): void {
  counts.set(reason, (counts.get(reason) ?? 0) + count);
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
