import { expect, it } from 'vitest';
import { money, span, textOf, titleOf } from './words.ts';

it('says money to the last micro-unit that there is', () => {
  expect([money(12_400_000, 'USD'), money(1, 'USD'), money(1_234_567_890_123, 'EUR'), money(0, 'USD'), money(-5_100_000, 'USD')]).toEqual(['12.40 USD', '0.000001 USD', '1,234,567.890123 EUR', '0.00 USD', '-5.10 USD']);
});

it('says times as a person would', () => {
  expect([0, 45, 60, 90, 900, 3_600, 9_000, 172_800].map((s) => span(s * 1_000_000))).toEqual(['0 s', '45 s', '1 min', '1 min 30 s', '15 min', '1 h', '2 h 30 min', '2 days']);
});

it('keeps what agents wrote on one line and within bounds', () => {
  expect(titleOf('a\r\nb\u0000\u2028c')).toBe('a b c');
  expect(titleOf('x'.repeat(1_000))).toHaveLength(200);
  expect(textOf('one', null, '', 'y'.repeat(5_000))).toHaveLength(1_000);
  expect(titleOf('\uD800 half')).toBe('\uFFFD half');
});
