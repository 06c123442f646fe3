/** What the reader keeps for reach follows the file: an answer is never other than that of a reader that keeps nothing. */
import { expect, it } from 'vitest';
import type { Reach } from '../../../../shared/access.ts';
import { agentDraft, trace } from '../test-history.ts';
import { words } from '../test-runtime.ts';
import { accessStory, listed, policy, tool, wipes, type AccessStory } from './test-access.ts';

/** boss hands work to clerk; the same from both readers. */
function office(): { story: AccessStory; connection: number; reach: (name?: string) => Reach } {
  const story = accessStory();
  const connection = story.runtime.history.connect('spans');
  story.runtime.tell([agentDraft(1, 0, 'boss', { traceId: trace(1), at: 1, for: 9 }), agentDraft(2, 1, 'clerk', { traceId: trace(1), at: 2 })], connection);
  story.runtime.tell([agentDraft(1, 0, 'loner', { traceId: trace(2), at: 3 })], connection);
  story.fold();
  const reach = (name = 'boss'): Reach => {
    const found = story.ask('access.reach', { agentId: story.id(name) });
    expect(found).toEqual(story.askAnew('access.reach', { agentId: story.id(name) }));
    return found;
  };
  return { story, connection, reach };
}

const ways = (found: Reach): string[] => found.items.map((one) => one.path.join(' > '));

it('follows what an agent holds, uses and holds no more', () => {
  const { story, reach } = office();
  story.list([listed('worker', [tool('read_file'), wipes('wipe_disk')])]);
  const used = (): Map<string | undefined, Set<boolean | null>> => new Map([...Map.groupBy(reach('worker').items, (one) => one.path.at(-1))].map(([name, some]) => [name, new Set(some.map((one) => one.used))]));
  expect([...used().keys()]).toEqual(['wipe_disk', 'read_file']);
  expect(used().get('wipe_disk')?.has(true)).toBe(false);
  story.call('worker', 'wipe_disk', 20);
  expect(used().get('wipe_disk')?.has(true)).toBe(true);
  story.list([listed('worker', [tool('read_file')])], 30);
  expect(used().has('read_file')).toBe(true);
  // Worse than before, and another agent's.
  story.list([listed('worker', [wipes('read_file')])], 40);
  expect(reach('worker').counts.irreversible).toBeGreaterThan(0);
});

it('follows what agents behind it hold, and new ones', () => {
  const { story, connection, reach } = office();
  expect(ways(reach())).toEqual([]);
  story.give(['clerk'], policy(['s3:DeleteObject'], 'arn:aws:s3:::clerks/*'), { name: 'clerks' });
  expect(ways(reach())).toEqual(['boss > clerk > s3 clerks/*']);
  story.give(['boss'], policy(['s3:DeleteObject'], 'arn:aws:s3:::clerks/*'), { name: 'own' });
  expect(ways(reach())).toEqual(['boss > s3 clerks/*']);
  story.runtime.tell([agentDraft(1, 0, 'clerk', { traceId: trace(5), at: 50, for: 9 }), agentDraft(2, 1, 'new', { traceId: trace(5), at: 51 })], connection);
  story.fold();
  story.give(['new'], policy(['dynamodb:GetItem']), { name: 'new' });
  expect(ways(reach()).some((way) => way.startsWith('boss > clerk > new > dynamodb'))).toBe(true);
});

it('follows what a credential opens, also before the fold has looked', () => {
  const { story, reach } = office();
  story.give(['boss'], policy(['s3:ListBucket'], 'arn:aws:s3:::shared'), { name: 'first', credential: 'role/app' });
  const second = story.give(['loner'], policy(['dynamodb:GetItem']), { name: 'second', credential: 'role/app' });
  expect(ways(reach()).some((way) => way.startsWith('boss > role/app > dynamodb'))).toBe(true);
  story.runtime.command('access.removeDocument', { id: parseInt(second.slice(4), 36), audit: words('ann') });
  expect(ways(reach()).some((way) => way.includes('dynamodb'))).toBe(false);
  story.fold();
  reach();
  story.give(['loner'], policy(['s3:DeleteObject'], 'arn:aws:s3:::later/*'), { name: 'third', credential: 'role/app' });
  expect(ways(reach())).toContain('boss > role/app > s3 later/*');
});

it('names a resource by what is left of its name after an erasure', () => {
  const { story, reach } = office();
  story.list([listed('worker', [tool('mail_to_ann')])], 1);
  expect(new Set(ways(reach('worker')))).toEqual(new Set(['worker > mail_to_ann']));
  story.runtime.history.db.exec("UPDATE access_column SET resource = 'somebody' WHERE resource = 'mail_to_ann'; INSERT INTO meta (key, value) VALUES ('texts_changed', '1') ON CONFLICT DO UPDATE SET value = CAST(value AS INTEGER) + 1");
  expect(new Set(ways(reach('worker')))).toEqual(new Set(['worker > somebody']));
});
