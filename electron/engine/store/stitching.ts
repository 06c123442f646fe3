/** Makes one agent of several sources, by rule or by a person's word, and takes them apart again. */
import type { RuntimeTarget } from '../../../shared/contract.ts';
import { appendAudit } from './audit.ts';
import { markAround, markDirty } from './access-dirty.ts';
import { membersOf } from './heads.ts';
import { publicId } from './ids.ts';
import type { WriteDb } from './database.ts';
import { StoreError } from './errors.ts';
import type { RuntimeCommands } from './runtime-commands.ts';
import { addressOf } from './runtimes.ts';
import { stitches, type Candidate, type Decided, type Stitch } from './stitch-rules.ts';

interface CandidateRow { readonly id: number; readonly connection: number; readonly kind: string; readonly target: string | null; readonly createdUs: number }

/** Only agents that share an alias with another one, or of whom a person decided something, can be one with another. */
function candidatesOf(db: WriteDb): Candidate[] {
  const rows = db.prepare<[], CandidateRow>(`SELECT a.id, a.connection, c.kind, r.target, a.created_us AS createdUs FROM agent a JOIN connection c ON c.id = a.connection LEFT JOIN runtime r ON r.connection = c.id WHERE a.id IN (
    SELECT agent FROM agent_alias WHERE alias IN (SELECT alias FROM agent_alias GROUP BY alias HAVING count(*) > 1)
    UNION SELECT agent FROM agent_joined UNION SELECT other FROM agent_joined)`).all();
  const aliases = db.prepare<[number], { alias: string }>('SELECT alias FROM agent_alias WHERE agent = ? ORDER BY alias');
  return rows.map((row) => ({ id: row.id, connection: row.connection, managed: row.kind !== 'otlp', place: row.target === null ? null : placeOf(JSON.parse(row.target) as RuntimeTarget), createdUs: row.createdUs, aliases: aliases.all(row.id).map((one) => one.alias) }));
}

/** One spelling for the address of a server: `localhost` is this machine, a last slash says nothing. */
function placeOf(target: RuntimeTarget): string {
  const address = addressOf(target);
  if (!URL.canParse(address)) return address;
  const { protocol, hostname, port, pathname } = new URL(address);
  const host = hostname === 'localhost' || hostname === '[::1]' ? '127.0.0.1' : hostname;
  return `${protocol}//${host}:${port}${pathname.replace(/\/+$/, '')}`;
}

const decided = (db: WriteDb, table: 'agent_joined' | 'agent_apart'): Decided[] => db.prepare<[], Decided>(`SELECT agent, other, actor, at_us AS atUs FROM ${table}`).all();

/** Brings agent_stitch to what aliases and decisions say now. */
export function restitch(db: WriteDb): void {
  const wanted = new Map(stitches(candidatesOf(db), decided(db, 'agent_joined'), decided(db, 'agent_apart')).map((one) => [one.agent, one]));
  const present = db.prepare<[], Stitch>('SELECT agent, head, by, why FROM agent_stitch').all();
  const drop = db.prepare('DELETE FROM agent_stitch WHERE agent = ?');
  const moved = new Set<number>();
  for (const one of present) {
    const now = wanted.get(one.agent);
    if (now !== undefined && now.head === one.head && now.by === one.by && now.why === one.why) wanted.delete(one.agent);
    else {
      drop.run(one.agent);
      moved.add(one.agent).add(one.head);
    }
  }
  const add = db.prepare('INSERT INTO agent_stitch (agent, head, by, why) VALUES (?, ?, ?, ?)');
  for (const one of wanted.values()) {
    add.run(one.agent, one.head, one.by, one.why);
    moved.add(one.agent).add(one.head);
  }
  // What the sources held and did stands under another agent now.
  markDirty(db, moved);
  if (moved.size > 0) markAround(db, [...moved], 0);
}

interface Known { readonly id: number; readonly head: number }

function known(db: WriteDb, id: number): Known {
  const row = db.prepare<[number], Known>('SELECT a.id, coalesce(s.head, a.id) AS head FROM agent a LEFT JOIN agent_stitch s ON s.agent = a.id WHERE a.id = ?').get(id);
  if (row === undefined) throw new StoreError('not_found', `There is no agent with the identifier ${publicId('agent', id)} any more. Nothing was changed.`);
  return row;
}

const pair = (a: number, b: number): [number, number] => (a < b ? [a, b] : [b, a]);

export function linkAgents(db: WriteDb, { agent, to, audit }: RuntimeCommands['agents.link']['params'], nowUs: number): { id: number } {
  const mine = known(db, agent);
  const theirs = known(db, to);
  if (mine.head === theirs.head) throw new StoreError('conflict', 'These two are one agent already. Nothing was changed.');
  // The newer word of a person is the one that holds, for all that now come together.
  const forget = db.prepare('DELETE FROM agent_apart WHERE agent = ? AND other = ?');
  for (const one of membersOf(db, mine.head)) for (const other of membersOf(db, theirs.head)) forget.run(...pair(one, other));
  db.prepare('INSERT OR REPLACE INTO agent_joined (agent, other, actor, at_us) VALUES (?, ?, ?, ?)').run(...pair(agent, to), audit.actor, nowUs);
  restitch(db);
  appendAudit(db, audit, nowUs);
  return { id: known(db, agent).head };
}

export function unlinkAgent(db: WriteDb, { agent, audit }: RuntimeCommands['agents.unlink']['params'], nowUs: number): { id: number } {
  const others = membersOf(db, known(db, agent).head).filter((one) => one !== agent);
  if (others.length === 0) throw new StoreError('conflict', 'This agent is seen from one side only: there is nothing to take apart. Nothing was changed.');
  const forget = db.prepare('DELETE FROM agent_joined WHERE agent = ? AND other = ?');
  const refuse = db.prepare('INSERT OR REPLACE INTO agent_apart (agent, other, actor, at_us) VALUES (?, ?, ?, ?)');
  for (const other of others) {
    forget.run(...pair(agent, other));
    refuse.run(...pair(agent, other), audit.actor, nowUs);
  }
  restitch(db);
  appendAudit(db, audit, nowUs);
  return { id: agent };
}
