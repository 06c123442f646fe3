import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { documentReading, importFormats } from '../../../shared/access.ts';
import { facetsOf } from './column.ts';
import { conditionOf, conditionText } from './condition-text.ts';
import { effective } from './effective.ts';
import { globCovers, globMatches, tokensMatch, tokensOf } from './glob.ts';
import { statementOf } from './iam-write.ts';
import { readDocument } from './read-document.ts';
import { someText } from './some-text.ts';

/** A busy machine is no failure. */
const TIME = 60_000;
const role = fc.constantFrom('identity' as const, 'boundary' as const, 'scp' as const, 'resource' as const);
const mess = fc.oneof(fc.string(), fc.json(), fc.string({ unit: fc.constantFrom('{', '}', '[', ']', '"', ':', ',', 'Statement', 'Effect', 'Allow', 'permit', '(', ')', ';', ' ', 'action', '%7B', 'Mail.Send') }));

describe('whatever stands in a document', { timeout: TIME }, () => {
  test.each(importFormats)('%s: it is read without an error, and nothing of it is dropped', (format) => {
    fc.assert(fc.property(mess, role, (text, asked) => {
      const read = readDocument({ format, role: asked, text });
      expect(documentReading.safeParse(read).success).toBe(true);
      const names = read.readings.map((reading) => `${reading.kind} ${reading.name}`);
      expect(new Set(names).size).toBe(names.length);
      expect(read.readings.length + read.problems.length).toBeGreaterThan(0);
      expect(read.readings.flatMap((reading) => facetsOf(reading)).every(({ resource }) => resource.length <= 100)).toBe(true);
      expect(effective(read.readings.map((reading) => ({ reading, role: asked, documentId: 1, credential: null })))).toHaveLength(read.readings.length);
    }), { numRuns: 80 });
  });
});

describe('sentences of conditions', () => {
  test('give back what went in', () => {
    fc.assert(fc.property(fc.string(), fc.string(), fc.array(fc.string(), { maxLength: 4 }), (key, operator, values) => {
      expect(conditionOf(conditionText({ key, operator, values }))).toEqual({ key, operator, values });
    }));
  });
});

const pattern = fc.string({ unit: fc.constantFrom('a', 'b', ':', '*', '?'), maxLength: 6 });
const text = fc.string({ unit: fc.constantFrom('a', 'b', ':', 'c'), maxLength: 6 });
const regexp = (glob: string): RegExp => new RegExp(`^${glob.replace(/[*?]/gu, (sign) => (sign === '*' ? '[^]*' : '[^]'))}$`, 'u');

describe('patterns', { timeout: TIME }, () => {
  test('match what a regular expression of theirs would', () => {
    fc.assert(fc.property(pattern, text, (glob, asked) => {
      expect(globMatches(glob, asked)).toBe(regexp(glob).test(asked));
      expect(tokensMatch(tokensOf(glob), asked)).toBe(regexp(glob).test(asked));
    }), { numRuns: 2_000 });
  });

  test('cover only what they match all of', () => {
    fc.assert(fc.property(pattern, pattern, fc.array(text, { maxLength: 20 }), (wide, narrow, asked) => {
      fc.pre(globCovers(wide, narrow));
      expect(asked.filter((one) => globMatches(narrow, one) && !globMatches(wide, one))).toEqual([]);
    }), { numRuns: 1_000 });
  });

  const alphabet = ['a', 'b', 'c'];
  const words = [0, 1, 2, 3, 4, 5].reduce<string[][]>((all, length) => [...all, length === 0 ? [''] : (all[length - 1] ?? []).flatMap((word) => alphabet.map((sign) => word + sign))], []).flat();
  const short = fc.string({ unit: fc.constantFrom('a', 'b', '*', '?'), maxLength: 3 });
  test('are met by some text together exactly where a search finds one', () => {
    fc.assert(fc.property(fc.array(fc.record({ patterns: fc.array(short, { minLength: 1, maxLength: 2 }), none: fc.boolean() }), { minLength: 1, maxLength: 3 }), (demands) => {
      const found = words.some((word) => demands.every(({ patterns, none }) => patterns.some((one) => regexp(one).test(word)) !== none));
      expect(someText(demands.map(({ patterns, none }) => [{ patterns: patterns.map(tokensOf), none }]))).toBe(found);
    }), { numRuns: 1_000 });
  });

  test('made to explode are given up, not run for ever', () => {
    const began = performance.now();
    const wild = Array.from({ length: 12 }, (_one, place) => [{ patterns: [tokensOf(`*${'a?'.repeat(place + 3)}*b${'?'.repeat(place)}`)], none: place % 2 === 0 }]);
    expect([true, false, null]).toContain(someText(wild));
    expect(performance.now() - began).toBeLessThan(30_000);
  });
});

describe('a statement written from its reading', () => {
  test('reads the same again', () => {
    const pick = <T>(...all: T[]) => fc.constantFrom(...all);
    const statement = fc.record({ Effect: pick('Allow', 'Deny'), actions: fc.array(pick('s3:*', 's3:GetObject', 'iam:Pass*'), { minLength: 1, maxLength: 3 }), not: fc.boolean(), resources: fc.array(pick('*', 'arn:aws:s3:::a/*', 'arn:aws:s3:::${aws:username}'), { minLength: 1, maxLength: 2 }), Condition: fc.option(pick({ Bool: { 'aws:SecureTransport': 'true' } }, { StringLike: { 'aws:username': ['a*', '${aws:PrincipalTag/x}'], 's3:prefix': 'p' }, Null: { 'aws:TokenIssueTime': true } }), { nil: undefined }) });
    fc.assert(fc.property(statement, pick('2012-10-17', '2008-10-17'), ({ Effect, actions, not, resources, Condition }, Version) => {
      const read = (version: string, one: unknown) => readDocument({ format: 'iam', role: 'identity', text: JSON.stringify({ Version: version, Statement: one }) }).readings[0];
      const first = read(Version, { Sid: 'S', Effect, [not ? 'NotAction' : 'Action']: actions, Resource: resources, ...(Condition ? { Condition } : {}) });
      const again = first && read('2012-10-17', statementOf(first, 'S'));
      const part = (reading: typeof first) => reading && { effect: reading.effect, actions: reading.actions, resources: reading.resources, conditions: reading.conditions, classes: reading.classes };
      expect(part(again)).toEqual(part(first));
    }), { numRuns: 200 });
  });
});
