/** Each connection's day with its bill beside what we know of it, and why they differ. */
import type { ParsedParams, Result } from '../../../../shared/contract.ts';
import type { Reconciliation } from '../../../../shared/cost.ts';
import { US_DAY } from '../codes.ts';
import { differenceOf, reasonsOf, type DayFacts } from '../../cost/reconcile.ts';
import { publicId } from '../ids.ts';
import { cellsOf, currenciesOf, daysOf, dayText, payingAgents, payingParams, spentOf, type Cell, type Days } from './cost-days.ts';
import { rowId, type Reading } from './reading.ts';
import { Sight } from './span-of-time.ts';

interface Placed { readonly cell: Cell; readonly currency: string }

/** Newest first; then by connection and currency. Days of which nothing is known, or only work without a price, need a bill to be told. */
export function reconcile(reading: Reading, params: ParsedParams<'cost.reconciliation'>, nowUs: number): Result<'cost.reconciliation'> {
  const days = daysOf(params.period, nowUs);
  const connection = params.connectionId === undefined ? null : rowId('connection', params.connectionId);
  const spent = spentOf(reading, days);
  const placed = currenciesOf(reading, spent).flatMap(({ currency }) => cellsOf(reading, spent, currency).map((cell): Placed => ({ cell, currency })))
    .filter(({ cell }) => (connection === null || cell.connection === connection) && (cell.billed !== null || cell.reportedN + cell.computedN > 0))
    .toSorted((a, b) => b.cell.day - a.cell.day || a.cell.connection - b.cell.connection || (a.currency < b.currency ? -1 : 1));
  const shown = placed.slice(0, params.limit);
  const names = new Map(reading.sql<[], { id: number; name: string }>('SELECT id, name FROM connection').all().map((row) => [row.id, row.name]));
  const around: Around = { reading, sight: new Sight(reading, { fromUs: days.from * US_DAY, toUs: (days.to + 1) * US_DAY }, nowUs), models: shown.some(({ cell }) => cell.billed !== null) ? modelLines(reading, days) : new Map() };
  return { rows: shown.map((one) => rowOf(around, one, names.get(one.cell.connection) ?? 'removed')), more: placed.length - shown.length };
}

interface ModelLine { readonly connection: number; readonly day: number; readonly model: number; readonly currency: number; readonly reported: number; readonly reportedN: number; readonly both: number; readonly bothN: number; readonly known: number }
interface Around { readonly reading: Reading; readonly sight: Sight; readonly models: ReadonlyMap<string, readonly ModelLine[]> }

const placeOf = (connection: number, day: number): string => `${connection} ${day}`;

/** Of connections and days that were billed. */
function modelLines(reading: Reading, days: Days): Map<string, ModelLine[]> {
  const lines = reading.sql<(number | string)[], ModelLine>(`SELECT a.connection, s.day, s.model, s.currency, sum(s.reported) AS reported, sum(s.reported_n) AS reportedN, sum(s.computed - s.only_computed) AS "both", sum(s.computed_n - s.only_computed_n) AS bothN,
    sum(s.reported + s.only_computed) AS known FROM ${payingAgents} a CROSS JOIN spend_day s ON s.agent = a.id AND s.day BETWEEN ? AND ? WHERE EXISTS (SELECT 1 FROM bill_day d WHERE d.connection = a.connection AND d.day = s.day)
    GROUP BY a.connection, s.day, s.model, s.currency`).all(...payingParams(reading, days), days.from, days.to);
  return Map.groupBy(lines, (line) => placeOf(line.connection, line.day));
}

function rowOf(around: Around, { cell, currency }: Placed, connectionName: string): Reconciliation {
  const known = cell.reportedN + cell.computedN > 0 ? cell.reported + cell.onlyComputed : null;
  const facts = cell.billed === null ? null : factsOf(around, cell, currency, known);
  return {
    day: dayText(cell.day), connectionId: publicId('connection', cell.connection), connectionName, currency,
    billedMicros: cell.billed, reportedMicros: cell.reportedN > 0 ? cell.reported : null, computedMicros: cell.computedN > 0 ? cell.computed : null,
    differenceMicros: facts === null ? null : differenceOf(facts), reasons: facts === null ? [] : [...reasonsOf(facts)],
  };
}

function factsOf({ reading, sight, models }: Around, cell: Cell, currency: string, known: number | null): DayFacts {
  const { connection, day } = cell;
  const own = (models.get(placeOf(connection, day)) ?? []).filter((line) => reading.texts.of(line.currency) === currency);
  // Only models whose every reported figure has one of the book beside it can be compared.
  const both = own.filter((line) => line.reportedN > 0 && line.bothN === line.reportedN);
  const billed = reading.sql<(number | string)[], { model: string; micros: number }>('SELECT model, sum(micros) AS micros FROM bill_day WHERE connection = ? AND day = ? AND currency = ? GROUP BY model').all(connection, day, currency);
  return {
    billedMicros: cell.billed, knownMicros: known, unpriced: cell.unpriced, seen: sight.share(connection, day * US_DAY, (day + 1) * US_DAY),
    // When an activity was told is not kept.
    lateMicros: 0,
    reportedOfBoth: both.reduce((sum, line) => sum + line.reported, 0), computedOfBoth: both.reduce((sum, line) => sum + line.both, 0),
    billedByModel: new Map(billed.map((line) => [line.model, line.micros])), knownByModel: new Map(own.map((line) => [reading.texts.of(line.model), line.known])),
  };
}
