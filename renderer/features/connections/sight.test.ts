import { expect, it } from 'vitest';
import type { Capability, Lever } from '../../../shared/domain.ts';
import { howWords, sightOf } from './sight.ts';

const capability = (name: Capability['name'], state: Capability['state'], text = ''): Capability => ({ name, state, how: state === 'no' ? null : 'poll', lagMs: 2000, text });
const lever: Lever = { id: 'l', level: 'cancel', kind: 'drain', title: 'Cancel the run', reach: 'task', step: 'cut', undo: 'exact', undoText: '', repeatable: true, idleOnly: false, wanted: true, pulled: true, doesNotStop: ['a step that ignores it.'] };

it('promises no more than was found, and says both halves of what is there in part', () => {
  const { sees, not } = sightOf({ capabilities: [capability('activity', 'partly', 'Stateless runs vanish.'), capability('cost', 'no', 'No prices.'), capability('usage', 'unknown', 'Not asked.')], visibility: 'all', levers: [lever] });
  expect(sees).toEqual(['Tasks and their steps, in part, polled, up to 2 s late', 'Stop lever: Cancel the run (drain)']);
  expect(not.map((one) => one.text)).toEqual(['Tasks and their steps: Stateless runs vanish.', 'Cost: No prices.', 'Tokens: not known yet. Not asked.', 'Cancel the run does not stop: a step that ignores it.']);
});

it('says whose work is not seen, and that nothing can be stopped', () => {
  expect(sightOf({ capabilities: [], visibility: 'own', levers: [] }).not.map((one) => one.text)).toEqual(['Work of others: this credential sees only what it started itself.', 'No stop: this way in can only watch.']);
  expect(sightOf({ capabilities: [], visibility: 'unknown', levers: null }).not).toHaveLength(1);
});

it('says how late, where that is known', () => {
  expect(howWords({ how: 'stream', lagMs: null })).toBe('streamed');
  expect(howWords({ how: null, lagMs: null })).toBe('');
});
