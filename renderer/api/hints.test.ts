import { QueryObserver } from '@tanstack/react-query';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { HintTopic } from '../../shared/contract.ts';
import type { EngineState } from '../../shared/page-api.ts';

let hint: (topics: HintTopic[]) => void = () => undefined;
let engine: (state: EngineState) => void = () => undefined;
const page = { hidden: false, addEventListener: () => undefined };

vi.stubGlobal('document', page);
vi.stubGlobal('window', {
  gatehouse: {
    onHint: (listener: typeof hint) => { hint = listener; return () => undefined; },
    onEngineState: (listener: typeof engine) => { engine = listener; listener({ state: 'ready', text: '', restarts: 0 }); return () => undefined; },
  },
});

const { startHints } = await import('./hints.ts');
const { queryClient } = await import('./query-client.ts');
startHints();

/** An observed query that counts how often it was asked and answers when it is let. */
function watch(name: string, topics: HintTopic[]): { asked: () => number; answer: () => void } {
  let count = 0;
  let release: (() => void)[] = [];
  const observer = new QueryObserver(queryClient, {
    queryKey: [name], meta: { topics },
    queryFn: async () => { count += 1; await new Promise<void>((resolve) => { release.push(resolve); }); return count; },
  });
  ends.push(observer.subscribe(() => undefined));
  return { asked: () => count, answer: () => { for (const free of release) free(); release = []; } };
}
const ends: (() => void)[] = [];

beforeEach(() => { vi.useFakeTimers(); });
afterEach(() => {
  for (const end of ends.splice(0)) end();
  queryClient.clear();
  vi.useRealTimers();
  page.hidden = false;
});

it('asks again only what rests on the topic', async () => {
  const cost = watch('cost', ['cost']);
  const gaps = watch('gaps', ['gaps']);
  cost.answer(); gaps.answer();
  await vi.advanceTimersByTimeAsync(0);
  hint(['cost']);
  await vi.advanceTimersByTimeAsync(1100);
  expect([cost.asked(), gaps.asked()]).toEqual([2, 1]);
});

it('spends a burst once', async () => {
  const tasks = watch('tasks', ['tasks']);
  tasks.answer();
  await vi.advanceTimersByTimeAsync(0);
  for (let turn = 0; turn < 20; turn += 1) hint(['tasks']);
  await vi.advanceTimersByTimeAsync(1100);
  expect(tasks.asked()).toBe(2);
});

it('never loses the last hint of a burst, and never asks twice at once', async () => {
  const slow = watch('slow', ['activity']);
  slow.answer();
  await vi.advanceTimersByTimeAsync(0);
  hint(['activity']);
  await vi.advanceTimersByTimeAsync(1100);
  expect(slow.asked()).toBe(2);
  hint(['activity']);
  await vi.advanceTimersByTimeAsync(3500);
  expect(slow.asked()).toBe(2);
  slow.answer();
  await vi.advanceTimersByTimeAsync(1100);
  expect(slow.asked()).toBe(3);
});

it('asks everything again when the engine is back', async () => {
  const quiet = watch('quiet', ['settings']);
  quiet.answer();
  await vi.advanceTimersByTimeAsync(0);
  engine({ state: 'away', text: '', restarts: 0 });
  engine({ state: 'ready', text: '', restarts: 1 });
  await vi.advanceTimersByTimeAsync(10);
  expect(quiet.asked()).toBe(2);
});
