/** Sections of a printed report of what people decided and what was not seen: the audit log, stops, access, approvals and gaps. */
import { SEVERITY } from '../codes.ts';
import { USE } from './grants.ts';
import { contentParts } from './report-contents.ts';
import { countText } from './report-preview.ts';
import { agent, connection, countOf, figure, firstRows, grouped, inNumbers, lengthWords, listed, median, mostRows, partNamed, said, sectionOf, text, time, when } from './report-section.ts';
import type { Section, SectionContext } from './report-section.ts';

interface Counted { readonly word: string; readonly n: number }
const words = (rows: readonly Counted[]): string => listed(rows.map(({ word, n }) => [word, n]));
const sumOf = (rows: readonly Counted[]): number => rows.reduce((sum, { n }) => sum + n, 0);

export function consoleSection(context: SectionContext): Section {
  const entries = partNamed(contentParts(context.reading, 'console', context.selection), 'entry');
  const outcomes = grouped<Counted>(context, entries, 'e.outcome AS word, count(*) AS n', 'GROUP BY 1 ORDER BY 2 DESC');
  const actions = grouped<Counted>(context, entries, 'e.action AS word, count(*) AS n', 'GROUP BY 1 ORDER BY 2 DESC LIMIT 10');
  const erased = grouped<{ n: number }>(context, entries, 'count(e.erasure) AS n', '')[0]?.n ?? 0;
  const count = sumOf(outcomes);
  return sectionOf('console', count, {
    title: 'What was done in the console',
    sentences: count === 0 ? ['The audit log has no entry of this.'] : [
      `${inNumbers(count)} entries of the audit log: ${words(outcomes)}. An act is written before it is done (asked) and again with how it ended.`,
      `Most often: ${words(actions)}.`, ...(erased === 0 ? [] : [`Of ${inNumbers(erased)} entries who did what was erased; that they are there, and when, is kept.`]),
      'The rows are acts that failed or were refused, newest first, then the newest of the others.',
    ],
    chart: null,
    columns: [figure('Number', 'seq'), time('When, UTC', 'at'), text('Who', 'actor'), text('Act', 'action'), text('Outcome', 'outcome'), text('In words', 'text')],
    rows: firstRows(context, 'console', entries, "e.outcome IN ('failed', 'refused') DESC, e.id DESC"),
  });
}

interface Times { readonly number: number; readonly contained: number | null; readonly answered: number | null }

export function stopSection(context: SectionContext): Section {
  const parts = contentParts(context.reading, 'stops', context.selection);
  const orders = partNamed(parts, 'order');
  const states = grouped<Counted>(context, orders, 'o.state AS word, count(*) AS n', 'GROUP BY 1 ORDER BY 2 DESC');
  const drills = grouped<Counted>(context, partNamed(parts, 'drill'), 'o.state AS word, count(*) AS n', 'GROUP BY 1 ORDER BY 2 DESC');
  const times = grouped<Times>(context, orders, 'o.id AS number, (o.contained_us - o.commanded_us) / 1000 AS contained, (o.answered_us - o.commanded_us) / 1000 AS answered', 'AND o.commanded_us IS NOT NULL ORDER BY o.id DESC LIMIT 2000');
  const contained = times.map((row) => row.contained).filter((ms) => ms !== null);
  const middle = median(contained);
  const rows = [...firstRows(context, 'stops', orders, 'o.intent_us DESC, o.id DESC'), ...firstRows(context, 'stops', partNamed(parts, 'drill'), 'o.intent_us DESC, o.id DESC')].slice(0, mostRows);
  const charted = times.filter((row) => row.contained !== null).slice(0, 30).reverse();
  return sectionOf('stops', countOf(context, parts), {
    title: 'Stops and drills',
    sentences: [
      `${countText('stops', parts.map((one) => ({ row: one.row, count: countOf(context, [one]) })))}.`,
      ...(states.length === 0 ? [] : [`Stop orders: ${words(states)}.`]), ...(drills.length === 0 ? [] : [`Drills: ${words(drills)}.`]),
      ...(middle === null ? [] : [`From the first command until nothing acted any more: ${lengthWords(middle)} in the middle of ${inNumbers(contained.length)} orders, ${lengthWords(Math.max(...contained))} at most. It is the time to the last act that was seen, where the silence after it was long enough.`]),
      ...(times.length > contained.length ? [`Of ${inNumbers(times.length - contained.length)} orders that were sent it is not known when the agents stopped.`] : []),
    ],
    chart: charted.length === 0 ? null : { kind: 'bars', unit: 'ms', currency: null, series: ['first command to last act'], points: charted.map(({ number, contained: ms }) => ({ label: `No. ${number}`, values: [Math.max(0, ms ?? 0)] })) },
    columns: [figure('No.', 'number'), text('Kind', 'row'), time('Ordered, UTC', 'intentAt'), text('By', 'orderedBy'), text('Scope', 'scopeName'), text('Level', 'level'), text('State', 'state'), text('Reason', 'reasonKind'), time('Contained, UTC', 'containedAt'), time('Released, UTC', 'releasedAt')],
    rows,
  });
}

const uses = ['used', 'attempted', 'not_used', 'cannot_tell'] as const;

export function accessSection(context: SectionContext): Section {
  const parts = contentParts(context.reading, 'access', context.selection);
  const grants = partNamed(parts, 'grant');
  const findings = partNamed(parts, 'finding');
  const changes = partNamed(parts, 'change');
  const classes = grouped<{ reversibility: string; state: number | null; tried: number; n: number }>(context, { from: grants.walk, where: grants.where }, 'g.reversibility, u.state, coalesce(u.denied, 0) > 0 AS tried, count(*) AS n', 'GROUP BY 1, 2, 3');
  const order = ['irreversible', 'externally_reversible', 'reversible', 'read_only', 'unknown'];
  const known = [...new Set(classes.map(({ reversibility }) => reversibility))].sort((a, b) => order.indexOf(a) - order.indexOf(b));
  const useOf = ({ state, tried }: (typeof classes)[number]): number => (state === USE.used ? 0 : tried === 1 ? 1 : state === USE.not_used ? 2 : 3);
  const points = known.map((reversibility) => ({ label: reversibility.replaceAll('_', ' '), values: uses.map((_, at) => classes.filter((row) => row.reversibility === reversibility && useOf(row) === at).reduce((sum, { n }) => sum + n, 0)) }));
  const sum = (at: number): number => points.reduce((all, { values }) => all + (values[at] ?? 0), 0);
  const severities = grouped<{ severity: number; n: number }>(context, findings, 'f.severity, count(*) AS n', 'AND f.dismissed_us IS NULL GROUP BY 1');
  const changed = grouped<Counted>(context, changes, 'c.what AS word, count(*) AS n', 'GROUP BY 1 ORDER BY 2 DESC');
  const total = points.reduce((all, { values }) => all + values.reduce((one, n) => one + n, 0), 0);
  return sectionOf('access', countOf(context, parts), {
    title: 'What agents may do',
    sentences: [
      total === 0 ? 'No grant was told.' : `${inNumbers(total)} grants: ${listed(uses.map((use, at) => [use, sum(at)]))}.`,
      ...(severities.length === 0 ? [] : [`Findings that nobody dismissed: ${listed(Object.entries(SEVERITY).map(([word, code]) => [word, severities.find(({ severity }) => severity === code)?.n ?? 0]))}.`]),
      ...(changed.length === 0 ? [] : [`Changes within the period: ${words(changed)}.`]), 'The chart counts grants by the worst that they allow, and by whether they were used. The rows are findings, the most serious first.',
    ],
    chart: total === 0 ? null : { kind: 'bars', unit: 'count', currency: null, series: uses.map((use) => use.replaceAll('_', ' ')), points },
    columns: [text('Severity', 'severity'), agent, text('Rule', 'rule'), text('Finding', 'text'), time('Found, UTC', 'at'), { name: 'Dismissed', cell: (row) => (row['dismissedAt'] === null ? '' : `${when(row['dismissedAt'])} ${said(row['dismissedBy'])}`.trim()) }, text('Id', 'id')],
    rows: firstRows(context, 'access', findings, 'f.dismissed_us IS NOT NULL, f.severity DESC, f.first_us DESC, f.id'),
  });
}

export function approvalSection(context: SectionContext): Section {
  const approvals = partNamed(contentParts(context.reading, 'approvals', context.selection), 'approval');
  const states = grouped<Counted>(context, approvals, 'p.state AS word, count(*) AS n', 'GROUP BY 1 ORDER BY 2 DESC');
  const waited = grouped<{ ms: number }>(context, approvals, '(p.decided_us - p.asked_us) / 1000 AS ms', "AND p.decided_us IS NOT NULL AND p.state IN ('approved', 'rejected', 'responded') ORDER BY p.id DESC LIMIT 10000").map(({ ms }) => ms);
  const middle = median(waited);
  const count = sumOf(states);
  return sectionOf('approvals', count, {
    title: 'What waited for a person',
    sentences: count === 0 ? ['Nothing waited for a person.'] : [
      `${inNumbers(count)} requests: ${words(states)}.`, ...(middle === null ? [] : [`They were decided here after ${lengthWords(middle)} in the middle of ${inNumbers(waited.length)}.`]), 'The rows are the newest.',
    ],
    chart: count === 0 ? null : { kind: 'bars', unit: 'count', currency: null, series: ['requests'], points: states.map(({ word, n }) => ({ label: word.replaceAll('_', ' '), values: [n] })) },
    columns: [time('Asked, UTC', 'askedAt'), agent, text('What', 'title'), text('State', 'state'), text('Decided by', 'decidedBy'), time('Decided, UTC', 'decidedAt'), text('Reason', 'reason'), connection, text('Approval', 'id')],
    rows: firstRows(context, 'approvals', approvals, 'p.asked_us DESC, p.id DESC'),
  });
}

export function gapSection(context: SectionContext): Section {
  const gaps = partNamed(contentParts(context.reading, 'gaps', context.selection), 'gap');
  const reasons = grouped<Counted>(context, gaps, 'reason AS word, count(*) AS n', 'GROUP BY 1 ORDER BY 2 DESC');
  const count = sumOf(reasons);
  const rows = firstRows(context, 'gaps', gaps, 'coalesce(to_us, 9000000000000000) - from_us DESC, from_us');
  return sectionOf('gaps', count, {
    title: 'What was not seen',
    sentences: count === 0 ? ['No period is known that could not be seen.'] : [`${count === 1 ? 'One period' : `${inNumbers(count)} periods`} could not be seen: ${words(reasons)}.`, 'The rows are the longest first.'],
    chart: null,
    columns: [connection, time('From, UTC', 'from'), time('To, UTC', 'to'), { name: 'Length', align: 'end', cell: (row) => (typeof row['durationUs'] === 'number' ? lengthWords(row['durationUs'] / 1_000) : '') }, text('Why', 'text')],
    rows,
  });
}
