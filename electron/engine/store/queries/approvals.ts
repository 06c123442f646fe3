/** What waits for a person, and what was decided. */
import type { ParsedParams, Result } from '../../../../shared/contract.ts';
import type { Approval, ApprovalDetail } from '../../../../shared/domain.ts';
import { StoreError } from '../errors.ts';
import { publicId } from '../ids.ts';
import type { ApprovalFact } from '../runtime-commands.ts';
import { iso, parseCursor, rowId, writeCursor, type Reading } from './reading.ts';

interface ApprovalRow {
  readonly id: number; readonly connection: number; readonly connectionName: string; readonly connectionKind: Approval['connectionKind']; readonly agent: number; readonly agentName: string; readonly task: number;
  readonly state: Approval['state']; readonly kind: Approval['kind']; readonly title: string; readonly askedUs: number; readonly expiresUs: number | null; readonly seenUs: number;
  readonly decidedUs: number | null; readonly decidedBy: string | null; readonly reason: string | null; readonly answers: string; readonly destructive: number | null;
}
interface DetailRow extends ApprovalRow {
  readonly fingerprint: string; readonly responseShape: ApprovalDetail['responseShape']; readonly onBehalfOf: string | null; readonly note: string | null;
  readonly evidence: string; readonly question: string | null; readonly actions: string; readonly raw: string;
}

const columns = `p.id, p.connection, c.name AS connectionName, c.kind AS connectionKind, p.agent, p.agent_name AS agentName, p.task, p.state, p.kind, p.title, p.asked_us AS askedUs,
  p.expires_us AS expiresUs, p.seen_us AS seenUs, p.decided_us AS decidedUs, p.decided_by AS decidedBy, p.reason, p.answers, p.destructive`;
const details = 'p.fingerprint, p.response_shape AS responseShape, p.on_behalf_of AS onBehalfOf, p.note, p.evidence, p.question, p.actions, p.raw';

const isoOrNull = (us: number | null): string | null => (us === null ? null : iso(us));

function approvalOf(reading: Reading, row: ApprovalRow): Approval {
  return {
    id: publicId('approval', row.id), connectionId: publicId('connection', row.connection), connectionName: row.connectionName, connectionKind: row.connectionKind,
    agentId: row.agent === 0 ? null : reading.agentId(row.agent), agentName: row.agent === 0 ? row.agentName : reading.agent(row.agent).name, taskId: row.task === 0 ? null : publicId('task', row.task),
    state: row.state, kind: row.kind, title: row.title, askedAt: iso(row.askedUs), expiresAt: isoOrNull(row.expiresUs), seenAt: iso(row.seenUs), decidedAt: isoOrNull(row.decidedUs),
    decidedBy: row.decidedBy, reason: row.reason, answers: JSON.parse(row.answers) as Approval['answers'], destructive: row.destructive === null ? null : row.destructive === 1,
  };
}

/** What has waited longest first; what was decided newest first. */
export function listApprovals(reading: Reading, params: ParsedParams<'approvals.list'>): Result<'approvals.list'> {
  const waits = params.state === 'waiting';
  const start = params.before === undefined ? { us: waits ? -1 : Number.MAX_SAFE_INTEGER, id: 0 } : parseCursor(params.before);
  const agents = params.agentId === undefined ? null : reading.sourcesOf(rowId('agent', params.agentId));
  const connection = params.connectionId === undefined ? null : rowId('connection', params.connectionId);
  const at = waits ? 'asked_us' : 'decided_us';
  const rows = reading.sql<number[], ApprovalRow>(`SELECT ${columns} FROM approval p INDEXED BY ${waits ? 'approval_waiting' : 'approval_decided'} JOIN connection c ON c.id = p.connection
    WHERE p.state ${waits ? '=' : '<>'} 'waiting' AND (p.${at}, p.id) ${waits ? '>' : '<'} (?, ?) ${agents === null ? '' : `AND p.agent IN (${agents.map(() => '?').join(', ')})`} ${connection === null ? '' : 'AND p.connection = ?'}
    ORDER BY p.${at} ${waits ? '' : 'DESC'}, p.id ${waits ? '' : 'DESC'} LIMIT ?`).all(start.us, start.id, ...(agents ?? []), ...(connection === null ? [] : [connection]), params.limit + 1);
  const page = rows.slice(0, params.limit);
  const last = page.at(-1);
  return {
    rows: page.map((row) => approvalOf(reading, row)), waiting: countWaiting(reading),
    next: rows.length > params.limit && last ? writeCursor({ us: (waits ? last.askedUs : last.decidedUs) ?? 0, id: last.id }) : null,
  };
}

export function countWaiting(reading: Reading): number {
  return reading.sql<[], { n: number }>("SELECT count(*) AS n FROM approval WHERE state = 'waiting'").get()?.n ?? 0;
}

export function waitingLongest(reading: Reading, most: number): Approval[] {
  return reading.sql<[number], ApprovalRow>(`SELECT ${columns} FROM approval p INDEXED BY approval_waiting JOIN connection c ON c.id = p.connection WHERE p.state = 'waiting' ORDER BY p.asked_us, p.id LIMIT ?`)
    .all(most).map((row) => approvalOf(reading, row));
}

export function getApproval(reading: Reading, params: ParsedParams<'approvals.get'>): ApprovalDetail {
  const row = reading.sql<[number], DetailRow>(`SELECT ${columns}, ${details} FROM approval p JOIN connection c ON c.id = p.connection WHERE p.id = ?`).get(rowId('approval', params.id));
  if (!row) throw new StoreError('not_found', `The approval ${params.id} is no longer in the history: the retention or somebody removed it.`);
  return {
    ...approvalOf(reading, row), actions: JSON.parse(row.actions) as ApprovalDetail['actions'], question: row.question, raw: row.raw, fingerprint: row.fingerprint, onBehalfOf: row.onBehalfOf,
    evidence: JSON.parse(row.evidence) as ApprovalDetail['evidence'], note: row.note, responseShape: row.responseShape,
  };
}

/** null: there is no such approval. */
export function approvalFact(reading: Reading, { id }: { readonly id: number }): ApprovalFact | null {
  return reading.sql<[number], ApprovalFact>('SELECT id, connection, key, state, fingerprint, title, agent_name AS agentName FROM approval WHERE id = ?').get(id) ?? null;
}
