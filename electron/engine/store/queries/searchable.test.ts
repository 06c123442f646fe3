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
