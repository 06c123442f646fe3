import { expect, test } from 'vitest';
import type { Activity, ActivityStatus } from '../../../shared/domain.ts';
import { readPages, settled, type ActivityPage } from './task-activities.ts';

const row = (id: string, status: ActivityStatus = 'ok'): Activity => ({
  id, time: '2026-11-17T13:00:00.000Z', endTime: null, agentId: 'a', agentName: 'a', taskId: 't', connectionId: 'c', kind: 'tool_call', name: id, status, durationMs: 1,
  usage: null, cost: null, model: null, error: null, parentId: null, source: 's', failureId: null, authority: null, notes: [],
});
const nothing = (): void => undefined;

function engine(pages: Record<string, { rows: Activity[]; next: string | null }>) {
  const asked: (string | null)[] = [];
  return { asked, fetch: async (after: string | null) => { asked.push(after); return pages[after ?? 'first'] ?? { rows: [], next: null }; } };
}

test('reads every page, showing the first ones while the rest comes', async () => {
  const { asked, fetch } = engine({ first: { rows: [row('a')], next: '1' }, 1: { rows: [row('b')], next: '2' }, 2: { rows: [row('c')], next: null } });
  const shown: number[] = [];
  const pages = await readPages([], fetch, (partly) => shown.push(partly.length));
  expect(asked).toEqual([null, '1', '2']);
  expect(shown).toEqual([1, 2]);
  expect(pages.flatMap((page) => page.rows.map((one) => one.id))).toEqual(['a', 'b', 'c']);
});

test('a refresh reads again only what can have changed', async () => {
  const before: ActivityPage[] = [{ after: null, rows: [row('a')], next: '1' }, { after: '1', rows: [row('b', 'running')], next: '2' }, { after: '2', rows: [row('c')], next: null }];
  const { asked, fetch } = engine({ 1: { rows: [row('b')], next: '2' }, 2: { rows: [row('c'), row('d')], next: null } });
  const pages = await readPages(before, fetch, nothing);
  expect(asked).toEqual(['1', '2']);
  expect(pages[0]).toBe(before[0]);
  expect(pages.flatMap((page) => page.rows.map((one) => `${one.id} ${one.status}`))).toEqual(['a ok', 'b ok', 'c ok', 'd ok']);
});

test('a page behind another cursor than before is read again', async () => {
  const before: ActivityPage[] = [{ after: null, rows: [row('a', 'running')], next: '1' }, { after: '1', rows: [row('b')], next: '2' }];
  const { asked, fetch } = engine({ first: { rows: [row('a')], next: '1x' }, '1x': { rows: [row('z')], next: null } });
  await readPages(before, fetch, nothing);
  expect(asked).toEqual([null, '1x']);
});

test('the last page is never settled: more may come behind it', () => {
  expect(settled({ after: null, rows: [row('a')], next: null })).toBe(false);
  expect(settled({ after: null, rows: [row('a', 'running')], next: '1' })).toBe(false);
  expect(settled({ after: null, rows: [row('a', 'interrupted')], next: '1' })).toBe(true);
});
