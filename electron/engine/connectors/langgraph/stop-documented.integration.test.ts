/** What only the production server has: by its documentation, on a double at loopback; no such server could be run. */
import { afterEach, describe, expect, it } from 'vitest';
import { testIo } from '../test-io.ts';
import { langgraph } from './langgraph.ts';
import { startDouble } from './stop-doubles.ts';
import type { Answer, Asked, Double } from './stop-doubles.ts';
import { cancel, nowUs, openPort, signal } from './test-stop.ts';

interface Cron { readonly cron_id: string; readonly assistant_id: string; readonly schedule: string; enabled: boolean }
interface Run { readonly run_id: string; readonly thread_id: string; readonly assistant_id: string; status: string; readonly created_at: string; updated_at: string; readonly kwargs: object; readonly metadata: object }

const doubles: Double[] = [];
afterEach(async () => { for (const double of doubles.splice(0)) await double.close(); });
const target = { agents: ['agent-1'], runs: null };
const cronLever = 'langgraph.disable-crons';
const time = (): string => new Date().toISOString();

/** The documented form of what a stop asks for. `before` may answer first. */
async function production(crons: Cron[], runs: Run[], before: (asked: Asked) => Answer | null = () => null): Promise<Double> {
  const double = await startDouble((asked) => before(asked) ?? documented(crons, runs, asked));
  doubles.push(double);
  return double;
}

function documented(crons: Cron[], runs: Run[], { method, path, body }: Asked): Answer | null {
  const [way = ''] = path.split('?');
  if (way === '/info') return { status: 200, body: { version: '0.15.0', context: 'js', flags: { crons: true } } };
  if (way === '/runs/crons/search') {
    const { limit, offset } = body as { limit: number; offset?: number };
    return { status: 200, body: crons.slice(offset ?? 0, (offset ?? 0) + limit) };
  }
  const cron = crons.find((one) => way === `/runs/crons/${one.cron_id}`);
  if (method === 'PATCH' && cron !== undefined) {
    cron.enabled = (body as { enabled: boolean }).enabled;
    return { status: 200, body: cron };
  }
  if (way === '/assistants/search') return { status: 200, body: [] };
  if (way === '/threads/search') {
    const { offset } = body as { offset?: number };
    return { status: 200, body: (offset ?? 0) > 0 ? [] : [...new Set(runs.map((run) => run.thread_id))].map((id) => ({ thread_id: id, status: 'busy', updated_at: '2026-11-01T00:00:00.000000+00:00', metadata: {} })) };
  }
  const listed = /^\/threads\/([^/]+)\/runs$/.exec(way)?.[1];
  if (listed !== undefined) return { status: 200, body: runs.filter((run) => run.thread_id === listed) };
  const cancelled = runs.find((run) => way === `/threads/${run.thread_id}/runs/${run.run_id}/cancel`);
  if (cancelled !== undefined && method === 'POST') {
    // A run that has ended is an error to it, unlike on the development server.
    if (cancelled.status !== 'pending' && cancelled.status !== 'running') return { status: 409, body: { detail: 'Run is not active' } };
    cancelled.status = 'interrupted';
    cancelled.updated_at = time();
    return { status: 202 };
  }
  if (way.endsWith('/history')) return { status: 200, body: [] };
  return null;
}

const cron = (id: string, assistant: string, enabled: boolean): Cron => ({ cron_id: id, assistant_id: assistant, schedule: `${id.length} * * * *`, enabled });
const run = (id: string, thread: string, status: string): Run => ({ run_id: id, thread_id: thread, assistant_id: 'agent-1', status, created_at: '2026-11-01T00:00:00Z', updated_at: '2026-11-01T00:00:01Z', kwargs: { input: {} }, metadata: {} });

describe('schedules, in the documented form of a double', () => {
  const many = Array.from({ length: 150 }, (_, at) => cron(`x-${at}`, 'agent-2', true));

  it('are switched off where they were on, for the agent that is meant, and only those back on', async () => {
    const crons = [...many, cron('on-1', 'agent-1', true), cron('off-1', 'agent-1', false), cron('on-2', 'agent-1', true)];
    const double = await production(crons, []);
    const { port } = openPort(double);
    const survey = await port.survey(target, signal);
    expect(survey.schedules.map((one) => [one.id, one.enabled])).toEqual([['on-1', true], ['off-1', false], ['on-2', true]]);
    const saved = await port.save(cronLever, target, signal);
    const reply = await port.pull({ leverId: cronLever, target, saved, attempt: 1 }, signal, () => undefined);
    expect(reply).toMatchObject({ reported: 'accepted', complete: true, text: '2 of 2 schedules were switched off.' });
    expect(crons.filter((one) => !one.enabled).map((one) => one.cron_id)).toEqual(['on-1', 'off-1', 'on-2']);
    const pulled = [{ leverId: cronLever, saved }];
    expect((await port.look(target, nowUs(), pulled, signal)).readBack).toMatchObject([{ holds: true }]);
    // Somebody was there meanwhile: one is on again, one is gone.
    const back = crons.find((one) => one.cron_id === 'on-2');
    if (back !== undefined) back.enabled = true;
    expect((await port.look(target, nowUs(), pulled, signal)).readBack).toMatchObject([{ holds: false }]);
    expect(await port.undo(cronLever, saved ?? '', signal)).toBe('1 of 2 schedules were switched on again; 1 on already.');
    expect(crons.filter((one) => !one.enabled).map((one) => one.cron_id)).toEqual(['off-1']);
    expect(double.asked.filter((one) => one.method === 'PATCH' && !one.path.includes('on-'))).toEqual([]);
  });

  it('are declared as a lever only by a server that has them, and rights to them are part of suspending', async () => {
    const double = await production([cron('on-1', 'agent-1', true)], [], ({ method }) => (method === 'DELETE' ? { status: 404, body: { detail: 'Not Found' } } : null));
    const facts = async (url: string): Promise<string[]> => {
      const io = testIo({ url });
      const found = await langgraph.open({ kind: 'langgraph', url }, io).discover(signal);
      io.end();
      return found.facts.levers.map((lever) => lever.id);
    };
    expect(await facts(double.url)).toContain(cronLever);
    expect(await openPort(double).port.rights(signal)).toMatchObject([{ level: 'cancel', result: 'ok' }, { level: 'suspend', result: 'ok', text: expect.stringContaining('schedules') }]);
    const without = await production([], [], ({ path }) => (path.startsWith('/runs/crons') ? { status: 500, body: { detail: 'Not implemented' } } : null));
    expect(await facts(without.url)).not.toContain(cronLever);
  });

  it('are refused to a credential without the right, in words', async () => {
    const crons = [cron('on-1', 'agent-1', true)];
    const { port } = openPort(await production(crons, [], ({ method }) => (method === 'PATCH' ? { status: 403, body: { detail: 'Forbidden' } } : null)));
    const saved = await port.save(cronLever, target, signal);
    await expect(port.pull({ leverId: cronLever, target, saved, attempt: 1 }, signal, () => undefined)).rejects.toMatchObject({ kind: 'forbidden' });
    expect((await port.rights(signal)).find((one) => one.level === 'suspend')?.result).toBe('missing');
    expect(crons[0]?.enabled).toBe(true);
  });
});

describe('cancelling, on a double', () => {
  it('takes the error that a production server gives for an ended run for nothing to stop', async () => {
    const runs = [run('r-1', 't-1', 'running'), run('r-2', 't-1', 'pending')];
    const { port } = openPort(await production([], runs));
    await port.survey(target, signal);
    for (const one of runs) one.status = 'success';
    expect(await cancel(port, target)).toMatchObject({ reported: 'nothing_to_stop', complete: true, text: '2 had ended before.' });
  });

  it('never calls stopped what says yes and runs on, and asks again before it gives up', async () => {
    const runs = [run('r-1', 't-1', 'running')];
    const double = await production([], runs, ({ path }) => (path.includes('/cancel') ? { status: 202 } : null));
    const { port } = openPort(double);
    const reply = await cancel(port, target);
    expect(reply).toMatchObject({ reported: 'accepted', complete: false, runs: [{ id: 'r-1', reported: 'accepted' }] });
    expect(double.asked.filter((one) => one.path.includes('/cancel')).length).toBeGreaterThan(2);
    expect((await port.look(target, nowUs(), [], signal)).open).toMatchObject([{ id: 'r-1', state: 'running' }]);
  });

  it('tells how far it came when the server falls silent in the middle', async () => {
    const runs = Array.from({ length: 40 }, (_, at) => run(`r-${at}`, `t-${at}`, 'running'));
    let taken = 0;
    const { port } = openPort(await production([], runs, ({ path }) => {
      if (!path.includes('/cancel')) return taken >= 10 ? { status: 503, body: {} } : null;
      taken += 1;
      return taken <= 10 ? null : { status: 500, body: { detail: 'out of memory' } };
    }));
    await port.survey(target, signal);
    const reply = await cancel(port, target);
    expect(reply).toMatchObject({ reported: 'accepted', complete: false });
    expect(reply.runs).toHaveLength(10);
    expect(reply.text).toContain('30 gave no answer');
    await expect(port.look(target, nowUs(), [], signal)).rejects.toMatchObject({ kind: 'runtime_error' });
  });

  it('does not call a look complete in which a thread could not be read', async () => {
    const runs = [run('r-1', 't-1', 'running'), run('r-2', 't-2', 'success')];
    const { port } = openPort(await production([], runs, ({ path }) => (path.startsWith('/threads/t-2/runs') ? { status: 500, body: {} } : null)));
    const sight = await port.look(target, nowUs(), [], signal);
    expect(sight.complete).toBe(false);
    expect(sight.notes.join(' ')).toContain('1 thread could not be read in full');
    expect((await cancel(port, target)).complete).toBe(false);
  });

  it('answers in time where not all can be read in it, and comes to all of it by and by', async () => {
    const runs = Array.from({ length: 900 }, (_, at) => run(`r-${at}`, `t-${at}`, 'running'));
    const { port } = openPort(await production([], runs, ({ path }) => {
      const thread = /^\/threads\/([^/?]+)\/runs\?/.exec(path)?.[1];
      return thread === undefined ? null : { status: 200, body: runs.filter((one) => one.thread_id === thread), afterMs: 60 };
    }));
    const began = Date.now();
    const first = await port.survey(target, signal);
    expect(Date.now() - began).toBeLessThan(4_000);
    expect(first).toMatchObject({ complete: false, notes: [expect.stringContaining('could not be read in time')] });
    const found: number[] = [first.runs.length];
    for (const deadline = Date.now() + 30_000; found.at(-1) !== runs.length && Date.now() < deadline;) found.push((await port.survey(target, signal)).runs.length);
    expect(found.at(-1)).toBe(runs.length);
    expect(found).toEqual(found.toSorted((a, b) => a - b));
  });

  it('counts a run that was deleted while it ran as one whose end nobody saw', async () => {
    const runs = [run('r-1', 't-1', 'running')];
    const { port } = openPort(await production([], runs));
    await port.survey(target, signal);
    runs.length = 0;
    const sight = await port.look(target, nowUs(), [], signal);
    expect(sight).toMatchObject({ open: [], opaque: [{ run: 'r-1', step: null, text: expect.stringContaining('no longer has the run') }] });
  });
});
