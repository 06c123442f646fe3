/** Who had whom run, and on whose authority: counted once, and put right when more of a tree comes. */
import { expect, it } from 'vitest';
import { agentDraft, freshHistory, logDraft, spanDraft, type TestHistory } from '../test-history.ts';

const links = (history: TestHistory): unknown[] => history.all('SELECT (SELECT name FROM agent WHERE id = l.caller) AS caller, (SELECT name FROM agent WHERE id = l.called) AS called, calls, failures FROM link_day l ORDER BY 1, 2');
const authority = (history: TestHistory): unknown[] => history.all('SELECT (SELECT key FROM task WHERE id = x.task) AS task, (SELECT name FROM agent WHERE id = x.agent) AS agent, kind, of, attribute FROM task_authority x ORDER BY 1, 2, 3, 4');
const person = { kind: 'delegated' as const, of: 'ann@x', attribute: 'enduser.id' };

it('counts a run of an agent inside another\'s work once, whatever else happens in it', () => {
  const history = freshHistory();
  history.tell([agentDraft(1, 0, 'lead'), agentDraft(2, 1, 'helper'), spanDraft(3, 2), spanDraft(4, 2), agentDraft(5, 1, 'helper', { status: 'error', statusExplicit: true, error: { message: 'x' } }), agentDraft(6, 5, 'helper')]);
  expect(links(history)).toEqual([{ caller: 'lead', called: 'helper', calls: 2, failures: 1 }]);
});

it('puts it right when the agent between comes late, also after a restart', () => {
  const history = freshHistory();
  history.tell([agentDraft(1, 0, 'lead'), agentDraft(2, 1, 'helper'), spanDraft(3, 7, { kind: 'tool_call' }), agentDraft(4, 3, 'deep')]);
  expect(links(history)).toEqual([{ caller: 'lead', called: 'helper', calls: 1, failures: 0 }]);
  history.restart();
  history.tell([spanDraft(7, 2, { kind: 'tool_call' })]);
  expect(links(history)).toEqual([{ caller: 'helper', called: 'deep', calls: 1, failures: 0 }, { caller: 'lead', called: 'helper', calls: 1, failures: 0 }]);
});

it('takes what a log tells of a sub-agent for begun by whoever the task belongs to', () => {
  const history = freshHistory();
  history.tell([logDraft('agent:r1', 2, { role: 'agent', kind: 'handoff', name: 'sub', agent: { name: 'sub', runId: 'r1' } })]);
  expect(links(history)).toEqual([]);
  history.tell([logDraft('start', 1, { role: 'structure', kind: 'lifecycle', name: '', agent: { name: 'main' } }), logDraft('tool:1', 3, { agent: { name: 'main' } })]);
  expect(links(history)).toEqual([{ caller: 'main', called: 'sub', calls: 1, failures: 0 }]);
});

it('knows of each task on whose authority who acted in it', () => {
  const history = freshHistory();
  history.tell([logDraft('a', 1, { agent: { name: 'bot' }, identity: person }), logDraft('b', 2, { agent: { name: 'bot' }, identity: person }),
    logDraft('c', 3, { agent: { name: 'bot' }, run: { kind: 'session', id: 's2' }, identity: { kind: 'unknown', of: 'x', attribute: 'y' } })]);
  expect(authority(history)).toEqual([{ task: 's1', agent: 'bot', kind: 2, of: 'ann@x', attribute: 'enduser.id' }]);
});

it('moves with a trace that names its session late, said before or at the same time', () => {
  const history = freshHistory();
  history.tell([agentDraft(1, 0, 'bot', { identity: person })]);
  history.tell([spanDraft(2, 1, { run: { kind: 'session', id: 's9' }, identity: { kind: 'own', of: 'svc', attribute: 'account' } })]);
  expect(authority(history)).toEqual([{ task: 's9', agent: 'bot', kind: 1, of: 'svc', attribute: 'account' }, { task: 's9', agent: 'bot', kind: 2, of: 'ann@x', attribute: 'enduser.id' }]);
});
