/** What a report was made of and what not: counted by the same WHERE as its rows, said in the same words everywhere. */
import type { Completeness, ReportContent, ReportSpec } from '../../../../shared/reports.ts';
import { completenessSentences } from '../../export/completeness-words.ts';
import { plural } from '../../plural.ts';
import { readSettings } from '../commands.ts';
import { iso, type Reading } from './reading.ts';
import { countEntries } from './report-console.ts';
import { countBillDays } from './report-cost.ts';
import type { Selection } from './report-scope.ts';
import { connectionsSeen, percent } from './report-sight.ts';
import type { SeenConnection } from './report-sight.ts';

type ContentLine = Completeness['contents'][number];
type Unexamined = ContentLine['unexamined'][number];
export interface Eligible { readonly content: ReportContent; readonly count: number }

const usHour = 3_600_000_000;

/** Before a row is written: everything that is eligible counts as examined; `examined` tells later what came of it. */
export function completenessOf(reading: Reading, spec: ReportSpec, selection: Selection, eligible: readonly Eligible[]): Completeness {
  reading.begin();
  const connections = connectionsSeen(reading, selection);
  const retention = retentionLines(reading, selection, connections);
  const sum = (of: (one: SeenConnection) => number): number => connections.reduce((all, one) => all + of(one), 0);
  const facts = {
    from: spec.from, to: spec.to, agents: sum(({ agents }) => agents), seenPercent: percent(sum(({ lengthUs, unseenUs }) => lengthUs - unseenUs), sum(({ lengthUs }) => lengthUs)), notSeenPeriods: sum(({ periods }) => periods),
    notSeenAgentHours: Math.round(sum(({ unseenUs, agents }) => (unseenUs / usHour) * agents) * 100) / 100, refused: sum(({ row }) => row.refused),
    contents: eligible.map(({ content, count }) => contentLine(reading, selection, spec, connections, content, count)), connections: connections.map(({ row }) => row), retention,
  };
  return { ...facts, sentences: completenessSentences(facts, spec, selection.nowUs / 1_000) };
}

function contentLine(reading: Reading, selection: Selection, spec: ReportSpec, connections: readonly SeenConnection[], content: ReportContent, count: number): ContentLine {
  const more = content === 'activity' ? activityUnexamined(reading, selection, spec, connections) : content === 'console' ? consoleUnexamined(reading, selection, count) : content === 'cost' ? costUnexamined(reading, selection) : [];
  const outside = more.filter(({ disposition }) => disposition === 'out_of_scope').reduce((sum, one) => sum + (one.count ?? 0), 0);
  return { content, eligible: count + outside, examined: count, unexamined: more };
}

function activityUnexamined(reading: Reading, selection: Selection, { text }: ReportSpec, connections: readonly SeenConnection[]): Unexamined[] {
  const refused = connections.reduce((sum, { row }) => sum + row.refused, 0);
  const gaps = connections.reduce((sum, { periods }) => sum + periods, 0);
  const bare = connections.filter(({ content, records }) => content === 'none' && records > 0);
  const gone = goneOf(reading, selection);
  return [
    ...(refused > 0 ? [{ disposition: 'unsupported_input' as const, count: null, text: `Records that were refused: at most ${refused} of them are of this period.` }] : []),
    ...(gaps > 0 ? [{ disposition: 'unavailable' as const, count: null, text: `What happened within ${plural(gaps, 'period')} that could not be seen.` }] : []),
    ...(gone.length > 0 ? [{ disposition: 'unavailable' as const, count: null, text: `What the retention let go: ${plural(gone.reduce((sum, one) => sum + one.activities, 0), 'activity', 'activities')} in all, some of them of this period.` }] : []),
    ...(bare.length > 0 ? [{ disposition: 'disabled_by_policy' as const, count: null, text: `What agents wrote in ${plural(bare.reduce((sum, { records }) => sum + records, 0), 'activity', 'activities')}: the content level of ${plural(bare.length, 'connection')} is none. The activities themselves are in the report.` }] : []),
    ...(text === 'hashes' ? [{ disposition: 'withheld' as const, count: null, text: 'What agents, tools and runtimes wrote: the report has only its SHA-256 and length, as was chosen.' }] : []),
  ];
}

function consoleUnexamined(reading: Reading, selection: Selection, count: number): Unexamined[] {
  const outside = countEntries(reading, selection) - count;
  const pruned = reading.sql<[], { upTo: number | null }>('SELECT max(up_to) AS upTo FROM audit_tombstone').get()?.upTo ?? 0;
  return [
    ...(outside > 0 ? [{ disposition: 'out_of_scope' as const, count: outside, text: 'Entries of the audit log that are not about what was chosen.' }] : []),
    ...(pruned > 0 ? [{ disposition: 'unavailable' as const, count: null, text: `Entries 1 to ${pruned} of the audit log were pruned; some of them may be of this period.` }] : []),
  ];
}

function costUnexamined(reading: Reading, selection: Selection): Unexamined[] {
  if (selection.kind === 'everything') return [];
  const bills = countBillDays(reading, selection);
  return bills > 0 && selection.kind !== 'connection' ? [{ disposition: 'out_of_scope', count: bills, text: 'Lines of bills: a bill does not tell agents apart.' }] : [];
}

interface Gone { readonly connection: number; readonly name: string | null; readonly beforeUs: number; readonly activities: number }

const goneOf = (reading: Reading, { fromUs, connections }: Selection): Gone[] => reading.sql<[number], Gone>(`SELECT r.connection, c.name, max(r.before_us, r.newest_us + 1) AS beforeUs, r.activities FROM retention_gone r LEFT JOIN connection c ON c.id = r.connection WHERE max(r.before_us, r.newest_us + 1) > ? ORDER BY r.connection`)
  .all(fromUs).filter(({ connection }) => connections === null || connections.includes(connection));

function retentionLines(reading: Reading, selection: Selection, connections: readonly SeenConnection[]): Completeness['retention'] {
  const { retentionDays } = readSettings(reading.db);
  const periods = new Map(reading.sql<[], { connection: number; days: number | null }>('SELECT connection, days FROM retention_period').all().map((row) => [row.connection, row.days]));
  const gone = new Map(goneOf(reading, selection).map((one) => [one.connection, one]));
  const general = { connectionName: null, days: retentionDays, goneBefore: null, text: retentionDays === null ? 'Activity is kept for ever.' : `Activity is kept for ${plural(retentionDays, 'day')}.` };
  const own = connections.filter(({ id }) => periods.has(id) || gone.has(id)).map(({ id, row }) => {
    const days = periods.has(id) ? (periods.get(id) ?? null) : retentionDays;
    const left = gone.get(id);
    const kept = `${row.connectionName}: ${days === null ? 'kept for ever' : `kept for ${plural(days, 'day')}`}`;
    return { connectionName: row.connectionName, days, goneBefore: left === undefined ? null : iso(left.beforeUs), text: left === undefined ? `${kept}.` : `${kept}; what was before ${iso(left.beforeUs)} is gone, within this period too.` };
  });
  return [general, ...own];
}
