import { describe, expect, it } from 'vitest';
import { accessDesk } from './access-desk.ts';
import { readDocument } from './access/read-document.ts';
import { CallFailure } from './call-failure.ts';

const context = { actor: { kind: 'command_line' as const, name: 'nina', place: 'socket' as const, readOnly: false }, signal: new AbortController().signal };
const document = { id: 'gdc-4', name: 'Desk role', agents: [{ id: 'agt-1', name: 'a' }] };
const policy = JSON.stringify({ Version: '2012-10-17', Statement: { Sid: 'Read', Effect: 'Allow', Action: 's3:GetObject', Resource: 'arn:aws:s3:::invoices/*' } });

function desk() {
  const sent: { name: string; params: Record<string, unknown> & { audit: { text: string; actor: string; outcome: string; details: Record<string, unknown> } } }[] = [];
  const answers: Readonly<Record<string, unknown>> = { 'access.document': { document, text: policy, problems: [] }, 'access.baseline': { baseline: null }, 'identity.card': { owner: { name: 'Nina' }, sponsor: null } };
  return {
    sent,
    desk: accessDesk({
      history: { command: (name, params) => { sent.push({ name, params: params as never }); return Promise.resolve({ id: 4, grants: 1 }); }, query: (name) => Promise.resolve(answers[name]) },
      documents: { read: (input) => Promise.resolve(readDocument(input)) }, clock: { now: () => Date.UTC(2026, 10, 23) },
    }),
  };
}

const input = { name: 'Desk role', format: 'iam' as const, role: 'identity' as const, enforcement: 'enforced' as const, text: policy, agentIds: ['agt-1', 'agt-2', 'agt-1'], credential: 'arn:aws:iam::1:role/desk' };

describe('importing a document', () => {
  it('keeps what the engine reads in it, with who did it', async () => {
    const { desk: made, sent } = desk();
    expect(await made['access.import'](input, context)).toEqual(document);
    expect(sent).toMatchObject([{ name: 'access.import', params: { agents: [1, 2], document: { name: 'Desk role', credential: 'arn:aws:iam::1:role/desk', text: policy, understood: 'whole' }, readings: [{ kind: 'statement', actions: ['s3:GetObject'] }] } }]);
    expect(sent[0]?.params.audit).toMatchObject({ actor: 'nina', outcome: 'done', text: 'Imported the document "Desk role" (IAM policy) for 2 agents: 1 grant.', details: { format: 'iam', agents: ['agt-1', 'agt-2'] } });
    expect(JSON.stringify(sent[0]?.params.audit)).not.toContain('GetObject');
  });

  it('keeps nothing of a document without any grant, and says why', async () => {
    const { desk: made, sent } = desk();
    await expect(made['access.import']({ ...input, format: 'tools', text: '[]' }, context)).rejects.toThrow(/Nothing was imported: no grant was found in it\./);
    expect(sent).toEqual([]);
  });

  it('keeps what nobody understands, and counts it as that', async () => {
    const { desk: made, sent } = desk();
    await made['access.import']({ ...input, text: '{"Version":"2012-10-17","Statement":{"Effect":"Perhaps","Action":"s3:*"}}' }, context);
    expect(sent[0]?.params.audit.text).toMatch(/1 grant, (not|partly) understood\.$/);
  });

  it('refuses an agent that is none before anything is read', async () => {
    const { desk: made, sent } = desk();
    await expect(made['access.import']({ ...input, agentIds: ['con-1'] }, context)).rejects.toThrow(CallFailure);
    expect(sent).toEqual([]);
  });
});

describe('other deeds', () => {
  it('reads a document and keeps nothing', async () => {
    const { desk: made, sent } = desk();
    expect(await made['access.read']({ format: 'iam', role: 'identity', text: policy }, context)).toMatchObject({ understood: 'whole', readings: [{ effect: 'allow' }] });
    expect(sent).toEqual([]);
  });

  it('names a document that is removed', async () => {
    const { desk: made, sent } = desk();
    await made['access.removeDocument']({ id: 'gdc-4' }, context);
    expect(sent).toMatchObject([{ name: 'access.removeDocument', params: { id: 4, audit: { subject: 'gdc-4', text: 'Removed the document "Desk role": what it gave to 1 agent is gone from now on.' } } }]);
  });

  it('dismisses a finding until a time to come, never until one that is over', async () => {
    const { desk: made, sent } = desk();
    await made['access.dismiss']({ id: 'fnd-3', reason: 'known', until: '2026-12-01T00:00:00.000Z' }, context);
    expect(sent).toMatchObject([{ params: { id: 3, untilUs: Date.UTC(2026, 11, 1) * 1_000, reason: 'known' } }]);
    await expect(made['access.dismiss']({ id: 'fnd-3', reason: 'known', until: '2026-11-01T00:00:00.000Z' }, context)).rejects.toThrow('over already');
    expect(sent).toHaveLength(1);
  });

  it('answers with the owner that counts now', async () => {
    const { desk: made, sent } = desk();
    expect(await made['agents.setOwner']({ id: 'agt-1', role: 'owner', name: 'Nina', gone: false }, context)).toEqual({ owner: { name: 'Nina' } });
    expect(await made['agents.setOwner']({ id: 'agt-1', role: 'sponsor', name: null, gone: true }, context)).toEqual({ owner: null });
    expect(sent.map(({ params }) => params)).toMatchObject([{ role: 'owner', name: 'Nina', audit: { text: 'Named Nina as the owner of the agent agt-1.' } }, { name: null, gone: false }]);
  });

  it('says so where a baseline cannot be read back', async () => {
    const { desk: made } = desk();
    await expect(made['access.approve']({ agentId: 'agt-1', note: '' }, context)).rejects.toThrow('cannot be read back');
  });

  it.each([['fnd-0'], ['agt-1'], ['fnd-Z'], ['fnd-1;']])('takes %s for no finding', async (id) => {
    const { desk: made, sent } = desk();
    await expect(made['access.restore']({ id }, context)).rejects.toThrow(`There is no finding with the identifier ${id}.`);
    expect(sent).toEqual([]);
  });
});
