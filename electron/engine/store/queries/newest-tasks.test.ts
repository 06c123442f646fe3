import { expect, it } from 'vitest';
import { agentDraft, TestHistory, trace } from '../test-history.ts';
import { openReader } from '../database.ts';
import { historyFile } from '../open.ts';
import { newestTasks } from './newest-tasks.ts';
import { Reading } from './reading.ts';

it('takes the newest of each agent in equal shares, and what one does not need from those after it', () => {
  const history = new TestHistory();
  // The agent that floods was seen first and has most: agent 1 with tasks 1 to 8, agent 2 with 9 and 10, agent 3 with 11 to 14.
  const began = [[1, 'flood', 8], [9, 'few', 2], [11, 'some', 4]] as const;
  for (const [from, agent, many] of began) for (let n = from; n < from + many; n += 1) history.tell([agentDraft(1, 0, agent, { traceId: trace(n), at: n, for: 1 })], 0);
  const reader = openReader(historyFile(history.dir));
  const reading = new Reading(reader);
  const newest = (heads: readonly number[] | null, most: number, sinceUs = 0): number[] => newestTasks(reading, heads, sinceUs, most).toSorted((a, b) => a - b);
  expect(newest(null, 3)).toEqual([12, 13, 14]);
  expect(newest([1], 3)).toEqual([6, 7, 8]);
  expect(newest([1, 2, 3], 6)).toEqual([7, 8, 9, 10, 13, 14]);
  expect(newest([2, 1, 3], 9)).toEqual([5, 6, 7, 8, 9, 10, 12, 13, 14]);
  expect(newest([1, 2, 3], 2)).toEqual([8, 10]);
  expect(newest([1, 2, 3], 100)).toHaveLength(14);
  expect(newest([1], 100, Number.MAX_SAFE_INTEGER)).toEqual([]);
  reader.close();
  history.close();
});
