/** Reads the log of a history file through. Runs in a thread of its own, on a connection of its own, in one look at the file: what is written meanwhile does not show. */
import type { AuditDamage } from '../../../shared/audit.ts';
import type { ToldHead } from '../store/audit-commands.ts';
import { frontierBytes, readHead } from '../store/audit-head.ts';
import { keptKeys, keptTombstones, readKeptEntries, readKeys, readSeals, readTombstones } from '../store/audit-read.ts';
import type { ReadDb } from '../store/database.ts';
import { LogCheck } from './log-check.ts';
import type { Remembered } from './log-check.ts';
import { SaidOfItself } from './said-of-itself.ts';

export interface CheckOrder {
  /** the key that this machine signs with, public half as hex; null: not known. */
  readonly held: { readonly name: string; readonly publicKey: string } | null;
  readonly remembered: readonly Remembered[];
  /** answer with where the log stood at this size. */
  readonly headAt: number | null;
}
/** How far the history was compared with its digests. */
export interface ActivityChecked { readonly digests: number; readonly records: number; readonly of: number }
export interface CheckFound { readonly damage: readonly AuditDamage[]; readonly more: boolean; readonly entries: number; readonly seals: number; readonly head: ToldHead | null }
/** False: give up. */
export type OnProgress = (entries: number, of: number) => boolean;

const tellEvery = 2_000;

export function checkFile(db: ReadDb, { held, remembered, headAt }: CheckOrder, onProgress: OnProgress): CheckFound | null {
  db.exec('BEGIN');
  try {
    const seals = readSeals(db);
    const tombstones = keptTombstones(db);
    const end = readHead(db);
    const checking = new LogCheck({ seals: seals.map((one) => one.note), keys: keptKeys(db), tombstones, held: held === null ? null : { name: held.name, publicKey: Buffer.from(held.publicKey, 'hex') }, end: end === null ? { size: 0, last: '' } : { size: end.frontier.size, last: end.last } });
    const said = new SaidOfItself();
    const begin = checking.size;
    const of = Math.max(0, (end?.frontier.size ?? 0) - begin);
    let [entries, head]: [number, ToldHead | null] = [0, null];
    for (const entry of readKeptEntries(db, begin)) {
      checking.take(entry);
      said.take(entry);
      entries += 1;
      if (checking.size === headAt) head = { size: headAt, last: checking.head.last, roots: frontierBytes(checking.head.frontier).toString('hex') };
      if (entries % tellEvery === 0 && !onProgress(entries, of)) return null;
    }
    const damage = [...checking.end(remembered), ...sealRows(seals), ...said.end(readKeys(db), readTombstones(db))];
    return { damage, more: checking.more, entries, seals: seals.length, head };
  } finally {
    db.exec('COMMIT');
  }
}

/** Numbers stand beside the notes so that they can be searched; the notes are what is signed. */
function sealRows(seals: ReturnType<typeof readSeals>): AuditDamage[] {
  const at = seals.findIndex((seal, i) => {
    const lines = seal.note.split('\n');
    const hour = lines.find((line) => line.startsWith('hour '))?.slice(5).replace('Z', ':00.000Z');
    const written = lines.find((line) => line.startsWith('written '))?.slice(8);
    const reason = lines.find((line) => line.startsWith('reason '))?.slice(7) ?? null;
    return seal.number !== i + 1 || String(seal.size) !== lines[1] || seal.hour * 3_600_000 !== Date.parse(hour ?? '') || seal.writtenUs / 1_000 !== Date.parse(written ?? '') || seal.reason !== reason;
  });
  return at < 0 ? [] : [{ kind: seals[at]?.number === at + 1 ? 'does_not_match' : 'seal_missing', where: 'seal', at: at + 1, text: `What the file says of seal ${at + 1} is not what stands in its note, or a seal before it is missing.` }];
}
