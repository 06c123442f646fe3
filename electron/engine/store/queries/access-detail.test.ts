/** What stands behind a cell, what was found, what changed, and the least that is needed: from runtimes that list and agents that call. */
import { describe, expect, it } from 'vitest';
import { words } from '../test-runtime.ts';
import { accessStory, at, listed, now, policy, tool, wipes, type AccessStory } from './test-access.ts';

const iso = (us: number): string => new Date(us / 1_000).toISOString();
const columnId = (story: AccessStory, resource: string, name: string): string => story.ask('access.matrix', { by: 'resource' }).columns.find((one) => one.resource === resource && one.class === name)?.id ?? '';

describe('a cell', () => {
  it('brings its grants, the newest uses and attempts, and who else has it', () => {
    const story = accessStory();
    story.list([listed('clerk', [tool('read_file'), tool('list_dir')]), listed('other', [tool('read_file')])]);
    for (const seconds of [10, 20, 30]) story.call('clerk', 'fs__read_file', seconds);
    story.call('clerk', 'read_file', 40, { status: 'denied' });
    story.call('clerk', 'list_dir', 50);
    story.call('other', 'read_file', 60);
    const found = story.ask('access.cell', { rowId: story.id('clerk'), columnId: columnId(story, 'read_file', 'read') });
    expect(found.cell).toMatchObject({ state: 'used_denied', grants: 1, times: 3, denied: 1, lastUsedAt: iso(at(30)), lastDeniedAt: iso(at(40)) });
    expect(found.grants.map((one) => [one.name, one.use.state, one.use.times])).toEqual([['read_file', 'used', 3]]);
    expect(found.uses.map((one) => [one.name, one.time])).toEqual([30, 20, 10].map((seconds) => ['fs__read_file', iso(at(seconds))]));
    expect(found.attempts.map((one) => [one.name, one.status])).toEqual([['read_file', 'denied']]);
    expect(found.others).toEqual([{ agentId: story.id('other'), name: 'other', times: 1, lastUsedAt: iso(at(60)) }]);
    expect(found.moreGrants).toBe(0);
    // By class, the other tool of the same class belongs to it too.
    const byClass = story.ask('access.cell', { rowId: story.id('clerk'), columnId: 'cls-read' });
    expect(byClass.uses.map((one) => one.name)).toEqual(['list_dir', 'fs__read_file', 'fs__read_file', 'fs__read_file']);
    expect(byClass.column).toMatchObject({ id: 'cls-read', resource: null, agents: 2 });
  });

  it('brings what was done without a grant', () => {
    const story = accessStory();
    story.list([listed('guest', [tool('read_file')])]);
    story.call('guest', 'run_shell', 10);
    const found = story.ask('access.cell', { rowId: story.id('guest'), columnId: columnId(story, 'run_shell', 'execute') });
    expect(found).toMatchObject({ cell: { state: 'ungranted', grants: 0, times: 1 }, grants: [], others: [] });
    expect(found.uses.map((one) => one.name)).toEqual(['run_shell']);
  });

  it('tells of everybody with the credential of a connection what those did who are said to have it', () => {
    const story = accessStory();
    const offers = story.runtime.add('langgraph', 'github');
    story.list([listed('coder', [])]);
    story.list([], 2, [tool('create_issue')], offers);
    story.call('coder', 'mcp__github__create_issue', 10);
    const rowId = `con-${offers.toString(36)}`;
    const asked = (): ReturnType<typeof story.ask<'access.cell'>> => story.ask('access.cell', { rowId, columnId: columnId(story, 'create_issue', 'read') });
    expect(asked()).toMatchObject({ cell: { state: 'cannot_tell' }, uses: [], notSeen: expect.stringContaining('Nobody said') as string });
    story.runtime.command('access.setHolder', { connection: offers, agent: story.agent('coder'), holds: true, audit: words('ann') });
    story.fold();
    expect(asked().uses.map((one) => one.agentName)).toEqual(['coder']);
    expect(story.ask('grants.list', { agentId: story.id('coder') }).rows.map((one) => [one.name, one.agentId, one.use.times])).toEqual([['create_issue', null, 1]]);
  });
});

describe('lists of grants', () => {
  it('keep what fits each filter, and all of them together', () => {
    const story = accessStory();
    story.list([listed('clerk', [tool('read_file'), wipes('wipe_disk'), { ...tool('skill one'), kind: 'skill' }]), listed('other', [tool('read_file')])]);
    const document = story.give(['clerk', 'other'], policy(['s3:GetObject', 's3:PutObject']));
    const names = (params: Parameters<typeof story.ask<'grants.list'>>[1]): string[] => story.ask('grants.list', params).rows.map((one) => one.name);
    expect(names({ agentId: story.id('clerk') })).toHaveLength(4);
    expect(names({ documentId: document })).toHaveLength(2);
    expect(names({ kind: 'skill' })).toEqual(['skill one']);
    expect(names({ class: 'delete' })).toEqual(['wipe_disk']);
    expect(names({ class: 'delete', agentId: story.id('other') })).toEqual([]);
    expect(names({ columnId: columnId(story, 'read_file', 'read') })).toEqual(['read_file', 'read_file']);
    expect(names({ text: 'WIPE' })).toEqual(['wipe_disk']);
    expect(names({ text: 'wipe', agentId: story.id('other') })).toEqual([]);
    expect(names({ text: 'i', kind: 'tool', class: 'read' })).toEqual(['read_file', 'read_file']);
    const first = story.ask('grants.list', { limit: 4 });
    expect([first.rows.length, first.total]).toEqual([4, 6]);
    expect(story.ask('grants.list', { limit: 4, before: first.next ?? '' })).toMatchObject({ next: null, total: 6 });
    story.list([listed('clerk', []), listed('other', [tool('read_file')])], 100);
    expect(story.ask('grants.list', {}).total).toBe(3);
    expect(story.ask('grants.list', { gone: true }).total).toBe(6);
  });

  it('tell one with its source, its document, its holders and its changes', () => {
    const story = accessStory();
    story.list([listed('clerk', []), listed('other', [])]);
    const document = story.give(['clerk', 'other'], policy(['s3:GetObject']), { credential: 'role/app', name: 'app policy' });
    const [grant] = story.ask('grants.list', { agentId: story.id('clerk') }).rows;
    const found = story.ask('grants.get', { id: grant?.id ?? '' });
    expect(found.source).toMatchObject({ format: 'iam', text: expect.stringContaining('s3:GetObject') as string });
    expect(found.document).toMatchObject({ id: document, name: 'app policy', grants: 2, credential: { name: 'role/app' } });
    expect(found.holders).toEqual([{ agentId: story.id('other'), name: 'other', lastUsedAt: null, why: 'It has the same credential.' }]);
    expect(found.changes.map((one) => one.what)).toEqual(['added']);
    expect(story.ask('access.documents', { agentId: story.id('other') }).rows.map((one) => one.agents.map(({ name }) => name).sort())).toEqual([['clerk', 'other']]);
    expect(story.ask('access.document', { id: document })).toMatchObject({ text: policy(['s3:GetObject']), problems: [] });
    story.runtime.command('access.removeDocument', { id: parseInt(document.slice(4), 36), audit: words('ann') });
    expect(story.ask('access.documents', {}).rows).toEqual([]);
  });
});

describe('findings', () => {
  it('come worst first, by pages, and apart from those that are set aside until their time is over', () => {
    const story = accessStory();
    story.list([listed('clerk', [tool('read_file')]), listed('other', [])]);
    story.give(['clerk', 'other'], policy(['*']), { credential: 'root' });
    const all = story.ask('access.findings', {});
    const places = { serious: 3, attention: 2, info: 1 };
    const order = all.rows.map((one) => places[one.severity]);
    expect(order).toEqual(order.toSorted((a, b) => b - a));
    expect(all.rows.find((one) => one.rule === 'wildcard')).toMatchObject({ tag: 'ASI03', tagName: 'Identity and Privilege Abuse', dismissed: null });
    const first = story.ask('access.findings', { limit: 2 });
    const rest = story.ask('access.findings', { before: first.next ?? '' });
    expect([...first.rows, ...rest.rows]).toEqual(all.rows);
    expect(first.total).toBe(all.rows.length);
    expect(story.ask('access.findings', { agentId: story.id('other') }).rows.every((one) => one.agentName === 'other')).toBe(true);
    expect(new Set(story.ask('access.findings', { rule: 'shared_credential' }).rows.map((one) => one.agentName))).toEqual(new Set(['clerk', 'other']));
    expect(story.ask('access.findings', { text: 'CLERK' }).total).toBeGreaterThan(0);
    expect(story.ask('access.findings', { text: 'no such words' }).total).toBe(0);
    const id = parseInt(all.rows[0]?.id.slice(4) ?? '', 36);
    story.runtime.command('access.dismiss', { id, reason: 'known', untilUs: now + 1_000_000, audit: words('ann') });
    expect(story.ask('access.findings', { dismissed: true }).rows.map((one) => [one.id, one.dismissed?.reason])).toEqual([[all.rows[0]?.id, 'known']]);
    expect(story.ask('access.findings', {}).total).toBe(all.rows.length - 1);
    expect(story.ask('access.findings', {}, now + 2_000_000).total).toBe(all.rows.length);
  });

  it('stand where a person first looks while they are serious and new, three by name', () => {
    const story = accessStory();
    story.list([listed('clerk', []), listed('other', []), listed('third', []), listed('fourth', []), listed('fifth', [])]);
    for (const name of ['clerk', 'other', 'third', 'fourth', 'fifth']) story.give([name], policy(['*']));
    const lines = (sinceUs: number): unknown[] => story.ask('overview.get', { period: { from: iso(at(0)), to: null }, since: iso(sinceUs) }, now + 60_000_000).needsYou.filter((one) => one.kind === 'access').map((one) => [one.agentName, one.target.screen]);
    const serious = story.ask('access.findings', {}).rows.filter((one) => one.severity === 'serious').length;
    expect(serious).toBeGreaterThan(4);
    expect(lines(at(0))).toHaveLength(4);
    expect(lines(at(0)).at(-1)).toEqual([null, 'access']);
    expect(lines(now + 1_000_000)).toEqual([]);
  });
});

describe('drift', () => {
  it('counts of a tool that a connection offers only the uses since it changed', () => {
    const story = accessStory();
    const { connection } = story.runtime;
    story.list([listed('coder', [])], 1, [tool('flip')]);
    story.runtime.command('access.setHolder', { connection, agent: story.agent('coder'), holds: true, audit: words('ann') });
    story.call('coder', 'flip', 5);
    story.list([listed('coder', [])], 100, [wipes('flip')]);
    story.call('coder', 'flip', 110);
    expect(story.ask('access.drift', {}).rows).toMatchObject([{ what: 'changed', name: 'flip', agentId: null, usedSince: { times: 1 } }]);
  });

  it('tells what came, changed and went, newest first, and whether the new power was used', () => {
    const story = accessStory();
    story.list([listed('clerk', [tool('read_file'), tool('list_dir')]), listed('other', [tool('read_file')])]);
    expect(story.ask('access.drift', {}).rows).toEqual([]);
    story.call('clerk', 'read_file', 5);
    const others = listed('other', [tool('read_file')]);
    story.list([listed('clerk', [wipes('read_file'), wipes('wipe_disk')]), others], 100);
    story.call('clerk', 'wipe_disk', 110);
    story.call('clerk', 'read_file', 120);
    story.call('clerk', 'read_file', 130);
    const rows = story.ask('access.drift', {}).rows;
    expect(rows.map((one) => [one.what, one.name, one.widening, one.usedSince?.times ?? null]).toSorted((a, b) => (String(a[0]) < String(b[0]) ? -1 : 1))).toEqual([['added', 'wipe_disk', true, 1], ['changed', 'read_file', true, 2], ['removed', 'list_dir', false, null]]);
    expect(story.ask('access.drift', { widening: true }).rows).toHaveLength(2);
    expect(story.ask('access.drift', { agentId: story.id('other') }).rows).toEqual([]);
    expect(story.ask('access.drift', { agentId: story.id('clerk'), since: iso(at(101)) }).rows).toEqual([]);
    expect(story.ask('access.drift', { connectionId: `con-${story.runtime.connection.toString(36)}` }).rows).toHaveLength(3);
    const first = story.ask('access.drift', { limit: 1 });
    const next = story.ask('access.drift', { limit: 2, before: first.next ?? '' });
    expect([...first.rows, ...next.rows]).toEqual(rows);
  });

  it('stands against what was approved', () => {
    const story = accessStory();
    story.list([listed('clerk', [tool('read_file'), tool('list_dir')])]);
    expect(story.ask('access.baseline', { agentId: story.id('clerk') }).baseline).toBeNull();
    story.runtime.command('access.approve', { agent: story.agent('clerk'), note: 'as agreed', audit: words('ann') }, at(50));
    story.list([listed('clerk', [wipes('read_file'), tool('new_tool')])], 100);
    story.call('clerk', 'new_tool', 110);
    expect(story.ask('access.baseline', { agentId: story.id('clerk') }).baseline).toMatchObject({
      approvedAt: iso(at(50)), by: 'ann', note: 'as agreed', grants: 2, added: [{ name: 'new_tool', times: 1, since: iso(at(100)) }], removed: [{ name: 'list_dir' }], changed: [{ name: 'read_file', widening: true }],
    });
    expect(story.ask('access.findings', { rule: 'widened' }).rows.map((one) => one.agentName)).toContain('clerk');
  });
});

describe('the least that is needed', () => {
  it('keeps the tools that were used, drops the others, and says what that would have blocked', () => {
    const story = accessStory();
    story.list([listed('clerk', [tool('read_file'), tool('list_dir'), wipes('wipe_disk')])]);
    story.call('clerk', 'list_dir', 10);
    story.call('clerk', 'list_dir', 20);
    const later = at(100 * 86_400);
    story.call('clerk', 'read_file', 99 * 86_400);
    story.fold(later);
    const found = story.ask('access.proposal', { agentId: story.id('clerk'), form: 'allow_list', days: 30 }, later);
    expect(found.keeps.map((one) => [one.name, one.times])).toEqual([['read_file', 1]]);
    expect(new Map(found.drops.map((one) => [one.name, one.lastUsedAt]))).toEqual(new Map([['list_dir', iso(at(20))], ['wipe_disk', null]]));
    expect(JSON.parse(found.text)).toEqual({ tools: [{ name: 'read_file' }] });
    expect(found.replay).toMatchObject({ actions: 3, blocked: 2, blockedNames: [{ name: 'list_dir', times: 2, lastAt: iso(at(20)) }], from: iso(at(10)), notSeenMs: 0 });
    expect(found.replay.examples.map((one) => one.time)).toEqual([iso(at(20)), iso(at(10))]);
    // Over all of it nothing would have been blocked.
    expect(story.ask('access.proposal', { agentId: story.id('clerk'), form: 'allow_list', days: 200 }, later).replay).toMatchObject({ actions: 3, blocked: 0, examples: [] });
  });

  it('narrows a policy to the calls that were seen, and counts gaps once', () => {
    const story = accessStory();
    story.list([listed('clerk', [])]);
    story.give(['clerk'], policy(['s3:*']));
    story.call('clerk', 's3:GetObject', 10);
    story.call('clerk', 'read_file', 20);
    for (const [from, to] of [[100, 160], [130, 190]]) story.runtime.history.db.prepare("INSERT INTO gap (connection, from_us, to_us, reason, text) VALUES (?, ?, ?, 'engine_off', 'off')").run(story.runtime.connection, at(from ?? 0), at(to ?? 0));
    const found = story.ask('access.proposal', { agentId: story.id('clerk'), form: 'iam' });
    expect(JSON.parse(found.text)).toMatchObject({ Statement: [{ Effect: 'Allow', Action: ['s3:GetObject'] }] });
    expect(found.replay).toMatchObject({ actions: 1, blocked: 0, notSeenMs: 90_000 });
  });
});
