import { describe, expect, test } from 'vitest';
import { priceDraft } from '../../../shared/cost.ts';
import type { PriceDraft } from '../../../shared/cost.ts';
import { PriceBook } from './book.ts';
import { draftProblem, entryOf, readImport } from './entry-checks.ts';
import { fitOf, regexProblem } from './match.ts';

const draft = (more: Partial<PriceDraft> = {}): PriceDraft => ({
  provider: 'acme', model: 'acme-1', region: null, tier: null, currency: 'USD', units: [{ unit: 'input', per: 1_000_000, price: '3.00' }], from: null, to: null, source: 'https://acme.example/prices', note: null, ...more,
});

test('a plain draft can be used, and its model is matched by its own name', () => {
  expect(draftProblem(draft())).toBeNull();
  const entry = entryOf(draft(), { id: '7', origin: 'local', sourceDate: null, changedAt: null, changedBy: 'ann' });
  expect(entry).toMatchObject({ id: '7', origin: 'local', match: [{ equals: 'acme-1' }], changedBy: 'ann' });
  expect(new PriceBook([entry]).find({ provider: 'acme', model: 'ACME-1', region: '', tier: '', day: 20_000 })?.entry).toBe(entry);
});

test.each<readonly [Partial<PriceDraft>, RegExp]>([
  [{ currency: 'usd' }, /^usd is no currency/],
  [{ provider: ' ' }, /^Provider, region and tier/],
  [{ tier: 'x'.repeat(201) }, /^Provider, region and tier/],
  [{ tier: 'standard' }, /^The tier standard is the usual one/],
  [{ from: '2026-02-01', to: '2026-02-01' }, /^It ends on 2026-02-01, before it begins/],
  [{ units: [{ unit: 'input', per: 3, price: '1' }] }, /^The price of input is per 3/],
  [{ units: [{ unit: 'input', per: 1, price: '1' }, { unit: 'input', per: 1000, price: '1' }] }, /^It gives two prices for input/],
  [{ units: [{ unit: 'input', per: 1, price: '1', fromInputTokens: 200_001 }] }, /none below\.$/],
  [{ match: [{ regex: '(a+)+$' }] }, /it repeats a group/],
  [{ match: [{ regex: '[' }] }, /cannot be used/],
  [{ match: [{ like: '**' }], provider: null }, /every model of every provider/],
])('%j', (more, reason) => {
  expect(draftProblem(draft(more))).toMatch(reason);
});

test('a provider\'s models may all cost the same', () => {
  expect(draftProblem(draft({ provider: 'ollama', match: [{ like: '*' }] }))).toBeNull();
});

describe('regular expressions', () => {
  test.each(['^gpt-5(-mini)?$', String.raw`^claude-opus-5-5-\d{8}$`, 'a.*b', '^(?:a|b)-x$', '^(?!.*-tts)gemini', 'a+b*'])('%s may be used', (source) => {
    expect(regexProblem(source)).toBeNull();
  });
  test.each(['(a*)*', '(a|a)+', String.raw`(a)\1`, '.*.*.*', String.raw`(?<x>a)\k<x>`, 'a+b*c{2,}', `${'a?'.repeat(26)}${'a'.repeat(26)}`, '(a|a)'.repeat(20), '['])('%s is refused', (source) => {
    expect(regexProblem(source)).not.toBeNull();
  });
  test('what is taken stays quick on the longest hostile name', () => {
    const fit = fitOf([{ regex: 'a.*a.*b$' }, { like: '*a*a*a*a*a*a*b' }]);
    const started = process.cpuUsage().user;
    expect(fit('a'.repeat(300))).toBe(-1);
    expect(process.cpuUsage().user - started).toBeLessThan(200_000);
  });
});

test.each<readonly [string, string, number]>([
  ['claude-*', 'claude-opus', 1], ['claude-*', 'the-claude-', -1], ['*-mini', 'gpt-5-mini', 1], ['*opus*', 'claude-opus-5', 1], ['gpt-*-mini', 'gpt-5-mini', 1], ['gpt-*-mini', 'gpt-mini', -1], ['a*a', 'a', -1], ['plain', 'plain', 1], ['plain', 'plainer', -1], ['a*b*c', 'a-b-b-c', 1], ['a*b*c', 'acb', -1],
])('%s and %s', (like, name, fit) => {
  expect(fitOf([{ like }])(name)).toBe(fit);
});

describe('imports', () => {
  const asFile = (...entries: readonly unknown[]): string => JSON.stringify(entries);

  test('what the list gives comes back as drafts', () => {
    const [entry] = new PriceBook([]).entries();
    const read = readImport(asFile(entry));
    expect(read.problems).toEqual([]);
    expect(read.drafts).toEqual([priceDraft.parse(entry)]);
    expect(read.drafts[0]).not.toHaveProperty('origin');
  });

  test('every bundled entry could be imported', () => {
    const entries = new PriceBook([]).entries();
    const { drafts, problems } = readImport(JSON.stringify(entries));
    expect(problems).toEqual([]);
    expect(drafts).toHaveLength(entries.length);
  });

  test('each wrong one is named', () => {
    const { problems, drafts } = readImport(asFile(draft(), draft({ model: 'acme-2', currency: 'xx' }), { model: 'acme-3' }, draft({ model: 'ACME-1' }), 7, draft({ model: 'acme-4', units: [{ unit: 'input', per: 7, price: '1' }] }), draft({ model: 'acme-5', units: [{ unit: 'input', per: 1, price: '1e3' }] })));
    expect(drafts.map(({ model }) => model)).toEqual(['acme-1']);
    expect(problems.map(({ entry }) => entry)).toEqual([2, 3, 4, 5, 6, 7]);
    expect(problems[0]?.reason).toMatch(/currency/);
    expect(problems[2]?.reason).toBe('It prices the same as entry 1: provider, model, region, tier and first day are equal.');
    expect(problems[5]?.reason).toMatch(/^units\.0\.price: /);
  });

  test.each([['{', /^This is not JSON/], ['{}', /not a list/], ['[]', /empty/], [JSON.stringify(Array.from({ length: 10_001 }, () => 1)), /10001 entries/]])('%.20s', (text, reason) => {
    expect(readImport(text)).toEqual({ drafts: [], problems: [{ entry: 0, reason: expect.stringMatching(reason) as string }] });
  });

  test('reading stops after 500 problems, and says so', () => {
    const { problems } = readImport(JSON.stringify(Array.from({ length: 2000 }, () => 1)));
    expect(problems).toHaveLength(501);
    expect(problems.at(-1)).toEqual({ entry: 0, reason: 'There may be more: reading stopped here.' });
  });
});
