/** Runtimes across the real threads: what is committed is told before it is answered, refusals arrive in words, a restart goes on where it was. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Result } from '../../../shared/contract.ts';
import type { CollectedJob } from '../ingest/collected.ts';
import { ask } from '../history-port.ts';
import type { CommitNote } from '../ingest/writer-messages.ts';
import { History } from './history.ts';
import { emptyBatch, emptyFacts, foundApproval, runDraft, words } from './test-runtime.ts';

let dir: string;
let history: History;
const notes: CommitNote[] = [];

async function open(): Promise<void> {
  history = await History.open({ dataDir: dir, clock: { now: () => Date.now() } });
  history.onCommit((note) => notes.push(note));
}
beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), 'gatehouse-runtimes-'));
  notes.length = 0;
  await open();
});
afterEach(async () => {
  await history.close();
  rmSync(dir, { recursive: true, force: true });
});

/** Without what the access fold tells: its turns come when they come. */
const topics = (): string[] => [...new Set(notes.splice(0).filter((note) => !note.topics.includes('access')).flatMap((note) => note.topics))].toSorted();

async function addRuntime(): Promise<number> {
  const { id } = await history.command('runtimes.add', {
    name: 'Graphs', target: { kind: 'langgraph', url: 'http://127.0.0.1:2024' }, credential: null, credentialHint: null, content: 'redacted', demo: false, audit: words('ann', { action: 'connection.add' }),
  });
  return id;
}

function job(connection: number): CollectedJob {
  return { connection, content: 'redacted', service: 'Graphs', receivedUs: Date.now() * 1_000, batch: { ...emptyBatch, records: [{ draft: runDraft('r1', 'waiting'), raw: '{"status":"interrupted"}' }], approvals: [foundApproval('q1')], checkpoint: '{"at":7}' } };
}

describe('a runtime', () => {
  it('is collected: told of, answered, and gone on with after a restart', async () => {
    const connection = await addRuntime();
    expect(topics()).toEqual(['audit', 'connections', 'status']);
    const answered = history.command('runtimes.collected', job(connection)).then((result) => [result, topics()] as const);
    expect(await answered).toEqual([{ newApprovals: [{ id: 1, title: 'Allow q1?', agentName: 'clerk' }] }, ['activity', 'agents', 'approvals', 'connections', 'status', 'tasks']]);
    await history.close();
    await open();
    expect(await ask(history, 'runtimeFacts', {})).toMatchObject([{ id: connection, checkpoint: '{"at":7}', content: 'redacted' }]);
    expect(await history.command('runtimes.collected', job(connection))).toEqual({ newApprovals: [] });
    const list = JSON.parse(await history.queryJson('approvals.list', { state: 'waiting', limit: 200 })) as Result<'approvals.list'>;
    expect(list).toMatchObject({ waiting: 1, rows: [{ id: 'apr-1', state: 'waiting', taskId: 'tsk-1' }] });
    expect(JSON.parse(await history.queryJson('approvals.get', { id: 'apr-1' }))).toMatchObject({ raw: '{"interrupt":"q1"}' });
  });

  it('is discovered: agents and grants are told of', async () => {
    const connection = await addRuntime();
    topics();
    await history.command('runtimes.discovered', {
      connection, content: 'redacted', service: 'Graphs', receivedUs: Date.now() * 1_000,
      found: { facts: emptyFacts, agents: [{ claim: { id: 'a1', name: 'clerk' }, aliases: [], grants: [], atUs: Date.now() * 1_000 }], grants: [], complete: true, refused: [] },
    });
    expect(topics()).toEqual(['agents', 'connections', 'grants', 'status']);
    expect(await ask(history, 'counts', {})).toMatchObject({ agents: 1, approvalsWaiting: 0 });
  });

  it('is folded soon after: what its agents hold is told of by itself', async () => {
    const connection = await addRuntime();
    const grant = { kind: 'tool' as const, name: 'read', description: null, readOnly: true, destructive: false, openWorld: false, idempotent: null, from: 'tools/list' };
    const found = { facts: emptyFacts, agents: [{ claim: { id: 'a1', name: 'clerk' }, aliases: [], grants: [grant], atUs: Date.now() * 1_000 }], grants: [], complete: true, refused: [] };
    await history.command('runtimes.discovered', { connection, content: 'redacted', service: 'Graphs', receivedUs: Date.now() * 1_000, found });
    await expect.poll(() => notes.some((note) => note.topics.includes('access')), { timeout: 10_000 }).toBe(true);
    expect(JSON.parse(await history.queryJson('access.matrix', { by: 'class', unusedDays: 90, filter: {}, columnsAfter: 0, columns: 40, limit: 100 }))).toMatchObject({ columns: [{ class: 'read', agents: 1 }], rows: [{ name: 'clerk', held: 1, cells: [{ column: 0, state: 'cannot_tell', grants: 1 }] }], total: 1 });
  });

  it('is answered by one person: the other hears in words that it is being answered', async () => {
    await history.command('runtimes.collected', job(await addRuntime()));
    const { fingerprint } = (await ask(history, 'approvalFact', { id: 1 })) ?? { fingerprint: '' };
    const both = await Promise.allSettled(['ann', 'bob'].map((actor) => history.command('approvals.begin', { id: 1, fingerprint, audit: words(actor) })));
    expect(both).toMatchObject([{ status: 'fulfilled' }, { status: 'rejected', reason: { code: 'conflict', message: expect.stringMatching(/^ann is answering/) as string } }]);
    topics();
    await history.command('approvals.settle', { id: 1, state: 'approved', reason: null, decidedBy: 'ann', audit: words('ann', { outcome: 'done' }) });
    expect(topics()).toEqual(['approvals', 'audit', 'status']);
    const entries = JSON.parse(await history.queryJson('audit.list', { limit: 100 })) as Result<'audit.list'>;
    expect(entries.rows.map((row) => `${row.actor} ${row.outcome}`)).toEqual(['ann done', 'ann asked', 'ann asked']);
  });

  it('whose polls go well has nothing to tell, one that fails has', async () => {
    const id = await addRuntime();
    const state = { id, circuit: 'closed' as const, lastPollUs: 1_000_000, nextPollUs: 2_000_000, fault: null, seen: { fromUs: 1, toUs: 2 } };
    await history.command('runtimes.state', state);
    topics();
    await history.command('runtimes.state', { ...state, lastPollUs: 2_000_000 });
    expect(topics()).toEqual([]);
    await history.command('runtimes.state', { ...state, circuit: 'open', fault: { kind: 'unreachable', text: 'Nobody answers.', sinceUs: 3_000_000 } });
    expect(topics()).toEqual(['connections', 'status']);
  });
});
