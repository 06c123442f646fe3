/** Lists of activity against the same question asked of every row. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { contract, type ActivityFilter } from '../../../../shared/contract.ts';
import type { Activity } from '../../../../shared/domain.ts';
import { openReader, type ReadDb } from '../database.ts';
import { historyFile } from '../open.ts';
import { agentDraft, second, spanDraft, t0, TestHistory } from '../test-history.ts';
import { listActivity, liveRows } from './activities.ts';
import { Reading } from './reading.ts';

let history: TestHistory;
let db: ReadDb;
let reading: Reading;
let everything: Activity[];
const tasks = 1_100;
const trace = (n: number): string => `f${n.toString(16).padStart(31, '0')}`;

beforeAll(() => {
  history = new TestHistory();
  const failed = { status: 'error' as const, statusExplicit: true, error: { type: 'UpstreamError', message: 'Upstream answered 429' } };
  history.tell(Array.from({ length: tasks }, (_, n) => [
    agentDraft(1, 0, n % 7 === 0 ? 'Planner' : 'helper', { traceId: trace(n), at: n * 2, for: 30 }),
    spanDraft(2, 1, { traceId: trace(n), at: n * 2, kind: 'model_call', model: n % 2 === 0 ? 'gpt-6' : 'opus', name: 'chat' }),
    spanDraft(3, 1, { traceId: trace(n), at: n * 2 + 1, name: n === 3 ? 'ledger.read' : 'mail.send', ...(n % 5 === 0 ? failed : {}) }),
    spanDraft(4, 1, { traceId: trace(n), at: n * 2 + 1, name: 'crm.search' }),
  ]).flat());
  db = openReader(historyFile(history.dir));
  reading = new Reading(db);
  everything = pages({}, 1_000).flatMap((page) => page.rows);
});
afterAll(() => {
  db.close();
  history.close();
});

interface Page { readonly rows: Activity[]; readonly next: string | null }

function pages(filter: ActivityFilter, limit: number): Page[] {
  const found: Page[] = [];
  for (let before: string | null | undefined; before !== null; before = found.at(-1)?.next) {
    reading.begin();
    found.push(listActivity(reading, contract['activity.list'].params.parse({ ...filter, limit, ...(before === undefined ? {} : { before }) })));
  }
  return found;
}

const says = (row: Activity, text: string): boolean =>
  [row.name, row.model, row.error?.type, row.error?.message, row.agentName].some((one) => one?.toLowerCase().includes(text)) || row.id === text || row.taskId === text;
const iso = (us: number): string => new Date(us / 1_000).toISOString();

describe('activity.list', () => {
  it('pages through every row once, newest first', () => {
    expect(everything).toHaveLength(tasks * 4);
    expect(new Set(everything.map((row) => row.id)).size).toBe(tasks * 4);
    expect(everything.map((row) => row.time)).toEqual(everything.map((row) => row.time).toSorted().toReversed());
  });

  it.each<[string, ActivityFilter, (row: Activity) => boolean]>([
    ['a text in names', { text: ' LEDGER ' }, (row) => says(row, 'ledger')],
    ['a text in models', { text: 'gpt' }, (row) => says(row, 'gpt')],
    ['a text in errors', { text: 'upstream' }, (row) => says(row, 'upstream')],
    ['a text in agents', { text: 'plann' }, (row) => says(row, 'plann')],
    ['the id of an activity', { text: 'act-9' }, (row) => says(row, 'act-9')],
    ['the id of a task', { text: 'tsk-9' }, (row) => says(row, 'tsk-9')],
    ['kinds', { kinds: ['model_call', 'handoff'] }, (row) => row.kind === 'model_call' || row.kind === 'handoff'],
    ['an end', { statuses: ['error'] }, (row) => row.status === 'error'],
    ['one agent', { agentId: 'agt-1' }, (row) => row.agentId === 'agt-1'],
    ['the failures of one agent', { agentId: 'agt-1', statuses: ['error'] }, (row) => row.agentId === 'agt-1' && row.status === 'error'],
    ['the tool calls of one agent', { agentId: 'agt-2', kinds: ['tool_call'], text: 'send' }, (row) => row.agentId === 'agt-2' && row.kind === 'tool_call' && says(row, 'send')],
    ['one task', { taskId: 'tsk-5', statuses: ['ok'] }, (row) => row.taskId === 'tsk-5' && row.status === 'ok'],
    ['one kind of failure', { failureId: 'fal-1', agentId: 'agt-1' }, (row) => row.failureId === 'fal-1' && row.agentId === 'agt-1'],
    ['a connection', { connectionId: 'con-1' }, () => true],
    ['a connection that told nothing', { connectionId: 'con-9' }, () => false],
    ['a time', { since: iso(t0 + 100 * second), until: iso(t0 + 200 * second) }, (row) => row.time >= iso(t0 + 100 * second) && row.time < iso(t0 + 200 * second)],
  ])('finds what %s asks for, in pages of any size', (_what, filter, holds) => {
    const wanted = everything.filter(holds).map((row) => row.id);
    for (const limit of [7, 100, 1_000]) {
      const found = pages(filter, limit);
      expect(found.flatMap((page) => page.rows).map((row) => row.id)).toEqual(wanted);
      expect(found.every((page) => page.rows.length <= limit)).toBe(true);
    }
  });

  it('says where to go on when it has looked at enough', () => {
    const [first, second_, third] = pages({ text: 'ledger.read' }, 100);
    expect(first).toMatchObject({ rows: [], next: expect.stringMatching(/^\d+\.\d+$/) as string });
    expect(second_).toMatchObject({ rows: [{ name: 'ledger.read' }], next: null });
    expect(third).toBeUndefined();
  });

  it('gives Live the newest rows and counts the others', () => {
    const ids = everything.map((row) => row.id);
    const all = liveRows(reading, { after: 0, upTo: tasks * 4, ids: [], limit: 3, filter: {} });
    expect(all.passed).toBe(tasks * 4);
    expect(all.rows.map((row) => parseInt(row.id.slice(4), 36))).toEqual([tasks * 4 - 2, tasks * 4 - 1, tasks * 4]);
    const some = liveRows(reading, { after: 0, upTo: tasks * 4, ids: [], limit: 5_000, filter: { statuses: ['error'] } });
    expect(some.passed).toBe(tasks / 5);
    expect(some.rows.map((row) => row.id).toSorted()).toEqual(everything.filter((row) => row.status === 'error').map((row) => row.id).toSorted());
    expect(liveRows(reading, { after: tasks * 4, upTo: tasks * 4, ids: [1, 2], limit: 10, filter: {} }).rows.map((row) => row.id)).toEqual(['act-2', 'act-1']);
    expect(ids).toContain('act-1');
  });
});
