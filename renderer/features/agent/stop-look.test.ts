import { expect, test } from 'vitest';
import { orderBadge, worstOrder } from './stop-look.ts';

test('what still acts stands before what is verified, and the newest before the older ones', () => {
  expect(worstOrder([])).toBeNull();
  const orders = [{ number: 1, state: 'stopping' }, { number: 2, state: 'still_acting' }, { number: 3, state: 'verified' }, { number: 4, state: 'stopping' }] as const;
  expect(worstOrder(orders)?.number).toBe(2);
  expect(worstOrder(orders.filter((order) => order.state === 'stopping'))?.number).toBe(4);
});

test('an order of which nothing was sent says nothing about the agent', () => {
  expect(orderBadge(null)).toBeNull();
  expect(orderBadge({ number: 1, state: 'waiting_second' })).toBeNull();
  expect(orderBadge({ number: 1, state: 'verified' })).toBe('stopped_verified');
  expect(orderBadge({ number: 1, state: 'still_acting' })).toBe('still_acting');
});
