/** Words for the audit log: who, from where, what. The actor comes from the line that was spoken on, never from what was said. */
import type { Actor } from './ports.ts';
import type { AuditWords } from './store/runtime-commands.ts';

export type AuditDeed = Omit<AuditWords, 'actor' | 'actorKind'>;

export const auditBy = ({ kind, name }: Actor, deed: AuditDeed): AuditWords => ({ actor: name, actorKind: kind, ...deed });
