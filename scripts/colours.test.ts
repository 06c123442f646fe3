import { expect, test } from 'vitest';
import { coloursIn } from './colours.mjs';

test.each(['color: #fff;', "fill='#1a2B3c'", 'background: #1a2b3c80', 'rgb(1 2 3)', 'rgba(0,0,9,.5)', 'oklch(0.5 0.1 20)', 'hsl(10 50% 50%)'])('%s is a colour', (source) => {
  expect(coloursIn(source)).toHaveLength(1);
});

test.each(['color: var(--text)', 'href="#agents"', 'color-mix(in srgb, var(--a), var(--b))', 'rgb(var(--x))', 'a private #field', 'rgb(0 0 0 / 20%)', 'rgba(0, 0, 0, 0.5)', '#12345'])('%s is none', (source) => {
  expect(coloursIn(source)).toEqual([]);
});

test('a finding names its line', () => {
  expect(coloursIn('a\nb\n  color: #abc;')).toEqual([{ line: 3, text: '#abc' }]);
});
