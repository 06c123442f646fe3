/** On a real history: what an order's rows are read from must be whole where a thousand runs are stopped at once. */
import { expect, it } from 'vitest';
import type { SignRow } from '../store/stop-commands.ts';
import { second, t0 } from '../store/test-history.ts';
import { freshRuntime, runDraft, type TestRuntime } from '../store/test-runtime.ts';
import { RowTrack } from './row-track.ts';

const commandUs = t0 + 100 * second;
const runs = 1_000;

/** Each run began long before the command, with a step under way; the cancel ended both. */
function thousandRuns(): TestRuntime {
  const runtime = freshRuntime();
  const records = Array.from({ length: runs }, (_, n) => n).flatMap((n) => [
    { draft: runDraft(`r${n}`, 'cancelled', { at: 10, until: 101, key: `run:r${n}` }), raw: '{}' },
    { draft: runDraft(`r${n}`, undefined, { at: 20, until: 101, key: `step:${n}`, role: 'activity', name: 'step', source: 'langgraph/step', status: 'cancelled' }), raw: '{}' },
    { draft: runDraft(`r${n}`, undefined, { at: 12, until: 19, key: `step:past:${n}`, role: 'activity', name: 'step', source: 'langgraph/step', status: 'ok' }), raw: '{}' },
  ]);
  runtime.collect({ records }, t0 + 110 * second);
  return runtime;
}

it('reads all rows that a thousand cancelled runs leave, though they all end after the command', async () => {
  const runtime = thousandRuns();
  const track = new RowTrack((params) => Promise.resolve(runtime.ask('signRows', params) as SignRow[]), { sources: [1], tasks: null }, () => t0 + 111 * second, false);
  await track.read(commandUs);
  expect(track.rows.filter(({ row }) => (row.endUs ?? 0) > commandUs).length).toBe(2 * runs);
  expect(track.complete).toBe(true);
});
