/** Words for the audit log: who, from where, what. The actor comes from the line that was spoken on, never from what was said. */
import type { Actor } from './ports.ts';
import type { AuditWords } from './store/runtime-commands.ts';

export type AuditDeed = Omit<AuditWords, 'actor' | 'actorKind'>;

/** Who acts where no person does. */
export const consoleName = 'Gatehouse';

/** What the console does by itself, as a setting of somebody's told it to. */
export const auditByEngine = (deed: AuditDeed): AuditWords => ({ actor: consoleName, actorKind: 'engine', ...deed });

export const auditBy = ({ kind, name }: Actor, deed: AuditDeed): AuditWords => ({ actor: name, actorKind: kind, ...deed });
