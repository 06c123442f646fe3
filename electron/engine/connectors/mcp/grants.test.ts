import { describe, expect, it } from 'vitest';
import { readOffers } from './grants.ts';
import { Refusals } from './refusals.ts';

const read = (kind: Parameters<typeof readOffers>[0], items: readonly unknown[]) => {
  const refusals = new Refusals();
  return { ...readOffers(kind, items, refusals), refused: refusals.list() };
};

describe('readOffers', () => {
  it('carries claims over exactly as they were made', () => {
    const { offers, refused } = read('tool', [
      { name: 'a', description: 'Does a.', annotations: { readOnlyHint: true, openWorldHint: false } },
      { name: 'b', annotations: { destructiveHint: true, idempotentHint: true } },
      { name: 'c', title: 'The C' },
    ]);
    expect(offers.map(({ grant: { source: _, ...claims } }) => claims)).toEqual([
      { kind: 'tool', name: 'a', description: 'Does a.', readOnly: true, destructive: null, openWorld: false, idempotent: null, from: 'tools/list' },
      { kind: 'tool', name: 'b', description: null, readOnly: null, destructive: true, openWorld: null, idempotent: true, from: 'tools/list' },
      { kind: 'tool', name: 'c', description: 'The C', readOnly: null, destructive: null, openWorld: null, idempotent: null, from: 'tools/list' },
    ]);
    expect(refused).toEqual([]);
  });

  it('keeps each entry as the server wrote it, with what nothing here reads', () => {
    const entry = { name: 'pay', inputSchema: { type: 'object' }, annotations: { destructiveHint: true }, _meta: { tier: 2 } };
    const [offer] = read('tool', [entry]).offers;
    expect(offer?.grant.source?.format).toBe('mcp');
    expect(JSON.parse(offer?.grant.source?.text ?? '')).toEqual(entry);
  });

  it('names resources by their address and prompts by their name', () => {
    expect(read('resource', [{ uri: 'desk://a', name: 'a', description: 'Paper.' }]).offers[0]?.grant).toMatchObject({ kind: 'resource', name: 'desk://a', description: 'a: Paper.', readOnly: null });
    expect(read('template', [{ uriTemplate: 'desk://{id}', name: 'one' }]).offers[0]?.grant).toMatchObject({ kind: 'resource', name: 'desk://{id}', from: 'resources/templates/list' });
    expect(read('prompt', [{ name: 'sum', arguments: [{ name: 'x' }] }]).offers[0]?.grant).toMatchObject({ kind: 'prompt', name: 'sum' });
  });

  it('refuses and counts what it cannot read, and keeps the rest', () => {
    let deep: unknown = {};
    for (let i = 0; i < 5_000; i++) deep = { deep };
    const { offers, refused, whole } = read('tool', [null, 7, {}, { name: '' }, { name: 'x'.repeat(600) }, { name: 'deep', inputSchema: deep }, { name: 'twice' }, { name: 'twice' }, { name: 'odd', annotations: { readOnlyHint: 'yes' } }]);
    expect(offers.map(({ grant }) => grant.name)).toEqual(['twice', 'odd']);
    expect(whole).toBe(false);
    expect(offers[1]?.grant.readOnly).toBeNull();
    expect(Object.fromEntries(refused.map(({ reason, count }) => [reason, count]))).toEqual({
      'tools/list: an entry that is no object': 2, 'tools/list: an entry without a name': 2, 'tools/list: a name longer than 512 characters': 1,
      'tools/list: an entry nested deeper than 64 levels': 1, 'tools/list: a name that is offered twice': 1, 'tools/list: an annotation that is neither true nor false': 1,
    });
  });

  it('misses nothing where a name comes twice or a claim is odd', () => {
    expect(read('tool', [{ name: 'twice' }, { name: 'twice' }, { name: 'odd', annotations: { readOnlyHint: 'yes' } }]).whole).toBe(true);
  });

  it('sees the same shape whatever the order of keys, and another where parameters differ', () => {
    const shape = (inputSchema: unknown) => read('tool', [{ name: 'a', inputSchema }]).offers[0]?.shape;
    expect(shape({ type: 'object', required: ['a'] })).toBe(shape({ required: ['a'], type: 'object' }));
    expect(shape({ required: ['a'] })).not.toBe(shape({ required: ['b'] }));
  });

  it.each([['tag characters', 'Adds\u{E0041}\u{E0042} numbers'], ['direction', 'a\u202Eb'], ['zero width', 'a\u200Bb'], ['a control', 'a\u0007b']])('notices what is not seen: %s', (_name, description) => {
    expect(read('tool', [{ name: 'a', description }]).offers[0]?.hidden).toBe(true);
  });

  it('finds nothing hidden in plain writing of the world', () => {
    expect(read('tool', [{ name: 'a', description: 'Zwei Zeilen\nund ein 👩‍👩‍👧, می‌خواهم.\t' }]).offers[0]?.hidden).toBe(false);
  });
});
