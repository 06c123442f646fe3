/** Stop orders across the real threads: told of when they change, in the words of the contract, and still there after a restart. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { contract } from '../../../shared/contract.ts';
import { ask } from '../history-port.ts';
import type { CommitNote } from '../ingest/writer-messages.ts';
import { openReader } from './database.ts';
import { History } from './history.ts';
import { emptyFacts, words } from './test-runtime.ts';
import { newOrder, planLever, stopPlan } from './test-stop.ts';

let dir: string;
let history: History;
const notes: CommitNote[] = [];

async function open(): Promise<void> {
  history = await History.open({ dataDir: dir, clock: { now: () => Date.now() } });
  history.onCommit((note) => notes.push(note));
}
beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), 'gatehouse-stops-'));
  notes.length = 0;
  await open();
});
afterEach(async () => {
  await history.close();
  rmSync(dir, { recursive: true, force: true });
});

/** Without what the access fold tells: its turns come when they come. */
const topics = (): string[] => [...new Set(notes.splice(0).filter((note) => !note.topics.includes('access')).flatMap((note) => note.topics))].toSorted();

async function connect(): Promise<number> {
  const { id } = await history.command('runtimes.add', { name: 'Graphs', target: { kind: 'langgraph', url: 'http://127.0.0.1:2024' }, credential: 'vault:a', credentialHint: 'aaaa', content: 'full', demo: false, audit: words('ann') });
  await history.command('runtimes.discovered', { connection: id, content: 'full', service: 'Graphs', receivedUs: Date.now() * 1_000, found: { facts: emptyFacts, agents: [{ claim: { id: 'assistant-1', name: 'clerk' }, aliases: [], grants: [], atUs: 1 }], grants: [], complete: true, refused: [] } });
  topics();
  return id;
}

describe('a stop order', () => {
  it('is told of at once, read in the words of the contract, and gone on with after a restart', async () => {
    await connect();
    const { id, levers: [lever = 0] } = await history.command('stops.begin', newOrder({ levers: [{ plan: planLever('a'), connection: 1, target: { agents: null, runs: null }, repeatable: true, idleOnly: false }] }));
    expect(topics()).toEqual(['audit', 'status', 'stop']);
    await history.command('stops.write', { id, levers: [{ id: lever, state: 'sending', sentUs: 5 }] });
    expect(topics()).toEqual(['audit', 'status', 'stop']);
    await history.close();
    await open();
    const order = contract['stop.get'].result.parse(JSON.parse(await history.queryJson('stop.get', { id: 'stp-1' })));
    expect([order.plan, order.orderLevers[0]?.state]).toEqual([stopPlan(), 'sending']);
    expect(await ask(history, 'stopFacts', { ids: null })).toMatchObject([{ id, state: 'stopping', levers: [{ id: lever, state: 'sending', attempts: 0 }] }]);
    await expect(history.command('stops.write', { id: 77, order: { state: 'verified' } })).rejects.toMatchObject({ code: 'not_found', message: 'There is no such stop order. Nothing was changed.' });
    await expect(history.queryJson('stop.get', { id: 'stp-77' })).rejects.toMatchObject({ code: 'not_found' });
  });

  it('outlives its connection, whose rights, tags and canaries go', async () => {
    const connection = await connect();
    await history.command('rights.write', { connection, checks: [{ level: 'cancel', result: 'ok', text: '' }], atUs: 1 });
    await history.command('tags.set', { agent: 1, tags: ['prod'], audit: words('ann') });
    await history.command('canary.set', { agent: 1, canary: { level: 'cancel', everyHours: 1 }, nextUs: 1, audit: words('ann') });
    await history.command('stops.begin', newOrder({ levers: [] }));
    await history.command('connections.remove', { id: connection, history: 'delete' });
    expect(contract['stop.get'].result.parse(JSON.parse(await history.queryJson('stop.get', { id: 'stp-1' }))).agents).toEqual([{ id: 'agt-1', name: 'clerk' }]);
    expect([await ask(history, 'tags.list', {}), await ask(history, 'drillsDue', { nowUs: 9 })]).toEqual([{ rows: [] }, []]);
    expect(JSON.parse(await history.queryJson('stop.readiness', {}))).toEqual({ rows: [], rightsAt: null });
  });
});

describe('the stop credential', () => {
  it('stands beside the one that reads, and is forgotten with the connection', async () => {
    const id = await connect();
    const link = async (): Promise<unknown> => ((await ask(history, 'connections.list', {})) as { rows: { runtime: { credential: string; stopCredential: string; stopCredentialHint: string | null } | null }[] }).rows.map(({ runtime }) => [runtime?.credential, runtime?.stopCredential, runtime?.stopCredentialHint])[0];
    expect(await link()).toEqual(['kept', 'none', null]);
    await history.command('runtimes.update', { id, stopCredential: 'env:STOP_KEY', stopCredentialHint: 'STOP_KEY' });
    expect([await link(), await ask(history, 'runtimeFacts', {})]).toMatchObject([['kept', 'reference', 'STOP_KEY'], [{ credential: 'vault:a', stopCredential: 'env:STOP_KEY' }]]);
    await history.command('runtimes.update', { id, credentialHint: 'bbbb' });
    expect(await link()).toEqual(['kept', 'reference', 'STOP_KEY']);
    await history.command('runtimes.update', { id, stopCredential: null, stopCredentialHint: null });
    expect(await link()).toEqual(['kept', 'none', null]);
    await history.command('runtimes.update', { id, stopCredential: 'vault:b', stopCredentialHint: 'cccc' });
    await history.command('connections.remove', { id, history: 'keep' });
    await history.close();
    const db = openReader(history.file);
    expect(db.prepare('SELECT credential, stop_credential, stop_credential_hint FROM runtime').all()).toEqual([{ credential: null, stop_credential: null, stop_credential_hint: null }]);
    db.close();
  });
});
