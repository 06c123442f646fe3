/** Takes the bodies of entries away (who, which words, which details), and says so in the log. Lines and hashes stay, so that the chain goes on proving them. */
import { erasureAction } from '../audit/log-check.ts';
import { appendAudit } from './audit.ts';
import type { WriteDb } from './database.ts';
import type { AuditWords } from './runtime-commands.ts';

/** One entry of the log names at most so many stretches of numbers, so that its details stay whole. */
export const mostErasedAtOnce = 5_000;

/**
 * In one transaction: an entry that names them (with what `words` say), then their bodies go. What is erased already, or says itself what was erased, is left.
 * `words`: nothing in them may say again what is erased. Callers give at most `mostErasedAtOnce` ids at once.
 */
export function eraseAudit(db: WriteDb, ids: readonly number[], words: Omit<AuditWords, 'action'>, nowUs: number): { readonly entry: number | null; readonly erased: number } {
  const open = db.prepare<[number, string], { id: number }>('SELECT id FROM audit_entry WHERE id = ? AND erasure IS NULL AND action <> ?');
  const found = [...new Set(ids)].toSorted((a, b) => a - b).filter((id) => open.get(id, erasureAction) !== undefined);
  if (found.length === 0) return { entry: null, erased: 0 };
  if (found.length > mostErasedAtOnce) throw new RangeError(`At most ${mostErasedAtOnce} entries are erased at once.`);
  const { id: entry } = appendAudit(db, { ...words, action: erasureAction, details: { ...words.details, entries: stretches(found) } }, nowUs);
  const blank = db.prepare<[number, number]>("UPDATE audit_entry SET erasure = ?, salt = x'', actor = '', text = '', details = '' WHERE id = ?");
  for (const id of found) blank.run(entry, id);
  return { entry, erased: found.length };
}

function stretches(ids: readonly number[]): [number, number][] {
  const list: [number, number][] = [];
  for (const id of ids) {
    const last = list.at(-1);
    if (last !== undefined && last[1] === id - 1) last[1] = id;
    else list.push([id, id]);
  }
  return list;
}
