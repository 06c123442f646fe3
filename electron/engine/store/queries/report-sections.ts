/** Sections of a printed report of what agents did: activity, cost and failures. */
import { columnsOf } from '../../export/columns.ts';
import { KIND, kindWord, statusWord, STATUS, US_DAY, US_HOUR } from '../codes.ts';
import { contentParts } from './report-contents.ts';
import { daysOf } from './report-cost.ts';
import { agent, amount, bucketsOf, connection, countOf, disclosed, figure, firstRows, grouped, inNumbers, listed, money, partNamed, perDays, said, sectionOf, short, text, time, when } from './report-section.ts';
import type { Chart, Section, SectionContext, ShownColumn } from './report-section.ts';
import { toldTwice } from './told-twice.ts';

export function activitySection(context: SectionContext): Section {
  const { reading, selection } = context;
  const parts = contentParts(reading, 'activity', selection);
  const activity = partNamed(parts, 'activity');
  // One reading of what may be millions of rows.
  const days = grouped<{ day: number; status: number; kind: number; n: number }>(context, activity, `a.ts_us / ${US_DAY} AS day, a.status, a.kind, count(*) AS n`, 'GROUP BY 1, 2, 3');
  const agents = grouped<{ n: number }>(context, activity, 'count(DISTINCT a.agent) AS n', '')[0]?.n ?? 0;
  const count = days.reduce((sum, { n }) => sum + n, 0);
  const sum = (column: 'status' | 'kind', code: number): number => days.filter((row) => row[column] === code).reduce((all, { n }) => all + n, 0);
  const buckets = bucketsOf(selection);
  const points = buckets.labels.map((label) => ({ label, values: [0, 0, 0, 0] }));
  for (const { day, status, n } of days) {
    const values = points[buckets.at(day) ?? -1]?.values;
    const series = status === STATUS.ok ? 0 : status === STATUS.error ? 1 : status === STATUS.denied ? 2 : 3;
    if (values !== undefined) values[series] = (values[series] ?? 0) + n;
  }
  return sectionOf('activity', count, {
    title: 'What agents did',
    sentences: count === 0 ? ['No activity was seen.'] : [
      `${inNumbers(count)} activities of ${inNumbers(agents)} agents, as their sources tell them: ${listed(Object.values(STATUS).map((status) => [statusWord(status), sum('status', status)]))}.`,
      `By kind: ${listed(Object.values(KIND).map((kind) => [kindWord(kind), sum('kind', kind)]))}.`,
      `The chart counts each ${perDays(buckets)} by outcome. The rows are those that failed or were denied, newest first, then the newest of the others.`,
    ],
    chart: count === 0 ? null : { kind: 'bars', unit: 'count', currency: null, series: ['ok', 'failed', 'denied', 'other'], points },
    columns: [time('Began, UTC', 'time'), agent, text('Kind', 'kind'), text('What', 'name'), text('Outcome', 'status'), text('Error', 'errorMessage'), connection, text('Activity', 'id')],
    rows: firstRows(context, 'activity', activity, `a.status IN (${STATUS.error}, ${STATUS.denied}) DESC, a.ts_us DESC, a.id DESC`),
  });
}

interface Spend { readonly agent: number; readonly day: number; readonly currency: number; readonly micros: number; readonly onlyComputed: number; readonly priced: number; readonly unpriced: number }

/** Sources that tell what another one tells are in the rows and in no sum. */
export function costSection(context: SectionContext): Section {
  const { reading, selection } = context;
  const parts = contentParts(reading, 'cost', selection);
  const [first, last] = daysOf(selection);
  const twice = new Set(toldTwice(reading, [first * (US_DAY / US_HOUR), (last + 1) * (US_DAY / US_HOUR) - 1]));
  const all = grouped<Spend>(context, partNamed(parts, 'day'), 's.agent, s.day, s.currency, sum(s.micros) AS micros, sum(s.only_computed) AS onlyComputed, sum(s.priced) AS priced, sum(s.unpriced) AS unpriced', 'GROUP BY 1, 2, 3');
  const spent = all.filter((row) => !twice.has(row.agent));
  const bills = grouped<{ currency: string; micros: number }>(context, partNamed(parts, 'bill'), 'b.currency, sum(b.micros) AS micros', 'GROUP BY 1 ORDER BY 2 DESC');
  const currencies = totals(spent.filter(({ priced }) => priced > 0), ({ currency }) => currency);
  const unpriced = spent.reduce((sum, row) => sum + row.unpriced, 0);
  const currencyName = (id: number): string => reading.texts.of(id) || 'USD';
  const main = currencies[0]?.key;
  const buckets = bucketsOf({ ...selection, fromUs: first * US_DAY, toUs: (last + 1) * US_DAY });
  return sectionOf('cost', countOf(context, parts), {
    title: 'What it cost',
    sentences: [
      ...(currencies.length === 0 ? ['No cost is known.'] : currencies.map(({ key, micros, onlyComputed }) => `Known cost: ${money(micros, currencyName(key))}, of it ${money(micros - onlyComputed, currencyName(key))} as agents reported it and ${money(onlyComputed, currencyName(key))} computed from the price book.`)),
      ...(unpriced === 0 ? [] : [`${inNumbers(unpriced)} activities have no known price: their cost is in no sum.`]),
      ...bills.map(({ currency, micros }) => `Bills that were imported for these days: ${money(micros, currency)}.`),
      ...(twice.size === 0 ? [] : ['What a second source tells of the same use is among the rows and in no sum.']),
      ...(main === undefined ? [] : [dearest(context, spent.filter(({ currency }) => currency === main), currencyName(main))]),
      ...(currencies.length > 1 && main !== undefined ? [`The chart is of ${currencyName(main)} only.`] : []),
    ],
    chart: main === undefined ? null : spendChart(spent.filter(({ currency }) => currency === main), buckets, currencyName(main)),
    columns: [text('Day, UTC', 'day'), agent, text('Model', 'model'), amount('Cost', 'cost'), text('Provenance', 'costProvenance'), figure('Activities', 'activities'), figure('Without a price', 'unpricedActivities'), connection, text('Row', 'row')],
    rows: firstRows(context, 'cost', partNamed(parts, 'day'), 's.micros DESC, s.day DESC, s.agent, s.model'),
  });
}

interface Total { readonly key: number; micros: number; onlyComputed: number }

function totals(rows: readonly Spend[], keyOf: (row: Spend) => number): Total[] {
  const found = new Map<number, Total>();
  for (const row of rows) {
    const total = found.get(keyOf(row)) ?? { key: keyOf(row), micros: 0, onlyComputed: 0 };
    total.micros += row.micros;
    total.onlyComputed += row.onlyComputed;
    found.set(total.key, total);
  }
  return [...found.values()].sort((a, b) => b.micros - a.micros);
}

function dearest(context: SectionContext, rows: readonly Spend[], currency: string): string {
  const { reading } = context;
  const agents = totals(rows, (row) => reading.headOf(row.agent)).slice(0, 5);
  const name = (id: number): string => {
    const told = disclosed(context, columnsOf.cost, 'agentName', reading.agent(id).name);
    return told.startsWith('sha256:') ? reading.agentId(id) : told;
  };
  return `Dearest agents: ${agents.map(({ key, micros }) => `${name(key)} ${money(micros, currency)}`).join(', ')}.`;
}

function spendChart(rows: readonly Spend[], buckets: ReturnType<typeof bucketsOf>, currency: string): Chart {
  const points = buckets.labels.map((label) => ({ label, values: [0, 0] }));
  for (const { day, micros, onlyComputed } of rows) {
    const values = points[buckets.at(day) ?? -1]?.values;
    if (values === undefined) continue;
    values[0] = (values[0] ?? 0) + micros - onlyComputed;
    values[1] = (values[1] ?? 0) + onlyComputed;
  }
  return { kind: 'bars', unit: 'micros', currency, series: ['reported', 'computed'], points };
}

const mostGroups = 10;

export function failureSection(context: SectionContext): Section {
  const { reading, selection } = context;
  const parts = contentParts(reading, 'failures', selection);
  const groups = grouped<{ failure: number; n: number }>(context, partNamed(parts, 'day'), 'd.failure, sum(d.count) AS n', 'GROUP BY 1 ORDER BY 2 DESC, 1');
  const counts = new Map(groups.map(({ failure, n }) => [failure, n]));
  const lost = grouped<{ currency: number; own: number; lost: number; tasks: number }>(context, partNamed(parts, 'hit'), 'h.currency, sum(h.own) AS own, sum(h.lost) AS lost, sum(h.tasks) AS tasks', 'GROUP BY 1');
  const rows = firstRows(context, 'failures', partNamed(parts, 'group'), 'coalesce((SELECT j.key FROM json_each(?) j WHERE j.value = f.id), 1000000000), f.id', [JSON.stringify(groups.slice(0, 200).map(({ failure }) => failure))]);
  const inPeriod: ShownColumn = { name: 'In the period', align: 'end', cell: (row) => inNumbers(counts.get(failureOf(row)) ?? 0) };
  const total = groups.reduce((sum, { n }) => sum + n, 0);
  return sectionOf('failures', countOf(context, parts), {
    title: 'What failed',
    sentences: total === 0 ? ['No failure was seen.'] : [
      `${inNumbers(total)} failures in ${inNumbers(groups.length)} groups of the same kind; they hit tasks ${inNumbers(lost.reduce((sum, { tasks }) => sum + tasks, 0))} times.`,
      ...lost.filter(({ currency, own, lost: rest }) => currency !== 0 && own + rest > 0).map(({ currency, own, lost: rest }) => `Calls that failed cost ${money(own, reading.texts.of(currency))}, the rest of the tasks that failed with them ${money(rest, reading.texts.of(currency))}, as far as it is known.`),
      'The rows are groups of failures, the most frequent of the period first.',
    ],
    chart: total === 0 ? null : { kind: 'bars', unit: 'count', currency: null, series: ['failures'], points: rows.slice(0, mostGroups).map((row) => ({ label: groupLabel(said(row['name']), said(row['failureId'])), values: [counts.get(failureOf(row)) ?? 0] })) },
    columns: [text('What failed', 'name'), text('Error', 'errorType'), text('Message', 'errorMessage'), inPeriod, figure('Ever', 'count'), { name: 'First seen, UTC', cell: (row) => when(row['firstSeen']) }, text('State', 'state'), text('Failure', 'failureId')],
    rows,
  });
}

const failureOf = (row: Readonly<Record<string, unknown>>): number => parseInt(String(row['failureId']).slice(4), 36);
const groupLabel = (name: string, id: string): string => (name === '' || name.startsWith('sha256:') ? id : short(name));
