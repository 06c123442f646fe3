import { expect, it } from 'vitest';
import type { StopOrder } from '../../shared/stop.ts';
import { changedOrders } from './stop-voice.ts';

const order = (id: string, state: StopOrder['state']): StopOrder => ({
  id, number: 1, scope: { kind: 'everything' }, scopeName: 'x', level: 'cancel', origin: 'person', state, headline: '', orderedBy: 'a', secondBy: null, reasonKind: 'other', reason: '', ticket: null, intentAt: '2026-11-17T13:00:00.000Z', commandedAt: null, firstAnswerAt: null,
  answeredAt: null, lastActAt: null, containedAt: null, verifiedAt: null, silenceS: 90, watchUntil: null, reopened: 0, endedAt: null, releasedAt: null, agents: [], levers: { all: 0, reported: 0, confirmed: 0, failed: 0, undoable: 0, holds: 0 }, landed: 0,
});

it('says new orders and new states, and nothing of what stood when the window opened', () => {
  const orders = [order('a', 'stopping'), order('b', 'still_acting')];
  expect(changedOrders(null, orders)).toEqual([]);
  expect(changedOrders(new Map([['a', 'stopping'], ['b', 'stopping']]), orders).map((one) => one.id)).toEqual(['b']);
  expect(changedOrders(new Map([['b', 'still_acting']]), orders).map((one) => one.id)).toEqual(['a']);
});
