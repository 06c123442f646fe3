/** Every query of access and identity: 500 agents, 100,000 grants, a million activities. */
import { openReader } from '../electron/engine/store/database.ts';
import { historyFile } from '../electron/engine/store/open.ts';
import { Reading } from '../electron/engine/store/queries/reading.ts';
import { queries } from '../electron/engine/store/queries/table.ts';
import { contract } from '../shared/contract.ts';
import type { Params } from '../shared/contract.ts';

export interface Question { readonly name: string; readonly ask: (round: number) => unknown }
type Asked = Extract<keyof typeof queries, keyof typeof contract>;

export function accessQuestions(folder: string): Question[] {
  const db = openReader(historyFile(folder));
  const reading = new Reading(db);
  const nowUs = Date.now() * 1_000;
  const ids = (sql: string): number[] => db.prepare<[], { id: number }>(sql).all().map(({ id }) => id);
  const pick = (prefix: string, all: readonly number[]) => (round: number): string => `${prefix}-${(all[(round * 37) % all.length] ?? 1).toString(36)}`;
  const agent = pick('agt', ids('SELECT id FROM agent WHERE rows > 0'));
  const connection = pick('con', ids("SELECT id FROM connection WHERE kind <> 'otlp'"));
  const document = pick('gdc', ids('SELECT id FROM grant_document'));
  const column = pick('col', ids('SELECT id FROM access_column WHERE holders > 0 ORDER BY holders DESC LIMIT 200'));
  const grant = pick('grt', ids('SELECT id FROM grant_seen LIMIT 2000'));
  const act = pick('act', ids('SELECT id FROM activity WHERE kind = 2 ORDER BY ts_us DESC LIMIT 500'));
  const last = (days: number): { from: string; to: null } => ({ from: new Date(Date.now() - days * 86_400_000).toISOString(), to: null });
  const of = <N extends Asked>(what: string, method: N, params: (round: number) => Params<N>): Question => ({ name: what, ask: (round) => {
    reading.begin();
    return (queries[method] as unknown as (reading: Reading, params: unknown, nowUs: number) => unknown)(reading, contract[method].params.parse(params(round)), nowUs);
  } });
  const matrix = (what: string, params: Omit<Params<'access.matrix'>, 'by'>): Question[] => (['class', 'resource'] as const).map((by) => of(`matrix by ${by}${what}`, 'access.matrix', () => ({ by, ...params })));
  return [
    of('access summary', 'access.summary', () => ({})),
    ...matrix('', {}), ...matrix(', unused', { unusedDays: 30, filter: { unused: true } }), ...matrix(', attempted', { filter: { attempted: true } }), ...matrix(', cannot be undone', { filter: { irreversible: true } }), ...matrix(', shared', { filter: { shared: true } }),
    ...matrix(', new', { filter: { newDays: 7 } }), ...matrix(', expiring', { filter: { expiringDays: 30 } }), ...matrix(', a text', { filter: { text: 'mail' } }), ...matrix(', an agent\'s name', { filter: { text: 'agent-12' } }), ...matrix(', a text that nothing has', { filter: { text: 'nowhere' } }),
    of('matrix by resource, later columns', 'access.matrix', (round) => ({ by: 'resource', columnsAfter: (round % 20) * 40 })), of('matrix of an agent', 'access.matrix', (round) => ({ by: 'resource', filter: { agentId: agent(round) } })),
    of('a cell by class', 'access.cell', (round) => ({ rowId: agent(round), columnId: ['cls-read', 'cls-write', 'cls-delete'][round % 3] ?? 'cls-read' })), of('a cell by resource', 'access.cell', (round) => ({ rowId: agent(round), columnId: column(round) })),
    of('findings', 'access.findings', () => ({})), of('findings of an agent', 'access.findings', (round) => ({ agentId: agent(round) })), of('findings with a text', 'access.findings', () => ({ text: 'agent-12' })), of('findings of a rule', 'access.findings', () => ({ rule: 'shared_credential' })),
    of('drift', 'access.drift', () => ({})), of('drift, widening', 'access.drift', () => ({ widening: true })), of('drift of an agent', 'access.drift', (round) => ({ agentId: agent(round) })), of('drift of a connection', 'access.drift', (round) => ({ connectionId: connection(round) })),
    of('baseline', 'access.baseline', (round) => ({ agentId: agent(round) })),
    ...(['allow_list', 'iam', 'cedar'] as const).map((form) => of(`proposal, ${form}`, 'access.proposal', (round) => ({ agentId: agent(round), form }))),
    of('reach', 'access.reach', (round) => ({ agentId: agent(round) })),
    ...[1 / 24, 1, 7, 30].map((days) => of(`graph, ${days < 1 ? '1 h' : `${days} d`}`, 'access.graph', () => ({ period: last(days) }))),
    of('graph around an agent', 'access.graph', (round) => ({ period: last(30), focus: agent(round) })), of('graph around an agent, 2 steps', 'access.graph', (round) => ({ period: last(7), focus: agent(round), hops: 2 })), of('graph with what is held', 'access.graph', () => ({ period: last(7), holds: true })),
    of('documents', 'access.documents', () => ({})), of('documents of an agent', 'access.documents', (round) => ({ agentId: agent(round) })), of('a document', 'access.document', (round) => ({ id: document(round) })),
    of('identity card', 'identity.card', (round) => ({ agentId: agent(round) })), of('identity of an activity', 'identity.activity', (round) => ({ id: act(round) })),
    of('grants', 'grants.list', () => ({})), of('grants of an agent', 'grants.list', (round) => ({ agentId: agent(round) })), of('grants of a connection', 'grants.list', (round) => ({ connectionId: connection(round) })), of('grants of a document', 'grants.list', (round) => ({ documentId: document(round) })),
    of('grants of a kind', 'grants.list', (round) => ({ kind: (['scope', 'statement', 'gate'] as const)[round % 3] ?? 'scope' })), of('grants of a class', 'grants.list', (round) => ({ class: (['read', 'delete', 'execute'] as const)[round % 3] ?? 'read' })), of('grants of a column', 'grants.list', (round) => ({ columnId: column(round) })),
    of('grants with a text', 'grants.list', (round) => ({ text: ['mail', 's1', 'nowhere'][round % 3] ?? 'mail' })), of('a grant', 'grants.get', (round) => ({ id: grant(round) })),
  ];
}
