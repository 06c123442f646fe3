/** Grant documents that people import: kept whole, with what each part of them lets each agent do. */
import type { GrantReading } from '../../../shared/access.ts';
import type { AccessCommands, NewDocument } from './access-commands.ts';
import { markDirty } from './access-dirty.ts';
import { appendAudit } from './audit.ts';
import { bounded, boundedOrNull } from './bounded.ts';
import { credentialId, holdersOfCredentials } from './credentials.ts';
import type { WriteDb } from './database.ts';
import { StoreError } from './errors.ts';
import { noteChanges, opens, type NewChange } from './grant-changes.ts';
import { headOf } from './heads.ts';
import { publicId } from './ids.ts';
import { flagOf } from './stored-grant.ts';

/** SECURITY: a document is a stranger's text: what one import may write is bounded. */
const mostRows = 100_000;
const mostSource = 64 * 1024 * 1024;

export function importDocument(db: WriteDb, p: AccessCommands['access.import']['params'], nowUs: number): { id: number; grants: number } {
  const agents = [...new Set(p.agents.map((agent) => headOf(db, agent)))];
  const known = db.prepare('SELECT 1 FROM agent WHERE id = ?');
  for (const agent of agents) if (known.get(agent) === undefined) throw new StoreError('not_found', `There is no agent with the identifier ${publicId('agent', agent)} any more. Nothing was imported.`);
  const source = p.readings.reduce((sum, reading) => sum + reading.source.length, 0);
  if (agents.length * p.readings.length > mostRows || agents.length * source > mostSource) {
    throw new StoreError('bad_request', `${p.readings.length} permissions for ${agents.length} agents are more than one import may bring (${mostRows}, and ${mostSource / 1024 / 1024} MB of text). Import it for fewer agents at a time. Nothing was imported.`);
  }
  const credential = p.document.credential === null ? null : credentialId(db, 'document', bounded(p.document.credential, 400));
  const id = addDocument(db, p.document, credential, p.audit.actor, nowUs);
  const place: Place = { document: id, credential, name: bounded(p.document.name, 256), enforcement: p.document.enforcement, format: p.document.format };
  const changes: NewChange[] = [];
  for (const agent of agents) changes.push(...addReadings(db, agent, place, p.readings, nowUs));
  noteChanges(db, changes, nowUs);
  markDirty(db, [...agents, ...(credential === null ? [] : holdersOfCredentials(db, [credential]))]);
  appendAudit(db, { ...p.audit, subject: p.audit.subject ?? publicId('document', id) }, nowUs);
  return { id, grants: changes.length };
}

function addDocument(db: WriteDb, d: NewDocument, credential: number | null, actor: string, nowUs: number): number {
  return Number(db.prepare('INSERT INTO grant_document (name, format, role, enforcement, credential, understood, bytes, added_us, added_by, problems, text) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)')
    .run(bounded(d.name, 200), d.format, d.role, d.enforcement, credential, d.understood, Buffer.byteLength(d.text), nowUs, actor, JSON.stringify(d.problems), d.text).lastInsertRowid);
}

interface Place { readonly document: number; readonly credential: number | null; readonly name: string; readonly enforcement: NewDocument['enforcement']; readonly format: NewDocument['format'] }

function addReadings(db: WriteDb, agent: number, place: Place, readings: readonly GrantReading[], nowUs: number): NewChange[] {
  const add = db.prepare(`INSERT INTO grant_seen (connection, agent, document, kind, name, read_only, destructive, open_world, idempotent, source, first_us, last_us, effect, understood, enforcement, reversibility, data_class, expires_us, credential, description, reading)
    VALUES (0, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`);
  const keep = db.prepare('INSERT INTO grant_source (grant_id, format, text) VALUES (?, ?, ?)');
  return readings.map((one) => {
    const { classes, actions, resources, conditions, notUnderstood } = one;
    const name = bounded(one.name, 512);
    const grant = Number(add.run(agent, place.document, one.kind, name, flagOf(one.readOnly), flagOf(one.destructive), flagOf(one.openWorld), flagOf(one.idempotent), place.name, nowUs, nowUs, one.effect, one.understood, place.enforcement,
      one.reversibility, boundedOrNull(one.dataClass, 200), one.expiresAt === null ? null : Date.parse(one.expiresAt) * 1_000, place.credential, boundedOrNull(one.description, 8_192),
      JSON.stringify({ classes, actions, resources, conditions, notUnderstood })).lastInsertRowid);
    keep.run(grant, place.format, one.source);
    return { connection: 0, agent, grant, kind: one.kind, name, what: 'added', widening: opens(one), first: true, text: `It came with the document "${place.name}".` };
  });
}

export function removeDocument(db: WriteDb, p: AccessCommands['access.removeDocument']['params'], nowUs: number): { id: number } {
  const row = db.prepare<[number], { name: string; credential: number | null }>('SELECT name, credential FROM grant_document WHERE id = ? AND removed_us IS NULL').get(p.id);
  if (row === undefined) throw new StoreError('not_found', 'There is no such document any more. Nothing was changed.');
  db.prepare('UPDATE grant_document SET removed_us = ? WHERE id = ?').run(nowUs, p.id);
  const grants = db.prepare<[number], Pick<NewChange, 'agent' | 'grant' | 'kind' | 'name'>>('SELECT agent, id AS "grant", kind, name FROM grant_seen WHERE document = ? AND document > 0 AND gone_us IS NULL').all(p.id);
  db.prepare('UPDATE grant_seen SET gone_us = ? WHERE document = ? AND document > 0 AND gone_us IS NULL').run(nowUs, p.id);
  // That a person took the document away says nothing of what its agents may do: no drift.
  noteChanges(db, grants.map((one) => ({ ...one, connection: 0, what: 'removed', widening: false, first: true, text: `${p.audit.actor} removed the document "${row.name}".` })), nowUs);
  markDirty(db, [...new Set(grants.map((one) => one.agent)), ...(row.credential === null ? [] : holdersOfCredentials(db, [row.credential]))]);
  appendAudit(db, p.audit, nowUs);
  return { id: p.id };
}
