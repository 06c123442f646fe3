/** What a person may type about money and failures. Pure: words in, a command out, or a sentence about what is wrong. */
import { billFormats, costGroups, priceUnits } from '../../shared/cost.ts';
import type { CostGroup, PriceUnit, UnitPrice } from '../../shared/cost.ts';
import { failureStates } from '../../shared/failures.ts';
import type { FailureState } from '../../shared/failures.ts';
import { allow, needed, oneOf, readLimit, UsageError } from './cli-options.ts';
import type { Values } from './cli-options.ts';

interface Listed { readonly since: string | null; readonly limit: number | null }

export type CostCommand =
  | ({ readonly name: 'cost'; readonly by: CostGroup; readonly connection: string | null; readonly text: string | null } & Listed)
  | { readonly name: 'cost explain'; readonly activity: string }
  | ({ readonly name: 'cost reconciliation'; readonly connection: string | null } & Listed)
  | { readonly name: 'cost bills'; readonly limit: number | null }
  | { readonly name: 'cost import-bill'; readonly file: string; readonly connection: string; readonly format: (typeof billFormats)[number]; readonly billName: string; readonly keep: boolean }
  | { readonly name: 'cost remove-bill'; readonly bill: string }
  | { readonly name: 'prices list'; readonly text: string | null; readonly own: boolean; readonly used: boolean; readonly limit: number | null }
  | { readonly name: 'prices unpriced'; readonly limit: number | null }
  | { readonly name: 'prices history' | 'prices remove'; readonly price: string }
  | {
    readonly name: 'prices set'; readonly model: string; readonly units: readonly UnitPrice[]; readonly currency: string; readonly source: string; readonly note: string | null; readonly replaces: string | null;
    readonly provider: string | null; readonly region: string | null; readonly tier: string | null; readonly from: string | null; readonly to: string | null;
  }
  | { readonly name: 'prices import'; readonly file: string; readonly listName: string; readonly keep: boolean }
  | ({ readonly name: 'failures groups'; readonly states: readonly FailureState[]; readonly agent: string | null; readonly connection: string | null; readonly text: string | null } & Listed)
  | { readonly name: 'failures show'; readonly failure: string; readonly since: string | null }
  | { readonly name: 'failures state'; readonly failure: string; readonly state: 'known' | 'resolved' | 'snoozed' | 'open'; readonly until: string | null; readonly note: string | null }
  | { readonly name: 'failures note'; readonly failure: string; readonly text: string }
  | { readonly name: 'tasks mark'; readonly task: string; readonly outcome: 'completed' | 'failed' | null; readonly note: string };

type ReadTime = (text: string) => string;

const limitOf = (values: Values): number | null => (values.limit === undefined ? null : readLimit(values.limit));
const listedOf = (values: Values, readTime: ReadTime): Listed => ({ since: values.since === undefined ? null : readTime(values.since), limit: limitOf(values) });
const fileName = (path: string): string => (path === '-' ? 'standard input' : (path.split(/[\\/]/).at(-1) ?? path));

export function readCost([verb, ...rest]: readonly string[], values: Values, readTime: ReadTime): CostCommand {
  switch (verb) {
    case undefined:
      allow(values, ['by', 'since', 'connection', 'text', 'limit'], rest, 0);
      return { name: 'cost', by: values.by === undefined ? 'agent' : oneOf(values.by, costGroups, '--by'), connection: values.connection ?? null, text: values.text ?? null, ...listedOf(values, readTime) };
    case 'explain':
      allow(values, [], rest, 1);
      return { name: 'cost explain', activity: needed(rest[0], 'the activity\'s id') };
    case 'reconciliation':
      allow(values, ['since', 'connection', 'limit'], rest, 0);
      return { name: 'cost reconciliation', connection: values.connection ?? null, ...listedOf(values, readTime) };
    case 'bills':
      allow(values, ['limit'], rest, 0);
      return { name: 'cost bills', limit: limitOf(values) };
    case 'import-bill': {
      allow(values, ['connection', 'format', 'name', 'try'], rest, 1);
      const file = needed(rest[0], 'the bill\'s file, or - for the standard input');
      return { name: 'cost import-bill', file, connection: needed(values.connection, '--connection ID|NAME'), format: oneOf(needed(values.format, '--format focus|csv'), billFormats, '--format'), billName: values.name ?? fileName(file), keep: !values.try };
    }
    case 'remove-bill':
      allow(values, [], rest, 1);
      return { name: 'cost remove-bill', bill: needed(rest[0], 'the bill\'s id') };
    default: throw new UsageError(`There is no command "cost ${verb}".`);
  }
}

export function readPrices([verb, ...rest]: readonly string[], values: Values): CostCommand {
  switch (verb) {
    case undefined:
    case 'list':
      allow(values, ['text', 'own', 'used', 'limit'], rest, 0);
      return { name: 'prices list', text: values.text ?? null, own: values.own, used: values.used, limit: limitOf(values) };
    case 'unpriced':
      allow(values, ['limit'], rest, 0);
      return { name: 'prices unpriced', limit: limitOf(values) };
    case 'history':
    case 'remove':
      allow(values, [], rest, 1);
      return { name: `prices ${verb}`, price: needed(rest[0], 'the price\'s id') };
    case 'set': return readSet(rest, values);
    case 'import': {
      allow(values, ['name', 'try'], rest, 1);
      const file = needed(rest[0], 'the file with a list of prices, or - for the standard input');
      return { name: 'prices import', file, listName: values.name ?? fileName(file), keep: !values.try };
    }
    default: throw new UsageError(`There is no command "prices ${verb}".`);
  }
}

function readSet(rest: readonly string[], values: Values): CostCommand {
  allow(values, ['price', 'provider', 'region', 'tier', 'currency', 'from', 'to', 'source', 'note', 'replaces'], rest, 1);
  const model = needed(rest[0], 'the model\'s name');
  if (values.price === undefined) throw new UsageError('This command needs --price UNIT=AMOUNT, for example --price input=3 --price output=15.');
  return {
    name: 'prices set', model, units: values.price.map(readUnit), currency: (values.currency ?? 'USD').toUpperCase(), source: needed(values.source, '--source TEXT, where the price was read'), note: values.note ?? null, replaces: values.replaces ?? null,
    provider: values.provider ?? null, region: values.region ?? null, tier: values.tier ?? null, from: readDay(values.from, '--from'), to: readDay(values.to, '--to'),
  };
}

const perOne: readonly PriceUnit[] = ['request', 'web_search', 'file_search', 'image', 'hour'];

/** `input=3`, `cache_read=0.3`, `web_search=10/1000`, `input=6@200000`. Tokens are per million where nothing is said, others per one. */
function readUnit(text: string): UnitPrice {
  const found = /^([a-z0-9_-]+)=(\d{1,9}(?:\.\d{1,9})?)(?:\/(\d{1,10}))?(?:@(\d{1,9}))?$/.exec(text);
  if (found === null) throw new UsageError(`--price is UNIT=AMOUNT[/PER][@FROM], for example input=3, web_search=10/1000 or input=6@200000, not ${text}.`);
  const unit = oneOf((found[1] ?? '').replaceAll('-', '_'), priceUnits, 'The unit of --price');
  const per = found[3] === undefined ? (perOne.includes(unit) ? 1 : 1_000_000) : Number(found[3]);
  return { unit, per, price: found[2] ?? '0', ...(found[4] === undefined ? {} : { fromInputTokens: Number(found[4]) }) };
}

function readDay(text: string | undefined, option: string): string | null {
  if (text === undefined) return null;
  if (!/^\d{4}-\d\d-\d\d$/.test(text) || Number.isNaN(Date.parse(text))) throw new UsageError(`${option} is a day such as 2026-11-22.`);
  return text;
}

const said = { know: 'known', resolve: 'resolved', snooze: 'snoozed', reopen: 'open' } as const;

/** null: not one of these; then it is the plain list. */
export function readFailures([verb, ...rest]: readonly string[], values: Values, readTime: ReadTime): CostCommand | null {
  const failure = (): string => needed(rest[0], 'the id of a group of failures');
  switch (verb) {
    case undefined: return null;
    case 'groups':
      allow(values, ['state', 'agent', 'connection', 'text', 'since', 'limit'], rest, 0);
      return { name: 'failures groups', states: (values.state ?? []).map((state) => oneOf(state, failureStates, '--state')), agent: values.agent ?? null, connection: values.connection ?? null, text: values.text ?? null, ...listedOf(values, readTime) };
    case 'show':
      allow(values, ['since'], rest, 1);
      return { name: 'failures show', failure: failure(), since: listedOf(values, readTime).since };
    case 'know':
    case 'resolve':
    case 'reopen':
      allow(values, ['note'], rest, 1);
      return { name: 'failures state', failure: failure(), state: said[verb], until: null, note: values.note ?? null };
    case 'snooze':
      allow(values, ['note', 'until'], rest, 1);
      return { name: 'failures state', failure: failure(), state: 'snoozed', until: values.until === undefined ? null : readUntil(values.until), note: values.note ?? null };
    case 'note':
      allow(values, [], rest, 2);
      return { name: 'failures note', failure: failure(), text: needed(rest[1], 'the text of the note') };
    default: throw new UsageError(`There is no command "failures ${verb}".`);
  }
}

function readUntil(text: string): string {
  const at = /^\d{4}-\d\d-\d\d/.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(at)) throw new UsageError('--until is a time, for example 2026-12-24 or 2026-12-24T08:00:00Z.');
  return new Date(at).toISOString();
}

/** null: not one of these; then it is the plain list. */
export function readTaskMark([verb, ...rest]: readonly string[], values: Values): CostCommand | null {
  if (verb !== 'mark') return null;
  allow(values, ['note'], rest, 2);
  const word = oneOf(needed(rest[1], 'finished, failed or none'), ['finished', 'failed', 'none'], 'The outcome');
  return { name: 'tasks mark', task: needed(rest[0], 'the task\'s id'), outcome: word === 'none' ? null : word === 'finished' ? 'completed' : 'failed', note: values.note ?? '' };
}
