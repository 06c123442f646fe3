/** What the file says of one holder, as the fold needs it: who it is, what it did, who else holds what it holds. */
import { publicEntryFindings } from '../access/public-entry.ts';
import type { AccessFacts } from '../access/finding-facts.ts';
import type { NameUse } from './access-sums.ts';
import { IDENTITY, identityWord } from './codes.ts';
import type { WriteDb } from './database.ts';
import type { Texts } from './dictionary.ts';
import { headOf, membersOf } from './heads.ts';
import { statement } from './statements.ts';

export interface Member { readonly id: number; readonly name: string; readonly connection: number; readonly kind: string; readonly identity: number; readonly identityOf: string | null; readonly firstUs: number; readonly rows: number; readonly shown: number }

/** The head first, then the source that was heard of last. */
export function membersAt(db: WriteDb, head: number): Member[] {
  const find = statement<[number], Member & { lastUs: number }>(db, `SELECT a.id, a.name, a.connection, c.kind, a.identity, a.identity_of AS identityOf, a.first_us AS firstUs, a.rows, a.last_us AS lastUs, a.rows > 0 OR a.discovered_us IS NOT NULL AS shown
    FROM agent a JOIN connection c ON c.id = a.connection WHERE a.id = ?`);
  const [first, ...others] = membersOf(db, head);
  const rest = others.flatMap((id) => find.get(id) ?? []).toSorted((a, b) => b.lastUs - a.lastUs || a.id - b.id);
  const own = find.get(first ?? head);
  return own === undefined ? rest : [own, ...rest];
}

/** SECURITY: names of tools are strangers' text: of one that calls each time another, so many are compared, the most called first. */
const mostNames = 5_000;

/** Calls of all these sources, by name. */
export function namesOf(db: WriteDb, texts: Texts, agents: readonly number[]): NameUse[] {
  if (agents.length === 0) return [];
  const rows = statement<number[], { name: number; calls: number; denied: number; firstUs: number | null; lastUs: number | null; deniedUs: number | null }>(db, `SELECT name, sum(calls) AS calls, sum(denied) AS denied, min(nullif(first_used_us, 0)) AS firstUs,
    nullif(max(last_used_us), 0) AS lastUs, nullif(max(last_denied_us), 0) AS deniedUs FROM tool_use WHERE agent IN (${agents.map(() => '?').join(', ')}) GROUP BY name ORDER BY calls DESC, name LIMIT ${mostNames}`).all(...agents);
  return rows.map(({ name, calls, denied, firstUs, lastUs, deniedUs }) => ({
    // Of what was only refused, or still runs, no use is known.
    name: texts.of(name), times: Math.max(0, calls - denied), denied, firstUsedUs: calls > denied ? firstUs : null, lastUsedUs: calls > denied ? lastUs : null, lastDeniedUs: denied > 0 ? deniedUs : null,
  })).filter(({ name }) => name !== '');
}

export function whyNotSeen(members: readonly Member[], names: readonly NameUse[]): string | null {
  if (names.length > 0) return null;
  if (members.every((one) => one.rows === 0)) return 'Only its runtime\'s list tells of it: nothing that it does is told.';
  if (members.filter((one) => one.rows > 0).every((one) => one.kind === 'a2a')) return 'A2A tells the states of its tasks, not the calls inside them.';
  return 'No tool call of it was ever told: whether it makes none, or those who tell of it leave them out, cannot be known.';
}

/** Heads that are said to hold the credential of a connection. */
export function headsHolding(db: WriteDb, connection: number): number[] {
  return [...new Set(statement<[number], { agent: number }>(db, 'SELECT agent FROM grant_holder WHERE connection = ? ORDER BY agent').all(connection).map((one) => headOf(db, one.agent)))];
}

/** Heads that hold a credential. */
export function headsWith(db: WriteDb, credential: number): number[] {
  return [...new Set(statement<[number], { agent: number }>(db, 'SELECT agent FROM agent_credential WHERE credential = ? ORDER BY agent').all(credential).map((one) => headOf(db, one.agent)))];
}

export function credentialsOf(db: WriteDb, head: number, members: readonly Member[]): AccessFacts['credentials'] {
  const rows = statement<number[], { id: number; kind: string; name: string; sinceUs: number }>(db, `SELECT c.id, c.kind, c.name, min(a.first_us) AS sinceUs FROM agent_credential a JOIN credential c ON c.id = a.credential
    WHERE a.agent IN (${members.map(() => '?').join(', ')}) GROUP BY c.id ORDER BY c.id`).all(...members.map((one) => one.id));
  const name = statement<[number], { name: string }>(db, 'SELECT name FROM agent WHERE id = ?');
  return rows.map((row) => ({ ...row, others: headsWith(db, row.id).filter((other) => other !== head).map((id) => ({ id, name: name.get(id)?.name ?? '' })) }));
}

export function identityAt(db: WriteDb, members: readonly Member[]): NonNullable<AccessFacts['identity']> {
  const said = members.find((one) => one.identity !== IDENTITY.unknown) ?? members[0];
  const since = said === undefined ? undefined : statement<[number, number], { us: number | null }>(db, 'SELECT min(first_us) AS us FROM identity_evidence WHERE agent = ? AND kind = ?').get(said.id, said.identity)?.us;
  return { kind: identityWord(said?.identity ?? IDENTITY.unknown), of: said?.identityOf ?? null, sinceUs: since ?? said?.firstUs ?? 0 };
}

interface RuntimeSays { readonly kind: string; readonly target: string; readonly facts: string }

/** Ways in that ask for no credential, as the runtimes of these connections are known to have them. `sinceUs` 0: as long as the finding stands. */
export function entriesOf(db: WriteDb, connections: readonly number[]): AccessFacts['entries'] {
  const find = statement<[number], RuntimeSays>(db, 'SELECT c.kind, r.target, r.facts FROM runtime r JOIN connection c ON c.id = r.connection WHERE r.connection = ? AND r.facts IS NOT NULL AND c.removed_us IS NULL');
  return [...new Set(connections)].flatMap((connection) => {
    const row = find.get(connection);
    if (row === undefined || openEntries(row.facts) === '') return [];
    const target = JSON.parse(row.target) as { url?: unknown };
    return typeof target.url === 'string' ? [{ kind: row.kind === 'a2a' ? 'a2a' as const : 'other' as const, where: target.url, sinceUs: 0 }] : [];
  });
}

/** Which of the findings of a runtime say that whoever reaches it is let in. */
export function openEntries(facts: string | null): string {
  if (facts === null) return '';
  const { findings = [] } = JSON.parse(facts) as { findings?: readonly { id: string }[] };
  return findings.map((one) => one.id).filter((id) => publicEntryFindings.includes(id)).sort().join(' ');
}
