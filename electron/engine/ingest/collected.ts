/** What the collectors hand to the writer: one batch, one transaction, with the checkpoint that goes on after it. */
import type { ContentLevel } from '../../../shared/domain.ts';
import type { Batch, Discovered, FoundApproval, FoundGrant, StuckWork } from '../connectors/connector.ts';
import type { RightCheck, StopTarget } from '../connectors/stopping.ts';

/** The store knows what it is handed, not who hands it. */
export type { Batch, Discovered, FoundApproval, FoundGrant, StuckWork, RightCheck, StopTarget };

export interface CollectedJob {
  /** row id of the connection. */
  readonly connection: number;
  readonly content: ContentLevel;
  /** stands for the service where a draft's agent has no other: the connection's name for the runtime. */
  readonly service: string;
  readonly receivedUs: number;
  readonly batch: Batch;
}

export interface DiscoveredJob {
  readonly connection: number;
  readonly content: ContentLevel;
  readonly service: string;
  readonly receivedUs: number;
  readonly found: Discovered;
}

/** Approvals that this batch brought for the first time: for notifications. */
export interface CollectedResult {
  readonly newApprovals: readonly { readonly id: number; readonly title: string; readonly agentName: string }[];
}
