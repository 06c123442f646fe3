/** Where the audit log stands: what the sealer goes on from and what its screen says. */
import type { Result } from '../../../../shared/contract.ts';
import type { AuditKey, AuditSeal, AuditTombstone } from '../../../../shared/audit.ts';
import { auditKeyPlaces } from '../../../../shared/audit.ts';
import { hashOf } from '../../audit/chain.ts';
import { fingerprintOf, pemOf, verifierKey } from '../../audit/signed-note.ts';
import { frontierBytes, prunedHead, readHead } from '../audit-head.ts';
import type { ToldHead } from '../audit-commands.ts';
import { readKeys, readTombstones } from '../audit-read.ts';
import type { KeptSeal, KeyRow } from '../audit-read.ts';
import { pruneRefusal } from '../holds.ts';
import { publicId } from '../ids.ts';
import { iso, type Reading } from './reading.ts';

const sealColumns = 'number, hour, size, written_us AS writtenUs, reason, note';
const toldKey = ({ id, name, public: publicKey, place, handover }: KeyRow): AuditStand['keys'][number] => ({ id, name, publicKey: Buffer.from(publicKey).toString('hex'), place, handover });

/** Seals and hashes as text: it crosses between threads. */
export interface AuditStand {
  readonly head: ToldHead | null;
  readonly seal: { readonly number: number; readonly hour: number; readonly size: number; readonly reason: string | null; readonly hash: string } | null;
  readonly keys: readonly { readonly id: number; readonly name: string; readonly publicKey: string; readonly place: string; readonly handover: string | null }[];
}

export function auditStand(reading: Reading): AuditStand {
  const head = readHead(reading.db);
  const seal = reading.sql<[], KeptSeal>(`SELECT ${sealColumns} FROM audit_seal ORDER BY number DESC LIMIT 1`).get();
  return {
    head: head === null ? null : { size: head.frontier.size, last: head.last, roots: frontierBytes(head.frontier).toString('hex') },
    seal: seal === undefined ? null : { number: seal.number, hour: seal.hour, size: seal.size, reason: seal.reason, hash: hashOf(seal.note) },
    keys: readKeys(reading.db).map(toldKey),
  };
}

/** Whether that seal stands in the file, as it was. */
export const sealStands = (reading: Reading, { number, hash }: { readonly number: number; readonly hash: string }): { readonly stands: boolean } => {
  const note = reading.sql<[number], { note: string }>('SELECT note FROM audit_seal WHERE number = ?').get(number)?.note;
  return { stands: note !== undefined && hashOf(note) === hash };
};

/** Why nothing may be let go, if so; and the newest seal that counts only what was written before then, if it counts more than was let go already. */
export function pruneAt(reading: Reading, { beforeUs }: { readonly beforeUs: number }): { readonly refusal: string | null; readonly at: { readonly seal: number; readonly size: number } | null } {
  const base = prunedHead(reading.db).frontier.size;
  const at = reading.sql<[number, number], { seal: number; size: number }>('SELECT number AS seal, size FROM audit_seal WHERE written_us <= ? AND size > ? ORDER BY size DESC, number LIMIT 1').get(beforeUs, base) ?? null;
  return { refusal: pruneRefusal(reading.db), at };
}

export function auditSealOf(row: KeptSeal): AuditSeal {
  return { id: publicId('seal', row.number), number: row.number, hour: iso(row.hour * 3_600_000_000), writtenAt: iso(row.writtenUs), size: row.size, root: row.note.split('\n')[2] ?? '', note: row.note };
}

export function listSeals(reading: Reading, params: { readonly before?: string | undefined; readonly limit: number }): Result<'audit.seals'> {
  const before = /^\d{1,15}$/.test(params.before ?? '') ? Number(params.before) : Number.MAX_SAFE_INTEGER;
  const rows = reading.sql<[number, number], KeptSeal>(`SELECT ${sealColumns} FROM audit_seal WHERE number < ? ORDER BY number DESC LIMIT ?`).all(before, params.limit + 1);
  const page = rows.slice(0, params.limit);
  return { rows: page.map(auditSealOf), next: rows.length > page.length ? String(page.at(-1)?.number ?? 0) : null };
}

const auditKeyOf = ({ name, public: publicKey, madeUs, retiredUs, place }: KeyRow): AuditKey => ({
  name, verifier: verifierKey({ name, publicKey }), pem: pemOf(publicKey), fingerprint: fingerprintOf(publicKey), madeAt: iso(madeUs), retiredAt: retiredUs === null ? null : iso(retiredUs), place: auditKeyPlaces.find((known) => known === place) ?? 'file',
});

/** Newest first. What is no key of 32 bytes can only be there because somebody meddled; the check tells. */
export const listKeys = (reading: Reading): Result<'audit.keys'> => ({ rows: readKeys(reading.db).filter((row) => row.public.length === 32).map(auditKeyOf).reverse() });

function tombstones(reading: Reading): AuditTombstone[] {
  const hourOf = reading.sql<[number], { hour: number; note: string }>('SELECT hour, note FROM audit_seal WHERE number = ?');
  return readTombstones(reading.db).map(({ id, upTo, entries, atUs, by, reason, seal }) => {
    const sealed = hourOf.get(seal);
    return { id: publicId('tombstone', id), upTo, entries, at: iso(atUs), by, reason, sealHour: iso((sealed?.hour ?? 0) * 3_600_000_000), root: sealed?.note.split('\n')[2] ?? '' };
  });
}

/** What only the file knows; check, next seal and what is remembered elsewhere come from whoever asks. */
export type AuditFacts = Omit<Result<'audit.status'>, 'check' | 'nextSealAt' | 'remembered'>;

export function auditFacts(reading: Reading): AuditFacts {
  const upTo = prunedHead(reading.db).frontier.size;
  const oldest = reading.sql<[number], { id: number; us: number }>('SELECT id, at_us AS us FROM audit_entry WHERE id > ? ORDER BY id LIMIT 1').get(upTo);
  const newest = reading.sql<[], { id: number; us: number }>('SELECT id, at_us AS us FROM audit_entry ORDER BY id DESC LIMIT 1').get();
  const seal = reading.sql<[], KeptSeal>(`SELECT ${sealColumns} FROM audit_seal ORDER BY number DESC LIMIT 1`).get();
  return {
    entries: readHead(reading.db)?.frontier.size ?? newest?.id ?? 0, firstSeq: oldest?.id ?? upTo + 1, oldestAt: oldest === undefined ? null : iso(oldest.us), newestAt: newest === undefined ? null : iso(newest.us),
    seal: seal === undefined ? null : auditSealOf(seal), seals: seal?.number ?? 0, key: listKeys(reading).rows.find((key) => key.retiredAt === null) ?? null, tombstones: tombstones(reading),
  };
}
