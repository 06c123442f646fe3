/** What the engine's main thread and the writer worker say to each other. Bodies are transferred, not copied. */
import type { HintTopic } from '../../../shared/contract.ts';
import type { ContentLevel } from '../../../shared/domain.ts';
import type { BodySample } from '../processes/body-sample.ts';

export type Signal = 'traces' | 'logs' | 'metrics';

export interface BodyJob {
  readonly n: number;
  /** row id of the connection. */
  readonly connection: number;
  readonly signal: Signal;
  readonly encoding: 'protobuf' | 'json';
  readonly content: ContentLevel;
  /** already gunzipped. */
  readonly body: Uint8Array;
  readonly receivedUs: number;
  /** the result is to say what the body named. */
  readonly sample?: true;
}

/** Sent only after the transaction that holds the body's records has been committed. */
export type BodyResult =
  | { readonly n: number; readonly t: 'stored'; readonly accepted: number; readonly refused: number; readonly reason: string; readonly sample?: BodySample }
  /** 400: nothing of the body was stored. */
  | { readonly n: number; readonly t: 'malformed'; readonly reason: string }
  /** 503: nothing of the body was stored; try again. */
  | { readonly n: number; readonly t: 'unavailable'; readonly reason: string };

/** After each commit: what changed, for hints and Live. */
export interface CommitNote {
  readonly t: 'commit';
  readonly firstActivityId: number;
  readonly lastActivityId: number;
  readonly inserted: number;
  /** existing rows that changed (a running tool call got its result); at most 1,000 are named. */
  readonly updatedIds: readonly number[];
  readonly topics: readonly HintTopic[];
}
