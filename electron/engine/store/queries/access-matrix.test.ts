/** The matrix says of each cell what grants and activity say together, and filters keep what has a cell that fits. */
import { describe, expect, it } from 'vitest';
import { stateOf } from './access-columns.ts';
import { accessStory, at, listed, now, policy, tool, wipes, type AccessStory } from './test-access.ts';
import { refusal } from '../test-history.ts';
import type { Params } from '../../../../shared/contract.ts';
import { words } from '../test-runtime.ts';

const cut = 1_000;
const cell = (more: Partial<Parameters<typeof stateOf>[0]> = {}): Parameters<typeof stateOf>[0] => ({ grants: 1, cannotTell: 0, times: 0, denied: 0, lastUsedUs: null, lastDeniedUs: null, ...more });

describe('the state of a cell', () => {
  it.each([
    ['granted', cell()], ['granted', cell({ times: 3, lastUsedUs: cut - 1 })], ['used', cell({ times: 3, lastUsedUs: cut })], ['granted_denied', cell({ denied: 1, lastDeniedUs: cut })], ['granted', cell({ denied: 1, lastDeniedUs: cut - 1 })],
    ['used_denied', cell({ times: 1, denied: 1, lastUsedUs: cut, lastDeniedUs: cut })], ['tried', cell({ grants: 0, denied: 2, lastDeniedUs: cut })], ['ungranted', cell({ grants: 0, times: 1, denied: 2, lastUsedUs: cut })],
    ['cannot_tell', cell({ cannotTell: 1 })], ['cannot_tell', cell({ grants: 3, cannotTell: 1 })], ['used', cell({ grants: 3, cannotTell: 1, times: 1, lastUsedUs: cut })], [null, cell({ grants: 0 })],
  ] as const)('is %s for %j', (state, sums) => {
    expect(stateOf(sums, cut)).toBe(state);
  });
});

/** clerk reads and was refused a deletion; other holds the same and does nothing; guest does what nothing permits; silent is only listed. */
function office(): AccessStory {
  const story = accessStory();
  story.list([listed('clerk', [tool('read_file'), wipes('wipe_disk')]), listed('other', [tool('read_file')]), listed('guest', []), listed('silent', [tool('send_mail', { readOnly: false })])]);
  story.call('clerk', 'read_file', 10);
  story.call('clerk', 'wipe_disk', 20, { status: 'denied' });
  story.call('other', 'list_dir', 30);
  story.call('guest', 'run_shell', 40);
  return story;
}

function told(story: AccessStory, params: Partial<Params<'access.matrix'>>): { columns: string[]; rows: Record<string, Record<string, string>>; total: number } {
  const found = story.ask('access.matrix', { by: 'resource', ...params });
  const names = found.columns.map((one) => `${one.resource ?? ''} ${one.class}`.trim());
  return { columns: names, total: found.total, rows: Object.fromEntries(found.rows.map((row) => [row.name, Object.fromEntries(row.cells.map((one) => [names[one.column], one.state]))])) };
}

describe('the matrix by resource', () => {
  it('tells used, refused, not used, done without a grant, and not to be told apart', () => {
    const { rows, columns } = told(office(), {});
    expect(rows).toEqual({
      clerk: { 'read_file read': 'used', 'wipe_disk delete': 'granted_denied', 'wipe_disk write': 'granted_denied' }, other: { 'read_file read': 'granted', 'list_dir not_understood': 'ungranted' },
      guest: { 'run_shell execute': 'ungranted' }, silent: expect.objectContaining({}) as Record<string, string>,
    });
    expect(Object.values(rows['silent'] ?? {})).toContain('cannot_tell');
    // The one that most hold comes first.
    expect(columns[0]).toBe('read_file read');
  });

  it('counts as used only what was used within the asked days, and keeps how often it was', () => {
    const story = office();
    const later = now + 40 * 86_400_000_000;
    const row = (unusedDays: number): unknown => story.ask('access.matrix', { by: 'resource', unusedDays }, later).rows.find((one) => one.name === 'clerk')?.cells.map((one) => [one.state, one.times]);
    expect(row(90)).toEqual([['used', 1], ['granted_denied', 0], ['granted_denied', 0]]);
    expect(row(30)).toEqual([['granted', 1], ['granted', 0], ['granted', 0]]);
    expect(story.ask('access.matrix', { by: 'class', unusedDays: 30 }, later).rows.find((one) => one.name === 'clerk')).toMatchObject({ held: 2, used: 0 });
  });

  it('keeps the rows and columns with a cell that fits the filter', () => {
    const story = office();
    expect(told(story, { filter: { attempted: true } })).toEqual({ columns: ['wipe_disk write', 'wipe_disk delete'], total: 1, rows: { clerk: { 'wipe_disk write': 'granted_denied', 'wipe_disk delete': 'granted_denied' } } });
    expect(Object.keys(told(story, { filter: { unused: true } }).rows)).toEqual(['clerk', 'other']);
    expect(told(story, { filter: { unused: true, attempted: true } })).toMatchObject({ columns: ['wipe_disk write', 'wipe_disk delete'], total: 1 });
    expect(Object.keys(told(story, { filter: { irreversible: true } }).rows)).toContain('clerk');
    expect(told(story, { filter: { expiringDays: 30 } })).toMatchObject({ columns: [], rows: {}, total: 0 });
    expect(told(story, { filter: { newDays: 1 } }).total).toBe(3);
    expect(told(story, { filter: { shared: true } }).total).toBe(0);
  });

  it('finds by the name of an agent, of a resource and of a grant', () => {
    const story = office();
    story.give(['guest'], policy(['s3:GetObject'], 'arn:aws:s3:::ledger/*'), { name: 'p' });
    expect(told(story, { filter: { text: 'CLERK' } })).toMatchObject({ total: 1, columns: ['read_file read', 'wipe_disk write', 'wipe_disk delete'] });
    expect(Object.keys(told(story, { filter: { text: 'read_f' } }).rows)).toEqual(['clerk', 'other']);
    expect(told(story, { filter: { text: 'ledger' } })).toMatchObject({ total: 1, rows: { guest: { 's3 ledger/* read': expect.any(String) as string } } });
    expect(told(story, { filter: { text: 'nowhere' } })).toEqual({ columns: [], rows: {}, total: 0 });
    const statement = story.ask('grants.list', { documentId: 'gdc-1' }).rows[0]?.name ?? '';
    expect(Object.keys(told(story, { filter: { text: statement } }).rows)).toEqual(['guest']);
  });

  it('no longer finds by the name of a grant that is gone, and again when it is back', () => {
    const story = office();
    const names = (): string[] => Object.keys(told(story, { filter: { text: 'wipe_disk' } }).rows);
    expect(names()).toEqual(['clerk']);
    const all = (grants: ReturnType<typeof tool>[]): Parameters<AccessStory['list']>[0] => [listed('clerk', grants), listed('other', [tool('read_file')]), listed('guest', []), listed('silent', [tool('send_mail', { readOnly: false })])];
    story.list(all([tool('read_file')]), 200);
    // What it was refused stays an attempt without a grant.
    expect(told(story, { filter: { text: 'wipe_disk' } }).rows).toEqual({ clerk: { 'wipe_disk delete': 'tried' } });
    story.list([listed('other', [tool('read_file'), wipes('erase_all')]), ...all([tool('read_file')]).filter((one) => one.claim.name !== 'other')], 210);
    expect(Object.keys(told(story, { filter: { text: 'erase_all' } }).rows)).toEqual(['other']);
    story.list(all([tool('read_file')]), 220);
    expect(Object.keys(told(story, { filter: { text: 'erase_all' } }).rows)).toEqual([]);
    story.list([listed('other', [tool('read_file'), wipes('erase_all')]), ...all([tool('read_file')]).filter((one) => one.claim.name !== 'other')], 230);
    expect(Object.keys(told(story, { filter: { text: 'erase_all' } }).rows)).toEqual(['other']);
  });

  it('gives rows by pages, agents before connections, and columns by pages of their own', () => {
    const story = office();
    const offers = story.runtime.add('langgraph', 'a server');
    story.list([], 300, [tool('open_door'), tool('shut_door')], offers);
    const names: string[] = [];
    let before: string | null = null;
    do {
      const page: { rows: { name: string; holder: string }[]; next: string | null; total: number } = story.ask('access.matrix', { by: 'class', limit: 2, ...(before === null ? {} : { before }) });
      names.push(...page.rows.map((row) => `${row.holder} ${row.name}`));
      expect(page.total).toBe(5);
      before = page.next;
    } while (before !== null);
    expect(names).toEqual(['agent clerk', 'agent guest', 'agent other', 'agent silent', 'connection a server']);
    const all = story.ask('access.matrix', { by: 'resource' }).columns.map((one) => one.id);
    const second = story.ask('access.matrix', { by: 'resource', columns: 2, columnsAfter: 2 });
    expect(second.columns.map((one) => one.id)).toEqual(all.slice(2, 4));
    expect(second.moreColumns).toBe(all.length - 4);
    expect(refusal(() => story.ask('access.matrix', { by: 'class', before: '999' })).code).toBe('bad_request');
  });
});

describe('the matrix by class', () => {
  it('has the classes that somebody holds, in their order, with the worst that can come of them', () => {
    const found = office();
    const { columns, rows } = found.ask('access.matrix', { by: 'class' });
    expect(columns.map((one) => one.id)).toEqual(['cls-read', 'cls-write', 'cls-delete', 'cls-execute', 'cls-not_understood'].filter((id) => columns.some((one) => one.id === id)));
    expect(columns.find((one) => one.id === 'cls-delete')).toMatchObject({ resource: null, class: 'delete', reversibility: 'irreversible', agents: 2 });
    expect(rows.find((one) => one.name === 'silent')?.notSeen).toContain('runtime');
    expect(rows.find((one) => one.name === 'clerk')?.notSeen).toBeNull();
  });

  it('shows one agent alone where it is asked for', () => {
    const story = office();
    expect(told(story, { by: 'resource', filter: { agentId: story.id('clerk') } })).toEqual({ columns: ['read_file read', 'wipe_disk write', 'wipe_disk delete'], total: 1, rows: { clerk: { 'read_file read': 'used', 'wipe_disk write': 'granted_denied', 'wipe_disk delete': 'granted_denied' } } });
  });
});

describe('the summary', () => {
  it('counts what is held, used, never used and not to be told, and findings that nobody set aside', () => {
    const story = office();
    const before = story.ask('access.summary', {});
    expect(before).toMatchObject({ agents: 4, grants: 4, used: 1, never: 2, cannotTell: 1, denied: 1 });
    expect(before.readAt).toEqual({ oldest: new Date(at(1) / 1_000).toISOString(), newest: new Date(at(1) / 1_000).toISOString() });
    const [worst] = story.ask('access.findings', {}).rows;
    const all = before.findings.serious + before.findings.attention + before.findings.info;
    expect(all).toBeGreaterThan(0);
    story.runtime.command('access.dismiss', { id: parseInt(worst?.id.slice(4) ?? '0', 36), reason: 'known', untilUs: null, audit: words('ann') });
    const { findings } = story.ask('access.summary', {});
    expect([findings.serious + findings.attention + findings.info, findings.dismissed]).toEqual([all - 1, 1]);
  });
});
