/** Connections that ask a runtime: what a person set, how their collectors stand, what discovery found. */
import { contentLevels } from '../../../shared/domain.ts';
import type { RuntimeTarget } from '../../../shared/contract.ts';
import { commandLineOf } from '../../../shared/command-line.ts';
import { markConnection } from './access-dirty.ts';
import { openEntries } from './access-holder.ts';
import { appendAudit } from './audit.ts';
import { bounded, boundedOrNull } from './bounded.ts';
import type { WriteDb } from './database.ts';
import { StoreError } from './errors.ts';
import { publicId } from './ids.ts';
import type { RuntimeCommands } from './runtime-commands.ts';
import { extendSeenOf } from './seen.ts';

const longestCheckpoint = 256 * 1024;
const longestFacts = 1024 * 1024;

type Params<N extends keyof RuntimeCommands> = RuntimeCommands[N]['params'];

/** A URL, or the exact command of a local server: what a consent must repeat. */
export function addressOf(target: RuntimeTarget): string {
  return target.kind === 'mcp' && target.transport === 'stdio' ? commandLineOf(target) : target.url;
}

export function addRuntime(db: WriteDb, p: Params<'runtimes.add'>, nowUs: number): { id: number } {
  if (!contentLevels.includes(p.content)) throw new StoreError('bad_request', 'The content level is not one that is known.');
  const { lastInsertRowid } = db.prepare('INSERT INTO connection (kind, name, created_us, enabled, demo, content) VALUES (?, ?, ?, 1, ?, ?)').run(p.target.kind, p.name, nowUs, p.demo ? 1 : 0, p.content);
  const id = Number(lastInsertRowid);
  db.prepare('INSERT INTO runtime (connection, target, credential, credential_hint) VALUES (?, ?, ?, ?)').run(id, JSON.stringify(p.target), p.credential, boundedOrNull(p.credentialHint, 256));
  // Only now it has a name.
  appendAudit(db, { ...p.audit, subject: p.audit.subject ?? publicId('connection', id) }, nowUs);
  return { id };
}

interface RuntimeRow { readonly kind: string; readonly target: string; readonly lastPollUs: number | null; readonly circuit: string; readonly faultKind: string | null; readonly faultText: string | null }

function runtimeOf(db: WriteDb, id: number): RuntimeRow {
  const row = db.prepare<[number], RuntimeRow>(`SELECT c.kind, r.target, r.last_poll_us AS lastPollUs, r.circuit, r.fault_kind AS faultKind, r.fault_text AS faultText
    FROM runtime r JOIN connection c ON c.id = r.connection WHERE r.connection = ? AND c.removed_us IS NULL`).get(id);
  if (row === undefined) throw new StoreError('not_found', 'There is no such connection to a runtime any more. Nothing was changed.');
  return row;
}

/** Its kind. Refuses for connections that are gone: what comes late from their collector is stored nowhere. */
export function mustBeRuntime(db: WriteDb, id: number): string {
  return runtimeOf(db, id).kind;
}

export function updateRuntime(db: WriteDb, p: Params<'runtimes.update'>, nowUs: number): { id: number } {
  const { target } = runtimeOf(db, p.id);
  if (p.target !== undefined) retarget(db, p.id, JSON.parse(target) as RuntimeTarget, p.target);
  if (p.credential !== undefined) db.prepare('UPDATE runtime SET credential = ? WHERE connection = ?').run(p.credential, p.id);
  if (p.credentialHint !== undefined) db.prepare('UPDATE runtime SET credential_hint = ? WHERE connection = ?').run(boundedOrNull(p.credentialHint, 256), p.id);
  if (p.stopCredential !== undefined) db.prepare('UPDATE runtime SET stop_credential = ? WHERE connection = ?').run(p.stopCredential, p.id);
  if (p.stopCredentialHint !== undefined) db.prepare('UPDATE runtime SET stop_credential_hint = ? WHERE connection = ?').run(boundedOrNull(p.stopCredentialHint, 256), p.id);
  if (p.consent !== undefined) db.prepare('UPDATE runtime SET consent = ? WHERE connection = ?').run(p.consent, p.id);
  if (p.audit !== undefined) appendAudit(db, p.audit, nowUs);
  return { id: p.id };
}

/** SECURITY: a consent holds for the command that was shown, and for no other. */
function retarget(db: WriteDb, id: number, was: RuntimeTarget, target: RuntimeTarget): void {
  if (was.kind !== target.kind) throw new StoreError('bad_request', `This connection is of the kind ${was.kind}: make a new one for ${target.kind}. Nothing was changed.`);
  db.prepare('UPDATE runtime SET target = ? WHERE connection = ?').run(JSON.stringify(target), id);
  if (addressOf(was) !== addressOf(target)) db.prepare('UPDATE runtime SET consent = NULL WHERE connection = ?').run(id);
}

/** `told`: something that people should see at once, not only the times of another poll that went well. */
export function setRuntimeState(db: WriteDb, p: Params<'runtimes.state'>): { id: number; told: boolean } {
  const was = runtimeOf(db, p.id);
  const fault = p.fault === null ? null : { kind: bounded(p.fault.kind, 64), text: bounded(p.fault.text, 2_000), us: p.fault.sinceUs };
  db.prepare('UPDATE runtime SET circuit = ?, last_poll_us = ?, next_poll_us = ?, fault_kind = ?, fault_text = ?, fault_us = ? WHERE connection = ?')
    .run(p.circuit, p.lastPollUs, p.nextPollUs, fault?.kind ?? null, fault?.text ?? null, fault?.us ?? null, p.id);
  if (p.seen !== null) extendSeenOf(db, p.id, p.seen.fromUs, p.seen.toUs);
  return { id: p.id, told: was.circuit !== p.circuit || was.faultKind !== (fault?.kind ?? null) || was.faultText !== (fault?.text ?? null) || was.lastPollUs === null };
}

export function saveCheckpoint(db: WriteDb, connection: number, text: string): void {
  if (text.length > longestCheckpoint) throw new StoreError('bad_request', `A connector wanted to remember ${text.length} characters; ${longestCheckpoint} is the most. Nothing of the batch was stored.`);
  db.prepare('INSERT INTO checkpoint (connection, text) VALUES (?, ?) ON CONFLICT DO UPDATE SET text = excluded.text WHERE text <> excluded.text').run(connection, text);
}

export function saveFacts(db: WriteDb, connection: number, facts: unknown, nowUs: number): void {
  const text = JSON.stringify(facts);
  if (text.length > longestFacts) throw new StoreError('bad_request', `What the runtime says of itself is ${text.length} characters long; ${longestFacts} is the most. Nothing of the discovery was stored.`);
  const was = db.prepare<[number], { facts: string | null }>('SELECT facts FROM runtime WHERE connection = ?').get(connection)?.facts ?? null;
  db.prepare('UPDATE runtime SET facts = ?, discovered_us = ? WHERE connection = ?').run(text, nowUs, connection);
  if (openEntries(was) !== openEntries(text)) markConnection(db, connection);
}

/** Periods that the runtime itself can no longer tell. The same one again is the same one. */
export function saveGaps(db: WriteDb, connection: number, gaps: readonly { readonly fromUs: number; readonly toUs: number; readonly text: string }[]): boolean {
  const known = db.prepare('SELECT 1 FROM gap WHERE connection = ? AND from_us = ? AND to_us = ? AND text = ?');
  const add = db.prepare("INSERT INTO gap (connection, from_us, to_us, reason, text) VALUES (?, ?, ?, 'runtime_faulty', ?)");
  let added = false;
  for (const { fromUs, toUs, text } of gaps.slice(0, 1_000)) {
    const words = bounded(text, 1_000);
    if (!Number.isSafeInteger(fromUs) || !Number.isSafeInteger(toUs) || toUs <= fromUs || known.get(connection, fromUs, toUs, words) !== undefined) continue;
    add.run(connection, fromUs, toUs, words);
    added = true;
  }
  return added;
}
