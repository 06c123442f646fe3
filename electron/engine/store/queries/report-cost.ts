/** Cost for a report: each agent's days by model, and the lines of bills. Whole days of UTC: days that the period touches. */
import { columnsOf } from '../../export/columns.ts';
import { US_DAY, US_HOUR } from '../codes.ts';
import { publicId } from '../ids.ts';
import { agentCells, at, connectionCells, dayText, rowMaker } from './report-cells.ts';
import { both, oneOf, part } from './report-part.ts';
import type { Part, Where } from './report-part.ts';
import type { Selection } from './report-scope.ts';
import type { Reading } from './reading.ts';
import { toldTwice } from './told-twice.ts';

const make = rowMaker(columnsOf.cost);
export const daysOf = ({ fromUs, toUs }: Pick<Selection, 'fromUs' | 'toUs'>): readonly [first: number, last: number] => [Math.floor(fromUs / US_DAY), Math.floor((toUs - 1) / US_DAY)];
const inDays = (column: string, selection: Selection): Where => ({ sql: `${column} BETWEEN ? AND ?`, values: daysOf(selection) });

interface Day {
  readonly agent: number; readonly day: number; readonly model: number; readonly currency: number; readonly tasks: number; readonly activities: number; readonly failures: number; readonly denials: number;
  readonly input: number; readonly output: number; readonly cacheRead: number; readonly cacheWrite: number; readonly reasoning: number;
  readonly micros: number; readonly priced: number; readonly unpriced: number; readonly computed: number; readonly onlyComputed: number; readonly book: number; readonly bookN: number;
}

function dayPart(reading: Reading, selection: Selection): Part {
  const [first, last] = daysOf(selection);
  const twice = new Set(toldTwice(reading, [first * (US_DAY / US_HOUR), (last + 1) * (US_DAY / US_HOUR) - 1]));
  return part<Day>({
    row: 'day', from: 'by_day s', key: ['s.agent', 's.day', 's.model', 's.currency'], where: both(inDays('s.day', selection), oneOf('s.agent', selection.agents)),
    select: `s.agent, s.day, s.model, s.currency, s.tasks, s.activities, s.failures, s.denials, s.input, s.output, s.cache_read AS cacheRead, s.cache_write AS cacheWrite, s.reasoning, s.micros, s.priced, s.unpriced, s.computed,
      s.only_computed AS onlyComputed, s.book, s.book_n AS bookN`,
    rowOf: (own, row) => make({ row: twice.has(row.agent) ? 'told_twice' : 'day', ...dayCells(own, row) }),
  });
}

function dayCells(reading: Reading, s: Day): Record<string, string | number | null> {
  const money = s.priced > 0 || s.bookN > 0;
  const provenance = s.unpriced > 0 ? 'unpriced' : s.computed > 0 ? 'computed' : s.priced > 0 ? 'reported' : null;
  return {
    day: dayText(s.day), ...connectionCells(reading, reading.agent(s.agent).connection), ...agentCells(reading, s.agent), sourceAgentId: publicId('agent', s.agent), model: reading.texts.of(s.model) || null,
    tasks: s.tasks, activities: s.activities, failures: s.failures, denials: s.denials, inputTokens: s.input, outputTokens: s.output, cacheReadTokens: s.cacheRead, cacheWriteTokens: s.cacheWrite, reasoningTokens: s.reasoning,
    cost: s.priced > 0 ? s.micros : null, currency: money ? reading.texts.of(s.currency) || 'USD' : null, costProvenance: provenance, unpricedActivities: s.unpriced,
    reportedCost: s.priced > s.computed ? s.micros - s.onlyComputed : null, reportedActivities: s.priced - s.computed, bookCost: s.bookN > 0 ? s.book : null, bookActivities: s.bookN,
    onlyComputedCost: s.computed > 0 ? s.onlyComputed : null, onlyComputedActivities: s.computed,
  };
}

interface Bill { readonly connection: number; readonly day: number; readonly currency: string; readonly model: string; readonly micros: number; readonly bill: number; readonly name: string | null; readonly by: string | null; readonly importedUs: number | null }

/** A bill tells no agents: within a scope of agents there is none. */
const billPart = (selection: Selection): Part => part<Bill>({
  row: 'bill', from: 'bill_day b', key: ['b.connection', 'b.day', 'b.currency', 'b.model'], where: both(inDays('b.day', selection), oneOf('b.connection', selection.kind === 'everything' || selection.kind === 'connection' ? selection.connections : [])),
  select: `b.connection, b.day, b.currency, b.model, b.micros, b.bill, (SELECT name FROM bill WHERE id = b.bill) AS name, (SELECT imported_by FROM bill WHERE id = b.bill) AS "by", (SELECT imported_us FROM bill WHERE id = b.bill) AS importedUs`,
  rowOf: (reading, b) => make({
    row: 'bill', day: dayText(b.day), ...connectionCells(reading, b.connection), model: b.model || null, currency: b.currency, costProvenance: 'billed', billed: b.micros, billId: publicId('bill', b.bill), billName: b.name, importedBy: b.by, importedAt: b.importedUs === null ? null : at(b.importedUs),
  }),
});

export const costParts = (reading: Reading, selection: Selection): Part[] => [dayPart(reading, selection), billPart(selection)];

/** Lines of bills of these days, of all connections: within a scope of agents they are counted as left out. */
export const countBillDays = (reading: Reading, selection: Selection): number => reading.sql<number[], { n: number }>('SELECT count(*) AS n FROM bill_day WHERE day BETWEEN ? AND ?').get(...daysOf(selection))?.n ?? 0;
