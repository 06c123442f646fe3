import { describe, expect, test } from 'vitest';
import type { DocumentRole, ImportFormat } from '../../../shared/access.ts';
import { propose } from './propose.ts';
import type { ProposedGrant } from './proposing.ts';
import { readDocument } from './read-document.ts';

let id = 0;
const grantsOf = (format: ImportFormat, document: unknown, { use = 'not_used', role = 'identity' }: { use?: ProposedGrant['use']; role?: DocumentRole } = {}): ProposedGrant[] => readDocument({ format, role, text: typeof document === 'string' ? document : JSON.stringify(document) }).readings.map((reading) => ({ id: (id += 1), reading, role: format === 'tools' ? null : role, connectionName: null, use }));
const policy = (...statements: object[]) => ({ Version: '2012-10-17', Statement: statements });
const seen = (...names: string[]) => names.map((name) => ({ name, times: 3, lastUs: 1_000 }));
const statementsOf = (text: string): Record<string, unknown>[] => (JSON.parse(text) as { Statement: Record<string, unknown>[] }).Statement;

describe('an IAM policy is proposed', () => {
  const all = grantsOf('iam', policy({ Sid: 'Data', Effect: 'Allow', Action: 's3:*', Resource: 'arn:aws:s3:::invoices/*', Condition: { Bool: { 'aws:SecureTransport': 'true' } } }, { Sid: 'Queue', Effect: 'Allow', Action: 'sqs:*', Resource: '*' }, { Sid: 'Never', Effect: 'Deny', Action: 's3:Delete*', Resource: '*' }));

  test('with exactly the actions that were seen, on the resources and conditions that were granted, and every deny', () => {
    const draft = propose({ form: 'iam', agentName: 'Invoice Bot', grants: all, observed: seen('s3:GetObject', 's3:PutObject', 'search_web') });
    expect(statementsOf(draft.text)).toEqual([
      { Sid: 'Data', Effect: 'Allow', Action: ['s3:GetObject', 's3:PutObject'], Resource: ['arn:aws:s3:::invoices/*'], Condition: { Bool: { 'aws:SecureTransport': ['true'] } } },
      { Sid: 'Never', Effect: 'Deny', Action: ['s3:Delete*'], Resource: ['*'] },
    ]);
    expect(draft.drops).toEqual([all[1]?.id]);
    expect(draft.keeps.map(({ name }) => name)).toEqual(['s3:GetObject', 's3:PutObject']);
    expect(draft.fileName).toBe('invoice-bot-policy.json');
    expect(['s3:GetObject', 's3:ListBucket', 's3:DeleteObject', 'sqs:SendMessage'].map((name) => draft.permits(name))).toEqual([true, false, false, false]);
    expect([draft.concerns('sqs:SendMessage'), draft.concerns('search_web')]).toEqual([true, false]);
  });

  test('with what a call needs where that is called otherwise', () => {
    const draft = propose({ form: 'iam', agentName: 'a', grants: all, observed: seen('s3:ListObjectsV2', 's3:DeleteObjects') });
    expect(statementsOf(draft.text)[0]?.['Action']).toEqual(['s3:DeleteObject', 's3:ListBucket']);
    expect(draft.permits('s3:ListObjectsV2')).toBe(true);
    expect(draft.permits('s3:DeleteObjects')).toBe(false);
  });

  test('from all but some with the names that were seen', () => {
    const draft = propose({ form: 'iam', agentName: 'a', grants: grantsOf('iam', policy({ Effect: 'Allow', NotAction: 'iam:*', NotResource: 'arn:aws:s3:::x/*' })), observed: seen('s3:GetObject', 'iam:CreateUser') });
    expect(statementsOf(draft.text)).toEqual([{ Effect: 'Allow', Action: ['s3:GetObject'], NotResource: ['arn:aws:s3:::x/*'] }]);
    expect(draft.permits('iam:CreateUser')).toBe(false);
  });

  test('with what cannot be told as it stands, and says so', () => {
    const untold = grantsOf('iam', policy({ Effect: 'Allow', Action: 'sqs:*', Resource: '*' }), { use: 'cannot_tell' });
    const unread = grantsOf('iam', policy({ Effect: 'Allow', Action: 'sns:*', Resource: '*', Extra: 1 }));
    const draft = propose({ form: 'iam', agentName: 'a', grants: [...untold, ...unread], observed: [] });
    expect(draft.cannotTell).toEqual([...untold, ...unread].map((grant) => grant.id));
    expect(statementsOf(draft.text)).toEqual([{ Effect: 'Allow', Action: ['sqs:*'], Resource: ['*'] }, { Effect: 'Allow', Action: 'sns:*', Resource: '*', Extra: 1 }]);
    expect(draft.warnings.join(' ')).toContain('kept as they are');
    expect(draft.permits('sqs:SendMessage')).toBe(true);
  });

  test('and leaves boundaries and policies at resources alone', () => {
    const boundary = grantsOf('iam', policy({ Effect: 'Allow', Action: '*', Resource: '*' }), { role: 'boundary' });
    const atResource = grantsOf('iam', policy({ Effect: 'Allow', Action: 's3:*', Resource: '*', Principal: '*' }), { role: 'resource' });
    const draft = propose({ form: 'iam', agentName: 'a', grants: [...boundary, ...atResource], observed: seen('s3:GetObject') });
    expect(statementsOf(draft.text)).toEqual([]);
    expect(draft.drops).toEqual([]);
    expect(draft.warnings.join(' ')).toContain('Policies at resources');
  });

  test('of Version 2012 keeps the letters of a policy of 2008', () => {
    const draft = propose({ form: 'iam', agentName: 'a', grants: grantsOf('iam', { Version: '2008-10-17', Statement: { Effect: 'Allow', Action: 's3:GetObject', Resource: 'arn:aws:s3:::${aws:username}' } }), observed: seen('s3:GetObject') });
    expect(statementsOf(draft.text)[0]?.['Resource']).toEqual(['arn:aws:s3:::${$}{aws:username}']);
  });

  test('and one that is too long says so', () => {
    const grants = grantsOf('iam', policy(...Array.from({ length: 60 }, (_one, place) => ({ Sid: `S${place}`, Effect: 'Allow', Action: 's3:GetObject', Resource: `arn:aws:s3:::a-rather-long-name-of-a-bucket-for-this-test-${place}/*` }))));
    expect(propose({ form: 'iam', agentName: 'a', grants, observed: seen('s3:GetObject') }).warnings.join(' ')).toContain('6144');
  });
});

describe('an allow-list is proposed', () => {
  test('with the tools that were called, under whatever name a client gives them', () => {
    const grants = grantsOf('tools', [{ name: 'search' }, { name: 'send_mail' }, { name: 'drop_table' }]);
    const draft = propose({ form: 'allow_list', agentName: 'a', grants, observed: seen('mcp__web__search', 'send_mail', 'unknown_tool') });
    expect(JSON.parse(draft.text)).toEqual({ tools: [{ name: 'search' }, { name: 'send_mail' }] });
    expect(draft.drops).toEqual([grants[2]?.id]);
    expect(['search', 'mcp__web__search', 'drop_table'].map((name) => draft.permits(name))).toEqual([true, true, false]);
    expect([draft.concerns('drop_table'), draft.concerns('unknown_tool')]).toEqual([true, false]);
    expect(readDocument({ format: 'tools', role: 'identity', text: draft.text }).readings.map(({ name }) => name)).toEqual(['search', 'send_mail']);
  });

  test('with what cannot be told, and without what is denied', () => {
    const untold = grantsOf('tools', [{ name: 'search' }], { use: 'cannot_tell' });
    const denied = grantsOf('declared', { grants: [{ kind: 'tool', name: 'rm', class: 'delete', effect: 'deny' }, { kind: 'tool', name: 'rm', class: 'delete' }] });
    const draft = propose({ form: 'allow_list', agentName: 'a', grants: [...untold, ...denied], observed: seen('rm') });
    expect(JSON.parse(draft.text)).toEqual({ tools: [{ name: 'search' }] });
    expect(draft.cannotTell).toEqual(untold.map((grant) => grant.id));
  });

  test('without what has no name, which it says', () => {
    const untold = grantsOf('tools', [{ name: '' }, { name: 'search' }, { name: 'search', annotations: { readOnlyHint: true } }], { use: 'cannot_tell' });
    const draft = propose({ form: 'allow_list', agentName: 'a', grants: untold, observed: [] });
    expect(JSON.parse(draft.text)).toEqual({ tools: [{ name: 'search' }] });
    expect(draft.warnings).toEqual(['One tool could not be read and cannot stand in a list of names: this list takes it away.', 'The use of 2 tools cannot be seen; what nobody can see used is kept.']);
  });

  test('with the names that were called where a pattern was granted', () => {
    const draft = propose({ form: 'allow_list', agentName: 'a', grants: grantsOf('declared', { grants: [{ kind: 'tool', name: '*', class: 'write' }] }), observed: seen('search') });
    expect(JSON.parse(draft.text)).toEqual({ tools: [{ name: 'search' }] });
    expect(draft.permits('send_mail')).toBe(false);
  });
});

describe('Cedar is proposed', () => {
  test('with each permit narrowed to what was used, and every forbid', () => {
    const grants = grantsOf('cedar', 'permit(principal is Agent, action in [G::Action::"Mail___send", G::Action::"Mail___delete"], resource == G::Gateway::"g") when { context.n < 5 };\nforbid(principal, action == G::Action::"Mail___delete", resource);\npermit(principal, action == G::Action::"Pay___refund", resource);');
    const draft = propose({ form: 'cedar', agentName: 'a', grants, observed: seen('Mail___send') });
    const read = readDocument({ format: 'cedar', role: 'identity', text: draft.text }).readings;
    expect(read.map(({ effect, actions, resources }) => ({ effect, actions, resources }))).toEqual([{ effect: 'allow', actions: ['G::Action::"Mail___send"'], resources: ['== G::Gateway::"g"'] }, { effect: 'deny', actions: ['G::Action::"Mail___delete"'], resources: ['*'] }]);
    expect(read[0]?.conditions).toHaveLength(2);
    expect(draft.drops).toEqual([grants[2]?.id]);
    expect(['Mail___send', 'Mail___delete', 'Pay___refund'].map((name) => draft.permits(name))).toEqual([true, false, false]);
  });

  test('from the tools that were used where no policy is known, with a warning', () => {
    const draft = propose({ form: 'cedar', agentName: 'a', grants: grantsOf('tools', [{ name: 'a "quoted" tool' }, { name: 'other' }]), observed: seen('a "quoted" tool') });
    expect(draft.permits('a "quoted" tool')).toBe(true);
    expect(draft.permits('other')).toBe(false);
    expect(draft.warnings.join(' ')).toContain('No Cedar policy');
  });

  test('keeps a policy for a group, whose use nobody can see', () => {
    const grants = grantsOf('cedar', 'permit(principal, action in Action::"readers", resource);', { use: 'cannot_tell' });
    const draft = propose({ form: 'cedar', agentName: 'a', grants, observed: seen('readers') });
    expect(draft.cannotTell).toEqual(grants.map((grant) => grant.id));
    expect(draft.text).toContain('readers');
  });
});
