/**
 * What is written about access and identity. Ids are row ids, times microseconds. Types only: the functions stand in `documents.ts`,
 * `owners.ts`, `baseline.ts` and `findings.ts` beside this file. Each command is one transaction with its line in the audit log.
 */
import type { DocumentRole, Enforcement, GrantReading, ImportFormat, Understanding } from '../../../shared/access.ts';
import type { AuditWords } from './runtime-commands.ts';

export interface NewDocument {
  readonly name: string;
  readonly format: ImportFormat;
  readonly role: DocumentRole;
  readonly enforcement: Enforcement;
  /** the role, key or account that holds it; null: nobody said. */
  readonly credential: string | null;
  readonly text: string;
  readonly understood: Understanding;
  /** of the document as a whole. */
  readonly problems: readonly string[];
}

export interface AccessCommands {
  /** Each agent holds each reading. `id`: of the document; `grants`: rows that it made. An audit subject of null becomes the document. */
  'access.import': { params: { document: NewDocument; readings: readonly GrantReading[]; agents: readonly number[]; audit: AuditWords }; result: { id: number; grants: number } };
  /** Its grants are gone from now on; the document and they stay readable. `not_found` when it was removed already. */
  'access.removeDocument': { params: { id: number; audit: AuditWords }; result: { id: number } };
  /** `holds` true: what that connection offers counts as held by this agent. */
  'access.setHolder': { params: { connection: number; agent: number; holds: boolean; audit: AuditWords }; result: { id: number } };
  /** `untilUs` null: until somebody restores it. */
  'access.dismiss': { params: { id: number; reason: string; untilUs: number | null; audit: AuditWords }; result: { id: number } };
  'access.restore': { params: { id: number; audit: AuditWords }; result: { id: number } };
  /** What the agent holds now becomes its baseline. `id`: the head that it stands under. */
  'access.approve': { params: { agent: number; note: string; audit: AuditWords }; result: { id: number; grants: number } };
  /** A person's word; `name` null takes it back (what the runtime says then counts again). */
  'agents.setOwner': { params: { agent: number; role: 'owner' | 'sponsor'; name: string | null; gone: boolean; audit: AuditWords }; result: { id: number } };
}
