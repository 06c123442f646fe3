/** For tests: a writer on a real file with a connection that asks a runtime, and batches made short. */
import { onTestFinished } from 'vitest';
import type { Batch, CollectedJob, CollectedResult, Discovered, FoundApproval } from '../ingest/collected.ts';
import type { Draft } from '../ingest/draft.ts';
import type { CommitNote } from '../ingest/writer-messages.ts';
import type { ContentLevel } from '../../../shared/domain.ts';
import type { RuntimeTarget } from '../../../shared/contract.ts';
import { runCommand, type CommandName, type Commands } from './commands.ts';
import { openReader } from './database.ts';
import { tellingIds } from './hash.ts';
import { realIntake } from './intake.ts';
import { historyFile } from './open.ts';
import { Reading } from './queries/reading.ts';
import { queries, type QueryName } from './queries/table.ts';
import { removeConnection, retireConnection } from './retention.ts';
import type { AuditWords } from './runtime-commands.ts';
import { second, t0, TestHistory } from './test-history.ts';
import { Writer } from './writer.ts';

export const words = (actor: string, more: Partial<AuditWords> = {}): AuditWords => ({ actor, actorKind: 'desktop', action: 'test', subject: null, outcome: 'asked', text: `${actor} did it.`, details: {}, ...more });

export const emptyBatch: Batch = { records: [], approvals: null, stuck: null, refused: [], checkpoint: '{}', more: false, gaps: [] };

/** What a runtime says of a run; times in seconds after `t0`. */
export function runDraft(id: string, outcome: Draft['taskOutcome'], more: Partial<Draft> & { at?: number; until?: number } = {}): Draft {
  const { at = 0, until, ...rest } = more;
  return {
    source: 'langgraph/run', role: 'agent', traceId: '', spanId: '', parentSpanId: '', key: `run:${id}`, run: { kind: 'run', id }, agent: { id: 'assistant-1', name: 'clerk' },
    kind: 'lifecycle', name: 'clerk', status: outcome === 'failed' ? 'error' : outcome === 'completed' ? 'ok' : outcome === 'cancelled' ? 'cancelled' : 'running', statusExplicit: true,
    startUs: t0 + at * second, ...(until === undefined ? {} : { endUs: t0 + until * second }), ...(outcome === undefined ? {} : { taskOutcome: outcome }), ...rest,
  };
}

export function foundApproval(key: string, more: Partial<FoundApproval> = {}): FoundApproval {
  return {
    key, agent: { id: 'assistant-1', name: 'clerk' }, run: { kind: 'run', id: 'r1' }, kind: 'tool_call', title: `Allow ${key}?`, askedUs: t0 + second, askedInferred: false, expiresUs: null,
    answers: ['approve', 'reject'], actions: [{ name: 'delete_file', parameters: '{"path":"/a"}', description: null, answers: ['approve', 'reject'] }], question: null, responseShape: null,
    destructive: true, onBehalfOf: null, evidence: [], note: null, raw: `{"interrupt":"${key}"}`, ...more,
  };
}

export const emptyFacts: Discovered['facts'] = { product: 'LangGraph', version: '1.0', visibility: 'all', visibilityText: 'All.', capabilities: [], levers: [], findings: [] };

export class TestRuntime {
  readonly history = new TestHistory();
  readonly connection: number;
  writer: Writer;

  constructor(kind: 'langgraph' | 'a2a' = 'langgraph', content: ContentLevel = 'full') {
    this.writer = new Writer(this.history.db, realIntake);
    this.connection = this.add(kind, 'Server', content);
  }

  add(kind: 'langgraph' | 'a2a', name: string, content: ContentLevel = 'full'): number {
    const target: RuntimeTarget = { kind, url: 'http://127.0.0.1:2024' };
    return this.command('runtimes.add', { name, target, credential: null, credentialHint: null, content, demo: false, audit: words('ann') }).id;
  }

  collect(batch: Partial<Batch>, nowUs = t0 + 60 * second, connection = this.connection): { result: CollectedResult; note: CommitNote | null } {
    const content = this.history.all<{ content: ContentLevel }>('SELECT content FROM connection WHERE id = ?', connection)[0]?.content ?? 'full';
    const job: CollectedJob = { connection, content, service: 'Server', receivedUs: nowUs, batch: { ...emptyBatch, ...batch } };
    return this.writer.collect(job, nowUs);
  }

  discover(found: Partial<Discovered>, nowUs = t0 + 60 * second, connection = this.connection): CommitNote | null {
    const content = this.history.all<{ content: ContentLevel }>('SELECT content FROM connection WHERE id = ?', connection)[0]?.content ?? 'full';
    return this.writer.discover({ connection, content, service: 'Server', receivedUs: nowUs, found: { facts: emptyFacts, agents: [], grants: [], complete: true, refused: [], ...found } }, nowUs);
  }

  /** Telemetry of another connection. Each of the two assemblers forgets what it knew: the other one wrote meanwhile. */
  tell(drafts: readonly Draft[], connection: number, service = 'svc', aliases?: readonly string[], nowUs = t0 + 60 * second): void {
    this.history.assembler.forget();
    this.history.tellTold(drafts.map((draft) => ({ connection, service, serviceVersion: '', draft, ids: tellingIds(draft), payload: null, receivedUs: nowUs, ...(aliases === undefined ? {} : { aliases }) })), nowUs);
    this.writer.forget();
  }

  command<N extends CommandName>(name: N, params: Commands[N]['params'], nowUs = t0 + 60 * second): Commands[N]['result'] {
    return this.writer.inTransaction(() => runCommand(name, this.history.db, params, this.writer.tallies, nowUs));
  }

  sweep(nowUs: number): void {
    this.writer.sweep(nowUs);
  }

  /** The connection is removed and its history kept. */
  retire(nowUs = t0 + 120 * second, connection = this.connection): void {
    this.writer.inTransaction(() => retireConnection(this.history.db, connection, nowUs));
  }

  /** And its history too. */
  remove(connection = this.connection): void {
    for (const gone of removeConnection(this.writer, connection)) if (gone < 0) throw new Error('a step brought rows back');
  }

  /** As the reader thread answers. */
  ask(name: QueryName, params: unknown, nowUs = t0 + 60 * second): unknown {
    const db = openReader(historyFile(this.history.dir));
    try {
      const reading = new Reading(db);
      reading.begin();
      return (queries[name] as unknown as (reading: Reading, params: unknown, nowUs: number) => unknown)(reading, params, nowUs);
    } finally {
      db.close();
    }
  }

  restart(): void {
    this.history.restart();
    this.writer = new Writer(this.history.db, realIntake);
  }

  close(): void {
    this.history.close();
  }
}

/** Closed when the test that asked for it is over. */
export function freshRuntime(...settings: ConstructorParameters<typeof TestRuntime>): TestRuntime {
  const runtime = new TestRuntime(...settings);
  onTestFinished(() => runtime.close());
  return runtime;
}
