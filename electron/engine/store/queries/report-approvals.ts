/** Approvals for a report: all that waited within the period, with who decided. */
import { columnsOf } from '../../export/columns.ts';
import { publicId } from '../ids.ts';
import { at, atOrNull, connectionOf, idOrNull, rowMaker, yes } from './report-cells.ts';
import { both, oneOf, part } from './report-part.ts';
import type { Part } from './report-part.ts';
import type { Selection } from './report-scope.ts';

interface Raw {
  readonly id: number; readonly connection: number; readonly agent: number; readonly agentName: string; readonly task: number; readonly state: string; readonly kind: string; readonly title: string; readonly askedUs: number; readonly expiresUs: number | null;
  readonly seenUs: number; readonly decidedUs: number | null; readonly decidedBy: string | null; readonly reason: string | null; readonly answers: string; readonly destructive: number | null; readonly fingerprint: string; readonly onBehalfOf: string | null;
  readonly note: string | null; readonly evidence: string; readonly question: string | null; readonly actions: string; readonly raw: string;
}

const make = rowMaker(columnsOf.approvals);

export const approvalPart = ({ fromUs, toUs, agents, connections, kind }: Selection): Part => part<Raw>({
  row: 'approval', from: 'approval p', key: ['p.id'],
  where: both({ sql: "p.asked_us < ? AND (p.state = 'waiting' OR coalesce(p.decided_us, p.asked_us) >= ?)", values: [toUs, fromUs] }, kind === 'connection' ? oneOf('p.connection', connections) : oneOf('p.agent', agents)),
  select: `p.id, p.connection, p.agent, p.agent_name AS agentName, p.task, p.state, p.kind, p.title, p.asked_us AS askedUs, p.expires_us AS expiresUs, p.seen_us AS seenUs, p.decided_us AS decidedUs, p.decided_by AS decidedBy, p.reason, p.answers,
    p.destructive, p.fingerprint, p.on_behalf_of AS onBehalfOf, p.note, p.evidence, p.question, p.actions, p.raw`,
  rowOf: (reading, p) => {
    const { name, kind: connectionKind } = connectionOf(reading, p.connection);
    return make({
      id: publicId('approval', p.id), connectionId: publicId('connection', p.connection), connectionName: name, connectionKind, agentId: p.agent === 0 ? null : reading.agentId(p.agent), agentName: p.agent === 0 ? p.agentName : reading.agent(p.agent).name,
      taskId: idOrNull('task', p.task), state: p.state, kind: p.kind, title: p.title, askedAt: at(p.askedUs), seenAt: at(p.seenUs), expiresAt: atOrNull(p.expiresUs), decidedAt: atOrNull(p.decidedUs), decidedBy: p.decidedBy, reason: p.reason,
      answers: p.answers, destructive: yes(p.destructive), onBehalfOf: p.onBehalfOf, fingerprint: p.fingerprint, question: p.question, actions: p.actions, evidence: p.evidence, note: p.note, raw: p.raw,
    });
  },
});
