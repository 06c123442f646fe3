import { describe, expect, it } from 'vitest';
import { nestsTooDeeply } from './depth.ts';

const nested = (depth: number): unknown => JSON.parse(`${'['.repeat(depth)}${']'.repeat(depth)}`) as unknown;

describe('nestsTooDeeply', () => {
  it('counts levels, whatever holds them', () => {
    expect(nestsTooDeeply(nested(100))).toBe(false);
    expect(nestsTooDeeply(nested(101))).toBe(true);
    expect(nestsTooDeeply({ wide: Array.from({ length: 1_000 }, () => ({ a: 1 })), deep: { a: { b: nested(99) } } })).toBe(true);
  });

  it('walks what no stack could', () => {
    expect(nestsTooDeeply(nested(500_000))).toBe(true);
  });

  it.each([null, undefined, 7, 'text', true])('takes %j as it is', (value) => {
    expect(nestsTooDeeply(value)).toBe(false);
  });
});
