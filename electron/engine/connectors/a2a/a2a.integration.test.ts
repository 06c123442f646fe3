/** Against the official SDK's server, in a process of its own; the tasks are started by somebody else, through the protocol. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Batch, Connector, FoundApproval } from '../connector.ts';
import { startRuntime } from '../conformance/start-runtime.ts';
import type { StartedRuntime } from '../conformance/start-runtime.ts';
import { testIo } from '../test-io.ts';
import type { TestIo } from '../test-io.ts';
import { a2a } from './a2a.ts';

const operator = 'a-token-of-the-operator';
const alice = 'a-token-of-alice';
const env = { A2A_TOKENS: JSON.stringify({ [operator]: 'operator', [alice]: 'alice' }) };

let folder: string;
const ends: (() => Promise<void> | void)[] = [];

beforeEach(() => { folder = mkdtempSync(path.join(tmpdir(), 'gatehouse-a2a-')); });
afterEach(async () => {
  for (const end of ends.splice(0).toReversed()) await end();
  rmSync(folder, { recursive: true, force: true });
});

async function serve(...args: string[]): Promise<StartedRuntime> {
  const server = await startRuntime('a2a-server.ts', args, env);
  ends.push(() => server.kill());
  return server;
}

interface Console { readonly io: TestIo; readonly connector: Connector; look(): Promise<Batch>; readonly seen: Batch['records'][number][]; checkpoint: string | null }

function consoleOf(url: string, { secret = operator, checkpoint = null }: { readonly secret?: string | null; readonly checkpoint?: string | null } = {}): Console {
  const io = testIo({ url, secret });
  ends.push(io.end);
  const connector = a2a.open({ kind: 'a2a', url }, io);
  const made: Console = {
    io, connector, seen: [], checkpoint,
    async look() {
      let batch: Batch;
      do {
        batch = await connector.collect(made.checkpoint, io.signal);
        made.checkpoint = batch.checkpoint;
        made.seen.push(...batch.records);
      } while (batch.more);
      return batch;
    },
  };
  return made;
}

async function start(url: string, scenario: string, text = ''): Promise<string> {
  const response = await fetch(`${url}/demo/start`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ scenario, account: 'alice', ...(text === '' ? {} : { text }) }) });
  return ((await response.json()) as { id: string }).id;
}

async function eventually<T>(look: () => Promise<T | null>, withinMs = 8_000): Promise<T> {
  const deadline = Date.now() + withinMs;
  for (;;) {
    const found = await look();
    if (found !== null) return found;
    if (Date.now() > deadline) throw new Error(`nothing within ${withinMs} ms`);
    await new Promise((resolve) => { setTimeout(resolve, 50); });
  }
}

const rowOf = (at: Console, id: string) => at.seen.filter(({ draft }) => draft.role === 'agent' && draft.run?.id === id).at(-1);
const ended = (at: Console, id: string) => eventually(async () => { await at.look(); const row = rowOf(at, id); return row?.draft.endUs === undefined ? null : row; });
const asked = (at: Console, id: string) => eventually(async (): Promise<FoundApproval | null> => (await at.look()).approvals?.find(({ run }) => run?.id === id) ?? null);
const same = (): boolean => true;
const raw = async (url: string, token: string, method: string, params: object) => (await (await fetch(`${url}/rpc`, { method: 'POST', headers: { 'content-type': 'application/json', 'a2a-version': '1.0', authorization: `Bearer ${token}` }, body: JSON.stringify({ jsonrpc: '2.0', id: 1, method, params }) })).json()) as { result: { history?: { role: string }[]; status: { state: string } } };

describe.each([['JSON-RPC', []], ['HTTP+JSON', ['--rest-only']], ['a server that speaks 0.3 too', ['--compat03']]] as const)('an operator over %s', (_name, args) => {
  const begin = async (...more: string[]): Promise<{ server: StartedRuntime; at: Console }> => {
    const server = await serve('--shared', '--step', '60', '--steps', '8', ...args, ...more);
    return { server, at: consoleOf(server.url) };
  };

  it('finds the agent, its skills (also those for callers with a credential) and tells what is not there', async () => {
    const { server, at } = await begin();
    const found = await at.connector.discover(at.io.signal);
    expect(found.agents).toMatchObject([{ claim: { id: `${server.url}/.well-known/agent-card.json`, name: 'Supplier desk', version: '2.3.0' }, aliases: [`a2a.card:${server.url}/.well-known/agent-card.json`] }]);
    expect(found.agents[0]?.grants.map(({ name, kind, from }) => `${kind} ${name} (${from})`)).toEqual(['skill Order parts (agent card)', 'skill Check invoice (agent card)', 'skill Track shipment (agent card)', 'skill Change supplier record (extended agent card)']);
    expect(found.facts.capabilities.map(({ name, state }) => `${name} ${state}`)).toEqual(['discover yes', 'activity partly', 'grants partly', 'usage no', 'cost no', 'approvals yes']);
    expect(found.facts.levers.map(({ level, reach }) => `${level} ${reach}`)).toEqual(['cancel task', 'revoke connection']);
    const { checks } = await at.connector.test(at.io.signal);
    expect(checks.filter(({ result }) => result === 'failed' || result === 'missing')).toEqual([]);
  });

  it('sees the work of somebody else: steps, end with its artifact, failure with its words', async () => {
    const { server, at } = await begin();
    await at.look();
    const [work, failing] = [await start(server.url, 'work'), await start(server.url, 'fail')];
    const row = await ended(at, work);
    expect(row.draft).toMatchObject({ status: 'ok', taskOutcome: 'completed' });
    expect(row.raw).toContain('40 shaft seals, 2 180 EUR');
    const said = at.seen.filter(({ draft }) => draft.source === 'a2a/message' && draft.run?.id === work).toSorted((a, b) => a.draft.startUs - b.draft.startUs).map(({ raw: text }) => /"text":"([^"]*)"/.exec(text)?.[1]);
    expect(said).toEqual(['work', 'Reading the order', 'Comparing three offers', 'Writing the order', 'The order is placed.']);
    expect((await ended(at, failing)).draft).toMatchObject({ status: 'error', taskOutcome: 'failed', error: { message: 'Agent execution error: supplier catalogue answered 503' } });
    expect(new Set(at.seen.filter(({ draft }) => draft.role === 'activity').map(({ draft }) => draft.key)).size).toBeGreaterThan(0);
  });

  it('shows a declared approval; approving resumes it', async () => {
    const { server, at } = await begin();
    const id = await start(server.url, 'ask');
    const found = await asked(at, id);
    expect(found).toMatchObject({ kind: 'tool_call', title: 'place_order', destructive: true, answers: ['approve', 'reject', 'respond'] });
    expect(JSON.parse(found.actions[0]?.parameters ?? '')).toMatchObject({ supplier: 'Nordseal AS', quantity: 40 });
    expect(await at.connector.readApproval?.(found.key, at.io.signal)).toEqual(found);
    const given = await at.connector.answer?.(found.key, { answer: 'approve' }, same, at.io.signal);
    expect(given?.answered).toEqual(found);
    expect((await ended(at, id)).draft.taskOutcome).toBe('completed');
    expect(at.seen.filter(({ draft }) => draft.kind === 'approval').map(({ draft }) => draft.status)).toEqual(['running', 'ok']);
    await expect(at.connector.answer?.(found.key, { answer: 'approve' }, same, at.io.signal)).rejects.toMatchObject({ kind: 'gone' });
  });

  it('rejecting ends it: by the declared form, or by cancelling where there is none', async () => {
    const { server, at } = await begin();
    const [declared, open] = [await start(server.url, 'ask'), await start(server.url, 'question')];
    const first = await asked(at, declared);
    await at.connector.answer?.(first.key, { answer: 'reject', reason: 'too dear' }, same, at.io.signal);
    expect((await ended(at, declared)).draft).toMatchObject({ status: 'error', taskOutcome: 'failed' });
    expect(at.seen.findLast(({ draft }) => draft.kind === 'approval' && draft.run?.id === declared)?.draft.status).toBe('denied');
    const second = await asked(at, open);
    expect((await at.connector.answer?.(second.key, { answer: 'reject', reason: 'no' }, same, at.io.signal))?.text).toContain('cancelled');
    expect((await ended(at, open)).draft).toMatchObject({ status: 'cancelled', taskOutcome: 'cancelled' });
  });

  it('gives an answer in words', async () => {
    const { server, at } = await begin();
    const id = await start(server.url, 'question');
    const found = await asked(at, id);
    expect(found).toMatchObject({ kind: 'input', question: 'Which warehouse shall it be delivered to?', answers: ['respond', 'reject'], responseShape: 'text' });
    await at.connector.answer?.(found.key, { answer: 'respond', response: 'Warehouse 7' }, same, at.io.signal);
    const row = await ended(at, id);
    expect(row.raw).toContain('Delivered to Warehouse 7.');
  });
});

describe('answers', () => {
  it('sends nothing when what waits is not what was shown', async () => {
    const server = await serve('--shared', '--step', '40');
    const at = consoleOf(server.url);
    const id = await start(server.url, 'ask');
    const found = await asked(at, id);
    await expect(at.connector.answer?.(found.key, { answer: 'approve' }, () => false, at.io.signal)).rejects.toMatchObject({ kind: 'conflict' });
    const task = await raw(server.url, alice, 'GetTask', { id });
    expect(task.result.status.state).toBe('TASK_STATE_INPUT_REQUIRED');
    expect(task.result.history?.filter(({ role }) => role === 'ROLE_USER')).toHaveLength(1);
  });

  it('lets one of two answers of the same console through', async () => {
    const server = await serve('--shared', '--step', '40');
    const at = consoleOf(server.url);
    const found = await asked(at, await start(server.url, 'ask'));
    const both = await Promise.allSettled([at.connector.answer?.(found.key, { answer: 'approve' }, same, at.io.signal), at.connector.answer?.(found.key, { answer: 'reject', reason: 'no' }, same, at.io.signal)]);
    expect(both.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
  });

  it('says so when another console answered in the same instant', async () => {
    const server = await serve('--shared', '--step', '40');
    const [one, other] = [consoleOf(server.url), consoleOf(server.url)];
    const id = await start(server.url, 'question');
    const found = await asked(one, id);
    // The other answers between the look before and the send.
    const late = (): boolean => true;
    const answers = await Promise.allSettled([
      one.connector.answer?.(found.key, { answer: 'respond', response: 'Warehouse 1' }, late, one.io.signal), other.connector.answer?.(found.key, { answer: 'respond', response: 'Warehouse 2' }, late, other.io.signal),
    ]);
    const refused = answers.filter((answer) => answer.status === 'rejected');
    expect(refused.length).toBeLessThanOrEqual(1);
    expect(answers.filter((answer) => answer.status === 'fulfilled')).toHaveLength(1);
    expect(refused[0]?.reason).toMatchObject({ kind: expect.stringMatching(/conflict|gone/) as string });
  });

  it('does not wait for a cancellation that hangs, and says that nothing was approved', async () => {
    const server = await serve('--shared', '--step', '40');
    const at = consoleOf(server.url);
    const id = await start(server.url, 'deaf');
    const found = await asked(at, id);
    const began = Date.now();
    await expect(at.connector.answer?.(found.key, { answer: 'reject', reason: 'no' }, same, at.io.signal)).rejects.toMatchObject({ kind: 'runtime_error', message: expect.stringContaining('nothing was approved') as string });
    expect(Date.now() - began).toBeLessThan(8_000);
    expect((await raw(server.url, alice, 'GetTask', { id })).result.status.state).toBe('TASK_STATE_INPUT_REQUIRED');
  });

  it('answers no sign-in', async () => {
    const server = await serve('--shared', '--step', '40');
    const at = consoleOf(server.url);
    const found = await asked(at, await start(server.url, 'auth'));
    expect(found).toMatchObject({ kind: 'auth', answers: [] });
    await expect(at.connector.answer?.(found.key, { answer: 'respond', response: 'done' }, same, at.io.signal)).rejects.toMatchObject({ kind: 'conflict' });
  });
});

describe('watching', () => {
  it('rings within a moment, and leaves the owner every event', async () => {
    const server = await serve('--shared', '--step', '80', '--steps', '12');
    const owner = async (): Promise<number> => {
      const response = await fetch(`${server.url}/rpc`, {
        method: 'POST', headers: { 'content-type': 'application/json', 'a2a-version': '1.0', authorization: `Bearer ${alice}`, accept: 'text/event-stream' },
        body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'SendStreamingMessage', params: { message: { messageId: crypto.randomUUID(), role: 'ROLE_USER', parts: [{ text: 'tick' }] } } }),
      });
      return ((await response.text()).match(/^data:/gm) ?? []).length;
    };
    const alone = await owner();
    const at = consoleOf(server.url);
    let rings = 0;
    const watching = at.connector.watch?.(() => { rings += 1; }, at.io.signal);
    const watched = owner();
    const looking = (async () => { for (let n = 0; n < 12; n++) { await at.look(); await new Promise((resolve) => { setTimeout(resolve, 100); }); } })();
    expect(await watched).toBe(alone);
    expect(alone).toBe(14);
    await looking;
    expect(rings).toBeGreaterThan(0);
    at.io.end();
    await watching;
  });

  it('ends with its connection', async () => {
    const server = await serve('--shared');
    const at = consoleOf(server.url);
    await start(server.url, 'tick');
    await at.look();
    const watching = at.connector.watch?.(() => undefined, at.io.signal);
    at.io.end();
    await expect(Promise.race([watching?.then(() => 'ended'), new Promise((resolve) => { setTimeout(() => resolve('lives'), 3_000).unref(); })])).resolves.toBe('ended');
  });
});

describe('when the server goes away', () => {
  it('fails while it is gone, tells nothing twice when it is back with its tasks, and invents no end', async () => {
    const state = path.join(folder, 'tasks.json');
    const first = await serve('--shared', '--step', '100', '--steps', '60', '--state', state);
    const at = consoleOf(first.url);
    const id = await start(first.url, 'tick');
    await eventually(async () => { await at.look(); return rowOf(at, id) ?? null; });
    await first.kill();
    await expect(at.look()).rejects.toMatchObject({ kind: 'unreachable' });
    await serve('--shared', '--state', state, '--port', new URL(first.url).port);
    const batch = await at.look();
    expect(batch.gaps).toEqual([]);
    expect(rowOf(at, id)?.draft.endUs).toBeUndefined();
    const told = at.seen.filter(({ draft }) => draft.source === 'a2a/message').map(({ draft }) => draft.key);
    expect(new Set(told).size).toBe(told.length);
  });

  it('says which period cannot be told when it comes back without its tasks', async () => {
    const first = await serve('--shared', '--step', '100', '--steps', '60');
    const before = consoleOf(first.url);
    const id = await start(first.url, 'tick');
    await eventually(async () => { await before.look(); return rowOf(before, id) ?? null; });
    await first.kill();
    const again = await serve('--shared', '--port', new URL(first.url).port);
    // A console that was restarted too goes on from its checkpoint.
    const at = consoleOf(again.url, { checkpoint: before.checkpoint });
    const batch = await at.look();
    expect(batch.gaps).toHaveLength(1);
    expect(rowOf(at, id)?.draft).toMatchObject({ status: 'interrupted', taskOutcome: 'unknown' });
  });
});

describe('credentials and sight', () => {
  it.each([['refused', 'not-a-token', 'credential_refused'], ['missing', null, 'credential_missing']] as const)('says that the credential is %s', async (_name, secret, kind) => {
    const server = await serve('--shared');
    const at = consoleOf(server.url, { secret });
    await expect(at.look()).rejects.toMatchObject({ kind });
    const { checks } = await at.connector.test(at.io.signal);
    expect(checks.find(({ id }) => id === 'card')?.result).toBe('ok');
    expect(checks.find(({ id }) => id === 'tasks')).toMatchObject({ result: 'failed', fix: expect.stringContaining('credential') as string });
  });

  it('says that it sees only its own tasks where the server shows no others', async () => {
    const server = await serve('--step', '40');
    const id = await start(server.url, 'ask');
    const at = consoleOf(server.url);
    expect((await at.connector.discover(at.io.signal)).facts).toMatchObject({ visibility: 'own', visibilityText: expect.stringContaining('work that others started may run unseen') as string });
    expect(await at.look()).toMatchObject({ records: [], approvals: [] });
    expect(await at.connector.readApproval?.(`${id}#x`, at.io.signal)).toBeNull();
    const owner = consoleOf(server.url, { secret: alice });
    await asked(owner, id);
    expect((await owner.connector.discover(owner.io.signal)).facts.visibility).toBe('unknown');
  });

  it('says that a server which asks nobody shows everything, and that this is a danger', async () => {
    const server = await startRuntime('a2a-server.ts', ['--step', '40'], { A2A_TOKENS: '{}' });
    ends.push(() => server.kill());
    const at = consoleOf(server.url, { secret: null });
    const { facts } = await at.connector.discover(at.io.signal);
    expect(facts.visibility).toBe('all');
    expect(facts.findings.find(({ id }) => id === 'a2a.open')?.severity).toBe('attention');
  });

  it('finds the agent of a server that knows only 0.3, and says that its tasks cannot be seen', async () => {
    const server = await serve('--only03', '--step', '40');
    await start(server.url, 'work');
    const at = consoleOf(server.url);
    const { facts, agents } = await at.connector.discover(at.io.signal);
    expect(agents[0]).toMatchObject({ claim: { name: 'Supplier desk' }, grants: [{ name: 'Order parts' }, { name: 'Check invoice' }, { name: 'Track shipment' }, { name: 'Change supplier record' }] });
    expect(facts.capabilities.find(({ name }) => name === 'activity')).toMatchObject({ state: 'no', text: expect.stringContaining('no list of tasks') as string });
    expect(await at.look()).toMatchObject({ records: [], approvals: null, stuck: null });
    expect((await at.connector.test(at.io.signal)).checks.find(({ id }) => id === 'version')).toMatchObject({ result: 'missing' });
  });

  it('verifies the signature of a real card with the pinned key, over the wire', async () => {
    const server = await serve('--signed', '--compat03');
    const { publicKey } = server.said as { publicKey: { kty: 'EC'; crv: string; x: string; y: string; kid: string; alg: string } };
    const io = testIo({ url: server.url, secret: operator });
    ends.push(io.end);
    const states = async (keys: readonly (typeof publicKey)[]) => (await a2a.open({ kind: 'a2a', url: server.url, keys: [...keys] }, io).discover(io.signal)).facts.findings.map(({ id }) => id).filter((id) => id.startsWith('a2a.signature'));
    expect(await states([publicKey])).toEqual(['a2a.signature.verified']);
    expect(await states([])).toEqual(['a2a.signature.unverified']);
    expect(await states([{ ...publicKey, x: publicKey.y, y: publicKey.x }])).toEqual(['a2a.signature.invalid']);
  });
});
