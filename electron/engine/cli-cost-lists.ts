/** The lists of money and failures on the command line: columns for people; as JSON each row is the contract's own. */
import type { Params, Result } from '../../shared/contract.ts';
import type { Bill, CostGroup, CostRow, PriceEntry, Reconciliation, UnpricedModel } from '../../shared/cost.ts';
import type { FailureGroup } from '../../shared/failures.ts';
import type { CostCommand } from './cli-cost-arguments.ts';
import { onlyGiven } from './cli-access-lists.ts';
import { one, paged, pageSize } from './cli-lists.ts';
import type { Listing } from './cli-output.ts';
import { count, formatTable, money, time, units } from './cli-text.ts';
import type { Column } from './cli-text.ts';
import type { Caller } from './control-client.ts';

type Asked<N extends CostCommand['name']> = Extract<CostCommand, { name: N }>;

export const amount = (micros: number | null, currency = ''): string => {
  if (micros === null) return '';
  return `${units(micros)}${currency === '' ? '' : ` ${currency}`}`;
};
export const percent = (share: number | null, signed = false): string => (share === null ? '' : `${signed && share > 0 ? '+' : ''}${(share * 100).toFixed(1)} %`);

const heads: Readonly<Record<CostGroup, string>> = { agent: 'AGENT', owner: 'OWNER', model: 'MODEL', kind: 'TASK KIND', version: 'VERSION', connection: 'CONNECTION' };

/** How much of it somebody told; what rests on the price book alone is the rest. */
function knownText({ money: sides, perTaskMicros, highMicros }: CostRow): string {
  const all = sides.shownReportedMicros + sides.shownComputedMicros;
  if (all === 0) return sides.unpriced > 0 ? 'no price' : '';
  const told = Math.round((sides.shownReportedMicros / all) * 100);
  return `${told === 100 ? 'reported' : told === 0 ? 'computed' : `${told} % reported`}${perTaskMicros !== null && highMicros === null ? ', at least' : ''}`;
}

const range = ({ lowMicros, highMicros }: CostRow): string => (lowMicros === null ? '' : `${amount(lowMicros)} to ${highMicros === null ? 'not known' : amount(highMicros)}`);

export function rowsTable({ rows, all }: Result<'cost.rows'>, by: CostGroup): string {
  const columns: readonly Column<CostRow>[] = [
    { head: heads[by], cell: (row) => row.name, most: 40 }, { head: 'FINISHED', cell: (row) => count(row.finished), right: true }, { head: 'FAILED', cell: (row) => count(row.failed), right: true }, { head: 'OPEN', cell: (row) => count(row.open), right: true }, { head: 'UNKNOWN', cell: (row) => count(row.unknown), right: true },
    { head: 'SPENT', cell: (row) => money(row.money.shown), right: true }, { head: 'PER FINISHED', cell: (row) => amount(row.perTaskMicros), right: true }, { head: 'BETWEEN', cell: range }, { head: 'KNOWN', cell: knownText },
    { head: 'WASTED', cell: (row) => percent(row.wasted), right: true }, { head: '14 D', cell: (row) => percent(row.change, true), right: true }, { head: 'AGAINST BILL', cell: (row) => percent(row.againstBill, true), right: true },
  ];
  return formatTable(columns, [...rows, all]);
}

const reconciliationColumns: readonly Column<Reconciliation>[] = [
  { head: 'DAY', cell: (row) => row.day }, { head: 'CONNECTION', cell: (row) => row.connectionName, most: 28 }, { head: 'BILLED', cell: (row) => (row.billedMicros === null ? 'no bill' : amount(row.billedMicros)), right: true }, { head: 'REPORTED', cell: (row) => amount(row.reportedMicros), right: true },
  { head: 'COMPUTED', cell: (row) => amount(row.computedMicros), right: true }, { head: 'CURRENCY', cell: (row) => row.currency }, { head: 'DIFFERENCE', cell: (row) => amount(row.differenceMicros), right: true },
  { head: 'WHY', cell: (row) => row.reasons.map((reason) => `${reason.text}${reason.micros === null ? '' : ` (${amount(reason.micros)})`}`).join(' '), most: 120 },
];

export function reconciliationListing(caller: Caller, params: Params<'cost.reconciliation'>, limit: number): Listing<Reconciliation> {
  const asked: Promise<Result<'cost.reconciliation'>> = caller.call('cost.reconciliation', { ...params, limit: pageSize(limit) });
  return { pages: one(asked.then(({ rows }) => rows)), columns: reconciliationColumns, json: (row) => row, none: 'No money is known of that time, and nothing was billed.' };
}

const billColumns: readonly Column<Bill>[] = [
  { head: 'ID', cell: (row) => row.id }, { head: 'NAME', cell: (row) => row.name, most: 40 }, { head: 'CONNECTION', cell: (row) => row.connectionName, most: 28 }, { head: 'FORMAT', cell: (row) => row.format }, { head: 'FROM', cell: (row) => row.from }, { head: 'TO', cell: (row) => row.to },
  { head: 'AMOUNT', cell: (row) => amount(row.micros, row.currency), right: true }, { head: 'LINES', cell: (row) => count(row.lines), right: true }, { head: 'NOT TAKEN', cell: (row) => count(row.refused.length), right: true }, { head: 'IMPORTED', cell: (row) => time(row.importedAt) }, { head: 'BY', cell: (row) => row.importedBy, most: 20 },
];

export function billsListing(caller: Caller): Listing<Bill> {
  const asked: Promise<Result<'cost.bills'>> = caller.call('cost.bills', {});
  return { pages: one(asked.then(({ rows }) => rows)), columns: billColumns, json: (row) => row, none: 'Nobody imported a bill.' };
}

const perText = (per: number): string => (per === 1_000_000 ? '/M' : per === 1_000 ? '/K' : per === 1 ? '' : `/${per}`);
export const unitsText = (entry: Pick<PriceEntry, 'units'>): string => entry.units.map((unit) => `${unit.unit} ${unit.price}${perText(unit.per)}${unit.fromInputTokens === undefined ? '' : ` from ${count(unit.fromInputTokens)}`}`).join(', ');

const priceColumns: readonly Column<PriceEntry>[] = [
  { head: 'ID', cell: (row) => row.id }, { head: 'ORIGIN', cell: (row) => row.origin }, { head: 'PROVIDER', cell: (row) => row.provider ?? 'any', most: 20 }, { head: 'MODEL', cell: (row) => row.model, most: 44 }, { head: 'REGION', cell: (row) => row.region ?? '', most: 16 }, { head: 'TIER', cell: (row) => row.tier ?? '', most: 12 },
  { head: 'CURRENCY', cell: (row) => row.currency }, { head: 'PRICES', cell: unitsText, most: 100 }, { head: 'FROM', cell: (row) => row.from ?? '' }, { head: 'TO', cell: (row) => row.to ?? '' }, { head: 'READ', cell: (row) => row.sourceDate ?? '' },
];
type ListedPrice = Result<'prices.list'>['rows'][number];
const usedColumn: Column<ListedPrice> = { head: 'USED', cell: (row) => (row.used ? 'used' : '') };

async function* pricePages(caller: Caller, { text, own, used }: Asked<'prices list'>, limit: number): AsyncGenerator<readonly ListedPrice[]> {
  for (let after = 0; ;) {
    const { rows, total } = await caller.call('prices.list', { ...(text === null ? {} : { text }), ...(own ? { origin: 'own' as const } : {}), usedOnly: used, after, limit: pageSize(limit) });
    yield rows;
    after += rows.length;
    if (rows.length === 0 || after >= total) return;
  }
}

export const pricesListing = (caller: Caller, command: Asked<'prices list'>, limit: number): Listing<ListedPrice> =>
  ({ pages: pricePages(caller, command, limit), columns: [...priceColumns.slice(0, 4), usedColumn, ...priceColumns.slice(4)], json: (row) => row, none: 'No price of that kind is in the book.' });

type OldPrice = Result<'prices.history'>['rows'][number];
const versionColumns: readonly Column<OldPrice>[] = [...priceColumns, { head: 'CHANGED', cell: (row) => time(row.changedAt) }, { head: 'BY', cell: (row) => row.changedBy ?? '', most: 20 }, { head: 'COUNTS', cell: (row) => (row.removed ? 'no longer' : 'yes') }];

export function historyListing(caller: Caller, id: string): Listing<OldPrice> {
  const asked: Promise<Result<'prices.history'>> = caller.call('prices.history', { id });
  return { pages: one(asked.then(({ rows }) => rows)), columns: versionColumns, json: (row) => row, none: 'It was never changed.' };
}

const unpricedColumns: readonly Column<UnpricedModel>[] = [
  { head: 'MODEL', cell: (row) => row.model || '(no model named)', most: 60 }, { head: 'PROVIDER', cell: (row) => row.provider ?? '', most: 20 }, { head: 'TIER', cell: (row) => row.tier ?? '', most: 12 }, { head: 'ACTIVITIES', cell: (row) => count(row.activities), right: true }, { head: 'INPUT', cell: (row) => count(row.inputTokens), right: true }, { head: 'OUTPUT', cell: (row) => count(row.outputTokens), right: true },
  { head: 'CACHE READ', cell: (row) => count(row.cacheReadTokens), right: true }, { head: 'CACHE WRITE', cell: (row) => count(row.cacheWriteTokens), right: true }, { head: 'LAST SEEN', cell: (row) => time(row.lastSeen) }, { head: 'LIKE', cell: (row) => row.like ?? '', most: 40 },
];

export function unpricedListing(caller: Caller): Listing<UnpricedModel> {
  const asked: Promise<Result<'prices.unpriced'>> = caller.call('prices.unpriced', {});
  return { pages: one(asked.then(({ rows }) => rows)), columns: unpricedColumns, json: (row) => row, none: 'Everything that was used has a price.' };
}

const failureColumns: readonly Column<FailureGroup>[] = [
  { head: 'ID', cell: (row) => row.id }, { head: 'STATE', cell: (row) => row.state }, { head: 'TIMES', cell: (row) => count(row.count), right: true }, { head: 'SORT', cell: (row) => row.sort.replaceAll('_', ' ') }, { head: 'NAME', cell: (row) => row.name, most: 36 }, { head: 'AGENTS', cell: (row) => row.agentNames.join(', '), most: 40 },
  { head: 'SINCE', cell: (row) => time(row.since) }, { head: 'LAST', cell: (row) => time(row.lastSeen) }, { head: 'TASKS FAILED', cell: (row) => count(row.tasks.failed), right: true }, { head: 'FINISHED AFTER', cell: (row) => count(row.tasks.finishedAfter), right: true }, { head: 'COST', cell: (row) => money(row.cost), right: true },
  { head: 'ERROR', cell: (row) => [row.error.type, row.error.message].filter((part) => part !== null).join(': '), most: 60 },
];

export async function failuresListing(caller: Caller, command: Asked<'failures groups'>, period: Params<'failures.groups'>['period'], limit: number): Promise<Listing<FailureGroup>> {
  const of = { period, ...await onlyGiven(caller, command), ...(command.text === null ? {} : { text: command.text }), ...(command.states.length === 0 ? {} : { states: [...command.states] }), limit: Math.min(500, limit + 1) };
  return { pages: paged((before) => caller.call('failures.groups', { ...of, ...(before === undefined ? {} : { before }) })), columns: failureColumns, json: (row) => row, none: 'No failure where we could see.' };
}
