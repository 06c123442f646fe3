/** What people do about prices, bills, outcomes and failures: each deed is checked, goes to the history together with its line in the audit log, and answers with what is so now. */
import { createHash } from 'node:crypto';
import type { Method, ParsedParams, Result } from '../../shared/contract.ts';
import type { PriceDraft, PriceEntry } from '../../shared/cost.ts';
import { auditBy } from './audit-words.ts';
import type { AuditDeed } from './audit-words.ts';
import { CallFailure } from './call-failure.ts';
import { PriceBook } from './cost/book.ts';
import { draftProblem, readImport } from './cost/entry-checks.ts';
import { dayOf } from './cost/price.ts';
import type { BillReader } from './document-reader.ts';
import type { HistoryPort } from './history-port.ts';
import { plural } from './plural.ts';
import { systemClock } from './ports.ts';
import type { Actor, CallContext, Clock } from './ports.ts';
import { OUTCOME } from './store/codes.ts';
import type { CostCommands, NewPrice, PricePlace } from './store/cost-commands.ts';
import { publicId, rowIdOf } from './store/ids.ts';
import type { IdKind } from './store/ids.ts';
import type { AuditWords } from './store/runtime-commands.ts';

type CostMethod = 'prices.save' | 'prices.remove' | 'prices.import' | 'cost.importBill' | 'cost.removeBill' | 'tasks.mark' | 'failures.setState' | 'failures.note';

export type CostDesk = { readonly [M in CostMethod]: (params: ParsedParams<M>, context: CallContext) => Promise<Result<M>> };

export interface CostDeskParts {
  readonly history: {
    command<N extends keyof CostCommands>(name: N, params: CostCommands[N]['params']): Promise<CostCommands[N]['result']>;
    query: HistoryPort['query'];
  };
  readonly bills: BillReader;
  readonly clock?: Clock;
}

type Deed = Omit<AuditDeed, 'outcome'>;
const done = (actor: Actor, deed: Deed): AuditWords => auditBy(actor, { ...deed, outcome: 'done' });

const what: Readonly<Partial<Record<IdKind, string>>> = { price: 'own price', bill: 'bill', task: 'task', failure: 'group of failures', connection: 'connection' };

/** SECURITY: an id of a page is a text of a page; only one that names a row of its kind goes on. */
function rowOf(kind: IdKind, id: string): number {
  const row = rowIdOf(kind, id);
  if (row === null) throw new CallFailure('not_found', `There is no ${what[kind] ?? kind} with the identifier ${id}. Nothing was changed.`);
  return row;
}

export function costDesk(parts: CostDeskParts): CostDesk {
  const { history, clock = systemClock } = parts;
  const read = <M extends Method>(name: M, params: ParsedParams<M>): Promise<Result<M>> => history.query(name, params) as Promise<Result<M>>;
  return {
    'prices.save': (params, context) => savePrice(parts, params, context),
    'prices.remove': async ({ id }, { actor }) => {
      const row = rowOf('price', id);
      const before = await priceNow(history, id);
      await history.command('prices.remove', { id: row, audit: done(actor, { action: 'prices.remove', subject: id, text: `Removed a price of our own${before === null ? '' : `, of ${before.model}`}: what it priced is computed anew.`, details: { before } }) });
      return {};
    },
    'prices.import': (params, context) => importPrices(parts, params, context),
    'cost.importBill': (params, context) => importBill(parts, params, context),
    'cost.removeBill': async ({ id }, { actor }) => {
      const row = rowOf('bill', id);
      const before = (await read('cost.bills', {})).rows.find((one) => one.id === id) ?? null;
      await history.command('bills.remove', { id: row, audit: done(actor, { action: 'bills.remove', subject: id, text: `Removed ${before === null ? 'a bill' : `the bill "${before.name}" of ${before.connectionName}`}: its days are not billed any more.`, details: { before } }) });
      return {};
    },
    'tasks.mark': async ({ id, outcome, note }, { actor }) => {
      const text = outcome === null ? 'Took back what was said of how a task came out.' : `Said that a task ${outcome === 'completed' ? 'finished' : 'failed'}.${note === '' ? '' : ` ${note}`}`;
      const row = rowOf('task', id);
      const { outcome: before, outcomeBasis: basis } = await read('tasks.get', { id });
      await history.command('tasks.mark', { id: row, outcome: outcome === null ? null : OUTCOME[outcome], note, audit: done(actor, { action: 'tasks.mark', subject: id, text, details: { before: { outcome: before, basis }, after: { outcome }, note } }) });
      return read('tasks.get', { id });
    },
    'failures.setState': async ({ id, state, until, note }, { actor }) => {
      const row = rowOf('failure', id);
      if (until !== null && state !== 'snoozed') throw new CallFailure('bad_request', 'Only what is snoozed has a time until which it is. Nothing was changed.');
      if (until !== null && Date.parse(until) <= clock.now()) throw new CallFailure('bad_request', 'The time until which it is snoozed is over already. Nothing was changed.');
      const text = state === 'open' ? 'Took back what was said of the state of a group of failures.' : `Called a group of failures ${state}${state !== 'snoozed' ? '' : until === null ? ' until it happens so often again' : ` until ${until}`}.${note === undefined || note === '' ? '' : ` ${note}`}`;
      await history.command('failures.setState', { id: row, state, untilUs: until === null ? null : Date.parse(until) * 1_000, note: note === undefined || note === '' ? null : note, audit: done(actor, { action: 'failures.state', subject: id, text, details: { state, until } }) });
      return {};
    },
    'failures.note': async ({ id, text }, { actor }) => {
      await history.command('failures.note', { id: rowOf('failure', id), text, audit: done(actor, { action: 'failures.note', subject: id, text: `Noted of a group of failures: ${text.slice(0, 500)}`, details: {} }) });
      return {};
    },
  };
}

const bundled = new Map<string, PriceEntry>();

/** Those of the data package; they never change while the engine runs. */
function bundledEntry(id: string): PriceEntry | undefined {
  if (bundled.size === 0) for (const entry of new PriceBook([]).entries()) bundled.set(entry.id, entry);
  return bundled.get(id);
}

/** As it stands before it is changed or removed; null: there is none that can be read. */
async function priceNow(history: CostDeskParts['history'], id: string): Promise<PriceEntry | null> {
  const own = bundledEntry(id);
  if (own !== undefined) return own;
  const { rows } = await history.query('prices.history', { id }) as Result<'prices.history'>;
  return rows.find((one) => one.id === id) ?? null;
}

/** An own entry is replaced by its new version; a bundled one stays, and the own one stands for it. */
function placeOf(id: string | undefined): PricePlace {
  if (id === undefined) return { replaces: null, overrides: null };
  if (bundledEntry(id) !== undefined) return { replaces: null, overrides: id };
  return { replaces: rowOf('price', id), overrides: null };
}

/** `match` left out: as the bundled entry that it stands for, else the model's own name exactly. Who says it now read it now. */
function entryOf(draft: PriceDraft, overrides: string | null, sourceDate: string): NewPrice {
  const { provider, model, region, tier, currency, units, from, to, source, note } = draft;
  const match = draft.match ?? (overrides === null ? undefined : bundledEntry(overrides)?.match) ?? [{ equals: model }];
  return { provider, model, match, region, tier, currency, units, from, to, source, sourceDate, note };
}

const today = (clock: Clock): string => new Date(clock.now()).toISOString().slice(0, 10);

async function savePrice({ history, clock = systemClock }: CostDeskParts, { id, entry }: ParsedParams<'prices.save'>, { actor }: CallContext): Promise<Result<'prices.save'>> {
  const place = placeOf(id);
  const problem = draftProblem(entry);
  if (problem !== null) throw new CallFailure('bad_request', `${problem} Nothing was changed.`);
  const made = entryOf(entry, place.overrides, today(clock));
  const text = `Set the price of ${made.model}${made.provider === null ? '' : ` at ${made.provider}`}: ${made.units.map((one) => `${one.price} ${made.currency} per ${one.per} ${one.unit}`).join(', ')}.`;
  const saved = await history.command('prices.save', { entry: made, ...place, audit: done(actor, { action: 'prices.save', subject: null, text: text.slice(0, 1_000), details: { before: id === undefined ? null : await priceNow(history, id), after: made, ...place } }) });
  const found = await history.query('prices.history', { id: publicId('price', saved.id) }) as Result<'prices.history'>;
  const row = found.rows.find((one) => one.id === publicId('price', saved.id));
  if (row === undefined) throw new CallFailure('unavailable', 'The price was kept and cannot be read back now.');
  const { removed: _removed, ...kept } = row;
  return kept;
}

const sum = (text: string): string => createHash('sha256').update(text).digest('hex');

async function importPrices({ history, clock = systemClock }: CostDeskParts, { name, text, dryRun }: ParsedParams<'prices.import'>, { actor }: CallContext): Promise<Result<'prices.import'>> {
  const { drafts, problems } = readImport(text);
  if (problems.length > 0) return { entries: 0, replaced: 0, problems: problems.map((one) => ({ ...one })) };
  if (dryRun) return { entries: drafts.length, replaced: 0, problems: [] };
  const day = today(clock);
  const entries = drafts.map((draft) => ({ ...entryOf(draft, null, day), replaces: null, overrides: null }));
  const words = `Imported ${plural(entries.length, 'price')} from "${name}".`;
  const kept = await history.command('prices.import', { entries, audit: done(actor, { action: 'prices.import', subject: null, text: words, details: { name, entries: entries.length, sha256: sum(text) } }) });
  return { entries: kept.entries, replaced: kept.replaced, problems: [] };
}

async function importBill({ history, bills, clock = systemClock }: CostDeskParts, { connectionId, name, format, text, dryRun }: ParsedParams<'cost.importBill'>, { actor, signal }: CallContext): Promise<Result<'cost.importBill'>> {
  const connection = rowOf('connection', connectionId);
  const { rows: connections } = await history.query('connections.list', {}) as Result<'connections.list'>;
  const of = connections.find((one) => one.id === connectionId);
  if (of === undefined) throw new CallFailure('not_found', `There is no connection with the identifier ${connectionId}. Nothing was imported.`);
  const read = await bills.read({ format, text }, signal);
  if ('problem' in read) throw new CallFailure('bad_request', `${read.problem.replace(/\.?$/u, '.')} Nothing was imported.`);
  const { currency, from, to, micros, days, lines, refused } = read.bill;
  const shown = { connectionId, connectionName: of.name, name, format, currency, from, to, micros, lines, refused: refused.map((one) => ({ ...one })), importedAt: new Date(clock.now()).toISOString(), importedBy: actor.name };
  if (dryRun) return { id: '', ...shown };
  const numbered = days.map((one) => ({ day: dayOf(one.day, 0), model: one.model, micros: one.micros }));
  const words = `Imported the bill "${name}" for ${of.name}: ${from} to ${to}, ${plural(lines, 'line')}${refused.length === 0 ? '' : `, ${plural(refused.length, 'line')} not taken`}.`;
  const { id } = await history.command('bills.import', {
    bill: { connection, name, format, currency, fromDay: dayOf(from, 0), toDay: dayOf(to, 0), micros, lines, refused, days: numbered },
    audit: done(actor, { action: 'bills.import', subject: null, text: words, details: { name, format, connection: connectionId, micros, currency, sha256: sum(text) } }),
  });
  return { id: publicId('bill', id), ...shown };
}
