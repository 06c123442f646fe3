/** One group of failures: what is alike, as what versions, what stood before the newest, what people said. */
import type { ParsedParams } from '../../../../shared/contract.ts';
import { mostTextsRead, type FailureDetail } from '../../../../shared/failures.ts';
import { kindWord, outcomeWord, statusWord, US_DAY } from '../codes.ts';
import { StoreError } from '../errors.ts';
import { normalisedFrame, normalisedMessage } from '../fingerprint.ts';
import { hash53 } from '../hash.ts';
import { publicId } from '../ids.ts';
import { failureBins, type Bins } from './failure-bins.ts';
import { countsOf, groupRow, Tally, type GroupRow } from './failure-counts.ts';
import { groupsOf } from './failure-groups.ts';
import { stateOf } from './failure-state.ts';
import { newest } from './failures.ts';
import { inOneView } from './one-view.ts';
import { costOf, iso, rowId, type MoneySums, type Reading } from './reading.ts';
import { Sight } from './span-of-time.ts';

const mostOccurrences = 50;
const mostBefore = 12;
const deepest = 50;
const mostSaid = 500;

/** A group without a failure in the period is still shown, with none. */
export const getFailure = (reading: Reading, params: ParsedParams<'failures.get'>, nowUs: number): FailureDetail => inOneView(reading, () => detailOf(reading, params, nowUs));

function detailOf(reading: Reading, { id, period }: ParsedParams<'failures.get'>, nowUs: number): FailureDetail {
  const row = groupRow(reading, rowId('failure', id));
  if (row === undefined) throw new StoreError('not_found', 'This group of failures is no longer in the history: the retention or somebody removed it.');
  const bins = failureBins(period, nowUs);
  const tally = new Tally(reading, bins, [row.id]);
  const agents = countsOf(reading, tally).get(row.id) ?? new Map<number, number>();
  const count = [...agents.values()].reduce((sum, one) => sum + one, 0);
  const scene = { reading, bins, sight: new Sight(reading, bins, nowUs), nowUs };
  const [group] = groupsOf(scene, [{ row, state: stateOf(row, nowUs), agents, count }], tally);
  if (group === undefined) throw new StoreError('internal', 'A group of failures could not be told.');
  const said = reading.sql<[number], Said>('SELECT id, at_us AS atUs, actor, state, note FROM failure_said WHERE failure = ? ORDER BY id DESC LIMIT ' + String(mostSaid)).all(row.id);
  return {
    ...group, alike: alikeOf(reading, row), messages: messagesOf(reading, row.id, bins), perVersion: versionsOf(reading, row.id, bins), before: beforeOf(reading, row.id), occurrences: occurrencesOf(reading, row.id, bins),
    notesList: said.filter((one) => one.note !== null).map((one) => ({ id: publicId('failureNote', one.id), at: iso(one.atUs), by: one.actor, text: one.note ?? '' })),
    history: said.filter((one) => one.state !== null).map((one) => ({ at: iso(one.atUs), by: one.actor, state: one.state as FailureDetail['state'] })),
  };
}

interface Said { readonly id: number; readonly atUs: number; readonly actor: string; readonly state: string | null; readonly note: string | null }

/** As the fingerprint has it; what there is none of is left out. */
function alikeOf(reading: Reading, row: GroupRow): FailureDetail['alike'] {
  const stack = reading.sql<[number], number | null>('SELECT error_stack FROM activity WHERE failure = ? ORDER BY ts_us DESC LIMIT 1').pluck().get(row.id) ?? null;
  return [
    { name: 'kind', value: kindWord(row.kind).replace('_', ' ') }, { name: 'name', value: reading.texts.of(row.name) }, { name: 'error', value: reading.texts.of(row.errorType) },
    { name: 'message', value: normalisedMessage(reading.texts.of(row.errorMessage)) }, { name: 'top of the stack', value: normalisedFrame(reading.texts.of(stack)) },
  ].filter((one) => one.value !== '');
}

/** Of the newest of the period. */
function messagesOf(reading: Reading, failure: number, { fromUs, toUs }: Bins): number {
  const texts = reading.sql<number[], number | null>(`SELECT error_message FROM activity INDEXED BY activity_failure WHERE failure = ? AND ts_us >= ? AND ts_us < ? ORDER BY ts_us DESC LIMIT ${mostTextsRead}`).pluck().all(failure, fromUs, toUs);
  return new Set(texts).size;
}

interface VersionLine { readonly agent: number; readonly version: number; readonly count: number }
interface RanAs { readonly agent: number; readonly version: string; readonly firstUs: number }

const mostLines = 50;

/** Of tasks whose last time was in the period. `agents` null: all. */
function linesByTask(reading: Reading, failure: number, { fromUs, toUs }: Bins, agents: readonly number[] | null): VersionLine[] {
  return reading.sql<(number | string)[], VersionLine>(`SELECT agent, version, sum(times) AS count FROM failure_task
    WHERE failure = ? AND last_us >= ? AND last_us < ? ${agents === null ? '' : 'AND agent IN (SELECT value FROM json_each(?))'} GROUP BY agent, version`).all(failure, fromUs, toUs, ...(agents === null ? [] : [JSON.stringify(agents)]));
}

/** Of whole days by their sums: how often an agent failed is known by the day, and as what it ran beside it. Only where it ran as several must its tasks be looked at. */
function linesByDay(reading: Reading, failure: number, bins: Bins, days: { readonly from: number; readonly to: number }): VersionLine[] {
  const hits = reading.sql<number[], { agent: number; version: number; tasks: number }>('SELECT agent, version, tasks FROM failure_hit WHERE failure = ? AND day BETWEEN ? AND ?').all(failure, days.from, days.to);
  const ran = [...Map.groupBy(hits.filter((hit) => hit.tasks > 0), (hit) => `${hit.agent} ${hit.version}`).values()].flatMap(([hit]) => hit ?? []);
  const counts = new Map<number, number>();
  for (const [agent, count] of reading.sql<number[], [number, number]>('SELECT d.agent, d.count FROM failure_agent fa CROSS JOIN failure_day d ON d.failure = fa.failure AND d.agent = fa.agent AND d.day BETWEEN ? AND ? WHERE fa.failure = ?').raw().all(days.from, days.to, failure)) counts.set(agent, (counts.get(agent) ?? 0) + count);
  const byAgent = [...Map.groupBy(ran, (one) => one.agent)];
  const several = byAgent.flatMap(([agent, versions]) => (versions.length > 1 ? [agent] : []));
  return [
    ...byAgent.flatMap(([agent, versions]) => versions.length > 1 ? [] : versions.map(({ version }) => ({ agent, version, count: counts.get(agent) ?? 0 }))),
    ...(several.length === 0 ? [] : linesByTask(reading, failure, bins, several)),
  ];
}

function linesOf(reading: Reading, failure: number, bins: Bins): VersionLine[] {
  const lines = bins.days === null ? linesByTask(reading, failure, bins, null) : linesByDay(reading, failure, bins, bins.days);
  return lines.filter((line) => line.count > 0).sort((a, b) => b.count - a.count || a.agent - b.agent || a.version - b.version).slice(0, mostLines);
}

/** By the version that the task ran as; versions of the same agents that were seen in the period without it stand with 0, so that a change shows. */
function versionsOf(reading: Reading, failure: number, bins: Bins): FailureDetail['perVersion'] {
  const { fromUs, toUs } = bins;
  const lines = linesOf(reading, failure, bins);
  const first = reading.sql<number[], number>('SELECT last_us FROM failure_task WHERE failure = ? AND last_us >= ? AND last_us < ? AND agent = ? AND version = ? ORDER BY last_us LIMIT 1').pluck();
  const ranAs = reading.sql<[string, number, number], RanAs>(`SELECT v.agent, v.version, v.first_us AS firstUs FROM json_each(?) j CROSS JOIN agent_version v ON v.agent = j.value
    WHERE v.last_us >= ? AND v.first_us < ? ORDER BY v.first_us DESC LIMIT 50`).all(JSON.stringify([...new Set(lines.map((line) => line.agent))]), fromUs, toUs);
  const tasks = reading.sql<number[], number>('SELECT coalesce(sum(tasks), 0) FROM task_day WHERE agent = ? AND day BETWEEN ? AND ? AND version = ?').pluck();
  const told = (line: VersionLine, version: string | null, firstUs: number): FailureDetail['perVersion'][number] => ({
    agentId: reading.agentId(line.agent), agentName: reading.agent(line.agent).name, version, count: line.count, firstSeen: iso(firstUs),
    tasks: tasks.get(line.agent, Math.floor(fromUs / US_DAY), Math.floor((toUs - 1) / US_DAY), line.version) ?? 0,
  });
  const withIt = lines.map((line) => {
    const version = reading.texts.of(line.version) || null;
    return told(line, version, ranAs.find((one) => one.agent === line.agent && one.version === version)?.firstUs ?? first.get(failure, fromUs, toUs, line.agent, line.version) ?? fromUs);
  });
  const id = reading.sql<[number, string], number>('SELECT id FROM string WHERE hash = ? AND text = ?').pluck();
  const without = ranAs.filter((one) => !lines.some((line) => line.agent === one.agent && reading.texts.of(line.version) === one.version));
  return [...withIt, ...without.map((one) => told({ agent: one.agent, version: id.get(hash53(one.version), one.version) ?? -1, count: 0 }, one.version, one.firstUs))];
}

interface Step { readonly id: number; readonly parent: number | null; readonly kind: number; readonly name: number; readonly status: number; readonly ts: number }
const stepColumns = 'id, parent, kind, name, status, ts_us AS ts';

/** All that it stands under, and the last that the task did before it. */
function beforeOf(reading: Reading, failure: number): FailureDetail['before'] {
  const example = newest(reading, failure, null);
  if (example === undefined) return [];
  const one = reading.sql<[number], Step>(`SELECT ${stepColumns} FROM activity WHERE id = ?`);
  const ancestors = new Map<number, Step>();
  for (let at = one.get(example.id)?.parent ?? null; at !== null && ancestors.size < deepest && !ancestors.has(at);) {
    const step = one.get(at);
    if (step === undefined) break;
    ancestors.set(step.id, step);
    at = step.parent;
  }
  const last = reading.sql<number[], Step>(`SELECT ${stepColumns} FROM activity INDEXED BY activity_key WHERE task = ? AND ts_us <= ? AND id <> ? ORDER BY ts_us DESC, id DESC LIMIT ${mostBefore}`).all(example.task, example.ts, example.id);
  const steps = new Map([...ancestors, ...last.map((step) => [step.id, step] as const)]);
  return [...steps.values()].toSorted((a, b) => a.ts - b.ts || a.id - b.id)
    .map((step) => ({ activityId: publicId('activity', step.id), kind: kindWord(step.kind), name: reading.texts.of(step.name), status: statusWord(step.status), at: iso(step.ts), ancestor: ancestors.has(step.id) }));
}

interface Occurrence extends MoneySums { readonly id: number; readonly task: number; readonly ts: number; readonly agent: number; readonly outcome: number }

/** The newest, with what their tasks came to. */
function occurrencesOf(reading: Reading, failure: number, { fromUs, toUs }: Bins): FailureDetail['occurrences'] {
  const rows = reading.sql<number[], Occurrence>(`SELECT a.id, a.task, a.ts_us AS ts, a.agent, t.outcome, t.micros, t.priced, t.computed, t.unpriced, t.currency FROM activity a INDEXED BY activity_failure CROSS JOIN task t ON t.id = a.task
    WHERE a.failure = ? AND a.ts_us >= ? AND a.ts_us < ? ORDER BY a.ts_us DESC LIMIT ${mostOccurrences}`).all(failure, fromUs, toUs);
  return rows.map((row) => ({
    activityId: publicId('activity', row.id), taskId: publicId('task', row.task), at: iso(row.ts), agentId: reading.agentId(row.agent), agentName: reading.agent(row.agent).name, outcome: outcomeWord(row.outcome), cost: costOf(reading, row),
  }));
}
