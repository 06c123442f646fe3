/** The completeness statement in sentences: the same in the window, in every report and in a pack. */
import type { Completeness, ReportContent, ReportSpec } from '../../../shared/reports.ts';
import { plural } from '../plural.ts';

export function completenessSentences({ to, seenPercent, agents, notSeenPeriods, notSeenAgentHours, refused, connections, contents, retention }: Omit<Completeness, 'sentences'>, { text, people }: Pick<ReportSpec, 'text' | 'people'>, nowMs: number): string[] {
  const unconnected = connections.length === 0;
  return [
    ...(Date.parse(to) > nowMs ? [`The period goes beyond the moment in which the report was made: it holds what was there by ${new Date(nowMs).toISOString()}.`] : []),
    unconnected ? 'Nothing was connected within this period: there was nothing to see.'
      : `Of this period ${seenPercent === 100 ? 'everything' : `${seenPercent} %`} could be seen, over ${plural(connections.length, 'connection')} and ${plural(agents, 'agent')} that acted.`,
    ...(notSeenPeriods === 0 ? [] : [`${plural(notSeenPeriods, 'period')} could not be seen: ${notSeenAgentHours} hours of agents together. What happened in them is not in this report, and nobody can know from here whether anything did.`]),
    ...(refused === 0 ? [] : [`At most ${plural(refused, 'record')} that came within this period ${refused === 1 ? 'was' : 'were'} refused, because they could not be read or were too large. They are counted and are not in this report.`]),
    ...contents.filter(({ content, eligible, examined }) => examined < eligible && content !== 'console').map(({ content, eligible, examined }) => `Of ${plural(eligible, 'row')} of ${contentName[content]} ${examined} are in this report.`),
    ...(contents.some(({ content }) => content === 'cost' || content === 'failures') ? ['Cost and failures are counted by whole days (UTC): every day that the period touches.'] : []),
    ...(contents.some(({ content }) => content === 'access') ? ['Access is what was declared within the period, as it stands now: whether a grant was used is told over all history that is kept.'] : []),
    ...retention.filter(({ goneBefore }) => goneBefore !== null).map((one) => one.text),
    { hashes: 'What agents, tools and runtimes wrote is told by its SHA-256 and length only.', redacted: 'What agents, tools and runtimes wrote has known shapes of secrets and e-mail addresses masked.', full: 'What agents, tools and runtimes wrote stands as it is kept.' }[text],
    { names: 'People are named.', pseudonyms: 'People have pseudonyms, which are the same within this report and in no other.', removed: 'People are left out.' }[people],
  ];
}

export const contentName: Readonly<Record<ReportContent, string>> = { console: 'the audit log', stops: 'stops and drills', access: 'access', approvals: 'approvals', activity: 'activity', cost: 'cost', failures: 'failures', gaps: 'gaps' };

/** After the rows were written: what was counted and is not there went meanwhile. */
export function afterWriting(before: Completeness, examined: Readonly<Partial<Record<ReportContent, number>>>, withheld: Readonly<Partial<Record<ReportContent, number>>>, spec: ReportSpec, nowMs: number): Completeness {
  const contents = before.contents.map((line) => {
    const rows = examined[line.content] ?? 0;
    const gone = line.examined - rows;
    const kept = withheld[line.content] ?? 0;
    return {
      ...line, examined: rows,
      unexamined: [...line.unexamined,
        ...(gone > 0 ? [{ disposition: 'unavailable' as const, count: gone, text: 'Rows that were counted when the report began and were gone before they were read: the retention, an erasure, or two tellings of one activity that became one.' }] : []),
        ...(kept > 0 ? [{ disposition: 'withheld' as const, count: kept, text: 'Cells that name people, or could, and were left out as was chosen.' }] : [])],
    };
  });
  const facts = { ...before, contents };
  return { ...facts, sentences: completenessSentences(facts, spec, nowMs) };
}
