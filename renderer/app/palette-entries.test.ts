import { IconPlug } from '@tabler/icons-react';
import { describe, expect, it, vi } from 'vitest';
import type { Command } from './commands.ts';
import { lookedFor, readTyped, sectionsFor, stillFound, type PaletteSources } from './palette-entries.ts';

const command = (title: string, context = ''): Command => ({ id: title, title, context, icon: IconPlug, run: () => undefined });
const sources = (): PaletteSources => ({
  found: {
    agents: [{ id: 'a1', name: 'refund-runner', context: 'v14', state: 'running' }],
    tasks: [{ id: 't1', key: 'tsk-ref-1', name: 'refund batch', outcome: 'running' }],
    activities: [{ id: 'act-ref', name: 'refund_api.create', taskId: 't1' }],
  },
  commands: [command('Show preferences'), command('Refresh figures'), command('Add connection')],
  places: [{ id: 'overview', title: 'Overview', icon: IconPlug, keys: 'g o', run: () => undefined }],
  connections: [], approvals: [{ id: 'apr_1', title: 'bank.release_run', agentName: 'invoice-matcher', connectionName: 'Lab' }], connectionIcon: IconPlug, followIcon: IconPlug, stopIcon: IconPlug,
  openAgent: vi.fn<PaletteSources['openAgent']>(), followAgent: vi.fn<PaletteSources['followAgent']>(), stopAgent: vi.fn<PaletteSources['stopAgent']>(),
  openConnection: vi.fn<PaletteSources['openConnection']>(), openTask: vi.fn<PaletteSources['openTask']>(),
  openApproval: vi.fn<PaletteSources['openApproval']>(),
});
const titles = (typed: string): string[] => sectionsFor(typed, sources()).map((section) => section.title);

describe('what was typed', () => {
  it('may begin with a sign', () => {
    expect(readTyped('> theme ')).toEqual({ mode: 'commands', text: 'theme' });
    expect(readTyped('#tsk-1')).toEqual({ mode: 'identifiers', text: 'tsk-1' });
    expect(readTyped('  refund')).toEqual({ mode: 'all', text: 'refund' });
  });
});

describe('what the engine is asked for', () => {
  it('is the name behind a verb, and nothing among commands alone', () => {
    expect(['refund', 'stop refund', '>stop refund', '>theme', '> stop', '#tsk', 'stop'].map(lookedFor)).toEqual(['refund', 'refund', 'refund', '', '', 'tsk', 'stop']);
  });
});

describe('what was found for an earlier text', () => {
  it('stays only as far as it fits what is typed now, so that Enter opens nothing else', () => {
    const { found } = sources();
    if (found === undefined) throw new Error('the sources hold something found');
    const left = (typed: string): number[] => { const { agents, tasks, activities } = stillFound(found, typed); return [agents.length, tasks.length, activities.length]; };
    expect(['ref', 'refund-r', 'stop refund', 'refresh', 'import a grant', ''].map(left)).toEqual([[1, 1, 1], [1, 0, 0], [1, 1, 1], [0, 0, 0], [0, 0, 0], [0, 0, 0]]);
  });
});

describe('sections', () => {
  it('stand in their order, without empty ones', () => {
    expect(titles('ref')).toEqual(['Agents', 'Do', 'Identifiers']);
    expect(titles('over')).toEqual(['Agents', 'Go to', 'Identifiers']);
    expect(titles('')).toEqual(['Do', 'Go to']);
  });

  it('are only commands behind >, only identifiers behind #', () => {
    expect(titles('> ref')).toEqual(['Do']);
    expect(titles('#ref')).toEqual(['Identifiers']);
  });

  it('rank what begins with the text before what contains it', () => {
    const list = sectionsFor('> ref', sources())[0]?.entries.map((entry) => entry.title);
    expect(list).toEqual(['Refresh figures', 'Stop refund-runner…', 'Follow refund-runner in Live', 'Show preferences']);
  });

  it('find what waits for a person by what it asks and who asks it', () => {
    const from = sources();
    for (const typed of ['release', 'invoice-matcher']) sectionsFor(typed, from).find((section) => section.title === 'Go to')?.entries[0]?.run();
    expect(from.openApproval).toHaveBeenNthCalledWith(1, 'apr_1');
    expect(from.openApproval).toHaveBeenNthCalledWith(2, 'apr_1');
  });

  it('offer to stop a found agent, saying that this only opens the plan', () => {
    const from = sources();
    expect(titles('stop refund')[0]).toBe('Do');
    const entry = sectionsFor('stop refund', from)[0]?.entries[0];
    expect(entry).toMatchObject({ title: 'Stop refund-runner…', context: 'opens the plan, stops nothing yet', keys: 'mod+.', stop: true });
    entry?.run();
    sectionsFor('ref', from)[0]?.entries[0]?.openStop?.();
    expect(from.stopAgent).toHaveBeenCalledTimes(2);
    expect(from.stopAgent).toHaveBeenCalledWith(expect.objectContaining({ id: 'a1', name: 'refund-runner' }));
    expect(from.openAgent).not.toHaveBeenCalled();
  });

  it('open a task on its agent, an activity in its task', () => {
    const from = sources();
    const entries = sectionsFor('#ref', from)[0]?.entries ?? [];
    for (const entry of entries) entry.run();
    expect(from.openTask).toHaveBeenNthCalledWith(1, 't1', null);
    expect(from.openTask).toHaveBeenNthCalledWith(2, 't1', 'act-ref');
  });
});
