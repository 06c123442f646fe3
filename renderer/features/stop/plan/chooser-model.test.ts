import { expect, it } from 'vitest';
import { choicesFor, type ChooserSources } from './chooser-model.ts';
import { scopeOptions } from './scope-options.ts';

const agent = (id: string, state: 'running' | 'idle', lastSeen: string): ChooserSources['agents'][number] => ({ id, name: id, state, connectionId: 'c', connectionName: 'Lab', openTasks: state === 'running' ? 1 : 0, lastSeen });
const sources = (more: Partial<ChooserSources> = {}): ChooserSources => ({
  ticked: [], agents: [agent('archiver', 'idle', '2026-11-17T14:00:00.000Z'), agent('refunds', 'running', '2026-11-17T13:00:00.000Z'), agent('triage', 'running', '2026-11-17T13:30:00.000Z')],
  found: undefined, tags: [{ tag: 'finance', agents: 2 }], connections: [{ id: 'c', name: 'Lab', agents: 3, healthText: 'All is read.' }], agentsKnown: 3, ...more,
});
const titles = (typed: string, from = sources()): string[] => choicesFor(typed, from).flatMap((section) => section.choices.map((choice) => choice.title));

it('offers what runs first, then tags, connections and everything', () => {
  expect(titles('')).toEqual(['triage', 'refunds', 'archiver', 'finance', 'Lab', 'Everything']);
});

it('finds by name, also agents that only the engine knows, each once', () => {
  expect(titles('fin')).toEqual(['finance']);
  expect(titles('every')).toEqual(['Everything']);
  expect(titles('ref', sources({ found: [{ id: 'refunds', name: 'refunds', context: '', state: 'running' }, { id: 'x', name: 'reference', context: 'A2A', state: 'idle' }] }))).toEqual(['refunds', 'reference']);
  expect(titles('nothing of the kind')).toEqual([]);
});

it('puts what was ticked on the screen before all others', () => {
  const [first] = choicesFor('', sources({ ticked: [{ id: 'archiver', name: 'archiver' }, { id: 'refunds', name: 'refunds' }] }));
  expect(first).toMatchObject({ title: 'Ticked' });
  expect(first?.choices.map((choice) => choice.ask.scope)).toEqual([{ kind: 'agent', id: 'archiver' }, { kind: 'agent', id: 'refunds' }]);
});

it('offers only the scopes that apply, narrowest first', () => {
  const around = { task: { id: 't', name: 'batch' }, agent: { id: 'a', name: 'runner' } };
  const options = scopeOptions({ context: around, tags: [{ tag: 'finance', agents: 6 }], connections: [{ id: 'c', name: 'Lab', agents: 14 }], agents: 41 });
  expect(options.map((option) => option.label)).toEqual(['This task', 'Agent', 'Tag finance (6)', 'Connection (14)', 'Everything (41)']);
  expect(scopeOptions({ context: {}, tags: [], connections: [{ id: 'c', name: 'Lab', agents: null }], agents: null }).map((option) => option.label)).toEqual(['Connection', 'Everything']);
  const two = scopeOptions({ context: {}, tags: [], connections: [{ id: 'c', name: 'Lab', agents: 1 }, { id: 'd', name: 'AWS', agents: 2 }, { id: 'e', name: 'third', agents: 3 }], agents: 6 });
  expect(two.map((option) => option.label)).toEqual(['Lab (1)', 'AWS (2)', 'Everything (6)']);
});
