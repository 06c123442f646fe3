/** Who calls whom, what an agent could reach, and on whose authority it acts. */
import { describe, expect, it } from 'vitest';
import type { Result } from '../../../../shared/contract.ts';
import { agentDraft, refusal, spanDraft, trace } from '../test-history.ts';
import { words } from '../test-runtime.ts';
import { accessStory, at, listed, policy, tool, wipes, type AccessStory } from './test-access.ts';

const iso = (us: number): string => new Date(us / 1_000).toISOString();
const period = { from: iso(at(-60)), to: null };

/** boss hands work to clerk, which calls two tools, one of which fails; both act for people. */
function office(): AccessStory {
  const story = accessStory();
  const connection = story.runtime.history.connect('spans');
  const ann = { kind: 'delegated' as const, of: 'ann@example.com', attribute: 'user.email' };
  const failed = { status: 'error' as const, statusExplicit: true, error: { type: 'E', message: 'boom' } };
  for (let n = 1; n <= 3; n += 1) {
    story.runtime.tell([
      agentDraft(1, 0, 'boss', { traceId: trace(n), at: n * 20, for: 15, identity: ann }), agentDraft(2, 1, 'clerk', { traceId: trace(n), at: n * 20 + 1, for: 10 }),
      spanDraft(3, 2, { traceId: trace(n), at: n * 20 + 2, name: 'ledger.read' }), spanDraft(4, 2, { traceId: trace(n), at: n * 20 + 4, name: 'mail.send', ...(n === 1 ? failed : {}) }),
    ], connection);
  }
  story.runtime.tell([agentDraft(1, 0, 'loner', { traceId: trace(9), at: 5 }), spanDraft(2, 1, { traceId: trace(9), at: 6, name: 'mail.send' })], connection);
  story.fold();
  return story;
}

const lines = (graph: Result<'access.graph'>): string[] => {
  const names = new Map(graph.nodes.map((node) => [node.id, node.name]));
  return graph.edges.map((edge) => `${names.get(edge.from) ?? '?'} ${edge.kind} ${names.get(edge.to) ?? '?'} ${edge.volume}/${edge.failures}`).toSorted();
};

describe('the graph', () => {
  it('has who calls what, how often and how often in vain, who hands work to whom, and for whom', () => {
    const found = office().ask('access.graph', { period });
    expect(lines(found)).toEqual(['ann@example.com on_behalf_of boss 3/0', 'boss hands clerk 3/0', 'clerk calls ledger.read 3/0', 'clerk calls mail.send 3/1', 'loner calls mail.send 1/0']);
    expect(found.nodes.find((node) => node.name === 'mail.send')).toMatchObject({ kind: 'tool', volume: 4, failures: 1, hidden: 0, refId: null });
    expect(found.nodes.find((node) => node.name === 'boss')).toMatchObject({ kind: 'agent', identity: 'delegated' });
    expect(found.moreNodes).toBe(0);
  });

  it('has nothing of a time in which nothing was done', () => {
    const found = office().ask('access.graph', { period: { from: iso(at(500)), to: null } });
    expect([found.nodes, found.edges]).toEqual([[], []]);
  });

  it('stays within its limit, and says at each node how much of what is beside it is left out', () => {
    const story = office();
    const found = story.ask('access.graph', { period, limit: 4 });
    expect(found.nodes.length).toBeLessThanOrEqual(4);
    expect(found.moreNodes).toBeGreaterThan(0);
    expect(found.nodes.some((node) => node.hidden > 0)).toBe(true);
    const ids = new Set(found.nodes.map((node) => node.id));
    expect(found.edges.every((edge) => ids.has(edge.from) && ids.has(edge.to))).toBe(true);
  });

  it('shows what is one step from an agent, and two', () => {
    const story = office();
    const near = story.ask('access.graph', { period, focus: story.id('boss'), hops: 1 });
    expect(lines(near)).toEqual(['ann@example.com on_behalf_of boss 3/0', 'boss hands clerk 3/0']);
    const far = story.ask('access.graph', { period, focus: story.id('clerk'), hops: 2 });
    expect(lines(far)).toContain('loner calls mail.send 1/0');
    const send = far.nodes.find((node) => node.name === 'mail.send')?.id ?? '';
    expect(lines(story.ask('access.graph', { period, focus: send }))).toEqual(expect.arrayContaining(['clerk calls mail.send 3/1', 'loner calls mail.send 1/0']));
    expect(refusal(() => story.ask('access.graph', { period, focus: 'what is this' })).code).toBe('not_found');
  });

  it('has what is held and not used where it is asked for, and the credentials that agents carry', () => {
    const story = accessStory();
    story.list([listed('clerk', [tool('read_file'), wipes('wipe_disk')]), listed('other', [])]);
    story.give(['clerk', 'other'], policy(['s3:GetObject'], 'arn:aws:s3:::ledger/*'), { credential: 'role/app' });
    story.call('clerk', 'read_file', 10);
    const found = story.ask('access.graph', { period, holds: true });
    expect(lines(found)).toContain('clerk calls read_file 1/0');
    expect(lines(found)).toContain('clerk acts_as role/app 0/0');
    expect(lines(found)).toContain('clerk holds wipe_disk 0/0');
    expect(lines(found)).not.toContain('clerk holds read_file 0/0');
    expect(found.nodes.find((node) => node.kind === 'credential')?.hidden).toBe(1);
  });
});

describe('reach', () => {
  it('goes through own grants, agents that work is handed to, and credentials that others carry', () => {
    const story = office();
    story.give(['boss'], policy(['s3:GetObject'], 'arn:aws:s3:::own/*'), { name: 'own' });
    story.give(['clerk'], policy(['s3:DeleteObject'], 'arn:aws:s3:::clerks/*'), { name: 'clerks' });
    story.give(['boss'], policy(['s3:ListBucket'], 'arn:aws:s3:::shared'), { name: 'first', credential: 'role/app' });
    story.give(['loner'], policy(['dynamodb:GetItem']), { name: 'second', credential: 'role/app' });
    const found = story.ask('access.reach', { agentId: story.id('boss') });
    const ways = found.items.map((one) => one.path.join(' > '));
    expect(ways).toContain('boss > s3 own/*');
    expect(ways).toContain('boss > clerk > s3 clerks/*');
    expect(ways.some((way) => way.startsWith('boss > role/app > dynamodb'))).toBe(true);
    expect(found.counts).toMatchObject({ own: 2, bySubAgents: found.items.filter((one) => one.path[1] === 'clerk').length, byShared: found.items.filter((one) => one.path[1] === 'role/app').length });
    // What cannot be undone comes first.
    expect(found.items[0]?.path.join(' > ')).toContain('clerks');
    expect(found.items.every((one) => one.grantId !== null)).toBe(true);
    expect(found.shared).toMatchObject([{ name: 'role/app', agents: [{ name: 'loner' }] }]);
    expect(lines(found.graph)).toEqual(expect.arrayContaining(['boss hands clerk 0/0', 'boss acts_as role/app 0/0', 'loner acts_as role/app 0/0', 'clerk holds s3 clerks/* 0/0']));
  });

  it('says of whom nobody lists what it holds', () => {
    const story = office();
    expect(story.ask('access.reach', { agentId: story.id('boss') }).cannotTell.join(' ')).toContain('clerk');
    expect(refusal(() => story.ask('access.reach', { agentId: 'agt-zz' })).code).toBe('not_found');
  });

  it('comes to an end where agents hand work to each other in a circle', () => {
    const story = office();
    story.runtime.tell([agentDraft(1, 0, 'clerk', { traceId: trace(20), at: 100, for: 10 }), agentDraft(2, 1, 'boss', { traceId: trace(20), at: 101 })], 2);
    story.fold();
    expect(story.ask('access.reach', { agentId: story.id('boss') }).graph.nodes.map((node) => node.name).toSorted()).toEqual(['boss', 'clerk']);
  });
});

describe('who an agent is', () => {
  it('is told with the evidence, the people, the owner and the chain', () => {
    const story = office();
    story.runtime.command('agents.setOwner', { agent: story.agent('boss'), role: 'owner', name: 'Ann', gone: false, audit: words('ann') });
    const card = story.ask('identity.card', { agentId: story.id('boss') });
    expect(card).toMatchObject({ kind: 'delegated', of: 'ann@example.com', owner: { name: 'Ann', gone: false, by: 'ann', source: 'person' }, sponsor: null, people: [{ name: 'ann@example.com', kind: 'delegated', tasks: 3 }] });
    expect(card.evidence).toMatchObject([{ attribute: 'user.email', value: 'ann@example.com', connectionName: 'spans' }]);
    expect(card.chain.map((link) => [link.role, link.name])).toEqual([['person', 'ann@example.com'], ['agent', 'boss'], ['sub_agent', 'clerk'], ['credential', null]]);
    expect(card.chain[0]?.evidence).toBe('user.email = ann@example.com');
    const clerk = story.ask('identity.card', { agentId: story.id('clerk') });
    expect(clerk.chain.map((link) => [link.role, link.name])).toEqual([['person', null], ['agent', 'boss'], ['sub_agent', 'clerk'], ['tool', 'mail.send'], ['credential', null]]);
    expect(clerk.says).toContain('Nothing');
  });

  it('names those who carry the same credential', () => {
    const story = office();
    story.give(['boss', 'loner'], policy(['s3:GetObject']), { credential: 'role/app' });
    expect(story.ask('identity.card', { agentId: story.id('boss') }).credentials).toMatchObject([{ name: 'role/app', kind: 'document', agents: [{ name: 'loner' }] }]);
  });

  it('is told of each activity: who performed it, for whom, through whom, and by which grant', () => {
    const story = office();
    story.give(['clerk'], JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: 's3:GetObject', Resource: '*' }] }));
    const row = story.ask('activity.list', { agentId: story.id('clerk'), kinds: ['tool_call'], limit: 1 }).rows[0];
    const found = story.ask('identity.activity', { id: row?.id ?? '' });
    expect(found.performedBy).toEqual({ agentId: story.id('clerk'), name: 'clerk', account: null });
    // Its task is done on its caller's word.
    expect(found.onBehalfOf).toEqual({ name: 'ann@example.com', kind: 'delegated', evidence: 'user.email = ann@example.com' });
    expect(found.chain.map((link) => [link.role, link.name])).toEqual([['person', 'ann@example.com'], ['agent', 'boss'], ['sub_agent', 'clerk'], ['tool', 'mail.send'], ['credential', null]]);
    expect(found.grants).toEqual([]);
    expect(row?.authority).toEqual({ kind: 'delegated', of: 'ann@example.com' });
    story.list([listed('worker', [tool('read_file')])], 300);
    story.call('worker', 'read_file', 310);
    const worker = story.ask('activity.list', { agentId: story.id('worker'), limit: 1 }).rows[0];
    expect(story.ask('identity.activity', { id: worker?.id ?? '' })).toMatchObject({ onBehalfOf: null, grants: [{ name: 'read_file' }] });
  });
});
