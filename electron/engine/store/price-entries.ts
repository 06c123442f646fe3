/** Prices of persons and of files: versions that follow one another. Nothing is deleted: what counted when stays readable. */
import type { PriceEntry } from '../../../shared/cost.ts';
import { appendAudit } from './audit.ts';
import { bounded } from './bounded.ts';
import type { CostCommands, NewPrice, PricePlace } from './cost-commands.ts';
import type { AnyDb, WriteDb } from './database.ts';
import { StoreError } from './errors.ts';
import { publicId } from './ids.ts';

type Params<N extends keyof CostCommands> = CostCommands[N]['params'];

interface EntryRow { readonly id: number; readonly origin: 'import' | 'local'; readonly body: string; readonly changedUs: number; readonly changedBy: string }

/** Those that count now. */
export function ownPrices(db: AnyDb): PriceEntry[] {
  return db.prepare<[], EntryRow>('SELECT id, origin, body, changed_us AS changedUs, changed_by AS changedBy FROM price_entry WHERE removed_us IS NULL ORDER BY id').all().map(ownPrice);
}

export function ownPrice(row: EntryRow): PriceEntry {
  const body = JSON.parse(row.body) as NewPrice;
  return { ...body, id: publicId('price', row.id), origin: row.origin, changedAt: new Date(Math.floor(row.changedUs / 1_000)).toISOString(), changedBy: row.changedBy };
}

function retire(db: WriteDb, id: number, actor: string, nowUs: number): void {
  const { changes } = db.prepare('UPDATE price_entry SET removed_us = ?, removed_by = ? WHERE id = ? AND removed_us IS NULL').run(nowUs, actor, id);
  if (changes === 0) throw new StoreError('not_found', 'This price was removed or replaced by somebody meanwhile. Nothing was changed.');
}

function add(db: WriteDb, origin: 'import' | 'local', { entry, replaces, overrides }: PricePlace & { readonly entry: NewPrice }, actor: string, nowUs: number): number {
  if (replaces !== null) retire(db, replaces, actor, nowUs);
  const { provider, model, match, region, tier, currency, units, from, to, source, sourceDate, note } = entry;
  const body = JSON.stringify({ provider, model, match, region, tier, currency, units, from, to, source, sourceDate, note } satisfies NewPrice);
  return Number(db.prepare('INSERT INTO price_entry (origin, provider, model, body, overrides, replaces, changed_us, changed_by) VALUES (?, ?, ?, ?, ?, ?, ?, ?)')
    .run(origin, provider, model, body, overrides, replaces, nowUs, actor).lastInsertRowid);
}

export function savePrice(db: WriteDb, p: Params<'prices.save'>, nowUs: number): { id: number } {
  const id = add(db, 'local', p, bounded(p.audit.actor, 256), nowUs);
  appendAudit(db, { ...p.audit, subject: p.audit.subject ?? publicId('price', id) }, nowUs);
  return { id };
}

export function removePrice(db: WriteDb, p: Params<'prices.remove'>, nowUs: number): { id: number } {
  retire(db, p.id, bounded(p.audit.actor, 256), nowUs);
  appendAudit(db, p.audit, nowUs);
  return { id: p.id };
}

const sameThing = ({ provider, model, region, tier, from }: NewPrice): string => JSON.stringify([provider, model, region, tier, from]);

export function importPrices(db: WriteDb, { entries, audit }: Params<'prices.import'>, nowUs: number): { entries: number; replaced: number } {
  const actor = bounded(audit.actor, 256);
  const known = new Map(db.prepare<[], EntryRow>("SELECT id, origin, body, changed_us AS changedUs, changed_by AS changedBy FROM price_entry WHERE removed_us IS NULL AND origin = 'import'").all()
    .map((row) => [sameThing(JSON.parse(row.body) as NewPrice), row.id]));
  let replaced = 0;
  for (const { replaces, overrides, ...entry } of entries) {
    const earlier = replaces ?? known.get(sameThing(entry)) ?? null;
    if (earlier !== null) replaced += 1;
    // One file may say the same twice: the later one counts.
    known.set(sameThing(entry), add(db, 'import', { entry, replaces: earlier, overrides }, actor, nowUs));
  }
  appendAudit(db, audit, nowUs);
  return { entries: entries.length, replaced };
}
