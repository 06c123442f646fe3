/** The calls that a holder made, by name, and the newest activities of some of them. */
import { actionsMatching } from '../../access/action-catalogue.ts';
import { actionsNeeded, isAwsCall } from '../../access/aws-call-names.ts';
import { cedarClasses } from '../../access/cedar-reading.ts';
import { short } from '../../access/labels.ts';
import { matchIndex, type MatchIndex } from '../../access/match.ts';
import { nameHints } from '../../access/name-hints.ts';
import type { AccessClass } from '../../../../shared/access.ts';
import type { Activity } from '../../../../shared/domain.ts';
import { KIND, STATUS } from '../codes.ts';
import { heldGrants, type HeldGrant } from '../held-grants.ts';
import { readingOf } from '../stored-grant.ts';
import { activitiesOf } from './activities.ts';
import type { Reading } from './reading.ts';

/** Sources whose calls are told of a holder: an agent's own, or those of all agents that are said to have the connection's credential. */
export function callersOf(reading: Reading, holder: number): number[] {
  if (holder > 0) return reading.sourcesOf(holder);
  const said = reading.sql<[number], number>('SELECT agent FROM grant_holder WHERE connection = ?').pluck().all(-holder);
  return [...new Set(said.flatMap((agent) => reading.sourcesOf(agent)))];
}

export interface NameSums { readonly name: number; readonly text: string; readonly calls: number; readonly denied: number; readonly firstUsedUs: number; readonly lastUsedUs: number; readonly lastDeniedUs: number }

/** Over all history that is kept. */
export function callsOf(reading: Reading, callers: readonly number[]): NameSums[] {
  return reading.sql<[string], Omit<NameSums, 'text'>>(`SELECT u.name, sum(u.calls) AS calls, sum(u.denied) AS denied, min(u.first_used_us) AS firstUsedUs, max(u.last_used_us) AS lastUsedUs, max(u.last_denied_us) AS lastDeniedUs
    FROM json_each(?) a CROSS JOIN tool_use u ON u.agent = a.value GROUP BY u.name`).all(JSON.stringify(callers)).map((row) => ({ ...row, text: reading.texts.of(row.name) })).filter(({ text }) => text !== '');
}

export interface HeldIndex { readonly held: readonly HeldGrant[]; readonly index: MatchIndex }

export function heldIndex(reading: Reading, holder: number): HeldIndex {
  const held = heldGrants(reading.db, holder, holder > 0 ? reading.sourcesOf(holder) : []);
  return { held, index: matchIndex(held.map((row) => ({ kind: row.kind, name: row.name, actions: readingOf(row).actions, understood: row.understood, connectionName: row.connectionName }))) };
}

export interface CellPlace { readonly resource: string | null; readonly class: AccessClass; /** ids behind it. */ readonly grants: ReadonlySet<number> }

/** Which of the names speak of this cell, as the fold joins them: through its grants, or where nothing permits them, by the name alone. */
export function inCell(names: readonly NameSums[], { held, index }: HeldIndex, place: CellPlace): NameSums[] {
  return names.filter(({ text }) => {
    const matched = index(text).map((at) => held[at] as HeldGrant).filter(opens);
    if (matched.length === 0) return byNameAlone(text, place);
    return matched.some((grant) => place.grants.has(grant.id) && isUseOf(grant, text, place));
  });
}

/** A deny, a boundary and a gate permit nothing by themselves. */
export const opens = ({ effect, kind, role }: Pick<HeldGrant, 'effect' | 'kind' | 'role'>): boolean => effect === 'allow' && kind !== 'gate' && role !== 'boundary' && role !== 'scp';

/** null: no call of AWS, or none that the catalogue knows. */
function cloudClasses(name: string): readonly AccessClass[] | null {
  const classes = isAwsCall(name) ? actionsNeeded(name).flatMap((needed) => actionsMatching(needed)[0]?.classes ?? []) : [];
  return classes.length === 0 ? null : classes.map((one) => one.class);
}

function isUseOf(grant: HeldGrant, name: string, place: CellPlace): boolean {
  if (grant.kind === 'statement') return isCloudCallOf(name, place);
  if (grant.kind !== 'policy') return true;
  const actions = readingOf(grant).actions.filter((action) => name.endsWith(/"((?:[^"\\]|\\.)*)"$/u.exec(action)?.[1] ?? action));
  return actions.length === 0 || cedarClasses(actions).classes.some((one) => one.class === place.class);
}

function isCloudCallOf(name: string, place: CellPlace): boolean {
  const { resource } = place;
  if (resource !== null && !resource.startsWith('AWS ') && !actionsNeeded(name).some((needed) => resource.startsWith(`${needed.split(':')[0] ?? ''} `))) return false;
  const classes = cloudClasses(name);
  return classes === null || place.class === 'not_understood' || classes.includes(place.class);
}

function byNameAlone(name: string, place: CellPlace): boolean {
  const aws = cloudClasses(name);
  if (place.resource !== null && place.resource !== (aws === null ? short(name) : `${name.split(':')[0] ?? ''} unknown`)) return false;
  const classes = aws ?? nameHints(name).map((one) => one.class);
  return (classes.length > 0 ? classes : ['not_understood' as const]).includes(place.class);
}

/** So many of its activities are looked at for those that are shown. */
const mostLooked = 2_000;

/** The newest calls of these names up to a moment, as they ended. */
export function newestCalls(reading: Reading, callers: readonly number[], asked: { names: readonly number[]; denied: boolean; untilUs: number; most: number }): Activity[] {
  if (asked.names.length === 0 || callers.length === 0) return [];
  const one = 'SELECT id, ts_us AS ts, kind, status, name FROM activity WHERE agent = ? AND ts_us <= ?';
  const ids = reading.sql<(number | string)[], number>(`SELECT id FROM (${callers.map(() => one).join(' UNION ALL ')} ORDER BY ts DESC LIMIT ${mostLooked})
    WHERE kind = ${KIND.tool_call} AND status ${asked.denied ? '=' : '<>'} ${STATUS.denied} AND name IN (SELECT value FROM json_each(?)) LIMIT ?`).pluck();
  return activitiesOf(reading, ids.all(...callers.flatMap((caller) => [caller, asked.untilUs]), JSON.stringify(asked.names), asked.most));
}
