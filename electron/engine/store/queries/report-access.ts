/** Access for a report: what agents could reach within the period and what of it they used or tried, findings, owners, baselines and changes. */
import { columnsOf } from '../../export/columns.ts';
import { severityWord } from '../codes.ts';
import { publicId } from '../ids.ts';
import { USE } from './grants.ts';
import type { StoredReading } from './grants.ts';
import { agentCells, at, atOrNull, connectionCells, idOrNull, listOrNull, rowMaker, yes } from './report-cells.ts';
import { both, oneOf, part } from './report-part.ts';
import type { Part, Where } from './report-part.ts';
import type { Selection } from './report-scope.ts';
import type { Reading } from './reading.ts';

const make = rowMaker(columnsOf.access);
const there = (alias: string, { fromUs, toUs }: Selection): Where => ({ sql: `${alias}.first_us < ? AND (${alias}.gone_us IS NULL OR ${alias}.gone_us >= ?)`, values: [toUs, fromUs] });

/** Given to agents of the scope, or offered to a credential that they are said to have. A connection's: also what it offers to nobody in particular. */
function heldIn(alias: string, { agents, connections, kind }: Selection): Where {
  if (agents === null) return { sql: '1', values: [] };
  const list = JSON.stringify(agents);
  const offered: Where = kind === 'connection' ? oneOf(`${alias}.connection`, connections) : { sql: `${alias}.connection IN (SELECT h.connection FROM grant_holder h WHERE h.agent IN (SELECT value FROM json_each(?)))`, values: [list] };
  return { sql: `${alias}.agent IN (SELECT value FROM json_each(?)) OR (${alias}.agent = 0 AND ${offered.sql})`, values: [list, ...offered.values] };
}

/** Heads, or minus a connection: as findings and uses name who holds. */
function holderIn(column: string, { heads, agents, connections, kind }: Selection): Where {
  if (agents === null || heads === null) return { sql: '1', values: [] };
  return oneOf(column, [...new Set([...heads, ...agents, ...(kind === 'connection' ? (connections ?? []).map((id) => -id) : [])])]);
}

interface Grant {
  readonly id: number; readonly connection: number; readonly agent: number; readonly document: number; readonly kind: string; readonly name: string; readonly description: string | null; readonly readOnly: number | null; readonly destructive: number | null; readonly openWorld: number | null; readonly idempotent: number | null;
  readonly source: string; readonly firstUs: number; readonly lastUs: number; readonly goneUs: number | null; readonly effect: string; readonly understood: string; readonly enforcement: string; readonly reversibility: string; readonly dataClass: string | null; readonly expiresUs: number | null;
  readonly credential: number | null; readonly credentialName: string | null; readonly reading: string; readonly state: number | null; readonly times: number | null; readonly denied: number | null; readonly firstUsedUs: number | null; readonly lastUsedUs: number | null; readonly lastDeniedUs: number | null; readonly why: string | null;
  readonly others: string;
}

/** Whose use of it is told: the agent's that it was given to, or of everybody with the credential. */
const itsHolder = 'CASE WHEN g.agent = 0 THEN -g.connection ELSE coalesce((SELECT head FROM agent_stitch WHERE agent = g.agent), g.agent) END';

const grantPart = (selection: Selection): Part => part<Grant>({
  row: 'grant', from: 'grant_seen g', walk: `grant_seen g LEFT JOIN credential k ON k.id = g.credential LEFT JOIN grant_use u ON u.grant_id = g.id AND u.holder = ${itsHolder}`, key: ['g.id'], where: both(there('g', selection), heldIn('g', selection)),
  select: `g.id, g.connection, g.agent, g.document, g.kind, g.name, g.description, g.read_only AS readOnly, g.destructive, g.open_world AS openWorld, g.idempotent, g.source, g.first_us AS firstUs, g.last_us AS lastUs, g.gone_us AS goneUs, g.effect, g.understood,
    g.enforcement, g.reversibility, g.data_class AS dataClass, g.expires_us AS expiresUs, g.credential, k.name AS credentialName, g.reading, u.state, u.times, u.denied, u.first_used_us AS firstUsedUs, u.last_used_us AS lastUsedUs, u.last_denied_us AS lastDeniedUs, u.why,
    (SELECT json_group_array(json_object('holder', o.holder, 'times', o.times, 'denied', o.denied)) FROM grant_use o WHERE o.grant_id = g.id AND o.holder > 0 AND o.holder <> ${itsHolder}) AS others`,
  rowOf: (reading, g) => make({ row: 'grant', id: publicId('grant', g.id), at: at(g.firstUs), ...agentCells(reading, g.agent), ...connectionCells(reading, g.connection), ...grantCells(g), ...usedCells(g), alsoHeldBy: othersOf(reading, g.others) }),
});

function grantCells(g: Grant): Record<string, string | boolean | null> {
  const { classes, actions, resources, conditions, notUnderstood } = JSON.parse(g.reading) as StoredReading;
  return {
    documentId: idOrNull('document', g.document), grantKind: g.kind, name: g.name, description: g.description, effect: g.effect, reversibility: g.reversibility, classes: listOrNull(classes), actions: listOrNull(actions), resources: listOrNull(resources),
    conditions: listOrNull(conditions), notUnderstood: listOrNull(notUnderstood), understood: g.understood, enforcement: g.enforcement, dataClass: g.dataClass, readOnly: yes(g.readOnly), destructive: yes(g.destructive), openWorld: yes(g.openWorld), idempotent: yes(g.idempotent),
    credentialId: idOrNull('credential', g.credential), credentialName: g.credentialName, source: g.source, firstSeen: at(g.firstUs), lastSeen: at(g.lastUs), goneAt: atOrNull(g.goneUs), expiresAt: atOrNull(g.expiresUs),
  };
}

function usedCells(g: Grant): Record<string, string | number | null> {
  const state = g.state === USE.used ? 'used' : (g.denied ?? 0) > 0 ? 'attempted' : g.state === USE.not_used ? 'not_used' : 'cannot_tell';
  return {
    use: state, useWhy: g.state === null ? 'It was not compared with the activity yet.' : g.why, times: g.times, denied: g.denied, firstUsedAt: atOrNull(usedUs(g.firstUsedUs)), lastUsedAt: atOrNull(usedUs(g.lastUsedUs)), lastDeniedAt: atOrNull(usedUs(g.lastDeniedUs)),
  };
}

/** 0: not once, or not known. */
const usedUs = (us: number | null): number | null => (us === 0 ? null : us);

const othersOf = (reading: Reading, others: string): string | null =>
  listOrNull((JSON.parse(others) as { holder: number; times: number; denied: number }[]).map(({ holder, times, denied }) => ({ agentId: publicId('agent', holder), agentName: reading.agent(holder).name, times, denied })));

interface Finding { readonly id: number; readonly rule: string; readonly severity: number; readonly holder: number; readonly grantId: number | null; readonly firstUs: number; readonly goneUs: number | null; readonly dismissedUs: number | null; readonly dismissedBy: string | null; readonly untilUs: number | null; readonly reason: string | null; readonly text: string; readonly advice: string }

const findingPart = (selection: Selection): Part => part<Finding>({
  row: 'finding', from: 'finding f', key: ['f.id'], where: both(there('f', selection), holderIn('f.holder', selection)),
  select: 'f.id, f.rule, f.severity, f.holder, f.grant_id AS grantId, f.first_us AS firstUs, f.gone_us AS goneUs, f.dismissed_us AS dismissedUs, f.dismissed_by AS dismissedBy, f.dismissed_until_us AS untilUs, f.dismissed_reason AS reason, f.text, f.advice',
  rowOf: (reading, f) => make({
    row: 'finding', id: publicId('finding', f.id), at: at(f.firstUs), ...agentCells(reading, f.holder), ...connectionCells(reading, f.holder < 0 ? -f.holder : null), firstSeen: at(f.firstUs), goneAt: atOrNull(f.goneUs), rule: f.rule, severity: severityWord(f.severity), text: f.text,
    advice: f.advice, grantId: idOrNull('grant', f.grantId), dismissedAt: atOrNull(f.dismissedUs), dismissedBy: f.dismissedBy, dismissedUntil: atOrNull(f.untilUs), dismissedReason: f.reason,
  }),
});

interface Owner { readonly agent: number; readonly role: string; readonly source: string; readonly name: string; readonly gone: number; readonly actor: string; readonly atUs: number }

const ownerPart = (selection: Selection): Part => part<Owner>({
  row: 'owner', from: 'agent_owner w', key: ['w.agent', 'w.role', 'w.source'], where: both({ sql: 'w.at_us < ?', values: [selection.toUs] }, oneOf('w.agent', selection.agents)), select: 'w.agent, w.role, w.source, w.name, w.gone, w.actor, w.at_us AS atUs',
  rowOf: (reading, w) => make({ row: 'owner', at: at(w.atUs), ...agentCells(reading, w.agent), role: w.role, owner: w.name, ownerSource: w.source, ownerGone: w.gone === 1, by: w.actor }),
});

interface Baseline { readonly agent: number; readonly atUs: number; readonly actor: string; readonly note: string; readonly grants: string }

const baselinePart = (selection: Selection): Part => part<Baseline>({
  row: 'baseline', from: 'access_baseline b', key: ['b.agent'], where: both({ sql: 'b.at_us < ?', values: [selection.toUs] }, oneOf('b.agent', selection.agents)), select: 'b.agent, b.at_us AS atUs, b.actor, b.note, b.grants',
  rowOf: (reading, b) => make({ row: 'baseline', at: at(b.atUs), ...agentCells(reading, b.agent), by: b.actor, note: b.note, baseline: b.grants }),
});

interface Change { readonly id: number; readonly atUs: number; readonly connection: number; readonly agent: number; readonly grantId: number; readonly kind: string; readonly name: string; readonly what: string; readonly widening: number; readonly first: number; readonly text: string }

/** What the first list of a connection told is where it begins, and no change. */
const changePart = (selection: Selection): Part => part<Change>({
  row: 'change', from: 'grant_change c', key: ['c.id'], where: both({ sql: 'c.first = 0 AND c.at_us >= ? AND c.at_us < ?', values: [selection.fromUs, selection.toUs] }, heldIn('c', selection)),
  select: 'c.id, c.at_us AS atUs, c.connection, c.agent, c.grant_id AS grantId, c.kind, c.name, c.what, c.widening, c.first, c.text',
  rowOf: (reading, c) => make({
    row: 'change', id: publicId('grantChange', c.id), at: at(c.atUs), ...agentCells(reading, c.agent), ...connectionCells(reading, c.connection), grantKind: c.kind, name: c.name, what: c.what, widening: c.widening === 1, text: c.text, grantId: idOrNull('grant', c.grantId),
  }),
});

export const accessParts = (selection: Selection): Part[] => [grantPart(selection), findingPart(selection), ownerPart(selection), baselinePart(selection), changePart(selection)];
