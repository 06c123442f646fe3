/** The levers against both real servers. What the server says and what the work really did (a file that it writes) are told apart. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { OpaqueStep } from '../stopping.ts';
import { assistantOf, cancel, lookUntil, nowUs, openPort, signal, Trace, wait } from './test-stop.ts';
import { TestServer, textOf } from './test-server.ts';

describe.each(['1.5', '2.0'] as const)('stopping runs of a LangGraph server %s', (which) => {
  let server: TestServer;
  beforeAll(async () => { server = await TestServer.start(which, '--workers', '20', '--also', 'backup-sweep'); });
  afterAll(async () => { await server.close(); });

  const sweep = (how: string, file: string, more: object = {}): ReturnType<TestServer['startRun']> => server.startRun(null, 'backup-sweep', { how, file, acts: 40, ms: 100, ...more }, { config: { recursion_limit: 1_000 } });
  const steps = (opaque: readonly OpaqueStep[], run: string): (string | null)[] => opaque.filter((one) => one.run === run).map((one) => one.step);

  it('stops many short steps: what is seen last is what was done last', async () => {
    const { port } = openPort(server);
    const ids = await sweep('steps', 'steps.txt', { acts: 400 });
    const trace = new Trace(server, 'steps.txt');
    await trace.has(3);
    const target = { agents: null, runs: [ids.run] };
    const survey = await port.survey(target, signal);
    expect(survey.runs).toMatchObject([{ id: ids.run, state: 'running' }]);
    expect(survey.targets.find((one) => one.leverId === 'langgraph.cancel-runs')?.text).toContain(`1 running (${ids.run.slice(0, 8)})`);
    const sinceUs = nowUs();
    const reply = await cancel(port, target);
    expect(reply).toMatchObject({ reported: 'stopped', complete: true, runs: [{ id: ids.run, reported: 'stopped' }] });
    const sight = await lookUntil(port, target, sinceUs - 1_000_000, (one) => one.open.length === 0 && one.complete && one.opaque.length > 0);
    expect(steps(sight.opaque, ids.run)).toEqual(['sweep']);
    await trace.still(600);
    // The server's states come right after the acts.
    const newest = Math.max(...sight.signs.map((sign) => sign.atUs)) / 1_000;
    expect(Math.abs(newest - trace.lastMs)).toBeLessThan(250);
  });

  it('says of a step that ignores its signal that it cannot see whether it ended, while it does go on', async () => {
    const { port } = openPort(server);
    const ids = await sweep('ignores', 'ignores.txt', { acts: 30 });
    const trace = new Trace(server, 'ignores.txt');
    await trace.has(3);
    const target = { agents: null, runs: [ids.run] };
    await port.survey(target, signal);
    const sinceUs = nowUs();
    const reply = await cancel(port, target);
    const atAnswer = trace.lines.length;
    expect(reply.reported).toBe('stopped');
    const sight = await lookUntil(port, target, sinceUs, (one) => one.open.length === 0 && one.complete);
    expect(steps(sight.opaque, ids.run)).toEqual(['sweep']);
    expect(sight.opaque[0]?.sinceUs).toBeLessThan(sinceUs);
    await trace.has(atAnswer + 5);
    expect(await trace.still(400)).toBe(30);
    // Also after its end, of which the server says nothing; and to somebody who asks for the first time.
    const later = await openPort(server).port.look({ agents: [await assistantOf(server, 'backup-sweep')], runs: null }, nowUs(), [], signal);
    expect(steps(later.opaque, ids.run)).toEqual(['sweep']);
  });

  it('says the same of a step that asked and was answered, and of one beside a question, though that run counts as a success', async () => {
    const first = await sweep('ignores', 'answered.txt', { asks: 'first' });
    const beside = await sweep('ignores', 'beside.txt', { asks: 'beside' });
    await server.until(null, first);
    const answer = await server.as(null, 'POST', `/threads/${first.thread}/runs`, { assistant_id: 'backup-sweep', command: { resume: 'yes' } });
    const run = textOf(answer.body['run_id']);
    const traces = [new Trace(server, 'answered.txt'), new Trace(server, 'beside.txt')];
    for (const trace of traces) await trace.has(2);
    const { port } = openPort(server);
    const target = { agents: null, runs: [run, beside.run] };
    const sinceUs = nowUs();
    const all = { agents: [await assistantOf(server, 'backup-sweep')], runs: null };
    expect((await cancel(port, all)).reported).toBe('stopped');
    const counts = traces.map((trace) => trace.lines.length);
    const sight = await lookUntil(port, target, sinceUs, (one) => one.open.length === 0 && one.complete);
    expect([steps(sight.opaque, run), steps(sight.opaque, beside.run)]).toEqual([['sweep'], ['sweep']]);
    // Whoever orders a second stop is told the same.
    const again = await lookUntil(port, target, nowUs(), (one) => one.complete);
    expect([steps(again.opaque, run), steps(again.opaque, beside.run)]).toEqual([['sweep'], ['sweep']]);
    for (const [at, trace] of traces.entries()) await trace.has((counts[at] ?? 0) + 3);
  });

  it('says the same of a run that another one rolled back before the stop', async () => {
    const { port } = openPort(server);
    const ids = await sweep('ignores', 'rolled.txt', { acts: 40 });
    const trace = new Trace(server, 'rolled.txt');
    await trace.has(2);
    const next = await server.as(null, 'POST', `/threads/${ids.thread}/runs`, { assistant_id: 'backup-sweep', input: { how: 'steps', file: 'next.txt', acts: 1, ms: 10 }, multitask_strategy: 'rollback' });
    await server.until(null, { thread: ids.thread, run: textOf(next.body['run_id']) });
    const atLook = trace.lines.length;
    const target = { agents: [await assistantOf(server, 'backup-sweep')], runs: null };
    const sight = await lookUntil(port, target, nowUs(), (one) => one.complete && steps(one.opaque, ids.run).length > 0);
    expect(steps(sight.opaque, ids.run)).toEqual(['sweep']);
    await trace.has(atLook + 3);
  });

  it('shows a step that ended before the cancel took hold as a sign, and leaves nothing open of it', async () => {
    const { port } = openPort(server);
    const ids = await sweep('steps', 'short.txt', { acts: 3 });
    const target = { agents: null, runs: [ids.run] };
    const sinceUs = nowUs() - 5_000_000;
    await server.until(null, ids);
    const sight = await lookUntil(port, target, sinceUs, (one) => one.complete && one.signs.length >= 4);
    expect(sight).toMatchObject({ open: [], opaque: [] });
    expect(sight.signs.every((sign) => sign.run === ids.run && !sign.denied && (sign.beganUs ?? 0) <= sign.atUs)).toBe(true);
    expect((await cancel(port, target)).reported).toBe('nothing_to_stop');
  });

  it('cancels what waits on a thread before what runs, newest first, so that nothing of it begins', async () => {
    const { port, asked } = openPort(server);
    const first = await sweep('steps', 'queue-1.txt', { acts: 400 });
    const behind: string[] = [];
    for (const file of ['queue-2.txt', 'queue-3.txt']) {
      const run = await server.as(null, 'POST', `/threads/${first.thread}/runs`, { assistant_id: 'backup-sweep', input: { how: 'steps', file, acts: 400, ms: 100 }, multitask_strategy: 'enqueue' });
      behind.push(textOf(run.body['run_id']));
    }
    const later = await server.startRun(null, 'backup-sweep', { file: 'queue-4.txt' }, { after_seconds: 3_600 });
    await new Trace(server, 'queue-1.txt').has(2);
    const target = { agents: [await assistantOf(server, 'backup-sweep')], runs: null };
    const survey = await port.survey(target, signal);
    expect(survey.runs.map((run) => run.state).sort()).toEqual(['queued', 'queued', 'running', 'scheduled']);
    asked.length = 0;
    const told: string[] = [];
    const reply = await cancel(port, target, (done, of) => { told.push(`${done}/${of}`); });
    expect(reply).toMatchObject({ reported: 'stopped', complete: true });
    expect(told.at(-1)).toBe('4/4');
    expect(asked.filter((one) => one.includes('/cancel') && one.includes(first.thread)).map((one) => /runs\/([^/]+)/.exec(one)?.[1])).toEqual([...behind.toReversed(), first.run]);
    expect(asked.filter((one) => one.includes('wait='))).toEqual([]);
    expect(asked.filter((one) => one.startsWith('DELETE'))).toEqual([]);
    const sight = await lookUntil(port, target, nowUs(), (one) => one.open.length === 0 && one.complete);
    expect(sight.opaque.map((one) => one.run)).not.toContain(later.run);
    await wait(1_500);
    expect([...new Trace(server, 'queue-2.txt').lines, ...new Trace(server, 'queue-3.txt').lines, ...new Trace(server, 'queue-4.txt').lines]).toEqual([]);
  });

  it('cancels first what queued since it was planned', async () => {
    const { port } = openPort(server);
    const first = await sweep('honours', 'planned.txt', { acts: 400 });
    await new Trace(server, 'planned.txt').has(1);
    const target = { agents: [await assistantOf(server, 'backup-sweep')], runs: null };
    expect((await port.survey(target, signal)).runs).toMatchObject([{ id: first.run, state: 'running' }]);
    const body = { assistant_id: 'backup-sweep', input: { how: 'steps', file: 'since.txt', acts: 400, ms: 100 }, multitask_strategy: 'enqueue' };
    await server.as(null, 'POST', `/threads/${first.thread}/runs`, body);
    expect((await cancel(port, target)).runs).toHaveLength(2);
    await wait(1_500);
    expect(new Trace(server, 'since.txt').lines).toEqual([]);
  });

  it('finds a run on a thread that the server calls idle', async () => {
    const ids = await sweep('steps', 'hidden.txt', { acts: 400 });
    const queued = await server.as(null, 'POST', `/threads/${ids.thread}/runs`, { assistant_id: 'backup-sweep', input: {}, multitask_strategy: 'enqueue' });
    await new Trace(server, 'hidden.txt').has(2);
    await server.as(null, 'POST', `/threads/${ids.thread}/runs/${textOf(queued.body['run_id'])}/cancel`);
    expect((await server.as(null, 'GET', `/threads/${ids.thread}`)).body['status']).toBe('idle');
    const { port } = openPort(server);
    const target = { agents: [await assistantOf(server, 'backup-sweep')], runs: null };
    expect((await cancel(port, target)).runs).toMatchObject([{ id: ids.run, reported: 'stopped' }]);
    await new Trace(server, 'hidden.txt').still(400);
  });

  it('fails in time while a step that never yields holds the whole server, and then tells what was done meanwhile', async () => {
    const { port } = openPort(server);
    const ids = await server.startRun(null, 'backup-sweep', { how: 'blocks', file: 'blocks.txt', acts: 13, ms: 500 }, { after_seconds: 2 });
    const trace = new Trace(server, 'blocks.txt');
    const target = { agents: null, runs: [ids.run] };
    // It is known before the server stands still, as from a plan.
    expect((await port.survey(target, signal)).runs).toMatchObject([{ id: ids.run, state: 'scheduled' }]);
    await trace.has(1);
    const sinceUs = nowUs();
    const [pulled, seen] = await Promise.allSettled([cancel(port, target), port.look(target, sinceUs, [], signal)]);
    expect(Date.now() - sinceUs / 1_000).toBeLessThan(6_500);
    expect([pulled, seen]).toMatchObject([{ status: 'rejected', reason: { kind: 'unreachable' } }, { status: 'rejected', reason: { kind: 'unreachable' } }]);
    await trace.has(14);
    const reply = await cancel(port, target);
    expect(reply.complete).toBe(true);
    const sight = await lookUntil(port, target, sinceUs, (one) => one.open.length === 0 && one.complete && one.signs.length > 0);
    // The step came to its own end, after the cancel, and the server saw it.
    expect(sight.opaque).toEqual([]);
    expect(Math.abs(Math.max(...sight.signs.map((sign) => sign.atUs)) / 1_000 - trace.lastMs)).toBeLessThan(250);
    expect(Math.min(...sight.signs.map((sign) => sign.beganUs ?? Number.NaN))).toBeLessThan(sinceUs);
  });

  it('stops a run without a thread of its own, of which nothing is left to read', async () => {
    const { port } = openPort(server);
    const target = { agents: [await assistantOf(server, 'night-export')], runs: null };
    const run = textOf((await server.as(null, 'POST', '/runs', { assistant_id: 'night-export', input: { ms: 2_000 } })).body['run_id']);
    const sinceUs = nowUs();
    const deadline = Date.now() + 5_000;
    while ((await port.survey(target, signal)).runs.every((one) => one.state !== 'running') && Date.now() < deadline) await wait(50);
    expect((await cancel(port, target)).runs).toMatchObject([{ id: run }]);
    const sight = await lookUntil(port, target, sinceUs, (one) => one.open.length === 0 && one.complete);
    // It may go on: two seconds of work that looks at no signal.
    expect(sight.opaque).toMatchObject([{ run, step: null }]);
  });

  it('does not take a run that was deleted, while it goes on, for one that has ended', async () => {
    const ids = await server.startRun(null, 'night-export', { ms: 1_500 });
    await server.until(null, ids, 'running');
    const { port } = openPort(server);
    const target = { agents: null, runs: [ids.run] };
    await server.as(null, 'DELETE', `/threads/${ids.thread}/runs/${ids.run}`);
    expect((await port.survey(target, signal)).notes.join(' ')).toContain('not there');
    expect(await port.look(target, nowUs(), [], signal)).toMatchObject({ open: [], opaque: [{ run: ids.run, step: null }] });
  });

  it('has nothing to cancel where a run waits for a person, and says so', async () => {
    const ids = await server.startRun(null, 'contract-reader', {});
    await server.until(null, ids);
    const { port } = openPort(server);
    const target = { agents: [await assistantOf(server, 'contract-reader')], runs: null };
    const survey = await port.survey(target, signal);
    expect(survey.runs).toMatchObject([{ id: ids.run, state: 'waiting' }]);
    expect(survey.notes.join(' ')).toContain('waits for a person');
    // Also when nothing has changed since it was last listed.
    for (let more = 0; more < 120; more++) await server.as(null, 'POST', '/threads', {});
    await port.survey(target, signal);
    expect((await port.survey(target, signal)).runs).toMatchObject([{ id: ids.run, state: 'waiting' }]);
    expect((await cancel(port, target)).reported).toBe('nothing_to_stop');
    expect(await port.look(target, nowUs(), [], signal)).toMatchObject({ open: [], complete: true, opaque: [] });
  });
});
