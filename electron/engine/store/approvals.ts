/**
 * Approvals as the history keeps them: what waits at a runtime, whole, and what became of it. A decision is made here only between `begin`
 * and `settle`; nothing else, and no lapse of time, ever approves.
 */
import type { Approval } from '../../../shared/domain.ts';
import { approvalFingerprint } from '../approval-fingerprint.ts';
import { auditByEngine } from '../audit-words.ts';
import type { FoundApproval } from '../ingest/collected.ts';
import { appendAudit } from './audit.ts';
import { bounded, boundedOrNull, wholeUs } from './bounded.ts';
import { OUTCOME, US_MINUTE } from './codes.ts';
import type { WriteDb } from './database.ts';
import { StoreError } from './errors.ts';
import { publicId } from './ids.ts';
import type { RuntimeCommands } from './runtime-commands.ts';

/** SECURITY: a runtime may ask as much as it likes; a person could not read more than this. */
const mostWaiting = 1_000;
const longestRequest = 4 * 1024 * 1024;
/** An engine that ended between `begin` and `settle` left a claim that nobody will end. */
const claimHoldsUs = 2 * US_MINUTE;
/** A list that was read while the answer was on its way still names the approval. */
const answerTravelsUs = 30_000_000;

interface Kept { readonly id: number; readonly state: Approval['state']; readonly fingerprint: string; readonly decidedUs: number | null; readonly claimedUs: number | null }
const here: readonly string[] = ['approved', 'rejected', 'responded'];

export interface ApprovalPlace { readonly found: FoundApproval; readonly agent: number; readonly agentName: string; readonly task: number }
export interface TakenApprovals { readonly fresh: { readonly id: number; readonly title: string; readonly agentName: string }[]; readonly changed: boolean; readonly refused: number }

/** Everything that waits at the connection's runtime at `receivedUs`. */
export function takeApprovals(db: WriteDb, connection: number, waiting: readonly ApprovalPlace[], receivedUs: number): TakenApprovals {
  const fresh: TakenApprovals['fresh'] = [];
  let changed = false;
  const find = db.prepare<[number, string], Kept>('SELECT id, state, fingerprint, decided_us AS decidedUs, claimed_us AS claimedUs FROM approval WHERE connection = ? AND key = ?');
  let room = mostWaiting - (db.prepare<[number], { n: number }>("SELECT count(*) AS n FROM approval INDEXED BY approval_waiting WHERE state = 'waiting' AND connection = ?").get(connection)?.n ?? 0);
  let refused = 0;
  const seen = new Set<number>();
  for (const place of waiting) {
    const fingerprint = approvalFingerprint(place.found);
    const kept = find.get(connection, keyOf(place.found));
    if (kept !== undefined && here.includes(kept.state) && kept.fingerprint === fingerprint && receivedUs - (kept.decidedUs ?? 0) < answerTravelsUs) continue;
    if (kept === undefined || here.includes(kept.state)) {
      if (room <= 0) { refused += 1; continue; }
      room -= 1;
      // Asked anew under the same key: the decision that was made stays what it was.
      if (kept !== undefined) db.prepare("UPDATE approval SET key = key || ' #' || id WHERE id = ?").run(kept.id);
      const id = insert(db, connection, place, fingerprint, receivedUs);
      seen.add(id);
      fresh.push({ id, title: titleOf(place.found), agentName: place.agentName });
      changed = true;
      continue;
    }
    seen.add(kept.id);
    if (kept.state === 'waiting' && kept.fingerprint === fingerprint) changed = settlePlace(db, kept.id, place) || changed;
    else {
      // Changed while it waits, or taken for gone too early: it waits, as it is now.
      rewrite(db, kept.id, place, fingerprint, receivedUs);
      changed = true;
    }
  }
  return { fresh, refused, changed: leave(db, connection, seen, receivedUs) || changed };
}

const keyOf = (found: FoundApproval): string => bounded(found.key, 512);
/** SECURITY: a time that no calendar holds is none: the file, or every list that it stands in, would be refused whole. */
const expiryOf = ({ expiresUs }: FoundApproval): number | null => (expiresUs === null || !(expiresUs >= 0 && expiresUs <= Number.MAX_SAFE_INTEGER) ? null : Math.round(expiresUs));
const titleOf = (found: FoundApproval): string => bounded(found.title, 300);

interface Columns {
  readonly agent: number; readonly agentName: string; readonly task: number; readonly kind: string; readonly title: string; readonly askedUs: number; readonly expiresUs: number | null;
  readonly answers: string; readonly destructive: number | null; readonly fingerprint: string; readonly responseShape: string | null; readonly onBehalfOf: string | null;
  readonly note: string | null; readonly evidence: string; readonly question: string | null; readonly actions: string; readonly raw: string;
}

/** The request whole, whatever the content level: a person decides on exactly it. One that is too big to be read cannot be answered here. */
function columnsOf({ found, agent, agentName, task }: ApprovalPlace, fingerprint: string, receivedUs: number): Columns {
  const actions = JSON.stringify(found.actions);
  const tooBig = found.raw.length + actions.length + (found.question?.length ?? 0) > longestRequest;
  const cut = `The request is ${(found.raw.length + actions.length).toLocaleString('en')} characters long, too long to be shown whole: it is cut here and must be answered in the runtime itself.`;
  return {
    agent, agentName, task, kind: found.kind, title: titleOf(found), askedUs: wholeUs(found.askedUs, receivedUs), expiresUs: expiryOf(found),
    answers: JSON.stringify(tooBig ? [] : found.answers), destructive: found.destructive === null ? null : Number(found.destructive), fingerprint,
    responseShape: found.responseShape, onBehalfOf: boundedOrNull(found.onBehalfOf, 1_000),
    note: tooBig ? (found.note === null ? cut : `${cut} ${bounded(found.note, 4_000)}`) : boundedOrNull(found.note, 4_000),
    evidence: JSON.stringify(found.evidence.slice(0, 100).map(({ name, value }) => ({ name: bounded(name, 200), value: bounded(value, 4_000) }))),
    question: tooBig ? boundedOrNull(found.question, 65_536) : found.question, actions: tooBig ? '[]' : actions, raw: tooBig ? found.raw.slice(0, longestRequest / 4) : found.raw,
  };
}

function insert(db: WriteDb, connection: number, place: ApprovalPlace, fingerprint: string, receivedUs: number): number {
  const row = { ...columnsOf(place, fingerprint, receivedUs), connection, key: keyOf(place.found), receivedUs };
  return Number(db.prepare(`INSERT INTO approval (connection, key, agent, agent_name, task, state, kind, title, asked_us, expires_us, seen_us, answers, destructive, fingerprint,
      response_shape, on_behalf_of, note, evidence, question, actions, raw)
    VALUES (@connection, @key, @agent, @agentName, @task, 'waiting', @kind, @title, @askedUs, @expiresUs, @receivedUs, @answers, @destructive, @fingerprint,
      @responseShape, @onBehalfOf, @note, @evidence, @question, @actions, @raw)`).run(row).lastInsertRowid);
}

/** When it was asked and first seen stay; so does a claim: whoever answers it is told by the fingerprint that it changed. */
function rewrite(db: WriteDb, id: number, place: ApprovalPlace, fingerprint: string, receivedUs: number): void {
  db.prepare(`UPDATE approval SET agent = @agent, agent_name = @agentName, task = @task, state = 'waiting', kind = @kind, title = @title, expires_us = @expiresUs, decided_us = NULL,
      decided_by = NULL, reason = NULL, answers = @answers, destructive = @destructive, fingerprint = @fingerprint, response_shape = @responseShape, on_behalf_of = @onBehalfOf,
      note = @note, evidence = @evidence, question = @question, actions = @actions, raw = @raw WHERE id = @id`).run({ ...columnsOf(place, fingerprint, receivedUs), id });
}

/** Its task or agent may be known only now. */
function settlePlace(db: WriteDb, id: number, { agent, agentName, task, found }: ApprovalPlace): boolean {
  return db.prepare('UPDATE approval SET agent = @agent, agent_name = @agentName, task = @task, expires_us = @expiresUs WHERE id = @id AND (agent <> @agent OR agent_name <> @agentName OR task <> @task OR expires_us IS NOT @expiresUs)')
    .run({ id, agent, agentName, task, expiresUs: expiryOf(found) }).changes > 0;
}

interface Gone { readonly id: number; readonly expiresUs: number | null; readonly claimedUs: number | null; readonly claimedBy: string | null; readonly outcome: number | null }

/** What waited and is no longer told of. The one that is being answered here is left to whoever answers it. */
function leave(db: WriteDb, connection: number, seen: ReadonlySet<number>, receivedUs: number): boolean {
  const rows = db.prepare<[number], Gone>(`SELECT p.id, p.expires_us AS expiresUs, p.claimed_us AS claimedUs, p.claimed_by AS claimedBy, t.outcome FROM approval p INDEXED BY approval_waiting
    LEFT JOIN task t ON t.id = p.task WHERE p.state = 'waiting' AND p.connection = ?`).all(connection);
  const end = db.prepare('UPDATE approval SET state = ?, decided_us = ?, reason = ?, claimed_by = NULL, claimed_us = NULL WHERE id = ?');
  let changed = false;
  for (const row of rows) {
    if (seen.has(row.id) || (row.claimedUs !== null && receivedUs - row.claimedUs < claimHoldsUs)) continue;
    const lost = row.claimedBy === null ? null : `${row.claimedBy} began to answer it here; what became of that answer is not known.`;
    end.run(endOf(row, receivedUs), receivedUs, lost, row.id);
    changed = true;
  }
  return changed;
}

function endOf(row: Gone, receivedUs: number): Approval['state'] {
  // Unknown: the run itself is no longer there.
  if (row.outcome === OUTCOME.cancelled || row.outcome === OUTCOME.failed || row.outcome === OUTCOME.unknown) return 'withdrawn';
  return row.expiresUs !== null && row.expiresUs <= receivedUs ? 'expired' : 'answered_elsewhere';
}

interface Asked { readonly state: Approval['state']; readonly fingerprint: string; readonly claimedBy: string | null; readonly claimedUs: number | null; readonly decidedBy: string | null }
const endWords: Readonly<Record<Approval['state'], string>> = {
  waiting: 'waits', approved: 'was approved', rejected: 'was rejected', responded: 'was answered', expired: 'has expired', withdrawn: 'was withdrawn with its run', answered_elsewhere: 'was answered elsewhere',
};

/** Two people at once end in one decision: the second is told of the first. */
export function beginApproval(db: WriteDb, { id, fingerprint, audit }: RuntimeCommands['approvals.begin']['params'], nowUs: number): { id: number } {
  const row = db.prepare<[number], Asked>('SELECT state, fingerprint, claimed_by AS claimedBy, claimed_us AS claimedUs, decided_by AS decidedBy FROM approval WHERE id = ?').get(id);
  if (row === undefined) throw new StoreError('not_found', 'There is no such approval any more. Nothing was sent.');
  if (row.state !== 'waiting') throw new StoreError('conflict', `This approval waits no more: it ${endWords[row.state]}${row.decidedBy === null ? '' : ` by ${row.decidedBy}`}. Nothing was sent.`);
  if (row.claimedBy !== null && nowUs - (row.claimedUs ?? 0) < claimHoldsUs) throw new StoreError('conflict', `${row.claimedBy} is answering this approval right now. Nothing was sent; look at it again in a moment.`);
  if (row.fingerprint !== fingerprint) throw new StoreError('conflict', 'The request changed since it was shown. Nothing was sent; read it again and decide on what it says now.');
  db.prepare('UPDATE approval SET claimed_by = ?, claimed_us = ? WHERE id = ?').run(bounded(audit.actor, 256), nowUs, id);
  appendAudit(db, audit, nowUs);
  return { id };
}

export function settleApproval(db: WriteDb, { id, state, reason, decidedBy, audit }: RuntimeCommands['approvals.settle']['params'], nowUs: number): { id: number } {
  const row = db.prepare<[number], { state: Approval['state'] }>('SELECT state FROM approval WHERE id = ?').get(id);
  // What was done is logged, also when the approval left the history meanwhile.
  appendAudit(db, audit, nowUs);
  if (row === undefined) return { id };
  db.prepare('UPDATE approval SET claimed_by = NULL, claimed_us = NULL WHERE id = ?').run(id);
  if (state !== null && !here.includes(row.state)) {
    db.prepare('UPDATE approval SET state = ?, reason = ?, decided_by = ?, decided_us = ? WHERE id = ?').run(state, boundedOrNull(reason, 4_000), boundedOrNull(decidedBy, 256), nowUs, id);
  }
  return { id };
}

/** The engine that held these claims is gone; who began an answer stays known, and the audit log says how it ended: with nobody knowing. */
export function releaseClaims(db: WriteDb, nowUs: number): void {
  const cutShort = db.prepare<[], { id: number; title: string; claimedBy: string | null }>("SELECT id, title, claimed_by AS claimedBy FROM approval WHERE claimed_us > 0").all();
  for (const { id, title, claimedBy } of cutShort) {
    const text = `Gatehouse ended while ${claimedBy ?? 'somebody'} was answering "${title}". Whether the runtime took that answer is not known.`;
    appendAudit(db, auditByEngine({ action: 'approval.interrupted', subject: publicId('approval', id), outcome: 'failed', text, details: { begunBy: claimedBy } }), nowUs);
  }
  db.prepare('UPDATE approval SET claimed_us = 0 WHERE claimed_us IS NOT NULL').run();
}

/** SECURITY: what was asked is an agent's content: it goes when the records of its time go. */
export function dropDecided(db: WriteDb): void {
  db.prepare("DELETE FROM approval WHERE state <> 'waiting' AND decided_us < (SELECT before_us FROM temp.retention_before b WHERE b.connection = approval.connection) AND agent NOT IN (SELECT agent FROM temp.retention_held)").run();
}

/** Nobody can answer for a connection that is gone. */
export function withdrawAll(db: WriteDb, connection: number, nowUs: number): void {
  db.prepare("UPDATE approval SET state = 'withdrawn', decided_us = ?, reason = 'The connection was removed from Gatehouse.', claimed_by = NULL, claimed_us = NULL WHERE state = 'waiting' AND connection = ?").run(nowUs, connection);
}
