/** What is written about retention, holds and erasures. Ids are row ids, times microseconds. Types only; each command is one transaction with its line in the audit log, but the chores. */
import type { Chore, RetentionPeriod } from '../../../shared/retention.ts';
import type { AuditWords } from './runtime-commands.ts';

export interface RetentionCommands {
  'retention.setPeriod': { params: { connection: number; period: RetentionPeriod; audit: AuditWords }; result: { id: number } };
  /** Both null: everything. The entry's text is made here, with the name. */
  'holds.place': { params: { connection: number | null; agent: number | null; reason: string; audit: AuditWords }; result: { id: number } };
  'holds.lift': { params: { id: number; reason: string; audit: AuditWords }; result: { id: number } };
}

/** Who wants it and the words of its beginning; the words of its end are made from what it did. */
export type ChoreBy = Pick<AuditWords, 'actor' | 'actorKind'>;

/** Those go on in steps. `wait` false: answered as soon as the chore has its number. */
export interface ChoreCommands {
  'retention.run': { params: { nowUs: number; by: ChoreBy; /** not worth a line when nothing went. */ quiet: boolean; wait: boolean }; result: { chore: number; activities: number } };
  'retention.free': { params: { by: ChoreBy; rewrite: boolean; wait: boolean }; result: { chore: number } };
  'erasure.run': { params: { by: ChoreBy; person: string; aliases: readonly string[]; /** slow hashes of the spellings, made by whoever asks. */ salt: string; hashes: readonly string[]; reason: string; rewrite: boolean; wait: boolean }; result: { chore: number; erasure: number } };
  /** The present step is ended; a chore that waits does not begin. */
  'retention.cancel': { params: { chore: number; audit: AuditWords }; result: { id: number } };
}

/** Chores in the file. */
export interface ChoreRow { readonly id: number; readonly kind: Chore['kind']; readonly state: Chore['state']; readonly by: string; readonly startedUs: number; readonly endedUs: number | null; readonly step: string; readonly done: number; readonly total: number | null; readonly activities: number; readonly freed: number; readonly error: string | null }
