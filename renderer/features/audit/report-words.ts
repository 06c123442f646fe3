/** Words of a report: its parts, what it could see, what it will take. Pure. */
import type { Completeness, PeopleLevel, ReportContent, ReportFormat, ReportJob, ReportPreview, ReportScope, ReportSent, TextLevel } from '../../../shared/reports.ts';
import { formatBytes, formatCount, formatDay, formatElapsed, formatPercent, plural } from '../../ui/format.ts';
import type { State } from '../../ui/state-shapes.tsx';
import type { Preset, ScopeKind } from './report-draft.ts';

export const contentWords: Record<ReportContent, string> = {
  console: 'Audit log', stops: 'Stop orders, certificates, drills', access: 'Identities and grants, with changes', approvals: 'Approvals and denials', activity: 'Activity', cost: 'Cost with provenance', failures: 'Failures', gaps: 'Gaps',
};
export const formatWords: Record<ReportFormat, { word: string; says: string }> = {
  csv: { word: 'CSV', says: 'one table a content, safe to open in a spreadsheet' },
  jsonl: { word: 'JSON Lines', says: 'one record a line' },
  parquet: { word: 'Parquet', says: 'columns for DuckDB, Spark and the like' },
  xlsx: { word: 'XLSX', says: 'a sheet a content; what goes beyond a sheet goes into the next' },
  'ocsf-1.8.0': { word: 'OCSF 1.8', says: 'JSON Lines in the Open Cybersecurity Schema, 1.8.0' },
  'ocsf-1.9.0': { word: 'OCSF 1.9', says: 'JSON Lines in the Open Cybersecurity Schema, 1.9.0' },
  cef: { word: 'CEF', says: 'Common Event Format, one event a line' },
  focus: { word: 'FOCUS', says: 'cost only, in the FinOps cost and usage format' },
  pdf: { word: 'PDF', says: 'for people: charts and the first rows, with what was not seen on page 1' },
};
export const textWords: Record<TextLevel, { word: string; says: string }> = {
  hashes: { word: 'Hashes', says: 'of what agents wrote: SHA-256 and length only' },
  redacted: { word: 'Redacted', says: 'what agents wrote, with known secret shapes and addresses masked' },
  full: { word: 'Full', says: 'what agents wrote, as it is kept: people and secrets may stand in it' },
};
export const peopleWords: Record<PeopleLevel, { word: string; says: string }> = {
  names: { word: 'Names', says: 'people by name' },
  pseudonyms: { word: 'Pseudonyms', says: 'the same person is the same pseudonym within one report' },
  removed: { word: 'Removed', says: 'people are left out and counted' },
};
export const presetWords: Record<Preset, string> = { last_day: 'Yesterday', last_week: 'Last week', last_month: 'Last month', last_quarter: 'Last quarter', last_year: 'Last year', fixed: 'These days' };
export const scopeWords: Record<ScopeKind, string> = { everything: 'All', tag: 'Tag', agents: 'Agent', connection: 'Connection', stop: 'Stop order' };

const utcDay = (ms: number): string => formatDay(new Date(ms), 'UTC');
/** `1 Aug 2026 to 31 Oct 2026`: the last day that is within it. */
export function spanWords(from: string, to: string): string {
  const [first, last] = [utcDay(Date.parse(from)), utcDay(Date.parse(to) - 1)];
  return first === last ? first : `${first} to ${last}`;
}

/** Below the days: what counts as their edge. */
export function edgeWords(toDay: string, now: number): string {
  return toDay >= new Date(now).toISOString().slice(0, 10) ? '00:00 UTC until now, as that day is not over' : '00:00 UTC to 24:00 UTC, last day included';
}

export interface Statement { seen: string; agents: string; periods: string | null; agentHours: string; refused: string | null }
/** The figures of the statement, each as it is written. `periods` null: none is known that was not seen. */
export function statementOf({ agents, seenPercent, notSeenPeriods, notSeenAgentHours, refused }: Completeness): Statement {
  return {
    seen: formatPercent(seenPercent / 100), agents: plural(agents, 'agent'), periods: notSeenPeriods === 0 ? null : plural(notSeenPeriods, 'period'),
    agentHours: plural(Math.round(notSeenAgentHours), 'agent hour'), refused: refused === 0 ? null : `${plural(refused, 'record was', 'records were')} refused as unreadable and ${refused === 1 ? 'is' : 'are'} counted, not included.`,
  };
}

/** The period that was not seen the longest, over all connections. */
export function longestUnseen(completeness: Completeness): { connectionName: string; from: string; to: string; text: string } | null {
  let longest: { connectionName: string; from: string; to: string; text: string } | null = null;
  for (const { connectionName, notSeen } of completeness.connections) {
    for (const { from, to, text } of notSeen) if (longest === null || Date.parse(to) - Date.parse(from) > Date.parse(longest.to) - Date.parse(longest.from)) longest = { connectionName, from, to, text };
  }
  return longest;
}

/** What it will take; nothing is said that could not be estimated. */
export function estimateWords({ bytes, seconds }: Pick<ReportPreview, 'bytes' | 'seconds'>): string {
  const size = bytes === null ? null : `about ${formatBytes(bytes)}`;
  const time = seconds === null ? null : seconds < 1 ? 'under 1 s' : formatElapsed(Math.ceil(seconds) * 1000);
  return [size, time].filter((one) => one !== null).join(', ') || 'size not known yet';
}

export const jobLooks: Record<ReportJob['state'], { state: State; word: string }> = {
  waiting: { state: 'waiting', word: 'Waiting' }, running: { state: 'running', word: 'Writing' }, done: { state: 'completed', word: 'Written' }, failed: { state: 'failed', word: 'Failed' }, cancelled: { state: 'cancelled', word: 'Cancelled' },
};

/** A report that was to be sent and was not sent whole is nothing that is done. */
export function jobLook({ state, sent }: Pick<ReportJob, 'state' | 'sent'>): { state: State; word: string } {
  if (sent === null) return jobLooks[state];
  switch (sent.state) {
    case 'sending': return { state: 'running', word: 'Sending' };
    case 'done': return { state: 'completed', word: 'Written and sent' };
    case 'failed': return { state: 'failed', word: 'Not sent whole' };
    case 'cancelled': return { state: 'cancelled', word: 'Sending cancelled' };
    case 'unknown': return { state: 'attention', word: 'Sent in part or whole' };
  }
}

/** What is known of what was sent, no more. */
export function sentWords({ state, messages, of, shortened, ending }: ReportSent): string {
  const long = shortened === 0 ? '' : ` In ${plural(shortened, 'of them a long value is', 'of them long values are')} told by length and SHA-256; the files have them whole.`;
  if (state === 'done') return `${plural(messages, 'message')}. ${ending === 'closed' ? 'The receiver closed the connection in order behind the last one.' : 'No error came behind the last one.'} Syslog answers nothing: look there whether they arrived.${long}`;
  if (state === 'unknown') return `Gatehouse ended while ${plural(of, 'message')} were sent. How many went out is not known.`;
  if (messages === 0 && state !== 'sending') return `None of ${plural(of, 'message')} went out.`;
  return `${formatCount(messages)} of ${plural(of, 'message')} were handed to TCP${state === 'sending' ? '' : '; the last of them may not have arrived'}.${long}`;
}

/** How far a job is: a share of its rows where those are known. Null: only its step can be said. */
export const doneShare = ({ rows, of }: Pick<ReportJob, 'rows' | 'of'>): number | null => (of <= 0 ? null : Math.min(1, rows / of));

export function progressWords(job: Pick<ReportJob, 'step' | 'rows' | 'of' | 'bytes' | 'sent'>): string {
  if (job.sent !== null) return `${job.step}, ${formatCount(job.rows)} of ${plural(job.of, 'message')}`;
  const share = doneShare(job);
  return [job.step, ...(share === null ? [] : [`${formatCount(job.rows)} of ${formatCount(job.of)} rows`]), formatBytes(job.bytes)].filter((one) => one !== '').join(', ');
}

/** The name of what was written, without where: the whole place is one hover away. */
export const targetName = (target: string): string => target.split(/[\\/]/).findLast((part) => part !== '') ?? target;

/** Whom it is about, as it is printed. Agents are named by what identifies them: names change. */
export function scopeSentence(scope: ReportScope): string {
  switch (scope.kind) {
    case 'everything': return 'everything that is known here';
    case 'agents': return `${plural(scope.ids.length, 'agent')}: ${scope.ids.join(', ')}`;
    case 'tag': return `agents with the tag ${scope.tag}`;
    case 'connection': return `what connection ${scope.id} brought`;
    case 'stop': return `stop order ${scope.id} and the agents that it was about`;
  }
}
