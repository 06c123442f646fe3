import { expect, it } from 'vitest';
import { stuckIn } from './stuck.ts';
import type { OpenWork } from './tell-thread.ts';

const second = 1_000_000;
const work = (run: string, status: OpenWork['status'], since: number, behind = false): OpenWork => ({ run, status, sinceUs: since * second, behind, protocol: false });
const at = (list: readonly OpenWork[], seconds: number): string[] => stuckIn(list, seconds * second).map((one) => `${one.run.id} since ${one.sinceUs / second}`);

it('takes two minutes without a new state for stuck, and half a minute without a worker', () => {
  const list = [work('r-1', 'running', 0), work('p-1', 'pending', 60)];
  expect(at(list, 89)).toEqual([]);
  expect(at(list, 90)).toEqual(['p-1 since 60']);
  expect(at(list, 120)).toEqual(['p-1 since 60', 'r-1 since 0']);
});

it('leaves alone what waits behind another run of its thread, and what is to begin later', () => {
  expect(at([work('p-1', 'pending', 0, true), work('p-2', 'pending', 3_600)], 600)).toEqual([]);
});

it('names dead workers only when nothing runs at all', () => {
  expect(stuckIn([work('p-1', 'pending', 0)], 60 * second)[0]?.text).toContain('workers may be dead');
  expect(stuckIn([work('p-1', 'pending', 0), work('r-1', 'running', 50)], 60 * second)[0]?.text).toContain('taken or lost');
});
