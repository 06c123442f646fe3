import { expect, test } from 'vitest';
import type { Activity } from '../../shared/domain.ts';
import { barOf, layOut, pan, strip, zoom } from './waterfall-layout.ts';

const base = Date.parse('2026-11-17T13:00:00.000Z');
function made(id: string, from: number, to: number | null, more: Partial<Activity> = {}): Activity {
  return {
    id, time: new Date(base + from).toISOString(), endTime: to === null ? null : new Date(base + to).toISOString(), agentId: 'a', agentName: 'a', taskId: 't', connectionId: 'c',
    kind: 'tool_call', name: id, status: to === null ? 'running' : 'ok', durationMs: to === null ? null : to - from, usage: null, cost: null, model: null, error: null,
    parentId: null, source: 's', failureId: null, authority: null, notes: [], ...more,
  };
}
const shape = (rows: ReturnType<typeof layOut>['rows']): string[] => rows.map((row) => `${'.'.repeat(row.depth)}${row.activity.id}${row.parent ? '>' : ''}`);

test('rows stand under their parents in the order in which they began', () => {
  const tree = layOut({ activities: [made('task', 0, 900), made('plan', 10, 50, { parentId: 'task' }), made('hand', 60, 500, { parentId: 'task' }), made('late', 510, 600, { parentId: 'task' }), made('inner', 70, 90, { parentId: 'hand' })] });
  expect(shape(tree.rows)).toEqual(['task>', '.plan', '.hand>', '..inner', '.late']);
  expect([tree.from - base, tree.to - base, tree.open]).toEqual([0, 900, false]);
});

test('a child that came before its parent in time still stands below it', () => {
  const tree = layOut({ activities: [made('child', 5, 20, { parentId: 'root' }), made('root', 10, 30)] });
  expect(shape(tree.rows)).toEqual(['root>', '.child']);
});

test('a parent that was not seen is said, and a circle of parents loses no row', () => {
  const tree = layOut({ activities: [made('a', 0, 10, { parentId: 'b' }), made('b', 1, 10, { parentId: 'a' }), made('c', 2, 10, { parentId: 'gone' }), made('d', 3, 10, { parentId: 'd' })] });
  expect(tree.rows.map((row) => row.activity.id).toSorted()).toEqual(['a', 'b', 'c', 'd']);
  expect(tree.rows.find((row) => row.activity.id === 'c')?.orphan).toBe(true);
  expect(tree.rows.find((row) => row.activity.id === 'a')).toMatchObject({ orphan: true, depth: 0, parent: true });
  expect(tree.rows.find((row) => row.activity.id === 'b')).toMatchObject({ orphan: false, depth: 1, parent: false });
  expect(tree.rows.find((row) => row.activity.id === 'd')?.orphan).toBe(true);
});

test('what never ended is open until now, what ended without a time ends where it began', () => {
  const tree = layOut({ activities: [made('open', 0, null), made('over', 10, null, { status: 'interrupted' })] });
  expect(tree.rows.map((row) => row.end)).toEqual([null, base + 10]);
  expect(tree.open).toBe(true);
  expect(tree.to).toBe(base + 10);
});

test('a folded parent keeps the count of what it hides', () => {
  const activities = [made('task', 0, 900), made('hand', 60, 500, { parentId: 'task' }), made('x', 70, 90, { parentId: 'hand' }), made('y', 71, 90, { parentId: 'x' }), made('late', 510, 600, { parentId: 'task' })];
  const tree = layOut({ activities, folded: new Set(['hand']) });
  expect(shape(tree.rows)).toEqual(['task>', '.hand>', '.late']);
  expect(tree.rows[1]?.below).toBe(2);
});

test('an end before its start (a skewed clock) is drawn as a moment, not backwards', () => {
  expect(layOut({ activities: [made('skewed', 100, 50)] }).rows[0]?.end).toBe(base + 100);
});

test('a hundred thousand rows, one deep chain of fifty thousand among them, are laid out without recursion', () => {
  const activities = Array.from({ length: 100_000 }, (_unused, index) => made(`n${index}`, index, index + 5, index === 0 ? {} : { parentId: index < 50_000 ? `n${index - 1}` : 'n0' }));
  const started = performance.now();
  const tree = layOut({ activities });
  expect(tree.rows).toHaveLength(100_000);
  expect(tree.rows[49_999]?.depth).toBe(49_999);
  expect(performance.now() - started).toBeLessThan(2500);
});

test('an empty task has no rows and a window that is not upside down', () => {
  const tree = layOut({ activities: [] });
  expect(tree).toMatchObject({ rows: [], open: false });
});

test('zoom and pan stay inside the task', () => {
  const whole = { from: 0, to: 1000 };
  expect(zoom(whole, whole, 0.5)).toEqual({ from: 250, to: 750 });
  expect(zoom({ from: 0, to: 500 }, whole, 4)).toEqual(whole);
  expect(zoom(whole, whole, 0.5, 0)).toEqual({ from: 0, to: 500 });
  expect(zoom({ from: 10, to: 11 }, whole, 0.1)).toEqual({ from: 10, to: 11 });
  expect(pan({ from: 800, to: 900 }, whole, 5)).toEqual({ from: 900, to: 1000 });
});

test('a bar outside the window is not drawn, one across its edge says so', () => {
  expect(barOf(0, 10, { from: 20, to: 40 })).toBeNull();
  expect(barOf(10, 30, { from: 20, to: 40 })).toEqual({ left: 0, width: 50, cutLeft: true, cutRight: false });
  expect(barOf(30, 30, { from: 20, to: 40 })).toEqual({ left: 50, width: 0, cutLeft: false, cutRight: false });
});

test('the strip counts work under way and marks failures where they ended', () => {
  const tree = layOut({ activities: [made('task', 0, 100), made('a', 0, 49, { parentId: 'task' }), made('b', 25, 99, { parentId: 'task', status: 'error' })] });
  expect(strip(tree.rows, { from: base, to: base + 100 }, 4, base)).toEqual([{ count: 1, failed: false }, { count: 2, failed: false }, { count: 1, failed: false }, { count: 1, failed: true }]);
});
