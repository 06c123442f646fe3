/** Made-up orders for tests: as the contract has them, every part can be put in another's place. */
import type { OrderLever, StopOrder } from '../../../shared/stop.ts';

export const t0 = Date.parse('2026-11-17T13:30:17.204Z');
/** so many milliseconds after the command. */
export const at = (ms: number): string => new Date(t0 + ms).toISOString();

export function testLever(changes: Partial<OrderLever> = {}): OrderLever {
  return {
    id: 'lev-1', leverId: 'runs.cancel', connectionId: 'con-1', connectionName: 'LangGraph', step: 'cut', kind: 'cut', level: 'cancel', title: 'Cancel runs', target: '2 known runs', reaches: 'work in hand',
    doesNotStop: ['a node that ignores the abort'], alsoHits: [], usual: null, undo: 'none', undoText: '', wanted: true, problem: null, after: null,
    state: 'waiting', sentAt: null, reportedAt: null, reported: null, reportedText: null, confirmed: 'not_yet', confirmedAt: null, confirmedText: null, attempts: 0, undoState: 'none', undoneAt: null, undoneText: null, actsAt: [],
    ...changes,
  };
}

export function testOrder(changes: Partial<StopOrder> = {}): StopOrder {
  return {
    id: 'sto-1', number: 118, scope: { kind: 'agent', id: 'agt-1' }, scopeName: 'refund-runner', level: 'revoke', origin: 'person', state: 'stopping', headline: 'Levers are being pulled.', orderedBy: 'anna', secondBy: null,
    reasonKind: 'acting_beyond_task', reason: 'Refunds retried', ticket: null, intentAt: at(-6), commandedAt: at(0), firstAnswerAt: null, answeredAt: null, lastActAt: null, containedAt: null, verifiedAt: null, silenceS: 90,
    watchUntil: null, reopened: 0, endedAt: null, releasedAt: null, agents: [{ id: 'agt-1', name: 'refund-runner' }], levers: { all: 6, reported: 0, confirmed: 0, failed: 0, undoable: 0, holds: 0 }, landed: 0,
    ...changes,
  };
}
