/** Circumstances of a call that its price depends on: few different ones, each stored once. */
import type { Statement } from 'better-sqlite3';
import type { DraftBilling } from '../../ingest/draft.ts';
import { bounded } from '../bounded.ts';
import type { WriteDb } from '../database.ts';

/** Each field is '' where nobody told it. `id` -1: joined from two tellings, not in the file yet. */
export interface Billing {
  readonly id: number;
  readonly provider: string;
  readonly region: string;
  readonly tier: string;
}

export const noBilling: Billing = Object.freeze({ id: 0, provider: '', region: '', tier: '' });
const longest = 100;
/** SECURITY: strangers' texts. Beyond this many different ones, new ones count as not told. */
const most = 10_000;

/** Of two different texts the longer, then the one that sorts first. */
function pick(a: string, b: string): string {
  if (a === b || b === '') return a;
  if (a === '' || b.length > a.length) return b;
  return a.length > b.length || a < b ? a : b;
}

/** Field by field, so that it does not matter which was told first. */
export function joinBilling(a: Billing, b: Billing): Billing {
  if (a === b || b.id === 0) return a;
  if (a.id === 0) return b;
  return { id: -1, provider: pick(a.provider, b.provider), region: pick(a.region, b.region), tier: pick(a.tier, b.tier) };
}

export class BillingBook {
  private readonly byText = new Map<string, Billing>();
  private readonly byId = new Map<number, Billing>();
  private readonly find: Statement<[string, string, string], { id: number }>;
  private readonly insert: Statement<[string, string, string]>;
  private readonly read: Statement<[number], Billing>;
  private readonly count: Statement<[], { n: number }>;

  constructor(db: WriteDb) {
    this.find = db.prepare('SELECT id FROM billing WHERE provider = ? AND region = ? AND tier = ?');
    this.insert = db.prepare('INSERT INTO billing (provider, region, tier) VALUES (?, ?, ?)');
    this.read = db.prepare('SELECT id, provider, region, tier FROM billing WHERE id = ?');
    this.count = db.prepare('SELECT coalesce(max(id), 0) AS n FROM billing');
  }

  told({ provider = '', region = '', tier = '' }: DraftBilling): Billing {
    return this.of(provider, region, tier);
  }

  at(id: number): Billing {
    if (id === 0) return noBilling;
    let found = this.byId.get(id);
    if (found === undefined) {
      found = this.read.get(id) ?? noBilling;
      this.remember(found);
    }
    return found;
  }

  idOf(billing: Billing): number {
    return billing.id >= 0 ? billing.id : this.of(billing.provider, billing.region, billing.tier).id;
  }

  /** After a rollback: ids that were given in it do not exist. */
  forget(): void {
    this.byText.clear();
    this.byId.clear();
  }

  private of(provider: string, region: string, tier: string): Billing {
    if (provider === '' && region === '' && tier === '') return noBilling;
    const known = this.byText.get(`${provider}\n${region}\n${tier}`);
    if (known !== undefined) return known;
    const texts = [bounded(provider, longest), bounded(region, longest), bounded(tier, longest)] as const;
    const id = this.find.get(...texts)?.id ?? ((this.count.get()?.n ?? 0) >= most ? 0 : Number(this.insert.run(...texts).lastInsertRowid));
    const made = id === 0 ? noBilling : { id, provider: texts[0], region: texts[1], tier: texts[2] };
    this.remember(made);
    if (this.byText.size >= most) this.byText.clear();
    this.byText.set(`${provider}\n${region}\n${tier}`, made);
    return made;
  }

  private remember(billing: Billing): void {
    if (billing.id > 0) this.byId.set(billing.id, billing);
  }
}
