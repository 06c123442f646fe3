import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Searchable } from './searchable.ts';

test('finds whatever has the text, each once, also what comes after a search', () => {
  const names = Array.from({ length: 2_500 }, (_, at) => `tool ${at} ${at % 7 === 0 ? 'mail mail' : 'file'}`);
  const searchable = new Searchable<number>();
  const found = (text: string): number[] => searchable.with(text);
  const early = names.slice(0, 1_200);
  for (const [at, name] of early.entries()) searchable.add(name, at);
  expect(found('mail')).toEqual(early.flatMap((one, at) => (one.includes('mail') ? [at] : [])));
  for (const [at, name] of names.entries()) if (at >= early.length) searchable.add(name, at);
  for (const text of ['mail', 'tool 24', 'l m', 'nowhere', 'file']) expect(found(text)).toEqual(names.flatMap((one, at) => (one.includes(text) ? [at] : [])));
  expect(found('filetool')).toEqual([]);
});

test('finds as looking at each by itself does', () => {
  const text = fc.string({ unit: fc.constantFrom('a', 'b', 'A', ' ', '\0', 'é', '\ud800'), maxLength: 6 });
  fc.assert(fc.property(fc.array(text, { maxLength: 12 }), fc.string({ unit: fc.constantFrom('a', 'b', ' ', 'é', '\ud800'), maxLength: 3 }), (texts, wanted) => {
    const searchable = new Searchable<number>();
    for (const [at, one] of texts.entries()) searchable.add(one, at);
    expect(searchable.with(wanted)).toEqual(texts.flatMap((one, at) => (one.includes(wanted) ? [at] : [])));
  }));
});
