import { describe, expect, test } from 'vitest';
import type { GrantKind } from '../../../shared/access.ts';
import { cleanName } from '../ingest/normalise/read.ts';
import { matcherOf, matchIndex } from './match.ts';

const tool = (name: string, connectionName: string | null = null) => ({ kind: 'tool' as const, name, actions: [name], connectionName });

test('what could not be read has no name that a call could have, and nothing is told of its use', () => {
  const unread = { kind: 'tool' as const, name: 'A tool without a name', actions: [], understood: 'not' as const };
  const statement = { kind: 'statement' as const, name: 'Statement 1', actions: [], understood: 'not' as const };
  for (const one of [unread, statement]) expect(matcherOf(one)).toMatchObject({ canTell: false, needs: null });
  expect(matcherOf(unread).matches('A tool without a name')).toBe(false);
  expect(matchIndex([unread, statement])('A tool without a name')).toEqual([]);
  // A tool that somebody declares by its name alone has one.
  expect(matcherOf({ kind: 'tool', name: 'search', actions: [] })).toMatchObject({ canTell: true });
});

describe('a tool is used by a call', () => {
  test.each(['create_issue', 'mcp__github__create_issue', 'github.create_issue', 'github__create_issue', 'github/create_issue', 'Github___create_issue', 'mcp__my.server__create_issue'])('of %s', (name) => {
    expect(matcherOf(tool('create_issue')).matches(name)).toBe(true);
    expect(matchIndex([tool('create_issue')])(name)).toEqual([0]);
  });

  test.each(['issue', 'create_issue_comment', 'recreate_issue', 'create_issue.', 'x_create_issue', 'github:create_issue', ''])('and not by one of %j', (name) => {
    expect(matcherOf(tool('create_issue')).matches(name)).toBe(false);
    expect(matchIndex([tool('create_issue')])(name)).toEqual([]);
  });

  test('of a name with separators of its own', () => {
    expect(matchIndex([tool('files.read'), tool('read')])('files.read')).toEqual([0]);
    expect(matchIndex([tool('files.read')])('server.files.read')).toEqual([0]);
  });

  test('and of the server that the call names, where two have the tool', () => {
    const index = matchIndex([tool('search', 'GitHub'), tool('search', 'jira'), tool('search', null)]);
    expect(index('mcp__github__search')).toEqual([0]);
    expect(index('jira.search')).toEqual([1]);
    expect(index('other__search')).toEqual([0, 1, 2]);
    expect(index('search')).toEqual([0, 1, 2]);
  });

  test('whose name was cut where it came in, with and without its server before it', () => {
    const long = `export_${'ledger_'.repeat(50)}end`;
    const index = matchIndex([tool(long), tool(`${'x'.repeat(250)}*`), tool('export_ledger'), tool('tab\there')]);
    for (const name of [long, `mcp__books__${long}`, `books.${long}`]) {
      expect(cleanName(name)).toHaveLength(200);
      expect(index(cleanName(name))).toEqual([0]);
      expect(matcherOf(tool(long)).matches(cleanName(name))).toBe(true);
    }
    expect(index(cleanName('tab\there'))).toEqual([3]);
    // The rest of a name that was not cut, or too little of one, fits nothing longer.
    expect(index('books.export_ledger_')).toEqual([]);
    expect(index(cleanName(`${'s'.repeat(180)}.export_ledger_ledger`))).toEqual([]);
    expect(matcherOf(tool(long)).matches(`${'s'.repeat(180)}.export_ledger_ledge`)).toBe(false);
  });

  test('by pattern, where a pattern was declared', () => {
    const declared = { kind: 'tool' as const, name: 'search_*', actions: ['search_*'] };
    expect(matcherOf(declared).matches('mcp__web__search_news')).toBe(true);
    expect(matchIndex([declared])('search_news')).toEqual([0]);
    expect(matchIndex([declared])('research_news')).toEqual([]);
  });
});

describe('an IAM statement', () => {
  const matches = (actions: string[], name: string) => matcherOf({ kind: 'statement', name: 'S', actions }).matches(name);
  test('is used by the calls that its actions permit', () => {
    expect(matches(['s3:Get*'], 's3:GetObject')).toBe(true);
    expect(matches(['S3:get*'], 's3:GetObject')).toBe(true);
    expect(matches(['s3:ListBucket'], 's3:ListObjectsV2')).toBe(true);
    expect(matches(['s3:PutObject'], 's3:CopyObject')).toBe(true);
    expect(matches(['s3:Get*'], 's3:PutObject')).toBe(false);
    expect(matches(['*'], 'search_web')).toBe(false);
    expect(matches(['not s3:*'], 'sqs:SendMessage')).toBe(true);
    expect(matches(['not s3:*'], 's3:GetObject')).toBe(false);
  });
  test('needs calls of AWS to be told before it counts as not used', () => {
    expect(matcherOf({ kind: 'statement', name: 'S', actions: ['s3:*'] })).toMatchObject({ canTell: true, needs: 'aws_calls' });
    expect(matcherOf(tool('a'))).toMatchObject({ canTell: true, needs: 'tool_calls' });
  });
});

describe('what leaves no trace cannot be told', () => {
  test.each<GrantKind>(['scope', 'role', 'network', 'data_store', 'budget', 'prompt', 'skill', 'gate', 'resource'])('%s', (kind) => {
    const matcher = matcherOf({ kind, name: 'Mail.Send', actions: ['Mail.Send'] });
    expect(matcher).toMatchObject({ canTell: false, needs: null });
    expect(matcher.matches('Mail.Send')).toBe(true);
    expect(matcher.matches('graph.Mail.Send')).toBe(false);
  });
  test('a Cedar policy for a group of actions', () => {
    expect(matcherOf({ kind: 'policy', name: 'p', actions: ['in Action::"readers"'] }).canTell).toBe(false);
    expect(matcherOf({ kind: 'policy', name: 'p', actions: ['G::Action::"Mail___send"'] }).matches('Mail___send')).toBe(true);
  });
});

test('two hundred grants and two hundred names are joined in a blink', () => {
  const grants = Array.from({ length: 200 }, (_one, place) => (place % 4 === 0 ? { kind: 'statement' as const, name: `S${place}`, actions: [`s3:Get${place}*`] } : tool(`tool_${place}`, `server${place % 7}`)));
  const began = performance.now();
  const index = matchIndex(grants);
  const found = Array.from({ length: 200 }, (_one, place) => index(`mcp__server${place % 7}__tool_${place}`).length);
  // A few milliseconds on a quiet machine.
  expect(performance.now() - began).toBeLessThan(500);
  expect(found.filter((count) => count === 1)).toHaveLength(150);
});
