/** Who an agent is and on whose authority it acts, with the evidence: its own, delegated, borrowed, shared, or unknown. */
import type { IdentityCard } from '../../../../shared/access.ts';
import type { ParsedParams } from '../../../../shared/contract.ts';
import type { IdentityKind } from '../../../../shared/domain.ts';
import { IDENTITY, identityWord } from '../codes.ts';
import { StoreError } from '../errors.ts';
import { publicId } from '../ids.ts';
import { knownOf, oneGroup } from './agent-groups.ts';
import { agentLink, credentialLink, identitySays, personLink, toolLink } from './identity-chain.ts';
import { iso, rowId, type Reading } from './reading.ts';

const most = 100;
/** So many tasks are looked at for the people behind them. */
const mostTasks = 2_000;

export interface Person { readonly name: string; readonly kind: IdentityKind; readonly tasks: number; readonly lastUs: number }

/** On whose behalf it acted, newest first. A borrowed account is a person's too. */
export function peopleOf(reading: Reading, agents: readonly number[], sinceUs = 0, tasks = mostTasks): Person[] {
  const one = `SELECT kind, of, last_us AS lastUs FROM task_authority WHERE agent = ? AND last_us >= ?`;
  const rows = reading.sql<number[], { kind: number; of: string; n: number; lastUs: number }>(`SELECT kind, of, count(*) AS n, max(lastUs) AS lastUs FROM (${agents.map(() => one).join(' UNION ALL ')} ORDER BY lastUs DESC LIMIT ${tasks})
    WHERE kind IN (${IDENTITY.delegated}, ${IDENTITY.borrowed}) AND of <> '' GROUP BY kind, of ORDER BY lastUs DESC`).all(...agents.flatMap((agent) => [agent, sinceUs]));
  return rows.map((row) => ({ name: row.of, kind: identityWord(row.kind), tasks: row.n, lastUs: row.lastUs }));
}

function evidenceOf(reading: Reading, agents: readonly number[]): IdentityCard['evidence'] {
  return reading.sql<[string], { attribute: string; value: string; seenUs: number; connection: string }>(`SELECT e.attribute, e.value, max(e.seen_us) AS seenUs, c.name AS connection FROM json_each(?) i CROSS JOIN identity_evidence e ON e.agent = i.value
    JOIN agent a ON a.id = e.agent JOIN connection c ON c.id = a.connection GROUP BY e.attribute, e.value, c.id ORDER BY seenUs DESC LIMIT ${most}`).all(JSON.stringify(agents))
    .map((one) => ({ attribute: one.attribute, value: one.value, seenAt: iso(one.seenUs), connectionName: one.connection }));
}

export interface CredentialRow { readonly id: number; readonly name: string; readonly kind: string; readonly evidence: string; readonly lastUs: number }

export function credentialsOf(reading: Reading, agents: readonly number[]): CredentialRow[] {
  return reading.sql<[string], CredentialRow>(`SELECT k.id, k.name, k.kind, max(a.evidence) AS evidence, max(a.last_us) AS lastUs FROM json_each(?) i CROSS JOIN agent_credential a ON a.agent = i.value JOIN credential k ON k.id = a.credential
    GROUP BY k.id ORDER BY lastUs DESC, k.id LIMIT ${most}`).all(JSON.stringify(agents));
}

/** Heads that hold it as well. */
export function sharersOf(reading: Reading, credential: number, head: number): number[] {
  const agents = reading.sql<[number], number>('SELECT agent FROM agent_credential WHERE credential = ? LIMIT 1000').pluck().all(credential);
  return [...new Set(agents.map((agent) => reading.headOf(agent)))].filter((other) => other !== head);
}

type Owner = NonNullable<IdentityCard['owner']>;

/** A person's word before the runtime's. */
function ownerOf(reading: Reading, agents: readonly number[], role: 'owner' | 'sponsor'): Owner | null {
  const row = reading.sql<[string, string], { name: string; gone: number; actor: string; atUs: number; source: Owner['source'] }>(`SELECT o.name, o.gone, o.actor, o.at_us AS atUs, o.source FROM json_each(?) i CROSS JOIN agent_owner o ON o.agent = i.value AND o.role = ?
    ORDER BY o.source = 'person' DESC, o.at_us DESC, o.name LIMIT 1`).get(JSON.stringify(agents), role);
  return row === undefined ? null : { name: row.name, gone: row.gone === 1, by: row.source === 'runtime' ? 'the runtime' : row.actor, at: iso(row.atUs), source: row.source };
}

/** Who calls it: the chain goes on upwards where an agent is another's sub-agent. */
function callersOf(reading: Reading, agents: readonly number[]): number[] {
  const callers = reading.sql<[string], number>('SELECT DISTINCT l.caller FROM json_each(?) i CROSS JOIN link_day l ON l.called = i.value ORDER BY l.caller LIMIT 200').pluck().all(JSON.stringify(agents));
  return [...new Set(callers.map((caller) => reading.headOf(caller)))].filter((caller) => !agents.includes(caller));
}

/** Whom it hands work to, busiest first. */
function calledBy(reading: Reading, agents: readonly number[]): number[] {
  const called = reading.sql<[string], number>('SELECT l.called FROM json_each(?) i CROSS JOIN link_day l ON l.caller = i.value GROUP BY l.called ORDER BY sum(l.calls) DESC, l.called LIMIT 200').pluck().all(JSON.stringify(agents));
  return [...new Set(called.map((one) => reading.headOf(one)))].filter((one) => !agents.includes(one));
}

function chainOf(reading: Reading, facts: { head: number; agents: readonly number[]; people: readonly Person[]; credentials: readonly CredentialRow[]; evidence: IdentityCard['evidence']; kind: IdentityKind; of: string | null }): IdentityCard['chain'] {
  const callers = callersOf(reading, facts.agents);
  const [caller] = callers;
  const called = caller === undefined ? calledBy(reading, facts.agents) : [];
  const [first] = called;
  const [tool] = reading.sql<[string], { name: number; n: number }>('SELECT u.name, count(*) OVER () AS n FROM json_each(?) i CROSS JOIN tool_use u ON u.agent = i.value ORDER BY u.last_used_us DESC LIMIT 1').all(JSON.stringify(facts.agents));
  return [
    personLink(facts), ...(caller === undefined ? [] : [agentLink(reading, caller, 'agent', callers.length - 1, 'Hands it work.')]),
    agentLink(reading, facts.head, caller === undefined ? 'agent' : 'sub_agent', 0, 'This agent.'),
    ...(first === undefined ? [] : [agentLink(reading, first, 'sub_agent', called.length - 1, 'It hands work to it.')]), ...(tool === undefined ? [] : [toolLink(reading.texts.of(tool.name), tool.n - 1)]), credentialLink(facts),
  ];
}

export function identityCard(reading: Reading, params: ParsedParams<'identity.card'>): IdentityCard {
  const group = oneGroup(reading, rowId('agent', params.agentId));
  if (group === null) throw new StoreError('not_found', `There is no agent with the identifier ${params.agentId.slice(0, 40)}.`);
  const agents = group.members.map((one) => one.id);
  const known = knownOf(group);
  const kind = identityWord(known.identity);
  const evidence = evidenceOf(reading, agents);
  const people = peopleOf(reading, agents);
  const credentials = credentialsOf(reading, agents);
  const head = group.head.id;
  return {
    agentId: publicId('agent', head), name: known.name, kind, of: known.identityOf, says: identitySays(kind, known.identityOf), evidence,
    chain: chainOf(reading, { head, agents, people, credentials, evidence, kind, of: known.identityOf }), owner: ownerOf(reading, agents, 'owner'), sponsor: ownerOf(reading, agents, 'sponsor'),
    credentials: credentials.map((one) => ({ id: publicId('credential', one.id), name: one.name, kind: one.kind, evidence: one.evidence, agents: sharersOf(reading, one.id, head).slice(0, most).map((id) => ({ id: publicId('agent', id), name: reading.agent(id).name })) })),
    people: people.slice(0, most).map((one) => ({ name: one.name, kind: one.kind, tasks: one.tasks, lastAt: iso(one.lastUs) })),
    changes: reading.sql<[string], { atUs: number; was: number; isNow: number }>('SELECT c.at_us AS atUs, c.was, c.is_now AS isNow FROM json_each(?) i CROSS JOIN identity_change c ON c.agent = i.value ORDER BY c.at_us DESC LIMIT 100').all(JSON.stringify(agents))
      .map((one) => ({ at: iso(one.atUs), was: identityWord(one.was), now: identityWord(one.isNow) })),
  };
}
