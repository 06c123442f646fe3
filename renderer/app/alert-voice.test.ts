import { expect, it } from 'vitest';
import { testAlert } from '../features/alerts/test-alerts.ts';
import { newUrgent, urgentWords } from './alert-voice.ts';

it('says urgent alerts that came, and nothing of what stood when the window opened', () => {
  const alerts = [testAlert({ id: 'a', severity: 'urgent' }), testAlert({ id: 'b', severity: 'attention' }), testAlert({ id: 'c', severity: 'urgent', kind: 'stop' })];
  expect(newUrgent(null, alerts)).toEqual([]);
  expect(newUrgent(new Set(['b']), alerts).map((one) => one.id)).toEqual(['a']);
  expect(newUrgent(new Set(['a', 'b']), alerts)).toEqual([]);
});

it('says one sentence for many, with nothing in it that cannot be seen', () => {
  expect(urgentWords([testAlert({ title: 'Budget “Night” is reached\u202E' })])).toBe('Urgent alert: Budget “Night” is reached[U+202E]');
  expect(urgentWords([testAlert({ title: 'new' }), testAlert({ title: 'older' })])).toBe('2 urgent alerts, the newest: new');
});
