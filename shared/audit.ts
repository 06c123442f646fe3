/**
 * Words of the audit log: entries chained by hash, seals that count them, and what a check of it found. The spelling that is hashed is described in
 * docs/audit-format.md; it is the same in the history, in a pack and in the verifiers.
 */
import { z } from 'zod';
import { auditEntry, isoTime } from './domain.ts';

const id = z.string().min(1).max(64);
/** SHA-256, hex. */
const sha256 = z.string().regex(/^[0-9a-f]{64}$/);

/** An entry with what proves it. `body`: hash of what may be erased (actor, text, details); `hash`: of its line, which the next entry's line carries. */
export const auditEntryDetail = auditEntry.extend({
  seq: z.int().positive(),
  body: sha256,
  hash: sha256,
  previous: sha256,
  /** erased: actor, text and details are gone, their hash stays. */
  erasedAt: isoTime.nullable(),
  /** the first seal that counts it; null: none yet. */
  sealedAt: isoTime.nullable(),
  /** the line as it was hashed. */
  line: z.string(),
});
export type AuditEntryDetail = z.infer<typeof auditEntryDetail>;

export const auditDamageKinds = ['changed', 'missing', 'out_of_order', 'cut', 'does_not_match', 'seal_forged', 'hour_missing', 'seal_missing', 'rolled_back', 'key_changed', 'body_changed'] as const;
/** `at`: number of the entry, of the seal (from 1), of the audit entry that holds the digest, or of the activity (row), as `where` says. */
export const auditDamage = z.object({ kind: z.enum(auditDamageKinds), where: z.enum(['entry', 'seal', 'key', 'digest', 'activity']), at: z.int(), text: z.string() });
export type AuditDamage = z.infer<typeof auditDamage>;

export const auditSeal = z.object({ id, number: z.int().positive(), hour: isoTime, /** later than the hour's end: Gatehouse was not running. */ writtenAt: isoTime, size: z.int().nonnegative(), root: z.string(), note: z.string() });
export type AuditSeal = z.infer<typeof auditSeal>;

/** Where the private half is kept. `keyring`: the vault; `file`: beside the history, whoever can change the one can use the other; `memory`: until this engine ends. */
export const auditKeyPlaces = ['keyring', 'file', 'memory'] as const;
export const auditKey = z.object({ name: z.string(), /** C2SP verifier key. */ verifier: z.string(), /** SubjectPublicKeyInfo, PEM. */ pem: z.string(), /** SHA-256 of the SPKI, hex. */ fingerprint: sha256, madeAt: isoTime, retiredAt: isoTime.nullable(), place: z.enum(auditKeyPlaces) });
export type AuditKey = z.infer<typeof auditKey>;

/** The newest check. `running`: with how far it is. */
export const auditCheck = z.object({ state: z.enum(['never', 'running', 'whole', 'damaged']), startedAt: isoTime.nullable(), endedAt: isoTime.nullable(), entries: z.int(), of: z.int(), seals: z.int(), damage: z.array(auditDamage), /** there is more damage than is listed. */ more: z.boolean(), /** how far the history was compared with its sealed digests; null: it was not, as at a start. */ activity: z.object({ digests: z.int(), records: z.int(), of: z.int() }).nullable().optional() });
export type AuditCheck = z.infer<typeof auditCheck>;

/** Entries 1 to `upTo` are gone, behind the seal that counted them. */
export const auditTombstone = z.object({ id, upTo: z.int().positive(), entries: z.int().positive(), at: isoTime, by: z.string(), reason: z.string(), sealHour: isoTime, root: z.string() });
export type AuditTombstone = z.infer<typeof auditTombstone>;

export const auditStatus = z.object({
  entries: z.int(), firstSeq: z.int(), oldestAt: isoTime.nullable(), newestAt: isoTime.nullable(),
  check: auditCheck,
  seal: auditSeal.nullable(), seals: z.int(), nextSealAt: isoTime.nullable(),
  key: auditKey.nullable(),
  /** the newest seal is known outside of the history's file, so that an older copy of it shows. */
  remembered: z.boolean(),
  tombstones: z.array(auditTombstone),
});
export type AuditStatus = z.infer<typeof auditStatus>;

/** Sealed digest over what one connection brought within one hour of arrival. */
export const activityDigest = z.object({ connectionId: id, connectionName: z.string(), hour: isoTime, records: z.int(), /** null: the hour is open. */ root: sha256.nullable(), /** the audit entry that holds it; null: the hour is open. */ entryId: id.nullable(), /** records of it that were let go or erased; their leaves stay until all of them are. */ erased: z.int() });
export type ActivityDigest = z.infer<typeof activityDigest>;

/**
 * Where one activity's records stand in the sealed digests, the first telling first; none where nothing is kept of what made it. `leaf`: as it was when the
 * record came. What is null is not known: of records from before there were digests, and of digests whose records are all gone.
 */
export const activityProof = z.object({
  activityId: id,
  records: z.array(z.object({ connectionId: id, hour: isoTime.nullable(), index: z.int().nullable(), size: z.int().nullable(), leaf: sha256.nullable(), path: z.array(sha256), root: sha256.nullable(), entryId: id.nullable(), state: z.enum(['holds', 'open_hour', 'erased', 'does_not_match', 'before_digests']) })),
});
export type ActivityProof = z.infer<typeof activityProof>;

/** What is done in the desktop and not in the engine: its lock, auditor mode, files that are saved from the window. */
export const consoleActs = ['lock.set', 'lock.change', 'lock.remove', 'lock.lock', 'lock.unlock', 'auditor.enter', 'auditor.leave', 'certificate.save', 'text.save', 'folder.open'] as const;
export const consoleRecord = z.object({
  act: z.enum(consoleActs), outcome: z.enum(['asked', 'done', 'failed', 'refused']), subject: id.nullable().default(null),
  /** it happened before the engine could be told. */
  at: isoTime,
  details: z.record(z.string().max(40), z.union([z.string().max(400), z.number(), z.boolean(), z.null()])).default({}),
});
export type ConsoleRecord = z.infer<typeof consoleRecord>;
