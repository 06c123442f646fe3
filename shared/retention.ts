/** Words of retention, legal holds, erasure of a person and disk use. What is told here is counted, never guessed; what is estimated says so. */
import { z } from 'zod';
import { isoTime } from './domain.ts';

const id = z.string().min(1).max(64);
const reason = z.string().trim().min(1).max(1_000);

/** How long a connection's activity is kept: as the general setting says, for ever, or so many days. */
export const retentionPeriod = z.union([z.literal('general'), z.literal('forever'), z.int().min(1).max(3_650)]);
export type RetentionPeriod = z.infer<typeof retentionPeriod>;

export const retentionPolicy = z.object({
  connectionId: id, connectionName: z.string(), kind: z.string(), /** it was removed and its history was kept. */ removed: z.boolean(),
  period: retentionPeriod,
  /** what that comes to now; null: nothing goes by age. */
  days: z.int().nullable(),
  activities: z.int(), oldestAt: isoTime.nullable(),
  /** past its period: goes with the next run. */
  due: z.int(),
  /** past its period and kept by a hold. */
  held: z.int(),
  /** everything of it before that is gone by age; null: nothing went. */
  goneBefore: isoTime.nullable(), gone: z.int(),
});
export type RetentionPolicy = z.infer<typeof retentionPolicy>;

/** What a change would let go, counted by the engine before anything goes. */
export const retentionPreview = z.object({
  activities: z.int(), oldest: isoTime.nullable(), /** past their period and kept by a hold. */ held: z.int(),
  rows: z.array(z.object({ connectionId: id, connectionName: z.string(), days: z.int().nullable(), activities: z.int(), held: z.int() })),
});
export type RetentionPreview = z.infer<typeof retentionPreview>;

export const choreKinds = ['retention', 'free', 'erasure'] as const;
/** Work that takes long, in steps between which telemetry is taken in. `interrupted`: Gatehouse ended before it did; what was done is done. */
export const chore = z.object({
  id, kind: z.enum(choreKinds), state: z.enum(['waiting', 'running', 'done', 'failed', 'cancelled', 'interrupted']), by: z.string(), startedAt: isoTime, endedAt: isoTime.nullable(),
  /** what it does now, in words. */
  step: z.string(), done: z.int(), of: z.int().nullable(),
  activities: z.int(), /** by how much the file shrank. */ freedBytes: z.int(), error: z.string().nullable(),
});
export type Chore = z.infer<typeof chore>;

export const diskParts = ['activity', 'payloads', 'texts', 'sums', 'access', 'cost', 'orders', 'audit', 'proof', 'reports', 'free', 'other'] as const;
export type DiskPart = (typeof diskParts)[number];
export const diskUse = z.object({
  at: isoTime, fileBytes: z.int(), /** the log beside it, which is folded into it from time to time. */ walBytes: z.int(), diskFreeBytes: z.int().nullable(),
  parts: z.array(z.object({ part: z.enum(diskParts), bytes: z.int() })),
  /** estimated: activity, records and texts shared out by how many activities each has. */
  connections: z.array(z.object({ connectionId: id, connectionName: z.string(), activities: z.int(), estimatedBytes: z.int() })),
  /** copies of the file that upgrades or damage left beside it. Erasure does not reach into them. */
  copies: z.array(z.object({ name: z.string(), bytes: z.int(), at: isoTime })),
});
export type DiskUse = z.infer<typeof diskUse>;

export const holdScope = z.discriminatedUnion('kind', [z.object({ kind: z.literal('everything') }), z.object({ kind: z.literal('connection'), id }), z.object({ kind: z.literal('agent'), id })]);
export type HoldScope = z.infer<typeof holdScope>;
export const hold = z.object({
  id, scope: holdScope, scopeName: z.string(), reason: z.string(), placedAt: isoTime, placedBy: z.string(), liftedAt: isoTime.nullable(), liftedBy: z.string().nullable(), liftReason: z.string().nullable(),
  /** what it covers now, and what of that only it keeps. */
  activities: z.int(), due: z.int(),
});
export type Hold = z.infer<typeof hold>;

export const erasurePlaces = ['authority', 'owners', 'identity', 'approvals', 'stops', 'alerts', 'budgets', 'access', 'cost', 'failures', 'tasks', 'names', 'records', 'audit', 'connections', 'retention', 'reports', 'other'] as const;
export type ErasurePlace = (typeof erasurePlaces)[number];
export const erasureCount = z.object({ place: z.enum(erasurePlaces), count: z.int(), text: z.string() });
/** What an erasure does not reach, or left as it was. `count` null: nobody can know from here. */
export const erasureRemains = z.object({ why: z.enum(['hold', 'in_use', 'waiting', 'copies', 'exports', 'runtime', 'told', 'file', 'audit', 'unread']), count: z.int().nullable(), text: z.string() });
export type ErasureRemains = z.infer<typeof erasureRemains>;

/** A name, an e-mail address or an account, as whole words; capitals, white space and how accents are written make no difference. */
export const personText = z.string().trim().min(2).max(200);
/** Other spellings that mean the same person: never more than what an administrator ticked. */
export const aliasTexts = z.array(personText).max(50).default([]);
export const erasureAsked = z.object({ person: personText, aliases: aliasTexts });

export const erasurePreview = z.object({
  found: z.array(erasureCount), total: z.int(),
  /** kept records of activities that carry it. */
  records: z.int(),
  /** found near it or made from it: to be ticked or not. */
  aliases: z.array(z.object({ text: z.string(), count: z.int(), ticked: z.boolean() })), moreAliases: z.int(),
  remains: z.array(erasureRemains),
  /** sentences to be read before: e.g. a word so common that it means others as well. */
  warnings: z.array(z.string()),
  fileBytes: z.int(),
});
export type ErasurePreview = z.infer<typeof erasurePreview>;

export const erasure = z.object({
  id, number: z.int(), chore, /** what stands in the places now. */ replacement: z.string(), reason: z.string(),
  /** scrypt(salt, N 16384, r 8, p 1, 32 bytes) of each spelling: shows later that somebody was erased, to whoever knows the name. */
  salt: z.string(), hashes: z.array(z.string()),
  found: z.array(erasureCount), remains: z.array(erasureRemains),
  /** `matches` of the question: this erasure was of the person asked for; null: nobody was asked for. */
  matches: z.boolean().nullable(),
});
export type Erasure = z.infer<typeof erasure>;

export const holdAsked = z.object({ scope: holdScope, reason });
export const holdLifted = z.object({ id, reason });
export const policyAsked = z.object({ connectionId: id, period: retentionPeriod });
export const erasureRun = erasureAsked.extend({ reason, /** writes the whole file anew at the end, so that no remainder of it stands between the rows. */ rewrite: z.boolean().default(true), wait: z.boolean().default(false) });
