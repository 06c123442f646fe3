/** The least that an agent needs, from what it was seen using, and what that would have blocked in all history that is kept. */
import type { Proposal } from '../../../../shared/access.ts';
import type { ParsedParams } from '../../../../shared/contract.ts';
import { kindsOfForm, propose } from '../../access/propose.ts';
import type { Observed, ProposalDraft, ProposedGrant } from '../../access/proposing.ts';
import { US_DAY } from '../codes.ts';
import { StoreError } from '../errors.ts';
import { heldGrants, type HeldGrant } from '../held-grants.ts';
import { publicId } from '../ids.ts';
import { normalisedOf, readingOf } from '../stored-grant.ts';
import { callsOf, newestCalls, type NameSums } from './access-calls.ts';
import { USE } from './grants.ts';
import { iso, rowId, type Reading } from './reading.ts';
import { gapRows } from './span-of-time.ts';

type Params = ParsedParams<'access.proposal'>;
interface Use { readonly state: number; readonly lastUsedUs: number | null }

const stateOf = (use: Use | undefined): ProposedGrant['use'] => (use === undefined || use.state === USE.cannot_tell ? 'cannot_tell' : use.state === USE.used ? 'used' : 'not_used');

function usesOf(reading: Reading, head: number, held: readonly HeldGrant[]): Map<number, Use> {
  return new Map(reading.sql<[string, number], [number, number, number | null]>('SELECT u.grant_id, u.state, u.last_used_us FROM json_each(?) i CROSS JOIN grant_use u ON u.grant_id = i.value AND u.holder = ?').raw().all(JSON.stringify(held.map(({ id }) => id)), head).map(([grant, state, lastUsedUs]) => [grant, { state, lastUsedUs }]));
}

/** Only policies are written from what their source says. */
function proposedOf(reading: Reading, held: readonly HeldGrant[], uses: ReadonlyMap<number, Use>): ProposedGrant[] {
  const written = held.filter(({ kind }) => kind === 'statement' || kind === 'policy').map(({ id }) => id);
  const sources = new Map(reading.sql<[string], [number, string]>('SELECT grant_id, text FROM grant_source WHERE grant_id IN (SELECT value FROM json_each(?))').raw().all(JSON.stringify(written)));
  return held.map((row) => ({ id: row.id, reading: { ...normalisedOf(row, readingOf(row)), source: sources.get(row.id) ?? '' }, role: row.role, connectionName: row.connectionName, use: stateOf(uses.get(row.id)) }));
}

/** Done in the asked days, refused tries left out. What began in them is told by the sums over all time; only of the rest the days are read. */
function observedOf(reading: Reading, callers: readonly number[], names: readonly NameSums[], sinceUs: number): Observed[] {
  const recent = names.filter((one) => one.lastUsedUs >= sinceUs && one.calls > one.denied);
  const older = recent.filter((one) => one.firstUsedUs < sinceUs).map((one) => one.name);
  const counted = older.length === 0 ? new Map<number, number>() : new Map(reading.sql<unknown[], [number, number]>(`SELECT t.name, sum(t.calls - t.denied) FROM json_each(?) a CROSS JOIN tool_day t ON t.agent = a.value AND t.day >= ?
    WHERE t.name IN (SELECT value FROM json_each(?)) GROUP BY t.name`).raw().all(JSON.stringify(callers), Math.floor(sinceUs / US_DAY), JSON.stringify(older)) as [number, number][]);
  return recent.map((one) => ({ name: one.text, times: counted.get(one.name) ?? one.calls - one.denied, lastUs: one.lastUsedUs }));
}

/** Time in which none of its sources could be seen, gaps that overlap counted once. */
function notSeenMs(reading: Reading, callers: readonly number[], fromUs: number, toUs: number): number {
  const connections = new Set(callers.map((caller) => reading.agent(caller).connection));
  let covered = fromUs;
  let total = 0;
  for (const gap of gapRows(reading, { fromUs, toUs })) {
    if (gap.connection !== null && !connections.has(gap.connection)) continue;
    const start = Math.max(covered, gap.fromUs);
    const end = Math.min(toUs, gap.toUs ?? toUs);
    if (end <= start) continue;
    total += end - start;
    covered = end;
  }
  return Math.round(total / 1_000);
}

const mostNames = 500;
const mostExamples = 20;

function replayOf(reading: Reading, draft: ProposalDraft, names: readonly NameSums[], callers: readonly number[], nowUs: number): Proposal['replay'] {
  const done = names.filter((one) => one.calls > one.denied && draft.concerns(one.text));
  const blocked = done.filter((one) => !draft.permits(one.text)).toSorted((a, b) => b.lastUsedUs - a.lastUsedUs);
  const times = (of: readonly NameSums[]): number => of.reduce((sum, one) => sum + one.calls - one.denied, 0);
  const first = reading.sql<[string], { us: number | null }>('SELECT min(first_us) AS us FROM agent WHERE rows > 0 AND id IN (SELECT value FROM json_each(?))').get(JSON.stringify(callers))?.us ?? null;
  return {
    from: first === null ? null : iso(first), to: iso(nowUs), actions: times(done), blocked: times(blocked),
    blockedNames: blocked.slice(0, mostNames).map((one) => ({ name: one.text, times: one.calls - one.denied, lastAt: iso(one.lastUsedUs) })),
    examples: newestCalls(reading, callers, { names: blocked.map((one) => one.name), denied: false, untilUs: blocked[0]?.lastUsedUs ?? 0, most: mostExamples }),
    notSeenMs: first === null ? 0 : notSeenMs(reading, callers, first, nowUs),
  };
}

export function accessProposal(reading: Reading, params: Params, nowUs: number): Proposal {
  const callers = reading.sourcesOf(rowId('agent', params.agentId));
  const head = callers[0] ?? 0;
  const { name } = reading.agent(head);
  if (reading.sql<[number], { id: number }>('SELECT id FROM agent WHERE id = ?').get(head) === undefined) throw new StoreError('not_found', `There is no agent with the identifier ${params.agentId.slice(0, 40)}.`);
  const held = heldGrants(reading.db, head, callers, kindsOfForm[params.form]);
  const uses = usesOf(reading, head, held);
  const names = callsOf(reading, callers);
  const draft = propose({ form: params.form, agentName: name, grants: proposedOf(reading, held, uses), observed: observedOf(reading, callers, names, nowUs - params.days * US_DAY) });
  const byId = new Map(held.map((row) => [row.id, row]));
  const told = (ids: readonly number[]): Proposal['cannotTell'] => ids.flatMap((id) => { const row = byId.get(id); return row === undefined ? [] : [{ grantId: publicId('grant', id), name: row.name, kind: row.kind }]; });
  return {
    form: draft.form, text: draft.text, mediaType: draft.mediaType, fileName: draft.fileName, keeps: draft.keeps.map((one) => ({ name: one.name, times: one.times, lastAt: iso(one.lastUs) })),
    drops: told(draft.drops).map((one) => { const last = uses.get(rowId('grant', one.grantId))?.lastUsedUs ?? null; return { ...one, lastUsedAt: last === null ? null : iso(last) }; }),
    cannotTell: told(draft.cannotTell), replay: replayOf(reading, draft, names, callers, nowUs), warnings: [...draft.warnings],
  };
}
