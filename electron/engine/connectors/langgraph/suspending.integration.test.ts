/** Taking an assistant away and putting it back, and what a credential may, against both real servers. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RuntimeFault } from '../connector.ts';
import type { LeverReply } from '../stopping.ts';
import { assistantOf, cancel, nowUs, openPort, signal, Trace, wait } from './test-stop.ts';
import type { Opened } from './test-stop.ts';
import { TestServer, textOf } from './test-server.ts';

const faultOf = (work: Promise<unknown>): Promise<RuntimeFault> => work.then(() => { throw new Error('it went well'); }, (error: RuntimeFault) => error);
const leverId = 'langgraph.suspend-assistant';

describe.each(['1.5', '2.0'] as const)('suspending an assistant of a LangGraph server %s', (which) => {
  let server: TestServer;
  beforeAll(async () => { server = await TestServer.start(which, '--also', 'backup-sweep'); });
  afterAll(async () => { await server.close(); });

  const make = async (name: string, more: object = {}): Promise<string> => textOf((await server.as(null, 'POST', '/assistants', { graph_id: 'stock-watch', name, ...more })).body['assistant_id']);
  const start = async (assistant: string): Promise<number> => {
    const thread = await server.as(null, 'POST', '/threads', {});
    return (await server.as(null, 'POST', `/threads/${textOf(thread.body['thread_id'])}/runs`, { assistant_id: assistant, input: { ticks: 1, ms: 1 } })).status;
  };
  const pull = ({ port }: Opened, id: string, saved: string | null): Promise<LeverReply> => port.pull({ leverId, target: { agents: [id], runs: null }, saved, attempt: 1 }, signal, () => undefined);

  it('refuses new runs with 404 until it is put back as it was', async () => {
    const opened = openPort(server);
    const { port } = opened;
    const id = await make('night watch', { config: { tags: ['slow'], configurable: { depth: 3 } }, metadata: { team: 'stock', deep: { a: [1, null] } }, description: 'Counts at night.' });
    const before = (await server.as(null, 'GET', `/assistants/${id}`)).body;
    const target = { agents: [id], runs: null };
    expect(await start(id)).toBe(200);
    await wait(600);
    const survey = await port.survey(target, signal);
    expect(survey.notes.join(' ')).toMatch(/"stock-watch" runs the same graph/);
    const saved = await port.save(leverId, target, signal);
    const reply = await pull(opened, id, saved);
    expect(reply).toMatchObject({ reported: 'accepted', complete: true });
    expect(await start(id)).toBe(404);
    expect((await port.look(target, nowUs(), [{ leverId, saved }], signal)).readBack).toMatchObject([{ leverId, holds: true }]);
    // Sent twice it does no more.
    expect((await pull(opened, id, saved)).text).toContain('0 of 1');
    expect(await port.undo(leverId, saved ?? '', signal)).toContain('put back as it was');
    const after = (await server.as(null, 'GET', `/assistants/${id}`)).body;
    const { created_at: _1, updated_at: _2, ...kept } = before as Readonly<Record<string, unknown>>;
    expect(after).toMatchObject(kept);
    expect(await start(id)).toBe(200);
    expect((await port.look(target, nowUs(), [{ leverId, saved }], signal)).readBack).toMatchObject([{ leverId, holds: false }]);
  });

  it('takes the server\'s own assistant away by name too, and does not mind that it is back already', async () => {
    const opened = openPort(server);
    const id = await assistantOf(server, 'ledger-check');
    const saved = await opened.port.save(leverId, { agents: [id], runs: null }, signal);
    await pull(opened, id, saved);
    expect(await start('ledger-check')).toBe(404);
    await opened.port.undo(leverId, saved ?? '', signal);
    expect(await start('ledger-check')).toBe(200);
    expect(await opened.port.undo(leverId, saved ?? '', signal)).toContain('is there as it was');
  });

  it('leaves alone what somebody else made with its id, or changed', async () => {
    const opened = openPort(server);
    const id = await make('a');
    const saved = await opened.port.save(leverId, { agents: [id], runs: null }, signal);
    await server.as(null, 'POST', `/assistants/${id}`, {});
    const patched = await fetch(`${server.url}/assistants/${id}`, { method: 'PATCH', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ metadata: { kept: 'by somebody' } }) });
    expect(patched.status).toBe(200);
    expect(await faultOf(pull(opened, id, saved))).toMatchObject({ kind: 'conflict' });
    const again = await opened.port.save(leverId, { agents: [id], runs: null }, signal);
    await pull(opened, id, again);
    await server.as(null, 'POST', '/assistants', { assistant_id: id, graph_id: 'stock-watch', name: 'another' });
    expect(await faultOf(opened.port.undo(leverId, again ?? '', signal))).toMatchObject({ kind: 'conflict' });
    expect((await server.as(null, 'GET', `/assistants/${id}`)).body['name']).toBe('another');
  });

  it('is not pulled while a run of it is open', async () => {
    const opened = openPort(server);
    const id = await assistantOf(server, 'backup-sweep');
    const target = { agents: [id], runs: null };
    await server.startRun(null, 'backup-sweep', { file: 'busy.txt', acts: 20, ms: 1_000 });
    await new Trace(server, 'busy.txt').has(1);
    const saved = await opened.port.save(leverId, target, signal);
    expect(await faultOf(pull(opened, id, saved))).toMatchObject({ kind: 'conflict', message: expect.stringContaining('still open') });
    expect((await server.as(null, 'GET', `/assistants/${id}`)).status).toBe(200);
    await cancel(opened.port, target);
    expect((await pull(opened, id, saved)).reported).toBe('accepted');
    // Its runs are gone from the lists with it; what was under way must not be forgotten, not even by somebody who never saw them.
    for (const { port } of [opened, openPort(server)]) {
      const sight = await port.look(target, nowUs(), [{ leverId, saved }], signal);
      expect(sight).toMatchObject({ open: [], complete: true, opaque: [{ step: 'sweep' }] });
    }
    await opened.port.undo(leverId, saved ?? '', signal);
    await new Trace(server, 'busy.txt').still(300);
    // No worker was lost.
    expect(await server.until(null, await server.startRun(null, 'backup-sweep', { acts: 1, ms: 1 }))).toBe('success');
  });

  it('says nothing of schedules where the server has none, and fails in words for a lever it does not have', async () => {
    const { port } = openPort(server);
    expect((await port.survey({ agents: null, runs: null }, signal)).schedules).toEqual([]);
    expect(await faultOf(port.pull({ leverId: 'langgraph.nothing', target: { agents: null, runs: null }, saved: null, attempt: 1 }, signal, () => undefined))).toMatchObject({ kind: 'garbage' });
  });
});

describe.each(['1.5', '2.0'] as const)('what a credential may at a LangGraph server %s', (which) => {
  let server: TestServer;
  beforeAll(async () => { server = await TestServer.start(which, '--auth'); });
  afterAll(async () => { await server.close(); });

  it('is found out without changing anything', async () => {
    const before = await server.as('key-admin', 'POST', '/assistants/search', { limit: 100 });
    const of = async (key: string): Promise<string[]> => (await openPort(server, key).port.rights(signal)).map((right) => `${right.level} ${right.result}`);
    expect(await of('key-admin')).toEqual(['cancel ok', 'suspend ok']);
    // Nothing in this server's auth says a word about assistants.
    expect(await of('key-reader')).toEqual(['cancel missing', 'suspend ok']);
    // A key of its own for stopping is the one that counts.
    expect(await openPort(server, 'key-reader', 'key-admin').port.rights(signal)).toMatchObject([{ level: 'cancel', result: 'ok' }, { level: 'suspend', result: 'ok' }]);
    expect(await of('key-nobody')).toEqual(['cancel missing', 'suspend missing']);
    expect(await server.as('key-admin', 'POST', '/assistants/search', { limit: 100 })).toEqual(before);
  });

  it('decides what is stopped: runs of others are not seen with a key that sees only its own', async () => {
    const ada = await server.startRun('key-ada', 'stock-watch', { ticks: 20, ms: 2_000 });
    const everything = { agents: null, runs: null };
    expect((await cancel(openPort(server, 'key-bo').port, everything)).reported).toBe('nothing_to_stop');
    expect((await server.as('key-ada', 'GET', `/threads/${ada.thread}/runs/${ada.run}`)).body['status']).toMatch(/running|pending/);
    expect(await faultOf(cancel(openPort(server, 'key-nobody').port, everything))).toMatchObject({ kind: 'credential_refused' });
    const reply = await cancel(openPort(server, 'key-reader').port, everything);
    expect(reply).toMatchObject({ reported: 'refused', complete: false, runs: [{ id: ada.run, reported: 'refused' }] });
    expect(await cancel(openPort(server, 'key-admin').port, everything)).toMatchObject({ reported: 'stopped', runs: [{ id: ada.run }] });
  });
});
