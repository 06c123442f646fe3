/** Messages between the engine's main thread and the two threads of the store. */
import type { MessagePort } from 'node:worker_threads';
import type { HintTopic } from '../../../shared/contract.ts';
import type { BodyJob, BodyResult, CommitNote } from '../ingest/writer-messages.ts';
import type { AssembledCommand, AssembledCostCommand, Commands } from './commands.ts';
import type { CostCommands } from './cost-commands.ts';
import type { StoreErrorCode } from './errors.ts';
import type { PreparedBody } from './prepared.ts';
import type { ChoreCommands } from './retention-commands.ts';
import type { RuntimeCommands } from './runtime-commands.ts';

/** Commands that take long: done in many small transactions, so that telemetry is taken in meanwhile. */
export interface LongCommands extends ChoreCommands {
  'connections.remove': { params: { id: number; history: 'keep' | 'delete' }; result: { removedActivities: number } };
  /** Now instead of at the next second; for tests and before a command line's answer. */
  'sweep': { params: { nowUs: number }; result: { changed: boolean } };
}
export type AllCommands = Commands & LongCommands & Pick<RuntimeCommands, AssembledCommand> & Pick<CostCommands, AssembledCostCommand>;
export type AnyCommand = keyof AllCommands;

export interface ToldError {
  readonly code: StoreErrorCode;
  readonly message: string;
}

export type ToWriter =
  | { readonly t: 'command'; readonly n: number; readonly name: AnyCommand; readonly params: unknown }
  /** a body is on its way: the thread that reads them is to begin. */
  | { readonly t: 'prepare' }
  | Close;

/** Comes behind the last body: while one is on its way, through the thread that reads bodies. */
interface Close { readonly t: 'close'; readonly damageMet: boolean }

export type ToPreparer = { readonly t: 'body'; readonly job: BodyJob } | Close;

export type FromPreparer =
  | { readonly t: 'prepared'; readonly body: PreparedBody }
  /** a mistake of ours: the body comes again. */
  | { readonly t: 'unreadable'; readonly n: number; readonly reason: string }
  | Close;

export type ToFolder = { readonly t: 'fold' } | { readonly t: 'close' };
export interface FromFolder { readonly t: 'folded' }

export type FromWriter =
  /** `bodies`: where bodies are handed in. */
  | { readonly t: 'opened'; readonly file: string; readonly sqlite: string; readonly schemaVersion: number; readonly bodies: MessagePort }
  | { readonly t: 'not_opened'; readonly error: ToldError }
  | { readonly t: 'results'; readonly results: readonly BodyResult[]; readonly note: CommitNote | null }
  | { readonly t: 'swept'; readonly note: CommitNote }
  | { readonly t: 'answer'; readonly n: number; readonly ok?: unknown; readonly error?: ToldError; readonly topics: readonly HintTopic[] }
  | { readonly t: 'closed' };

export type ToReader = Question | { readonly t: 'close' };

export interface Question {
  readonly n: number;
  readonly name: string;
  readonly params: unknown;
  readonly nowUs: number;
  /**
   * Answer with JSON text that was checked against the contract, made on the reader's thread: the engine's own thread must stay
   * free for what comes in, and text crosses between threads much faster than a tree of objects.
   */
  readonly checked: boolean;
}

export type FromReader = { readonly n: number; readonly ok: unknown } | { readonly n: number; readonly error: ToldError };
