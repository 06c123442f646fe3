import { expect, it } from 'vitest';
import { maskToken } from './mask-token.ts';

const token = 'ghk_5qv0Z+t1m/fW3cR8y"k3Qf';

it('masks the token wherever and however it stands', () => {
  const text = `a=Bearer ${token}\nb=Bearer%20${encodeURIComponent(token)}\nc=${JSON.stringify({ token })}`;
  const masked = maskToken(text, token);
  expect(masked).not.toContain('5qv0Z');
  expect(masked).toBe('a=Bearer ••••••••k3Qf\nb=Bearer%20••••••••k3Qf\nc={"token":"••••••••k3Qf"}');
});

it('leaves text without it alone', () => {
  expect(maskToken('export A=1', token)).toBe('export A=1');
  expect(maskToken('export A=1', '')).toBe('export A=1');
});
