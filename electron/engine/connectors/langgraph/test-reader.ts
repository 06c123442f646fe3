/** Reads a server turn by turn as the collector does, and keeps what the history would: drafts with one key are one activity. */
import type { ActivityStatus, TaskOutcome } from '../../../../shared/domain.ts';
import type { Draft } from '../../ingest/draft.ts';
import type { Batch, Connector, FoundApproval } from '../connector.ts';

const rank: readonly ActivityStatus[] = ['running', 'interrupted', 'ok', 'cancelled', 'error', 'denied'];

export class TestReader {
  readonly connector: Connector;
  readonly signal: AbortSignal = new AbortController().signal;
  readonly drafts = new Map<string, Draft>();
  readonly raw: string[] = [];
  checkpoint: string | null = null;
  last: Batch | null = null;
  approvals: readonly FoundApproval[] = [];
  readonly refused: string[] = [];

  constructor(connector: Connector, checkpoint: string | null = null) {
    this.connector = connector;
    this.checkpoint = checkpoint;
  }

  async turn(): Promise<Batch> {
    const batch = await this.connector.collect(this.checkpoint, this.signal);
    for (const { draft, raw } of batch.records) this.#take(draft, raw);
    this.checkpoint = batch.checkpoint;
    this.last = batch;
    if (batch.approvals !== null) this.approvals = batch.approvals;
    this.refused.push(...batch.refused.map((one) => one.reason));
    return batch;
  }

  /** Turns until it is so, 10 s at most. */
  async until<T>(found: () => T | undefined | null | false, what: string): Promise<T> {
    const deadline = Date.now() + 10_000;
    for (;;) {
      await this.turn();
      const value = found();
      if (value !== undefined && value !== null && value !== false) return value;
      if (Date.now() > deadline) throw new Error(`not seen within 10 s: ${what}`);
      await new Promise((done) => setTimeout(done, 100));
    }
  }

  of(run: string): Draft[] {
    return [...this.drafts.values()].filter((draft) => draft.run?.id === run).toSorted((a, b) => a.startUs - b.startUs);
  }

  /** The latest word about how the run's task ended. */
  outcome(run: string): TaskOutcome | undefined {
    return this.of(run).filter((draft) => draft.taskOutcome !== undefined).toSorted((a, b) => (a.endUs ?? a.startUs) - (b.endUs ?? b.startUs) || Number(a.role === 'agent') - Number(b.role === 'agent')).at(-1)?.taskOutcome;
  }

  approval(run: string): FoundApproval | undefined { return this.approvals.find((one) => one.run?.id === run); }

  #take(draft: Draft, raw: string): void {
    this.raw.push(raw);
    const key = `${draft.run?.id ?? ''} ${draft.key}`;
    const before = this.drafts.get(key);
    if (before === undefined || rank.indexOf(draft.status) >= rank.indexOf(before.status)) this.drafts.set(key, draft);
  }
}
