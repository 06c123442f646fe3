/** What a look makes of how a server shows a run that is over: against answers in the form of a server's, since which of them a real one gives depends on the moment. */
import { afterEach, describe, expect, it } from 'vitest';
import { startDouble } from './stop-doubles.ts';
import type { Double } from './stop-doubles.ts';
import { cancel, nowUs, openPort, signal, wait } from './test-stop.ts';

let server: Double;
afterEach(async () => { await server.close(); });

const ago = (ms: number): string => new Date(Date.now() - ms).toISOString();
const target = { agents: ['a-1'], runs: null };
interface Shown { status: string; endedAt: string }
const task = (name: string, more: object = {}): object => ({ id: name, name, error: null, interrupts: [], result: null, ...more });

/** One thread with one run, whose newest state has two steps: one that works, and one that asks or failed. */
async function shown(run: Shown, other: object): Promise<void> {
  const row = { thread_id: 't-1', status: 'idle', updated_at: ago(0), metadata: { assistant_id: 'a-1', graph_id: 'desk' } };
  const state = { values: {}, next: ['work', 'other'], tasks: [task('work'), task('other', other)], metadata: { run_id: 'r-1', source: 'loop', step: 1, assistant_id: 'a-1' }, created_at: ago(1_200_000), checkpoint: { checkpoint_id: 'c-1' }, parent_checkpoint: null };
  server = await startDouble(({ method, path }) => {
    if (path.startsWith('/threads/search')) return { status: 200, body: [{ ...row, status: run.status === 'running' ? 'busy' : 'idle', updated_at: run.endedAt }] };
    if (method === 'POST' && path.endsWith('/history')) return { status: 200, body: [state] };
    if (method === 'GET' && path.includes('/history')) return { status: 200, body: [state] };
    if (path.includes('/cancel')) {
      Object.assign(run, { status: 'success', endedAt: ago(0) });
      return { status: 202, body: {} };
    }
    if (path.startsWith('/threads/t-1/runs')) return { status: 200, body: [{ run_id: 'r-1', thread_id: 't-1', assistant_id: 'a-1', status: run.status, created_at: ago(1_300_000), updated_at: run.endedAt, metadata: { graph_id: 'desk' }, kwargs: { input: { a: 1 } } }] };
    return null;
  });
}
const asks = { interrupts: [{ id: 'i', value: 'May it?' }] };
const failed = { error: '{"name":"TypeError","message":"no"}' };
const steps = async (sinceUs: number, port = openPort(server).port): Promise<(string | null)[]> => (await port.look(target, sinceUs, [], signal)).opaque.map((one) => one.step);

describe('a step that works beside another', () => {
  it('may go on when its run was cancelled and counts as a success, also for whoever stops it once more', async () => {
    await shown({ status: 'running', endedAt: ago(0) }, asks);
    const { port } = openPort(server);
    const sinceUs = nowUs();
    expect(await cancel(port, target)).toMatchObject({ runs: [{ id: 'r-1' }] });
    expect(await steps(sinceUs, port)).toEqual(['work']);
    await wait(20);
    expect(await steps(nowUs(), port)).toEqual(['work']);
  });

  it('is over with a run that nobody cancelled and that came to a question before the command', async () => {
    await shown({ status: 'success', endedAt: ago(5_000) }, asks);
    expect(await steps(nowUs())).toEqual([]);
    expect(await steps(nowUs() - 60_000_000)).toEqual(['work']);
  });

  it('may go on when the other one failed a while before the command, not when that is long ago', async () => {
    await shown({ status: 'error', endedAt: ago(60_000) }, failed);
    expect(await steps(nowUs())).toEqual(['work']);
    await server.close();
    await shown({ status: 'error', endedAt: ago(1_100_000) }, failed);
    expect(await steps(nowUs())).toEqual([]);
  });
});
