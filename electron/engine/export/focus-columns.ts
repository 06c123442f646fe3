/** Columns of the FinOps Open Cost and Usage Specification (FOCUS) that a row of cost becomes, and how. Own columns begin with `x_`, as FOCUS wants it. */
import type { Cell, Row } from './columns.ts';
import { decimal } from './decimal.ts';

export const focusVersions = ['1.2', '1.3'] as const;
export type FocusVersion = (typeof focusVersions)[number];

export interface FocusColumn {
  readonly name: string;
  readonly value: (row: Row) => string;
  /** the text may be somebody's: it is made safe for spreadsheets. */
  readonly text?: true;
  readonly since?: FocusVersion;
}

const cell = (name: string) => (row: Row): string => plain(row[name] ?? null);
const plain = (value: Cell): string => (value === null ? '' : String(value));
const number = (row: Row, name: string): number => (typeof row[name] === 'number' ? row[name] : 0);
const micros = (name: string) => (row: Row): string => (typeof row[name] === 'number' ? decimal(row[name]) : '');
const fixed = (value: string) => (): string => value;
const own = (name: string, value: FocusColumn['value'], text?: true): FocusColumn => ({ name: `x_${name}`, value, ...(text === undefined ? {} : { text }) });

/** A day's sum of one source. A bill and what is told twice are told beside it and add nothing: the same money is in a day's row already. */
const counts = (row: Row): boolean => row['row'] === 'day';
/** FOCUS has no cost that is not known: what has no price is 0 here, and `x_UnpricedActivities` says of how many. */
const cost = (row: Row): string => (counts(row) ? decimal(number(row, 'cost')) : '0');
/** As the price book says, where it knows all of the row; else as it was told. */
const listCost = (row: Row): string => (counts(row) && typeof row['bookCost'] === 'number' && number(row, 'bookActivities') === number(row, 'activities') ? decimal(row['bookCost']) : cost(row));

const dayMs = 86_400_000;
const iso = (ms: number): string => `${new Date(ms).toISOString().slice(0, 19)}Z`;
const dayOf = (row: Row): number => Date.parse(`${plain(row['day'] ?? null)}T00:00:00Z`);
const at = (when: (day: Date) => number) => (row: Row): string => (Number.isNaN(dayOf(row)) ? '' : iso(when(new Date(dayOf(row)))));

/** Tokens where there are any, else calls: FOCUS wants each use priced by something. */
const tokens = (row: Row): number => ['inputTokens', 'outputTokens', 'cacheReadTokens', 'cacheWriteTokens'].reduce((sum, name) => sum + number(row, name), 0);
const byTokens = (row: Row): boolean => tokens(row) > 0;
const quantity = (row: Row): string => (counts(row) ? String(byTokens(row) ? tokens(row) : number(row, 'activities')) : '');
const unit = (row: Row): string => (counts(row) ? (byTokens(row) ? 'Tokens' : 'Requests') : '');
const consumed = (of: (row: Row) => string) => (row: Row): string => (quantity(row) === '0' ? '' : of(row));
const model = (row: Row): string => plain(row['model'] ?? null) || 'no model';
const sku = (row: Row): string => (counts(row) ? `${model(row)}/${byTokens(row) ? 'tokens' : 'requests'}` : '');

/** How far told and computed are apart where both are known of the same activities; empty: there is only one of the two. */
export function errorBar(row: Row): string {
  const { reportedCost, bookCost, onlyComputedCost } = row;
  if (!counts(row) || typeof reportedCost !== 'number' || typeof bookCost !== 'number' || typeof onlyComputedCost !== 'number') return '';
  return number(row, 'reportedActivities') > 0 && number(row, 'bookActivities') - number(row, 'onlyComputedActivities') === number(row, 'reportedActivities') ? decimal(Math.abs(bookCost - onlyComputedCost - reportedCost)) : '';
}

function description(row: Row): string {
  if (row['row'] === 'bill') return 'A provider\'s bill as it was imported: its amount is in x_InvoicedCost and adds nothing, because the days tell the same use.';
  return row['row'] === 'told_twice' ? 'The same use, told by another source of the same agent: its amount is in x_ToldTwiceCost and adds nothing.' : `Use of ${model(row)} by an AI agent`;
}

const tags = (row: Row): string => JSON.stringify(Object.fromEntries([['agent', 'agentName'], ['connection', 'connectionName']].flatMap(([tag = '', name = '']) => (row[name] === null || row[name] === undefined ? [] : [[tag, String(row[name])]]))));
const known = (name: string, other = 'Unknown') => (row: Row): string => plain(row[name] ?? null) || other;
const monthly = { start: (day: Date) => Date.UTC(day.getUTCFullYear(), day.getUTCMonth()), end: (day: Date) => Date.UTC(day.getUTCFullYear(), day.getUTCMonth() + 1) };

export const focusColumns: readonly FocusColumn[] = [
  { name: 'BilledCost', value: cost }, { name: 'BillingAccountId', value: known('connectionId') }, { name: 'BillingAccountName', value: cell('connectionName'), text: true }, { name: 'BillingCurrency', value: known('currency', 'XXX') },
  { name: 'BillingPeriodEnd', value: at(monthly.end) }, { name: 'BillingPeriodStart', value: at(monthly.start) }, { name: 'ChargeCategory', value: (row) => (counts(row) ? 'Usage' : 'Adjustment') }, { name: 'ChargeClass', value: fixed('') },
  { name: 'ChargeDescription', value: description, text: true }, { name: 'ChargeFrequency', value: (row) => (counts(row) ? 'Usage-Based' : 'One-Time') }, { name: 'ChargePeriodEnd', value: at((day) => day.getTime() + dayMs) }, { name: 'ChargePeriodStart', value: at((day) => day.getTime()) },
  { name: 'ConsumedQuantity', value: consumed(quantity) }, { name: 'ConsumedUnit', value: consumed(unit) }, { name: 'ContractedCost', value: cost }, { name: 'EffectiveCost', value: cost },
  { name: 'HostProviderName', value: fixed('Not Applicable'), since: '1.3' }, { name: 'InvoiceIssuerName', value: fixed('Unknown') }, { name: 'ListCost', value: listCost },
  { name: 'PricingCategory', value: (row) => (counts(row) ? 'Standard' : '') }, { name: 'PricingQuantity', value: quantity }, { name: 'PricingUnit', value: unit }, { name: 'ProviderName', value: fixed('Unknown') }, { name: 'PublisherName', value: fixed('Unknown') },
  { name: 'ResourceId', value: cell('agentId') }, { name: 'ResourceName', value: cell('agentName'), text: true }, { name: 'ResourceType', value: (row) => (row['agentId'] === null ? '' : 'AI agent') },
  { name: 'ServiceCategory', value: fixed('AI and Machine Learning') }, { name: 'ServiceName', value: model, text: true }, { name: 'ServiceProviderName', value: fixed('Unknown'), since: '1.3' }, { name: 'ServiceSubcategory', value: fixed('Generative AI') },
  { name: 'SkuId', value: (row) => (counts(row) ? model(row) : ''), text: true }, { name: 'SkuPriceId', value: sku, text: true }, { name: 'Tags', value: tags, text: true },
  own('AgentId', cell('agentId')), own('AgentName', cell('agentName'), true), own('ConnectionId', cell('connectionId')), own('ConnectionName', cell('connectionName'), true), own('SourceAgentId', cell('sourceAgentId')), own('Model', cell('model'), true), own('RowKind', cell('row')), own('Day', cell('day')),
  own('CostSource', cell('costProvenance')), own('ErrorBar', errorBar), own('UnpricedActivities', cell('unpricedActivities')), own('Tasks', cell('tasks')), own('Activities', cell('activities')), own('FailedActivities', cell('failures')), own('DeniedActivities', cell('denials')),
  own('InputTokens', cell('inputTokens')), own('OutputTokens', cell('outputTokens')), own('CacheReadTokens', cell('cacheReadTokens')), own('CacheWriteTokens', cell('cacheWriteTokens')), own('ReasoningTokens', cell('reasoningTokens')),
  own('ReportedCost', micros('reportedCost')), own('ReportedActivities', cell('reportedActivities')), own('BookCost', micros('bookCost')), own('BookActivities', cell('bookActivities')), own('OnlyComputedCost', micros('onlyComputedCost')), own('OnlyComputedActivities', cell('onlyComputedActivities')),
  own('ToldTwiceCost', (row) => (row['row'] === 'told_twice' ? micros('cost')(row) : '')), own('InvoicedCost', micros('billed')), own('BillId', cell('billId')), own('BillName', cell('billName'), true), own('ImportedBy', cell('importedBy'), true), own('ImportedAt', cell('importedAt')),
];

export const columnsOfFocus = (version: FocusVersion): readonly FocusColumn[] => focusColumns.filter(({ since = '1.2' }) => since <= version);
