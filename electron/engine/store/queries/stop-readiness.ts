/** For each agent and level: is there a lever, may it be pulled, and did it work not long ago. Drills, and canaries whose drill is due. */
import type { ParsedParams, Result } from '../../../../shared/contract.ts';
import type { Lever, StopLevel } from '../../../../shared/domain.ts';
import { leverKinds, type LeverKind, type PlanLever, type ReadinessCell, type ReadinessRow, type StopState } from '../../../../shared/stop.ts';
import { US_DAY } from '../codes.ts';
import { readSettings } from '../commands.ts';
import { publicId } from '../ids.ts';
import type { DrillFact } from '../stop-commands.ts';
import { allGroups, type Group } from './agent-groups.ts';
import { iso, micros, rowId, type Reading } from './reading.ts';
import { tagsByAgent } from './stop-tags.ts';

type Right = ReadinessCell['rights'];
interface RightRow { readonly connection: number; readonly level: StopLevel; readonly result: Right; readonly atUs: number; readonly text: string }
interface Try { readonly id: number; readonly origin: string; readonly state: StopState; readonly headline: string; readonly atUs: number; readonly commandedUs: number | null; readonly containedUs: number | null }
interface Around { readonly tries: Tries; readonly kinds: ReadonlyMap<string, LeverKind>; readonly rights: readonly RightRow[]; readonly staleDays: number; readonly nowUs: number }

/** The surest lever of each level at each connection, by `connection/level`. */
function leverKindsOf(reading: Reading): Map<string, LeverKind> {
  const best = new Map<string, LeverKind>();
  const note = (connection: number, level: StopLevel, kind: LeverKind): void => {
    const key = `${connection}/${level}`;
    const known = best.get(key);
    if (known === undefined || leverKinds.indexOf(kind) < leverKinds.indexOf(known)) best.set(key, kind);
  };
  for (const { connection, facts } of reading.sql<[], { connection: number; facts: string }>('SELECT r.connection, r.facts FROM runtime r JOIN connection c ON c.id = r.connection WHERE r.facts IS NOT NULL AND c.removed_us IS NULL').all()) {
    const levers = (JSON.parse(facts) as { readonly levers: readonly Lever[] }).levers.filter((lever) => lever.pulled);
    for (const lever of levers) note(connection, lever.level, lever.kind);
    // The console itself holds where single runs can be cancelled.
    if (levers.some((lever) => lever.kind === 'cut' && lever.reach === 'task')) note(connection, 'suspend', 'hold');
  }
  // A process is a lever once it was found to be an agent's.
  const processes = reading.sql<[], { connection: number; id: number }>("SELECT connection, max(id) AS id FROM stop_lever INDEXED BY stop_lever_process WHERE lever_id >= 'process.' AND lever_id < 'process/' GROUP BY connection, lever_id");
  const planOf = reading.sql<[number], { plan: string }>('SELECT plan FROM stop_lever WHERE id = ?');
  for (const { connection, id } of processes.all()) {
    const { level, kind } = JSON.parse(planOf.get(id)?.plan ?? '{}') as Partial<Pick<PlanLever, 'level' | 'kind'>>;
    if (level !== undefined && kind !== undefined) note(connection, level, kind);
  }
  return best;
}

type Tries = ReadonlyMap<string, Try>;

/** By `agent/level`: the newest order or drill in which each was, of those that came to a verdict. */
function triesOf(reading: Reading): Tries {
  const find = reading.sql<[number], Try>('SELECT id, origin, state, headline, intent_us AS atUs, commanded_us AS commandedUs, contained_us AS containedUs FROM stop_order WHERE id = ?');
  const orders = new Map<number, Try | undefined>();
  const tries = new Map<string, Try>();
  for (const { agent, level, stop } of reading.sql<[], { agent: number; level: StopLevel; stop: number }>('SELECT agent, level, stop FROM agent_tried').all()) {
    if (!orders.has(stop)) orders.set(stop, find.get(stop));
    const order = orders.get(stop);
    if (order !== undefined) tries.set(`${agent}/${level}`, order);
  }
  return tries;
}

/** Of any of its sides. */
function newestTry(group: Group, level: StopLevel, tries: Tries): Try | undefined {
  return group.members.flatMap((one) => tries.get(`${one.id}/${level}`) ?? []).toSorted((one, two) => two.id - one.id)[0];
}

function cellOf(group: Group, level: StopLevel, around: Around): ReadinessCell {
  const kinds = group.members.flatMap((one) => around.kinds.get(`${one.connection}/${level}`) ?? []).toSorted((one, two) => leverKinds.indexOf(one) - leverKinds.indexOf(two));
  const checks = around.rights.filter((row) => row.level === level && group.members.some((one) => one.connection === row.connection));
  const missing = checks.find((row) => row.result === 'missing');
  const rights: Right = missing !== undefined ? 'missing' : checks.length > 0 && checks.every((row) => row.result === 'ok') ? 'ok' : 'unknown';
  const tried = newestTry(group, level, around.tries);
  const told = {
    kind: kinds[0] ?? null, rights, rightsAt: checks.length === 0 ? null : iso(Math.max(...checks.map((row) => row.atUs))), triedAt: tried === undefined ? null : iso(tried.commandedUs ?? tried.atUs),
    tookMs: tried === undefined ? null : tookMs(tried),
  };
  if (kinds[0] === undefined) return { ...told, state: 'none', text: 'No lever of this level is known here.' };
  if (missing !== undefined) return { ...told, state: 'failed', text: missing.text };
  return { ...told, ...verdictOf(tried, around) };
}

const tookMs = ({ containedUs, commandedUs }: Try): number | null => (containedUs === null || commandedUs === null ? null : Math.max(0, containedUs - commandedUs) / 1_000);

function verdictOf(tried: Try | undefined, { staleDays, nowUs }: Around): Pick<ReadinessCell, 'state' | 'text'> {
  if (tried === undefined) return { state: 'never', text: 'Never tried.' };
  const what = `${tried.origin === 'drill' ? 'Drill' : 'Order'} ${tried.id}`;
  if (tried.state !== 'verified') return { state: 'failed', text: `${what}: ${tried.headline}` };
  const days = Math.floor((nowUs - (tried.commandedUs ?? tried.atUs)) / US_DAY);
  if (days > staleDays) return { state: 'stale', text: `${what} was verified ${days} days ago; the limit is ${staleDays} days.` };
  return { state: 'ready', text: `${what} was verified.` };
}

export function readiness(reading: Reading, _params: ParsedParams<'stop.readiness'>, nowUs: number): Result<'stop.readiness'> {
  const rights = reading.sql<[], RightRow>('SELECT connection, level, result, at_us AS atUs, text FROM right_check').all();
  const around: Around = { tries: triesOf(reading), kinds: leverKindsOf(reading), rights, staleDays: readSettings(reading.db).drillStaleDays, nowUs };
  const removed = new Set(reading.sql<[], { id: number }>('SELECT id FROM connection WHERE removed_us IS NOT NULL').all().map((row) => row.id));
  const canaries = new Map(canaryRows(reading).map((row) => [row.agent, row]));
  const tags = tagsByAgent(reading);
  const rows = allGroups(reading).map(({ head, members }) => ({ head, members: members.filter((one) => !removed.has(one.connection)) })).filter((group) => group.members.length > 0).map((group): ReadinessRow => {
    const agent = reading.headOf(group.head.id);
    const canary = canaries.get(agent);
    return {
      agentId: publicId('agent', agent), agentName: reading.agent(agent).name, connectionNames: [...new Set(group.members.map((one) => one.connectionName))], tags: tags.get(agent) ?? [],
      cancel: cellOf(group, 'cancel', around), suspend: cellOf(group, 'suspend', around), revoke: cellOf(group, 'revoke', around),
      canary: canary === undefined ? null : { level: canary.level, everyHours: canary.everyHours, nextAt: canary.nextUs === null ? null : iso(canary.nextUs) },
    };
  }).toSorted((one, two) => one.agentName.localeCompare(two.agentName) || one.agentId.localeCompare(two.agentId));
  return { rows, rightsAt: rights.length === 0 ? null : iso(Math.max(...rights.map((row) => row.atUs))) };
}

interface CanaryRow { readonly agent: number; readonly level: StopLevel; readonly everyHours: number | null; readonly nextUs: number | null }

/** By the agent that each is shown as now. */
function canaryRows(reading: Reading): CanaryRow[] {
  return reading.sql<[], CanaryRow>('SELECT agent, level, every_hours AS everyHours, next_us AS nextUs FROM canary').all().map((row) => ({ ...row, agent: reading.headOf(row.agent) }));
}

/** Longest due first. The row id of the mark, which may stand on a source of the agent. */
export function drillsDue(reading: Reading, { nowUs }: { readonly nowUs: number }): DrillFact[] {
  return reading.sql<[number], CanaryRow>('SELECT c.agent, c.level, c.every_hours AS everyHours, c.next_us AS nextUs FROM canary c JOIN agent a ON a.id = c.agent WHERE c.every_hours IS NOT NULL AND c.next_us <= ? ORDER BY c.next_us').all(nowUs)
    .map((row) => ({ ...row, publicId: reading.agentId(row.agent) }));
}

interface DrillRow { readonly id: number; readonly agents: string; readonly level: StopLevel; readonly state: StopState; readonly intentUs: number; readonly commandedUs: number | null; readonly lastActUs: number | null; readonly containedUs: number | null; readonly firstAnswerUs: number | null }

export function listDrills(reading: Reading, params: ParsedParams<'stop.drills'>): Result<'stop.drills'> {
  const agents = params.agentId === undefined ? null : reading.sourcesOf(rowId('agent', params.agentId));
  const rows = reading.sql<number[], DrillRow>(`SELECT o.id, o.agents, o.level, o.state, o.intent_us AS intentUs, o.commanded_us AS commandedUs, o.last_act_us AS lastActUs, o.contained_us AS containedUs, o.first_answer_us AS firstAnswerUs
    FROM stop_order o INDEXED BY stop_drill WHERE o.origin = 'drill' AND o.intent_us >= ? ${agents === null ? '' : `AND EXISTS (SELECT 1 FROM stop_agent s WHERE s.stop = o.id AND s.agent IN (${agents.map(() => '?').join(', ')}))`} ORDER BY o.id DESC LIMIT ?`)
    .all(params.since === undefined ? 0 : micros(params.since), ...(agents ?? []), params.limit);
  return { rows: rows.map(drillOf) };
}

function drillOf(row: DrillRow): Result<'stop.drills'>['rows'][number] {
  const [agent = { id: 0, name: '(unknown)' }] = JSON.parse(row.agents) as { id: number; name: string }[];
  // What came last may have come before the command: then nothing came after it.
  const sinceCommand = (us: number | null): number | null => (us === null || row.commandedUs === null ? null : Math.max(0, us - row.commandedUs) / 1_000);
  return {
    orderId: publicId('stop', row.id), orderNumber: row.id, agentId: publicId('agent', agent.id), agentName: agent.name, level: row.level, at: iso(row.commandedUs ?? row.intentUs), state: row.state,
    timeToLastActMs: sinceCommand(row.lastActUs), timeToContainMs: sinceCommand(row.containedUs), firstAnswerMs: sinceCommand(row.firstAnswerUs),
  };
}
