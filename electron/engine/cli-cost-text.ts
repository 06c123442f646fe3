/** Money and failures in a terminal where a table does not do. What agents and files wrote is shown inert. */
import type { Result } from '../../shared/contract.ts';
import type { Bill, CostExplained, CostSummary } from '../../shared/cost.ts';
import { mostTextsRead, type FailureDetail } from '../../shared/failures.ts';
import { amount, percent, unitsText } from './cli-cost-lists.ts';
import { count, formatTable, money, time, visible, visibleLines } from './cli-text.ts';
import type { Column } from './cli-text.ts';
import { plural } from './plural.ts';

function facts(rows: readonly (readonly [string, string])[]): string[] {
  const wide = Math.max(...rows.map(([name]) => name.length));
  return rows.map(([name, text]) => `${name.padEnd(wide)}  ${visible(text)}`);
}

export function summaryText(found: CostSummary): string {
  const { money: sides, currency, spent, month, book, agreement } = found;
  const part = (name: string, micros: number): string[] => (micros === 0 ? [] : [`${name} ${amount(micros)}`]);
  const known = [...part('billed', sides.shownBilledMicros), ...part('reported', sides.shownReportedMicros), ...part('computed', sides.shownComputedMicros), ...(sides.unpriced > 0 ? [`${plural(sides.unpriced, 'activity', 'activities')} without a price`] : [])];
  const went = [...part('finished work', spent.finishedMicros), ...part('failed, then retried', spent.retriedMicros), ...part('failed, given up', spent.failedMicros), ...part('after a stop', spent.afterStopMicros), ...part('open', spent.openMicros), ...part('unknown', spent.unknownMicros)];
  const perTask = found.perTaskMicros === null ? 'no figure' : `${amount(found.perTaskMicros, currency)} over ${count(found.finished)} finished, between ${amount(found.lowMicros)} and ${found.highMicros === null ? 'what nobody knows' : amount(found.highMicros)}`;
  return `${[
    ...facts([
      ['Spent', `${money(sides.shown) || `0.00 ${currency}`}${known.length === 0 ? '' : `: ${known.join(', ')}`}`], ...found.others.map((one): [string, string] => ['', `and ${money(one)}, not added`]),
      ['Per finished task', `${perTask}${found.medianPerTaskMicros === null ? '' : `; median of the 14 days before ${amount(found.medianPerTaskMicros)}`}`], ['It went to', went.join(', ') || 'nothing that is known'],
      ['This month', `${money(month.cost) || `0.00 ${currency}`}${month.forecastMicros === null ? ', too early for a forecast' : `, forecast ${amount(month.forecastMicros)} (${amount(month.lowMicros)} to ${amount(month.highMicros)})`}`],
      ['Bills', `${found.newestBill === null ? 'none' : `newest day ${found.newestBill.day}, ${found.newestBill.connection}`}${agreement === null ? '' : `; within ${percent(agreement.within)} of ours over ${plural(agreement.days, 'day')}`}`],
      ['Price book', `${book.bundled.source} ${book.bundled.version} of ${book.bundled.date}, ${book.own} of our own, ${plural(book.unpricedModels, 'model')} without a price${book.repricing === null ? '' : `; computing anew, ${count(book.repricing.done)} of ${count(book.repricing.of)}`}`],
    ]), '', '',
  ].join('\n')}`;
}

type Part = NonNullable<CostExplained['computed']>['parts'][number];
const partColumns: readonly Column<Part>[] = [{ head: 'UNIT', cell: (row) => row.unit }, { head: 'UNITS', cell: (row) => count(row.units), right: true }, { head: 'PRICE', cell: (row) => row.price, right: true }, { head: 'PER', cell: (row) => count(row.per), right: true }, { head: 'AMOUNT', cell: (row) => row.amount, right: true }];
const exact = (micros: number, currency: string): string => `${(micros / 1_000_000).toFixed(6)} ${currency}`;

export function explainText({ shown, reported, computed, whyNot, billing }: CostExplained): string {
  const told = [billing.provider, billing.region, billing.tier].filter((one) => one !== null).join(', ');
  const rows: [string, string][] = [
    ['Shown', shown.amountMicros === null ? 'no price' : `${exact(shown.amountMicros, shown.currency)}, ${shown.provenance}`], ['Reported', reported === null ? 'by nobody' : exact(reported.amountMicros, reported.currency)],
    ['Computed', computed === null ? `not: ${whyNot ?? ''}` : exact(computed.amountMicros, computed.currency)], ['Told', told || 'no provider, region or tier'],
    ...(computed === null ? [] : [['Price', `${computed.entry.id}, ${computed.entry.origin}, ${computed.entry.model}: ${unitsText(computed.entry)}`], ['Source', `${computed.entry.source}${computed.entry.sourceDate === null ? '' : `, read ${computed.entry.sourceDate}`}`]] as [string, string][]),
  ];
  return `${facts(rows).join('\n')}\n${computed === null ? '' : formatTable(partColumns, computed.parts)}`;
}

export function billText(bill: Bill): string {
  const head = bill.id === '' ? 'Read only, nothing was kept' : `Bill ${bill.id}`;
  const refused = bill.refused.slice(0, 20).map((one) => `  line ${one.line}: ${visible(one.reason)}\n`).join('');
  return `${head}: ${bill.from} to ${bill.to}, ${amount(bill.micros, bill.currency)}, ${plural(bill.lines, 'line')} for ${visible(bill.connectionName)}.\n${bill.refused.length === 0 ? '' : `Not taken: ${plural(bill.refused.length, 'line')}\n${refused}`}`;
}

export const importText = (keep: boolean) => ({ entries, replaced, problems }: Result<'prices.import'>): string => {
  if (problems.length > 0) return `Nothing was imported.\n${problems.map((one) => `  ${one.entry === 0 ? 'the file' : `entry ${one.entry}`}: ${visible(one.reason)}\n`).join('')}`;
  return keep ? `${plural(entries, 'price')} imported, ${replaced} in place of earlier ones. History is computed anew.\n` : `${plural(entries, 'price')} can be imported. Nothing was kept.\n`;
};

const stepColumns: readonly Column<FailureDetail['before'][number]>[] = [{ head: 'TIME', cell: (row) => time(row.at) }, { head: '', cell: (row) => (row.ancestor ? 'under' : '') }, { head: 'KIND', cell: (row) => row.kind.replace('_', ' ') }, { head: 'NAME', cell: (row) => row.name, most: 44 }, { head: 'STATUS', cell: (row) => row.status }];
const timeColumns: readonly Column<FailureDetail['occurrences'][number]>[] = [{ head: 'TIME', cell: (row) => time(row.at) }, { head: 'ACTIVITY', cell: (row) => row.activityId }, { head: 'TASK', cell: (row) => row.taskId }, { head: 'AGENT', cell: (row) => row.agentName, most: 32 }, { head: 'TASK CAME OUT', cell: (row) => row.outcome }, { head: 'TASK COST', cell: (row) => money(row.cost), right: true }];
const versionColumns: readonly Column<FailureDetail['perVersion'][number]>[] = [{ head: 'AGENT', cell: (row) => row.agentName, most: 32 }, { head: 'VERSION', cell: (row) => row.version ?? 'not named', most: 24 }, { head: 'TIMES', cell: (row) => count(row.count), right: true }, { head: 'OF TASKS', cell: (row) => count(row.tasks), right: true }, { head: 'FIRST', cell: (row) => time(row.firstSeen) }];

export function failureText(found: FailureDetail): string {
  const table = <R>(head: string, columns: readonly Column<R>[], rows: readonly R[]): string[] => (rows.length === 0 ? [] : ['', head, formatTable(columns, rows).trimEnd()]);
  return [
    ...facts([
      ['Group', `${found.id}  ${found.state}${found.snoozedUntil === null ? '' : ` until ${time(found.snoozedUntil)}`}`], ['Failed', `${found.kind.replace('_', ' ')} ${found.name}, ${plural(found.count, 'time')} in this period`], ['Seen', `first ${time(found.since)}, last ${time(found.lastSeen)}`],
      ['Agents', found.agentNames.join(', ') || 'none in this period'], ['Tasks hit', `${count(found.tasks.failed)} failed, ${count(found.tasks.finishedAfter)} finished after it, ${count(found.tasks.other)} other`], ['Cost', money(found.cost) || 'none that is known'],
      ...found.alike.map((one): [string, string] => [`Alike: ${one.name}`, one.value]), ['Messages', `${plural(found.messages, 'different text')}${found.count > mostTextsRead ? ` in the newest ${mostTextsRead} of ${count(found.count)} times` : ''}`],
    ]),
    ...(found.error.message === null ? [] : ['', 'Text of the error', visibleLines(found.error.message)]),
    ...table('Versions', versionColumns, found.perVersion), ...table('Before the newest', stepColumns, found.before), ...table('Newest', timeColumns, found.occurrences),
    ...(found.notesList.length === 0 ? [] : ['', 'Notes', ...found.notesList.map((note) => `${time(note.at)} ${visible(note.by)}\n${visibleLines(note.text)}`)]),
    ...(found.history.length === 0 ? [] : ['', 'Said', ...found.history.map((one) => `  ${time(one.at)} ${one.state} by ${visible(one.by)}`)]), '',
  ].join('\n');
}
