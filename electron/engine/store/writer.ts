/** The only one that writes. Groups bodies into transactions; what one transaction holds is acknowledged together, after its commit. */
import type { HintTopic } from '../../../shared/contract.ts';
import { withoutContent } from '../ingest/outline.ts';
import type { PayloadRef } from '../ingest/payload.ts';
import type { LogRecord, SpanRecord } from '../ingest/record.ts';
import type { BodyJob, BodyResult, CommitNote } from '../ingest/writer-messages.ts';
import { Assembler } from './assemble/assembler.ts';
import type { Changes } from './assemble/write-out.ts';
import type { WriteDb } from './database.ts';
import { storeError } from './errors.ts';
import { isMalformed, type Intake } from './intake.ts';
import { Metrics } from './metrics.ts';
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
      let changes: Changes | null = null;
      const results: BodyResult[] = [];
      this.inTransaction(() => {
        for (const job of jobs) results.push(this.take(job));
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

  /** Runs other writing in a transaction of its own; on failure nothing of it happened, in the file or in memory. */
  inTransaction(run: () => void): void {
    try {
      this.db.transaction(run).immediate();
    } catch (cause) {
      this.assembler.forget();
      this.tallies.forget();
      throw cause;
    }
  }

  /** Rows were changed behind the assembler's back: it must read them anew. */
  forget(): void {
    this.assembler.forget();
  }

  private take(job: BodyJob): BodyResult {
    let body;
    try {
      body = this.intake.decode(job);
    } catch (cause) {
      if (!isMalformed(cause)) throw cause;
      this.tallies.count(job.connection, TALLY.refused, 'malformed body', 1, job.receivedUs, cause.message);
      return { n: job.n, t: 'malformed', reason: cause.message };
    }
    const count: Counted = { spans: 0, logs: 0, refused: new Map() };
    for (const { record, payload } of body.records) this.takeRecord(job, record, payload, count);
    // What the decoder refused never became a record; what the normaliser refuses did.
    const accepted = body.records.length + body.metrics.points - sum(count.refused);
    for (const one of body.refused) count.refused.set(one.reason, (count.refused.get(one.reason) ?? 0) + one.count);
    if (body.metrics.points > 0) {
      this.tallies.count(job.connection, TALLY.aside, 'metric point', body.metrics.points, job.receivedUs);
      this.metrics.keep(job.connection, body.metrics.series);
    }
    for (const [reason, times] of count.refused) this.tallies.count(job.connection, TALLY.refused, reason, times, job.receivedUs);
    this.tallies.receive(job.connection, job.body.byteLength, count.spans, count.logs, body.metrics.points, job.receivedUs);
    return { n: job.n, t: 'stored', accepted, refused: sum(count.refused), reason: [...count.refused.keys()].join('; ') };
  }

  private takeRecord(job: BodyJob, record: SpanRecord | LogRecord, payload: PayloadRef, count: Counted): void {
    if (record.signal === 'span') count.spans += 1;
    else count.logs += 1;
    const said = this.intake.normalise(record);
    if (said.t === 'refused') count.refused.set(said.reason, (count.refused.get(said.reason) ?? 0) + 1);
    else if (said.t === 'aside') this.tallies.count(job.connection, TALLY.aside, said.reason, 1, job.receivedUs);
    else {
      const { service, serviceVersion } = record.resource;
      for (const told of said.drafts) {
        // SECURITY: what the normaliser concludes may quote what was said.
        const draft = job.content === 'none' ? withoutContent(told) : told;
        if (draft.plain === true) this.tallies.count(job.connection, TALLY.aside, 'not an agent record', 1, job.receivedUs);
        this.assembler.add({ connection: job.connection, service, serviceVersion, draft, payload, receivedUs: job.receivedUs });
      }
    }
  }
}

interface Counted {
  spans: number;
  logs: number;
  readonly refused: Map<string, number>;
}

function sum(counts: ReadonlyMap<string, number>): number {
  let total = 0;
  for (const count of counts.values()) total += count;
  return total;
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
