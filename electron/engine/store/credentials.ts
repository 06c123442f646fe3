/**
 * With which credentials an agent acts: those that imported documents name, and those that evidence of its identity shows. A person's
 * delegation names the person and is nobody's shared credential. Derived, so it is made anew whenever the fold looks at an agent.
 */
import { IDENTITY } from './codes.ts';
import type { WriteDb } from './database.ts';
import { statement } from './statements.ts';

interface Held { readonly credential: number; readonly evidence: string; readonly firstUs: number; readonly lastUs: number }

/** As evidence of identity has them; `delegated` and `unknown` are no credential that could be shared. */
const kindOf: Readonly<Record<number, string>> = { [IDENTITY.borrowed]: 'borrowed', [IDENTITY.shared]: 'shared', [IDENTITY.own]: 'own' };

export function credentialId(db: WriteDb, kind: string, name: string): number {
  const known = statement<[string, string], { id: number }>(db, 'SELECT id FROM credential WHERE kind = ? AND name = ?').get(kind, name);
  return known?.id ?? Number(statement(db, 'INSERT INTO credential (kind, name) VALUES (?, ?)').run(kind, name).lastInsertRowid);
}

/** Brings one source's credentials to what evidence and documents say now. Answers those that it holds anew or no longer. */
export function refreshCredentials(db: WriteDb, agent: number): number[] {
  const wanted = new Map<number, Held>();
  for (const one of [...byDocuments(db, agent), ...byEvidence(db, agent)]) {
    const known = wanted.get(one.credential);
    wanted.set(one.credential, known === undefined ? one : { ...known, firstUs: Math.min(known.firstUs, one.firstUs), lastUs: Math.max(known.lastUs, one.lastUs) });
  }
  const moved: number[] = [];
  const drop = statement(db, 'DELETE FROM agent_credential WHERE agent = ? AND credential = ?');
  for (const was of statement<[number], Held>(db, 'SELECT credential, evidence, first_us AS firstUs, last_us AS lastUs FROM agent_credential WHERE agent = ?').all(agent)) {
    const now = wanted.get(was.credential);
    if (now === undefined) {
      drop.run(agent, was.credential);
      moved.push(was.credential);
    } else if (now.evidence === was.evidence && now.firstUs === was.firstUs && now.lastUs === was.lastUs) wanted.delete(was.credential);
    else {
      statement(db, 'UPDATE agent_credential SET evidence = ?, first_us = ?, last_us = ? WHERE agent = ? AND credential = ?').run(now.evidence, now.firstUs, now.lastUs, agent, was.credential);
      wanted.delete(was.credential);
    }
  }
  const add = statement(db, 'INSERT INTO agent_credential (agent, credential, evidence, first_us, last_us) VALUES (?, ?, ?, ?, ?)');
  for (const one of wanted.values()) {
    add.run(agent, one.credential, one.evidence, one.firstUs, one.lastUs);
    moved.push(one.credential);
  }
  return moved;
}

function byDocuments(db: WriteDb, agent: number): Held[] {
  const rows = statement<[number], { credential: number; name: string; addedUs: number; lastUs: number }>(db, `SELECT d.credential, d.name, d.added_us AS addedUs, max(g.last_us) AS lastUs FROM grant_seen g JOIN grant_document d ON d.id = g.document
    WHERE g.agent = ? AND g.connection = 0 AND g.gone_us IS NULL AND d.removed_us IS NULL AND d.credential IS NOT NULL GROUP BY d.id ORDER BY d.id`).all(agent);
  return rows.map((row) => ({ credential: row.credential, evidence: `The document "${row.name}" names it.`, firstUs: row.addedUs, lastUs: row.lastUs }));
}

function byEvidence(db: WriteDb, agent: number): Held[] {
  const rows = statement<[number], { attribute: string; value: string; kind: number; firstUs: number; lastUs: number }>(db, "SELECT attribute, value, kind, first_us AS firstUs, seen_us AS lastUs FROM identity_evidence WHERE agent = ? AND value <> '' ORDER BY attribute, value").all(agent);
  return rows.flatMap((row) => {
    const kind = kindOf[row.kind];
    return kind === undefined ? [] : [{ credential: credentialId(db, kind, row.value), evidence: `${row.attribute} says so.`, firstUs: row.firstUs, lastUs: row.lastUs }];
  });
}

/** Sources that hold one of these. */
export function holdersOfCredentials(db: WriteDb, credentials: Iterable<number>): number[] {
  const find = statement<[number], { agent: number }>(db, 'SELECT agent FROM agent_credential WHERE credential = ?');
  return [...credentials].flatMap((credential) => find.all(credential).map((one) => one.agent));
}
