import { describe, expect, test } from 'vitest';
import { cedarText } from './cedar-reading.ts';
import { cedar } from './cedar.ts';
import { readDocument } from './read-document.ts';

const read = (text: string) => readDocument({ format: 'cedar', role: 'identity', text });
const inside = (condition: string): string => `permit(principal, action == Action::"view", resource) when { ${condition} };`;

describe('SECURITY: a policy that is made to break the parser', () => {
  test.each([['parentheses', `${'('.repeat(50_000)}true${')'.repeat(50_000)}`], ['lists', `${'['.repeat(50_000)}${']'.repeat(50_000)}`], ['negations', `${'!'.repeat(50_000)}true`], ['choices', `${'if true then '.repeat(50_000)}true`], ['parts', `true${' && true'.repeat(50_000)}`]])('%s: is not understood, and the next one is read', (_title, condition) => {
    expect(read(inside(condition)).readings).toMatchObject([{ understood: 'not', classes: [{ class: 'not_understood', reversibility: 'unknown' }] }]);
    expect(read(inside('context.mfa')).understood).toBe('whole');
  });
});

test.each(['// only\n// comments', ' // "quote"; and more\n\n// end', '{"staticPolicies": {}}', '[]'])('%j holds no policy, which is said, and is no grant', (text) => {
  expect(read(text)).toEqual({ readings: [], understood: 'not', problems: ['The document holds no policy.'] });
});

test.each(['// begun\nbroken(', '/* of another language */', '{"staticPolicies": '])('%j is not nothing: it stays a permission that is not understood', (text) => {
  expect(read(text).readings).toMatchObject([{ understood: 'not', classes: [{ class: 'not_understood', reversibility: 'unknown' }] }]);
});

test('a condition of many parts that Cedar does not write out stays as it is written', () => {
  const condition = Array.from({ length: 300 }, (_one, place) => `context.n == ${place}`).join(' || ');
  const [reading] = read(`@id("a)b") // permit (\n${inside(condition)}`).readings;
  expect(reading).toMatchObject({ name: 'a)b', understood: 'whole', conditions: [`when { ${condition} }`] });
  const decided = (n: number): unknown => {
    const answer = cedar().isAuthorized({ principal: { type: 'User', id: 'a' }, action: { type: 'Action', id: 'view' }, resource: { type: 'Photo', id: 'p' }, context: { n }, policies: { staticPolicies: reading ? cedarText(reading) : '' }, entities: [] });
    return answer.type === 'success' ? answer.response.decision : answer.errors;
  };
  expect([decided(299), decided(300)]).toEqual(['allow', 'deny']);
});

test('thousands of policies are read up to a bound, and the rest is counted', () => {
  const { readings, problems } = read('permit(principal, action == Action::"view", resource);\n'.repeat(2_100));
  expect(readings).toHaveLength(2_000);
  expect(problems).toEqual(['100 policies beyond the first 2000 were not read.']);
});
