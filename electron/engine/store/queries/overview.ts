/** The first screen: what needs a person, what changed, activity and spend over time. */
import type { NeedsYou, Overview, ParsedParams } from '../../../../shared/contract.ts';
import { IDENTITY, identityWord, KEY_KIND, OUTCOME, STATUS, US_DAY, US_MINUTE } from '../codes.ts';
import { publicId } from '../ids.ts';
import { TALLY } from '../tallies.ts';
import { findingsNeedingSomebody } from './access-findings.ts';
import { alertsNeedingSomebody } from './alerts.ts';
import { countWaiting, waitingLongest } from './approvals.ts';
import { beforeAndSince, hourSums } from './before-and-since.ts';
import { costOf, iso, micros, type Reading } from './reading.ts';
import { activitySeries, spendSeries } from './series.ts';
import { gapRows, gapsIn, Sight, spanOf, type Span } from './span-of-time.ts';
import { stopsNeedingSomebody } from './stops.ts';

/** Work that has been open for longer than this is worth a look. */
const openTooLongUs = 30 * US_MINUTE;
const mostOfAKind = 20;

function named(reading: Reading, agent: number): Pick<NeedsYou, 'agentId' | 'agentName'> {
  return { agentId: reading.agentId(agent), agentName: reading.agent(agent).name };
}

function lastToFail(reading: Reading, failure: number): number | undefined {
  return (reading.sql<[number], { agent: number }>('SELECT agent FROM activity WHERE failure = ? ORDER BY ts_us DESC LIMIT 1').get(failure)
    // Its records are past their time: the counts still say whose they were.
    ?? reading.sql<[number], { agent: number }>('SELECT agent FROM failure_agent WHERE failure = ? AND count > 0 ORDER BY count DESC LIMIT 1').get(failure))?.agent;
}

/** Failure groups that were never seen before `sinceUs`, the most frequent first. */
function newFailures(reading: Reading, sinceUs: number): NeedsYou[] {
  const rows = reading.sql<[number], { id: number; name: number; message: number | null; count: number; firstUs: number }>(
    'SELECT id, name, error_message AS message, count, first_us AS firstUs FROM failure WHERE created_us >= ? AND count > 0 ORDER BY count DESC LIMIT 8').all(sinceUs);
  return rows.flatMap((row) => {
    const agent = lastToFail(reading, row.id);
    if (agent === undefined) return [];
    const what = reading.texts.of(row.message) || reading.texts.of(row.name);
    return [{ id: publicId('failure', row.id), kind: 'failure' as const, ...named(reading, agent), text: `${row.count === 1 ? 'Once' : `${row.count} times`}: ${reading.texts.of(row.name)}: ${what}`, since: iso(row.firstUs), target: { screen: 'agent' as const, id: reading.agentId(agent) } }];
  });
}

function openTooLong(reading: Reading, nowUs: number): NeedsYou[] {
  const rows = reading.sql<[number], { id: number; root: number; loose: number; startedUs: number; open: number }>(
    // What waits for an answer or is stuck has a line that says more.
    `SELECT id, root_agent AS root, loose_agent AS loose, started_us AS startedUs, open FROM task INDEXED BY task_live WHERE outcome IN (4, 5) AND started_us < ?
      AND NOT (key_kind = ${KEY_KIND.run} AND outcome = ${OUTCOME.waiting}) AND id NOT IN (SELECT task FROM stuck) ORDER BY started_us LIMIT 10`).all(nowUs - openTooLongUs);
  return rows.map((row) => ({
    id: publicId('task', row.id), kind: 'open_too_long', ...named(reading, row.root || row.loose), text: row.open > 0 ? `Task open, ${row.open === 1 ? 'one call' : `${row.open} calls`} without an end` : 'Task open for more than 30 min',
    since: iso(row.startedUs), target: { screen: 'agent', id: reading.agentId(row.root || row.loose) },
  }));
}

interface Counted { readonly agent: number; readonly n: number; readonly lastUs: number }

/** Denials and interruptions since the last visit, one line an agent. */
function countedSince(reading: Reading, sinceUs: number, status: number, kind: 'denied' | 'interrupted', say: (n: number) => string): NeedsYou[] {
  const seen = new Map<number, Counted>();
  const rows = reading.sql<[number, number], { agent: number; ts: number }>(
    // `status > 3` names the partial index: these ends are rare.
    'SELECT agent, ts_us AS ts FROM activity WHERE status > 3 AND status = ? AND ts_us >= ? ORDER BY ts_us DESC LIMIT 5000').all(status, sinceUs);
  for (const row of rows) {
    const agent = reading.headOf(row.agent);
    const one = seen.get(agent);
    seen.set(agent, { agent, n: (one?.n ?? 0) + 1, lastUs: Math.max(one?.lastUs ?? 0, row.ts) });
  }
  return [...seen.values()].toSorted((a, b) => b.n - a.n).slice(0, 5).map((one) => ({
    id: `${kind}-${one.agent}`, kind, ...named(reading, one.agent), text: say(one.n), since: iso(one.lastUs), target: { screen: 'agent', id: publicId('agent', one.agent) },
  }));
}

function borrowed(reading: Reading, sinceUs: number): NeedsYou[] {
  const rows = reading.sql<number[], { id: number; of: string | null; firstUs: number }>(
    'SELECT id, identity_of AS of, first_us AS firstUs FROM agent WHERE identity IN (?, ?) AND rows > 0 AND last_us >= ? ORDER BY last_us DESC LIMIT 5').all(IDENTITY.borrowed, IDENTITY.shared, sinceUs);
  return rows.map((row) => ({ id: `borrowed-${row.id}`, kind: 'borrowed', ...named(reading, row.id), text: `Acts with a person's own account${row.of ? `: ${row.of}` : ''}`, since: iso(row.firstUs), target: { screen: 'agent', id: reading.agentId(row.id) } }));
}

function openGaps(reading: Reading, span: Span): NeedsYou[] {
  return gapRows(reading, span).filter((gap) => gap.toUs === null).map((gap) => ({
    id: publicId('gap', gap.id), kind: 'gap', agentId: null, agentName: null, text: gap.text, since: iso(gap.fromUs), target: { screen: 'connections', id: gap.connection === null ? null : publicId('connection', gap.connection) },
  }));
}

/** The newest of what a connection sent was refused, not long ago. */
function refusing(reading: Reading, nowUs: number): NeedsYou[] {
  return reading.sql<number[], { id: number; name: string; reason: string; count: number; lastUs: number }>(
    `SELECT c.id, c.name, t.reason, t.count, max(t.last_us) AS lastUs FROM connection c JOIN tally t ON t.connection = c.id AND t.what = ?
     WHERE c.removed_us IS NULL AND c.enabled = 1 AND t.last_us >= coalesce(c.last_data_us, 0) AND t.last_us > ? GROUP BY c.id LIMIT 5`,
  ).all(TALLY.refused, nowUs - 15 * US_MINUTE).map((row) => ({
    id: publicId('connection', row.id), kind: 'connection', agentId: null, agentName: null, text: `${row.name}: ${row.reason}, ${row.count === 1 ? 'once' : `${row.count} times`}`, since: iso(row.lastUs),
    target: { screen: 'connections', id: publicId('connection', row.id) },
  }));
}

function alarms(reading: Reading): NeedsYou[] {
  return reading.sql<[], { id: string; text: string; sinceUs: number }>("SELECT id, text, since_us AS sinceUs FROM alarm WHERE severity <> 'info' ORDER BY since_us DESC LIMIT 10").all()
    .map((row) => ({ id: `alarm-${row.id}`, kind: 'alarm', agentId: null, agentName: null, text: row.text, since: iso(row.sinceUs), target: { screen: 'settings', id: null } }));
}

/** So many lines of one kind; the rest is told by its number. */
const linesOfAKind = 5;

/** What has waited longest first. */
function approvals(reading: Reading): NeedsYou[] {
  const waiting = waitingLongest(reading, linesOfAKind + 1);
  const lines = waiting.slice(0, linesOfAKind).map((one): NeedsYou => ({
    id: one.id, kind: 'approval', agentId: one.agentId, agentName: one.agentName, text: one.title, since: one.askedAt, target: { screen: 'approvals', id: one.id },
  }));
  const next = waiting[linesOfAKind];
  if (next === undefined) return lines;
  const more = countWaiting(reading) - linesOfAKind;
  return [...lines, { id: 'approvals-more', kind: 'approval', agentId: null, agentName: null, text: more === 1 ? 'One more approval waits' : `${more} more approvals wait`, since: next.askedAt, target: { screen: 'approvals', id: null } }];
}

/** Said to go on, and nothing shows that it does. */
function stuck(reading: Reading): NeedsYou[] {
  const rows = reading.sql<[], { task: number; root: number; loose: number; text: string; sinceUs: number }>(
    `SELECT s.task, t.root_agent AS root, t.loose_agent AS loose, s.text, s.since_us AS sinceUs FROM stuck s JOIN task t ON t.id = s.task
     WHERE t.outcome IN (${OUTCOME.running}, ${OUTCOME.waiting}) ORDER BY s.since_us`).all();
  const lines = rows.slice(0, linesOfAKind).map((row): NeedsYou => ({
    id: `stuck-${publicId('task', row.task)}`, kind: 'stuck', ...named(reading, row.root || row.loose), text: row.text, since: iso(row.sinceUs), target: { screen: 'agent', id: reading.agentId(row.root || row.loose) },
  }));
  const next = rows[linesOfAKind];
  if (next === undefined) return lines;
  const more = rows.length - linesOfAKind;
  return [...lines, { id: 'stuck-more', kind: 'stuck', agentId: null, agentName: null, text: more === 1 ? 'One more task is stuck' : `${more} more tasks are stuck`, since: iso(next.sinceUs), target: { screen: 'live', id: null } }];
}

/** Stops that did not stop, could not be seen to, came back, or wait for a second person. */
function stops(reading: Reading, nowUs: number): NeedsYou[] {
  return stopsNeedingSomebody(reading, nowUs, linesOfAKind).map((row) => ({
    id: publicId('stop', row.id), kind: 'stop', agentId: row.agent === null ? null : reading.agentId(row.agent), agentName: row.scopeName, text: row.headline, since: iso(row.commandedUs ?? row.intentUs), target: { screen: 'stop', id: publicId('stop', row.id) },
  }));
}

/** By consequence: what was to stop and did not, what an alert says that nobody has acknowledged, who waits for an answer, what broke here, what cannot be seen, failures, then what to look at. */
function needsYou(reading: Reading, span: Span, sinceUs: number, nowUs: number): NeedsYou[] {
  const times = (n: number): string => (n === 1 ? 'once' : `${n} times`);
  const alerts = alertsNeedingSomebody(reading, linesOfAKind);
  return [
    ...stops(reading, nowUs), ...alerts.lines, ...approvals(reading), ...alarms(reading), ...openGaps(reading, span), ...refusing(reading, nowUs), ...stuck(reading), ...newFailures(reading, Math.min(sinceUs, nowUs - US_DAY)).filter((line) => !alerts.tells('failure', line.id)), ...openTooLong(reading, nowUs),
    ...countedSince(reading, sinceUs, STATUS.denied, 'denied', (n) => `Denied ${times(n)}`).filter((line) => !alerts.tells('denied', line.agentId)),
    ...countedSince(reading, sinceUs, STATUS.interrupted, 'interrupted', (n) => `${n === 1 ? 'A call' : `${n} calls`} interrupted without a result`),
    ...findingsNeedingSomebody(reading, sinceUs, nowUs), ...borrowed(reading, sinceUs),
  ].slice(0, mostOfAKind);
}

function changed(reading: Reading, sinceUs: number, nowUs: number): Overview['changed'] {
  const now: Span = { fromUs: sinceUs, toUs: nowUs };
  const { before, ...counted } = beforeAndSince(reading, sinceUs, nowUs);
  return {
    since: iso(sinceUs),
    // An agent known only by its service may yet say its name; after ten minutes that is its name.
    newAgents: reading.sql<[number, number], { id: number; name: string }>(
      'SELECT id, name FROM agent WHERE created_us >= ? AND (rows > 0 OR discovered_us IS NOT NULL) AND (provisional = 0 OR created_us < ?) ORDER BY created_us DESC LIMIT 50').all(sinceUs, nowUs - 10 * US_MINUTE)
      // Another side of an agent that is known is no new agent.
      .filter((row) => reading.headOf(row.id) === row.id).map((row) => ({ id: publicId('agent', row.id), name: row.name })),
    newVersions: reading.sql<[number], { agent: number; version: string }>(
      'SELECT v.agent, v.version FROM agent_version v WHERE v.first_us >= ? AND EXISTS (SELECT 1 FROM agent_version o WHERE o.agent = v.agent AND o.first_us < v.first_us) ORDER BY v.first_us DESC LIMIT 50',
    ).all(sinceUs).map((row) => ({ id: reading.agentId(row.agent), name: reading.agent(row.agent).name, version: row.version })),
    // To learn an identity for the first time is no change of it.
    identityChanges: reading.sql<[number, number], { agent: number; was: number; isNow: number }>('SELECT agent, was, is_now AS isNow FROM identity_change WHERE at_us >= ? AND was <> ? ORDER BY at_us DESC LIMIT 50').all(sinceUs, IDENTITY.unknown)
      .map((row) => ({ id: reading.agentId(row.agent), name: reading.agent(row.agent).name, from: identityWord(row.was), to: identityWord(row.isNow) })),
    ...counted,
    newFailureGroups: reading.sql<[number], { n: number }>('SELECT count(*) AS n FROM failure WHERE created_us >= ? AND count > 0').get(sinceUs)?.n ?? 0,
    seenShare: new Sight(reading, now, nowUs).overall(now), seenShareBefore: new Sight(reading, before, nowUs).wholeOf(before),
  };
}

export function getOverview(reading: Reading, params: ParsedParams<'overview.get'>, nowUs: number): Overview {
  const span = spanOf(params.period, nowUs);
  const sinceUs = Math.min(micros(params.since), nowUs - 1);
  const month = new Date(nowUs / 1_000);
  const monthStart = Date.UTC(month.getUTCFullYear(), month.getUTCMonth(), 1) * 1_000;
  return {
    needsYou: needsYou(reading, span, sinceUs, nowUs), changed: changed(reading, sinceUs, nowUs),
    activity: activitySeries(reading, { period: params.period, bins: 100 }, nowUs),
    spend: spendSeries(reading, { period: params.period, bins: 60, by: 'model' }, nowUs),
    monthCost: costOf(reading, hourSums(reading, { fromUs: monthStart, toUs: nowUs })), gaps: gapsIn(reading, span),
  };
}
