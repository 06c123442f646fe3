/** The history as the engine's other parts use it: typed by what it can be asked, fakeable in tests. */
import type { Method } from '../../shared/contract.ts';
import type { CommitNote, BodyJob, BodyResult } from './ingest/writer-messages.ts';
import type { AllCommands, AnyCommand } from './store/protocol.ts';
import type { QueryName, QueryParams, QueryResult } from './store/queries/table.ts';

export interface HistoryPort {
  readonly file: string;
  readonly sqlite: string;
  readonly schemaVersion: number;
  submit(body: Omit<BodyJob, 'n'>): Promise<BodyResult>;
  command<N extends AnyCommand>(name: N, params: AllCommands[N]['params']): Promise<AllCommands[N]['result']>;
  query(name: string, params: unknown, signal?: AbortSignal): Promise<unknown>;
  queryJson(name: Method, params: unknown, signal?: AbortSignal): Promise<string>;
  onCommit(listener: (note: CommitNote) => void): () => void;
  close(): Promise<void>;
}

/** The reader's table says what each name takes and gives; the thread's border itself carries plain data. */
export function ask<N extends QueryName>(history: HistoryPort, name: N, params: QueryParams<N>, signal?: AbortSignal): Promise<QueryResult<N>> {
  return history.query(name, params, signal) as Promise<QueryResult<N>>;
}
