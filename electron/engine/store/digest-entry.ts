/** What the audit log says of a digest: its line there is what seals count, so a digest and its line must say the same. */
import type { AnyDb } from './database.ts';
import type { DigestRow } from './digest-places.ts';
import { digestAction, iso } from './digests.ts';
import { publicId } from './ids.ts';
import { statement } from './statements.ts';

export interface SaidDigest { readonly connection: string; readonly hour: string; readonly records: number; readonly root: string }

/** `gone`: the entry was pruned behind a seal, or its text erased; nothing is left to compare with. */
export type SaidOfDigest = 'same' | 'differs' | 'missing' | 'gone';

export const digestKey = (connection: string, hour: string): string => `${connection} ${hour}`;

/** Reads each entry once: one holds up to a thousand digests. */
export class DigestEntries {
  private readonly db: AnyDb;
  private entry = 0;
  private said: ReadonlyMap<string, SaidDigest> | 'missing' | 'gone' = 'missing';

  constructor(db: AnyDb) {
    this.db = db;
  }

  of(digest: DigestRow): SaidOfDigest {
    if (digest.entry === null || digest.root === null) return 'missing';
    if (digest.entry !== this.entry) {
      this.said = this.read(digest.entry);
      this.entry = digest.entry;
    }
    if (typeof this.said === 'string') return this.said;
    const said = this.said.get(digestKey(publicId('connection', digest.connection), iso(digest.hour)));
    if (said === undefined) return 'missing';
    return said.records === digest.records && said.root === digest.root.toString('hex') ? 'same' : 'differs';
  }

  private read(entry: number): ReadonlyMap<string, SaidDigest> | 'missing' | 'gone' {
    const row = statement<[number], { action: string; details: string; erasure: number | null }>(this.db, 'SELECT action, details, erasure FROM audit_entry WHERE id = ?').get(entry);
    if (row === undefined) return statement<[number], { n: number }>(this.db, 'SELECT 1 AS n FROM audit_tombstone WHERE up_to >= ? LIMIT 1').get(entry) === undefined ? 'missing' : 'gone';
    if (row.erasure !== null) return 'gone';
    return row.action === digestAction ? new Map(saidDigests(row.details).map((one) => [digestKey(one.connection, one.hour), one])) : 'missing';
  }
}

/** None where the text is not what Gatehouse writes there. */
export function saidDigests(details: string): SaidDigest[] {
  let parsed: unknown;
  try {
    parsed = JSON.parse(details);
  } catch {
    // Somebody changed it: the chain says so, here it names no digest.
    return [];
  }
  const list = typeof parsed === 'object' && parsed !== null && 'digests' in parsed ? parsed.digests : null;
  return Array.isArray(list) ? list.filter(isSaid) : [];
}

function isSaid(value: unknown): value is SaidDigest {
  if (typeof value !== 'object' || value === null) return false;
  const one = value as Readonly<Record<string, unknown>>;
  return typeof one['connection'] === 'string' && typeof one['hour'] === 'string' && typeof one['records'] === 'number' && typeof one['root'] === 'string';
}
