import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Chore } from '../../shared/retention.ts';
import { ask } from './history-port.ts';
import type { HistoryPort } from './history-port.ts';
import type { Actor, CallContext } from './ports.ts';
import { retentionDesk } from './retention-desk.ts';
import type { RetentionDesk } from './retention-desk.ts';
import { History } from './store/history.ts';
import { openSurvey } from './store/survey.ts';

const actor: Actor = { kind: 'command_line', name: 'root', place: 'socket', readOnly: false };
const context: CallContext = { actor, signal: new AbortController().signal };
const audit = { actor: 'Ada Lovelace', actorKind: 'desktop', subject: null, outcome: 'done', details: {} } as const;
let folder: string;
let history: HistoryPort;
let desk: RetentionDesk;
let agentId: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'gatehouse-retention-'));
  history = await History.open({ dataDir: folder, clock: { now: () => Date.now() } });
  desk = retentionDesk({ history, survey: openSurvey(() => history.file), clock: { now: () => Date.now() } });
  const { id } = await history.command('connections.add', { name: 'one', content: 'full', demo: false, tokenHash: new Uint8Array([1]), tokenEnds: 'abcd', audit: { ...audit, action: 'connection.add', text: 'Added.' } });
  const span = { traceId: '5b8efff798038103d269b633813fc60c', spanId: 'eee19b7ec3c1b174', name: 'invoke_agent planner', startTimeUnixNano: '1700000000000000000', endTimeUnixNano: '1700000001000000000', attributes: [{ key: 'gen_ai.operation.name', value: { stringValue: 'invoke_agent' } }, { key: 'gen_ai.agent.name', value: { stringValue: 'planner' } }, { key: 'enduser.id', value: { stringValue: 'Ada Lovelace' } }] };
  const body = new TextEncoder().encode(JSON.stringify({ resourceSpans: [{ resource: { attributes: [{ key: 'service.name', value: { stringValue: 'svc' } }] }, scopeSpans: [{ spans: [span] }] }] }));
  const result = await history.submit({ connection: id, content: 'full', signal: 'traces', encoding: 'json', receivedUs: Date.now() * 1_000, body } as Parameters<HistoryPort['submit']>[0]);
  if (result.t !== 'stored' || result.accepted !== 1) throw new Error(`the span was not stored: ${JSON.stringify(result)}`);
  agentId = (await ask(history, 'agents.list', { period: { from: '1970-01-01T00:00:00.000Z', to: null }, includeIdle: true })).rows[0]?.id ?? '';
});
afterAll(async () => {
  await history.close();
  rmSync(folder, { recursive: true, force: true });
});

const chores = async (): Promise<Chore[]> => (await ask(history, 'retention.chores', { limit: 10 })).rows;

it('measures the file on a thread of its own, part by part', async () => {
  const use = await desk['retention.disk']({}, context);
  expect(use.parts.reduce((sum, one) => sum + one.bytes, 0)).toBe(use.fileBytes);
  expect(use.parts.map((one) => one.part)).toEqual(expect.arrayContaining(['activity', 'payloads', 'audit', 'proof', 'sums']));
  expect(use.connections).toMatchObject([{ connectionName: 'one', activities: 1 }]);
  expect(use.copies).toEqual([]);
});

it('keeps what a hold covers, and lets it go when the hold is lifted', async () => {
  const hold = await desk['holds.place']({ scope: { kind: 'agent', id: agentId }, reason: 'case 7' }, context);
  expect(hold).toMatchObject({ scopeName: 'planner', activities: 1, due: 0 });
  expect(await desk['retention.setPolicy']({ connectionId: 'con-1', period: 30 }, context)).toMatchObject({ period: 30, due: 0, held: 1 });
  expect(await desk['retention.run']({ wait: true }, context)).toMatchObject({ state: 'done', activities: 0 });
  await expect(history.command('connections.remove', { id: 1, history: 'delete' })).rejects.toThrow(/legal hold keeps this history/);
  expect(await desk['holds.lift']({ id: hold.id, reason: 'closed' }, context)).toMatchObject({ liftedBy: 'root', due: 0 });
});

it('erases a person from the files, while it goes on answering, and forgets who it was', async () => {
  const preview = await desk['erasure.preview']({ person: 'ada lovelace', aliases: [] }, context);
  expect(preview.found.map((one) => one.place)).toEqual(expect.arrayContaining(['records', 'audit']));
  await expect(desk['erasure.run']({ person: 'Gatehouse', aliases: [], reason: 'x', rewrite: true, wait: true }, context)).rejects.toThrow(/means nobody/);
  const done = await desk['erasure.run']({ person: 'Ada Lovelace', aliases: [], reason: 'asked by letter', rewrite: true, wait: true }, context);
  expect(done).toMatchObject({ replacement: 'erased person 1', chore: { state: 'done' } });
  expect(done.found.map((one) => [one.place, one.count])).toEqual(preview.found.map((one) => [one.place, one.count]));
  expect(done.remains.map((one) => one.why)).not.toContain('file');
  for (const name of readdirSync(folder)) expect(readFileSync(join(folder, name)).toString('latin1').toLowerCase()).not.toContain('lovelace');
  expect((await ask(history, 'erasure.list', { person: 'ADA LOVELACE', limit: 10 })).rows).toMatchObject([{ matches: true }]);
  const { rows } = await ask(history, 'activity.list', { limit: 10 });
  const detail = await ask(history, 'activity.get', { id: rows[0]?.id ?? '' });
  expect(detail.raw[0]).toContain('was erased');
});

it('runs the retention to its end, with its lines in the audit log', async () => {
  expect(await desk['retention.run']({ wait: true }, context)).toMatchObject({ state: 'done', activities: 1 });
  const { rows } = await ask(history, 'audit.list', { action: 'retention.run', limit: 10 });
  expect(rows.map((one) => one.outcome)).toEqual(['done', 'asked', 'done', 'asked']);
  expect((await chores()).map((one) => [one.kind, one.state])).toEqual([['retention', 'done'], ['erasure', 'done'], ['retention', 'done']]);
  await expect(desk['retention.cancel']({ id: 'cho-1' }, context)).rejects.toThrow(/ended already/);
});
