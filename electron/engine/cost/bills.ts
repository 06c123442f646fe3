/** Reads bills: FOCUS (the FinOps open cost and usage specification, as CSV) and plain CSV. Amounts are texts until they are integers. */
import { parse } from 'csv-parse/sync';
import type { billFormats } from '../../../shared/cost.ts';
import { attoPlaces, roundToMicros } from './decimal.ts';

export type BillFormat = (typeof billFormats)[number];

export interface BillLine {
  /** `YYYY-MM-DD`, UTC. */
  readonly day: string;
  /** '' where the bill does not tell models apart. */
  readonly model: string;
  readonly micros: number;
}

export interface BillRead {
  readonly currency: string;
  readonly from: string;
  readonly to: string;
  /** the sum of `days`, exactly. */
  readonly micros: number;
  /** one for each day and model, in order. */
  readonly days: readonly BillLine[];
  /** lines that were taken. */
  readonly lines: number;
  readonly refused: readonly { readonly line: number; readonly reason: string }[];
}

export type BillResult = { readonly bill: BillRead } | { readonly problem: string };

const mostRefused = 500;

interface Columns {
  readonly day: number;
  readonly end: number;
  readonly amount: number;
  readonly currency: number;
  readonly model: number;
}

/** FOCUS 1.0 to 1.2: what was billed, in what, and for which time. It has no column for models; `x_` marks a producer's own. */
const focusNames = { day: ['chargeperiodstart'], end: ['chargeperiodend'], amount: ['billedcost'], currency: ['billingcurrency'], model: ['x_model', 'x_modelid', 'x_modelname', 'x_model_name'] };
const csvNames = { day: ['day', 'date'], end: [], amount: ['amount', 'cost'], currency: ['currency'], model: ['model'] };

function columnsOf(header: readonly string[], format: BillFormat): Columns | string {
  const names = header.map((name) => name.trim().toLowerCase());
  const wanted = format === 'focus' ? focusNames : csvNames;
  const at = (list: readonly string[]): number => names.findIndex((name) => list.includes(name));
  const columns = { day: at(wanted.day), end: at(wanted.end), amount: at(wanted.amount), currency: at(wanted.currency), model: at(wanted.model) };
  const missing = (['day', 'amount', 'currency'] as const).filter((key) => columns[key] < 0);
  if (missing.length === 0) return columns;
  const shown = format === 'focus' ? { day: 'ChargePeriodStart', amount: 'BilledCost', currency: 'BillingCurrency' } : { day: 'day', amount: 'amount', currency: 'currency' };
  return `The first line names no column ${missing.map((key) => shown[key]).join(', ')}.`;
}

/** `-1.5`, `0.0000012`, `1.2E-05` as atto-units; beyond 18 digits after the point it is rounded. Null: no amount. */
export function attoOf(text: string): bigint | null {
  const found = /^([+-]?)(\d{1,15})?(?:\.(\d{0,40}))?(?:[eE]([+-]?\d{1,2}))?$/.exec(text.trim());
  if (found === null || (found[2] === undefined && (found[3] ?? '') === '')) return null;
  const [, sign, whole = '', part = '', exponent = '0'] = found;
  const shift = attoPlaces - part.length + Number(exponent);
  const digits = BigInt(whole + part);
  const atto = shift >= 0 ? digits * 10n ** BigInt(shift) : (digits + 10n ** BigInt(-shift) / 2n) / 10n ** BigInt(-shift);
  return sign === '-' ? -atto : atto;
}

const dayMs = 86_400_000;

/** A day alone is that UTC day; a time counts by its UTC day, and without a zone as UTC. */
function timeOf(text: string): number | null {
  const found = /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?) ?(Z|UTC|[+-]\d{2}:?\d{2})?)?$/i.exec(text.trim());
  if (found === null) return null;
  const [, day = '', time = '00:00', zone = 'Z'] = found;
  const ms = Date.parse(`${day}T${time}${/^utc$/i.test(zone) ? 'Z' : zone.toUpperCase()}`);
  // `Date.parse` takes 31 February for 3 March.
  return Number.isNaN(ms) || new Date(`${day}T00:00:00Z`).toISOString().slice(0, 10) !== day ? null : ms;
}

interface Taken {
  readonly day: string;
  readonly model: string;
  readonly currency: string;
  readonly atto: bigint;
}

function lineOf(row: readonly string[], columns: Columns): Taken | string {
  const cell = (at: number): string => (at < 0 ? '' : (row[at] ?? '').trim());
  const start = timeOf(cell(columns.day));
  if (start === null) return `“${cell(columns.day).slice(0, 40)}” is no day.`;
  const end = cell(columns.end) === '' ? null : timeOf(cell(columns.end));
  // A month's fee or a yearly commitment says nothing of one day's work.
  if (end !== null && Math.ceil(end / dayMs) - Math.floor(start / dayMs) > 1) return 'The charge covers more than one day, so it cannot be laid beside the work of a day.';
  const currency = cell(columns.currency).toUpperCase();
  if (!/^[A-Z]{3}$/.test(currency)) return `“${cell(columns.currency).slice(0, 40)}” is no currency.`;
  const atto = attoOf(cell(columns.amount));
  if (atto === null) return `“${cell(columns.amount).slice(0, 40)}” is no amount: digits with a point.`;
  return { day: new Date(start).toISOString().slice(0, 10), model: cell(columns.model).slice(0, 200), currency, atto };
}

/** Comma, semicolon or tab: whichever the first line has most of. */
function delimiterOf(text: string): string {
  const header = text.slice(0, text.indexOf('\n') < 0 ? 10_000 : Math.min(text.indexOf('\n'), 10_000));
  return [',', ';', '\t'].reduce((best, one) => (header.split(one).length > header.split(best).length ? one : best));
}

/** Rows one after the other, as lists: a header called `__proto__` names nothing. Null, or why it is no CSV. */
function eachRow(text: string, take: (row: readonly string[], line: number) => void): string | null {
  try {
    parse(text, {
      bom: true, delimiter: delimiterOf(text), skip_empty_lines: true, relax_column_count: true, max_record_size: 200_000,
      on_record: (row: readonly string[], { lines }: { readonly lines: number }) => { take(row, lines); return null; },
    });
    return null;
  } catch (error) {
    return error instanceof Error ? error.message.slice(0, 300) : 'it cannot be read';
  }
}

interface Sum { readonly day: string; readonly model: string; atto: bigint }

interface Counted {
  header: Columns | string | null;
  currency: string;
  lines: number;
  readonly refused: { line: number; reason: string }[];
  readonly sums: Map<string, Sum>;
}

function add(counted: Counted, taken: Taken): void {
  const key = `${taken.day}\n${taken.model}`;
  const sum = counted.sums.get(key);
  counted.lines += 1;
  if (sum === undefined) counted.sums.set(key, { day: taken.day, model: taken.model, atto: taken.atto });
  else sum.atto += taken.atto;
}

/** Null: it was taken. */
function refusal(counted: Counted, columns: Columns, row: readonly string[]): string | null {
  const taken = lineOf(row, columns);
  if (typeof taken === 'string') return taken;
  if (counted.currency === '') counted.currency = taken.currency;
  if (taken.currency !== counted.currency) return `It is in ${taken.currency}, the lines before it are in ${counted.currency}: a bill has one currency.`;
  add(counted, taken);
  return null;
}

export function readBill(format: BillFormat, text: string): BillResult {
  const counted: Counted = { header: null, currency: '', lines: 0, refused: [], sums: new Map() };
  const wrong = eachRow(text, (row, line) => {
    if (counted.header === null) counted.header = columnsOf(row, format);
    else if (typeof counted.header !== 'string') {
      const reason = refusal(counted, counted.header, row);
      if (reason !== null) counted.refused.push({ line, reason });
    }
  });
  const { header, currency, lines, refused, sums } = counted;
  if (wrong !== null) return { problem: `This is not CSV: ${wrong}` };
  if (typeof header === 'string' && lines === 0) return { problem: header };
  if (lines + refused.length === 0) return { problem: 'The file has no lines below the names of its columns.' };
  if (lines === 0) return { problem: `No line could be taken. The first: line ${refused[0]?.line ?? 0}: ${refused[0]?.reason ?? ''}` };
  return summed(currency, lines, [...sums.values()], refused);
}

function summed(currency: string, lines: number, sums: readonly Sum[], refused: readonly { line: number; reason: string }[]): BillResult {
  const days = sums.map(({ day, model, atto }) => ({ day, model, micros: Number(roundToMicros(atto)) })).sort((a, b) => (a.day === b.day ? compare(a.model, b.model) : compare(a.day, b.day)));
  const micros = days.reduce((sum, line) => sum + line.micros, 0);
  if (!Number.isSafeInteger(micros) || days.some((line) => !Number.isSafeInteger(line.micros))) return { problem: 'Its amounts are larger than can be kept.' };
  const more = refused.length - mostRefused;
  const shown = more > 0 ? [...refused.slice(0, mostRefused), { line: refused[mostRefused]?.line ?? 0, reason: `This line and ${more - 1} after it were not taken either.` }] : refused;
  return { bill: { currency, from: days[0]?.day ?? '', to: days.at(-1)?.day ?? '', micros, days, lines, refused: shown } };
}

function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
