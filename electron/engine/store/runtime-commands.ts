/**
 * What is written about runtimes, approvals, stitched agents and the audit log. Ids are row ids; texts from runtimes arrive unbounded and are
 * bounded here. Types only: the functions stand in `runtimes.ts`, `approvals.ts`, `stitching.ts` and `audit.ts` beside this file.
 */
import type { Approval, AuditEntry, Connection, ContentLevel, RuntimeLink } from '../../../shared/domain.ts';
import type { RuntimeTarget } from '../../../shared/contract.ts';
import type { CollectedJob, CollectedResult, DiscoveredJob } from '../ingest/collected.ts';

export interface AuditWords {
  readonly actor: string;
  readonly actorKind: AuditEntry['actorKind'];
  /** e.g. `approval.approve`, `connection.add`, `agents.link`. */
  readonly action: string;
  /** public id; null: the console itself. */
  readonly subject: string | null;
  readonly outcome: AuditEntry['outcome'];
  readonly text: string;
  /** becomes JSON text; SECURITY: never a secret. */
  readonly details: Readonly<Record<string, unknown>>;
}

/** `vault:<name>`, `session:<name>`, `env:<NAME>`, `file:<path>`; null: none. */
export type CredentialReference = string;

export interface RuntimeCommands {
  'runtimes.add': { params: { name: string; target: RuntimeTarget; credential: CredentialReference | null; credentialHint: string | null; content: ContentLevel; demo: boolean; audit: AuditWords }; result: { id: number } };
  /** undefined leaves as it is. A `target` of another kind is refused (`bad_request`); a changed command voids the consent. */
  'runtimes.update': { params: { id: number; target?: RuntimeTarget; credential?: CredentialReference | null; credentialHint?: string | null; stopCredential?: CredentialReference | null; stopCredentialHint?: string | null; consent?: string; audit?: AuditWords }; result: { id: number } };
  /** How the collector stands; shown on the connection. Also extends what was seen: `seenFromUs` to `seenToUs` when the poll went well. */
  'runtimes.state': {
    params: { id: number; circuit: RuntimeLink['circuit']; lastPollUs: number | null; nextPollUs: number | null; fault: { kind: string; text: string; sinceUs: number } | null; seen: { fromUs: number; toUs: number } | null };
    result: { id: number };
  };
  'runtimes.discovered': { params: DiscoveredJob; result: { id: number } };
  'runtimes.collected': { params: CollectedJob; result: CollectedResult };
  /**
   * Before the runtime is asked: the intent is in the audit log first. Fails with `conflict` in words when it no longer waits, is being answered
   * by somebody (named), or the fingerprint is not the stored one.
   */
  'approvals.begin': { params: { id: number; fingerprint: string; audit: AuditWords }; result: { id: number } };
  /** After the runtime answered: `state` null leaves it waiting (the answer failed) and only ends the claim of `begin`. */
  'approvals.settle': { params: { id: number; state: Exclude<Approval['state'], 'waiting'> | null; reason: string | null; decidedBy: string | null; audit: AuditWords }; result: { id: number } };
  'agents.link': { params: { agent: number; to: number; audit: AuditWords }; result: { id: number } };
  'agents.unlink': { params: { agent: number; audit: AuditWords }; result: { id: number } };
  'audit.append': { params: AuditWords; result: { id: number } };
}

/** Not in the contract: what the collectors start from. Query name `runtimeFacts`. */
export interface RuntimeFact {
  readonly id: number;
  readonly kind: Exclude<Connection['kind'], 'otlp'>;
  readonly name: string;
  readonly target: RuntimeTarget;
  readonly credential: CredentialReference | null;
  /** what only stop levers use; null: they use the one that reads. */
  readonly stopCredential: CredentialReference | null;
  readonly enabled: boolean;
  readonly content: ContentLevel;
  /** the command that a person agreed to; null: none yet. */
  readonly consent: string | null;
  readonly checkpoint: string | null;
  readonly discoveredUs: number | null;
}

/** Not in the contract: what an answer is checked against. Query name `approvalFact`, params `{ id }` (row id). */
export interface ApprovalFact {
  readonly id: number;
  readonly connection: number;
  /** the connector's key of it. */
  readonly key: string;
  readonly state: Approval['state'];
  readonly fingerprint: string;
  readonly title: string;
  readonly agentName: string;
}
