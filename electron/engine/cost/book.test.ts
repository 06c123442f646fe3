import { calcPrice } from '@pydantic/genai-prices';
import { describe, expect, test } from 'vitest';
import type { PriceEntry } from '../../../shared/cost.ts';
import { PriceBook } from './book.ts';
import type { PriceQuery } from './book.ts';
import { bundledProviders } from './bundled.ts';
import { compute } from './price.ts';

const day = (text: string): number => Date.parse(text) / 86_400_000;
const ask = (model: string, more: Partial<PriceQuery> = {}): PriceQuery => ({ provider: '', model, region: '', tier: '', day: day('2026-10-15'), ...more });
let ids = 0;
const own = (model: string, more: Partial<PriceEntry> = {}): PriceEntry => ({
  id: String((ids += 1)), origin: 'local', provider: null, model, match: [{ equals: model }], region: null, tier: null, currency: 'USD', units: [{ unit: 'input', per: 1_000_000, price: '1' }], from: null, to: null, source: 'a contract', sourceDate: null, changedAt: null, changedBy: null, note: null, ...more,
});
const found = (entries: readonly PriceEntry[], asked: PriceQuery): string | undefined => new PriceBook(entries).find(asked)?.entry.id;

describe('which entry', () => {
  const local = own('gpt-5');
  const imported = own('gpt-5', { origin: 'import', provider: 'openai', region: 'eu' });
  test('local over import over bundled', () => {
    const asked = ask('gpt-5', { provider: 'openai', region: 'eu' });
    expect(found([imported, local], asked)).toBe(local.id);
    expect(found([imported], asked)).toBe(imported.id);
    expect(found([], asked)).toBe('openai/gpt-5');
  });

  test('the one that names provider and region, then the more exact name, then the latest start', () => {
    const plain = own('claude-x');
    const provided = own('claude-x', { provider: 'anthropic' });
    const there = own('claude-x', { provider: 'anthropic', region: 'EU-west-1' });
    const asked = ask('claude-x', { provider: 'anthropic', region: 'eu-west-1' });
    expect(found([plain, provided, there], asked)).toBe(there.id);
    expect(found([plain, provided, there], ask('claude-x', { provider: 'anthropic', region: 'us' }))).toBe(provided.id);
    expect(found([plain, provided, there], ask('claude-x', { provider: 'groq' }))).toBe(plain.id);
    const like = own('claude', { match: [{ like: 'claude-*' }] });
    const regex = own('claude', { match: [{ regex: '^claude' }] });
    expect(found([regex, like, plain], ask('claude-x'))).toBe(plain.id);
    expect(found([regex, like], ask('claude-x'))).toBe(like.id);
    const later = own('claude-x', { from: '2026-06-01' });
    expect(found([plain, later], ask('claude-x'))).toBe(later.id);
    expect(found([plain, later], ask('claude-x', { day: day('2026-05-31') }))).toBe(plain.id);
  });

  test('days are from the first to before the last', () => {
    const only = own('model-q', { from: '2026-01-10', to: '2026-01-12' });
    const on = (text: string): string | undefined => found([only], ask('model-q', { day: day(text) }));
    expect(['2026-01-09', '2026-01-10', '2026-01-11', '2026-01-12'].map(on)).toEqual([undefined, only.id, only.id, undefined]);
  });

  test('a provider\'s other names, and a maker where nobody is told', () => {
    const contract = own('gpt-5', { provider: 'azure.ai.openai' });
    expect(found([contract], ask('gpt-5', { provider: 'azure.chat' }))).toBe(contract.id);
    const anthropic = own('claude-opus-5-5', { provider: 'Anthropic' });
    expect(found([anthropic], ask('claude-opus-5-5'))).toBe(anthropic.id);
    expect(found([anthropic], ask('claude-opus-5-5', { provider: 'my-gateway' }))).toBe(anthropic.id);
    expect(found([anthropic], ask('claude-opus-5-5', { provider: 'aws.bedrock' }))).not.toBe(anthropic.id);
  });

  test('a tier has its own price or none', () => {
    const fast = own('claude-opus-5-5', { tier: 'fast' });
    expect(found([fast], ask('claude-opus-5-5', { tier: 'FAST' }))).toBe(fast.id);
    expect(found([fast], ask('claude-opus-5-5'))).toBe('anthropic/claude-opus-5-5');
    expect(found([], ask('claude-opus-5-5', { tier: 'fast' }))).toBeUndefined();
    expect(found([], ask('claude-opus-5-5', { tier: 'standard' }))).toBe('anthropic/claude-opus-5-5');
    expect(found([], ask('claude-opus-5-5', { tier: 'batch' }))).toBe('anthropic/claude-opus-5-5#batch');
  });

  test('names without regard to case, and with what stands before them', () => {
    const contract = own('My-Model');
    for (const name of ['my-model', 'MY-MODEL', 'vendor/my-model', 'a/b/my-model']) expect(found([contract], ask(name))).toBe(contract.id);
    expect(found([contract], ask('my-model-2'))).toBeUndefined();
  });
});

describe('the bundled part', () => {
  // A newer model may cost something else: it is unpriced until somebody prices it.
  test.each([
    ['claude-sonnet-5', 'anthropic/claude-sonnet-5'], ['claude-sonnet-5-20260101', 'anthropic/claude-sonnet-5'], ['claude-sonnet-5-5', undefined], ['claude-sonnet-5.5', undefined], ['claude-sonnet-5-5-20261001', undefined],
    ['us.anthropic.claude-sonnet-5-v1:0', 'aws.bedrock/regional.anthropic.claude-sonnet-5-v1:0'], ['us.anthropic.claude-sonnet-5-5-v1:0', undefined], ['gemini-2.5-pro-preview-05-06', 'google/gemini-2.5-pro'],
  ])('%s is priced as %s', (model, id) => {
    expect(found([], ask(model))).toBe(id);
  });

  test('a pattern that a person wrote is taken as it is written', () => {
    const wide = own('claude-sonnet-5', { match: [{ like: 'claude-sonnet-5*' }] });
    expect(found([wide], ask('claude-sonnet-5-5'))).toBe(wide.id);
  });

  test('says what it is', () => {
    expect(PriceBook.bundled).toEqual({ source: '@pydantic/genai-prices', version: '0.1.8', date: '2026-09-23', entries: expect.any(Number) as number });
    expect(PriceBook.bundled.entries).toBeGreaterThan(1500);
  });

  test('every entry can be computed with, and is found again by its id', () => {
    const book = new PriceBook([]);
    const seen = new Set<string>();
    for (const entry of book.entries()) {
      expect(seen.has(entry.id)).toBe(false);
      seen.add(entry.id);
      for (const { price } of entry.units) expect(price).toMatch(/^\d{1,9}(\.\d{1,9})?$/);
    }
    expect(book.entry('openai/gpt-5')?.model).toBe('gpt-5');
    expect(book.entry('openai/gpt-5#flex')?.tier).toBe('flex');
    expect(book.entry('openai/gpt-5#gold')).toBeNull();
    expect(book.entry('nobody/nothing')).toBeNull();
  });

  // The package computes in floating numbers: it is compared with at a tenth of a micro-dollar. Models priced by the hour of the day are left out.
  test('costs what the package itself computes, for every model of every provider', () => {
    const book = new PriceBook([]);
    const at = new Date('2026-10-15T12:00:00Z');
    let compared = 0;
    for (const { id, models } of bundledProviders()) {
      const providerId = id === 'aws.bedrock' ? 'aws' : id;
      for (const { entries } of models) {
        const [entry] = entries;
        if (entry === undefined || entry.note !== null || !entry.units.some(({ unit }) => unit === 'input')) continue;
        for (const input of [1000, 300_000]) {
          const told = { input_tokens: input + 600, cache_read_tokens: 400, cache_write_tokens: 200, output_tokens: 100 };
          const theirs = calcPrice(told, entry.model, { providerId, timestamp: at });
          const ours = book.find(ask(entry.model, { provider: id }));
          if (theirs === null || ours === null || theirs.model.id !== ours.entry.model) continue;
          if (ours.entry.units.every(({ unit }) => unit !== 'output')) continue;
          compared += 1;
          const micros = compute(ours, { input, output: 100, cacheRead: 400, cacheWrite: 200, cacheWrite1h: null, reasoning: 0 });
          expect(Math.abs(micros - theirs.total_price * 1e6), `${id} ${entry.model}`).toBeLessThan(0.6);
        }
      }
    }
    expect(compared).toBeGreaterThan(2500);
  });
});

describe('what is not there', () => {
  const book = new PriceBook([own('old-model', { to: '2026-01-01' })]);
  test.each([
    ['', {}, 'The record names no model.'],
    ['nobody-knows', {}, 'The price book has no entry for nobody-knows.'],
    ['claude-opus-5-5', { tier: 'gold' }, 'The price book has prices for claude-opus-5-5, but none for the service tier gold.'],
    ['old-model', {}, 'The price book has no price for old-model on that day.'],
  ])('%j %j', (model, more, sentence) => {
    expect(book.find(ask(model, more))).toBeNull();
    expect(book.whyNot(ask(model, more))).toBe(sentence);
  });

  test('the nearest name is offered', () => {
    expect(book.nearest('claude-opus-9-9')).toMatch(/claude-opus/);
    expect(book.nearest('gpt-5-2030-01-01')).toMatch(/gpt-5/);
    expect(book.nearest('zzz')).toBeNull();
  });

  test('endless names neither stay nor cost their length', () => {
    const many = new PriceBook([]);
    for (let at = 0; at < 9000; at += 1) expect(many.find(ask(`made-up-${at}`))).toBeNull();
    expect(many.find(ask('gpt-5'))?.entry.id).toBe('openai/gpt-5');
    expect(many.find(ask('x'.repeat(1_000_000)))).toBeNull();
  });
});
