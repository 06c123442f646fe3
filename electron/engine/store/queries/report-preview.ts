/** What a report would hold, counted before it is made. */
import type { Completeness, ReportContent, ReportPreview, ReportSpec } from '../../../../shared/reports.ts';
import { plural } from '../../plural.ts';
import { completenessOf } from './report-completeness.ts';
import { countContent } from './report-contents.ts';
import type { PartCount } from './report-contents.ts';
import { selectionOf } from './report-scope.ts';
import type { Reading } from './reading.ts';

export function previewReport(reading: Reading, spec: ReportSpec, nowUs: number): ReportPreview {
  const selection = selectionOf(reading, spec, nowUs);
  const counted = [...new Set(spec.contents)].map((content) => {
    const parts = countContent(reading, content, selection);
    return { content, parts, count: parts.reduce((sum, { count }) => sum + count, 0) };
  });
  const completeness = completenessOf(reading, spec, selection, counted);
  return { rows: counted.map(({ content, count, parts }) => ({ content, count, text: countText(content, parts) })), completeness, ...asBefore(reading, spec, counted), warnings: warningsOf(spec, counted, completeness) };
}

const names: Readonly<Record<string, readonly [one: string, many: string]>> = {
  activity: ['activity', 'activities'], entry: ['entry of the audit log', 'entries of the audit log'], order: ['stop order', 'stop orders'], drill: ['drill', 'drills'], lever: ['lever', 'levers'], event: ['event', 'events'], firing: ['firing of a rule', 'firings of rules'],
  grant: ['grant', 'grants'], finding: ['finding', 'findings'], owner: ['owner', 'owners'], baseline: ['baseline', 'baselines'], change: ['change', 'changes'], approval: ['approval', 'approvals'], bill: ['line of a bill', 'lines of bills'],
  group: ['group of failures', 'groups of failures'], hit: ['line of tasks hit', 'lines of tasks hit'], said: ['word of a person', 'words of people'], gap: ['gap', 'gaps'],
};
const days: Readonly<Partial<Record<ReportContent, readonly [one: string, many: string]>>> = { cost: ['line of a day', 'lines of days'], failures: ['day of failures', 'days of failures'] };

/** `14 stop orders and 96 drills`. */
export function countText(content: ReportContent, parts: readonly PartCount[]): string {
  const words = parts.filter(({ count }, i) => count > 0 || i === 0).map(({ row, count }) => {
    const [one, many] = names[row] ?? days[content] ?? ['row', 'rows'];
    return plural(count, one, many);
  });
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} and ${words.at(-1) ?? ''}`;
}

interface Made { readonly files: string; readonly ms: number; readonly rows: number; readonly text: string }

/** By the newest reports of the same level of text; null where none tells. */
function asBefore(reading: Reading, { formats, text, pack }: ReportSpec, counted: readonly { readonly content: ReportContent; readonly count: number }[]): Pick<ReportPreview, 'bytes' | 'seconds'> {
  if (pack || formats.includes('pdf')) return { bytes: null, seconds: null };
  const made = reading.sql<[string], Made>("SELECT files, (ended_us - started_us) / 1000 AS ms, rows, json_extract(spec, '$.text') AS text FROM report_job WHERE state = 'done' AND rows >= 1000 AND json_extract(spec, '$.text') = ? AND json_extract(spec, '$.pack') = 0 ORDER BY id DESC LIMIT 20").all(text);
  const known = made.flatMap(({ files }) => JSON.parse(files) as { content: string | null; format: string; bytes: number; rows: number | null }[]);
  let bytes: number | null = 0;
  for (const { content, count } of counted.filter((one) => one.count > 0)) {
    for (const format of formats.filter((one) => one !== 'focus' || content === 'cost')) {
      const like = known.filter((file) => file.content === content && file.format === format && (file.rows ?? 0) > 0);
      const rows = like.reduce((sum, file) => sum + (file.rows ?? 0), 0);
      bytes = bytes === null || rows === 0 ? null : bytes + Math.round((like.reduce((sum, file) => sum + file.bytes, 0) / rows) * count);
    }
  }
  const [rows, ms] = made.reduce(([sumRows, sumMs], one) => [sumRows + one.rows, sumMs + one.ms], [0, 0]);
  return { bytes, seconds: rows === 0 ? null : Math.max(1, Math.round((ms / rows) * counted.reduce((sum, { count }) => sum + count, 0) / 1_000)) };
}

const rowsOfSheet = 1_048_575;

function warningsOf({ text, people, formats, contents }: ReportSpec, counted: readonly { readonly content: ReportContent; readonly count: number }[], { notSeenPeriods, refused }: Completeness): string[] {
  const large = counted.filter(({ count }) => count > rowsOfSheet);
  return [
    ...(text === 'full' ? ['It will hold what agents, tools and runtimes wrote as it is kept, with whatever secrets and personal data are in it.'] : []),
    ...(people === 'names' && text !== 'full' ? ['It will name people.'] : []),
    ...(people !== 'names' && text !== 'hashes' && contents.some((one) => one === 'activity' || one === 'approvals') ? ['People are taken out where Gatehouse knows that a person is named. Inside of what agents wrote they may still be named: choose hashes to be sure.'] : []),
    ...(formats.includes('xlsx') && large.length > 0 ? [`A sheet holds ${rowsOfSheet.toLocaleString('en')} rows: what is more goes on in further sheets of the same file.`] : []),
    ...(formats.includes('focus') && !contents.includes('cost') ? ['FOCUS is a format of cost, and cost was not chosen: there will be no such file.'] : []),
    ...(notSeenPeriods > 0 || refused > 0 ? ['Not everything of this period could be seen; the report says what and why.'] : []),
  ];
}
