import { globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { colourTokens } from './tokens.ts';

type Token = keyof typeof colourTokens;

const channel = (hex: string): number => {
  const share = Number.parseInt(hex, 16) / 255;
  return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
};
const luminance = (colour: string): number => 0.2126 * channel(colour.slice(1, 3)) + 0.7152 * channel(colour.slice(3, 5)) + 0.0722 * channel(colour.slice(5, 7));
function contrast(a: string, b: string): number {
  const [darker = 0, lighter = 0] = [luminance(a), luminance(b)].toSorted((x, y) => x - y);
  return (lighter + 0.05) / (darker + 0.05);
}

const grounds: Token[] = ['surface', 'sunken', 'canvas', 'hover', 'selected', 'raised'];
const texts: Token[] = ['text', 'muted', 'faint', 'accent', 'stop', 'wait', 'ok', 'deny', 'quiet'];
const softs: [Token, Token][] = [['accent', 'accent-soft'], ['stop', 'stop-soft'], ['wait', 'wait-soft'], ['ok', 'ok-soft'], ['deny', 'deny-soft'], ['quiet', 'quiet-soft']];
const shapes: Token[] = ['line-strong', 'hatch', 'd1', 'd2', 'd3', 'd4', 'd5'];

describe.each([['light', 0], ['dark', 1]] as const)('%s', (_name, side) => {
  const colour = (token: Token): string => colourTokens[token][side];

  it.each(texts)('%s is readable on every ground', (token) => {
    const unreadable = grounds.filter((ground) => contrast(colour(token), colour(ground)) < 4.5);
    expect(unreadable).toEqual([]);
  });

  it.each(softs)('%s is readable on %s', (token, soft) => {
    expect(contrast(colour(token), colour(soft))).toBeGreaterThanOrEqual(4.5);
  });

  it.each([['on-accent', 'accent'], ['on-stop', 'stop-fill']] as const)('%s is readable on %s', (token, ground) => {
    expect(contrast(colour(token), colour(ground))).toBeGreaterThanOrEqual(4.5);
  });

  it.each(shapes)('%s can be told from the surface', (token) => {
    expect(contrast(colour(token), colour('surface'))).toBeGreaterThanOrEqual(3);
  });
});

it('no part of the page names a colour that is not there, which the browser would leave out without a word', () => {
  const room = join(dirname(fileURLToPath(import.meta.url)), '..');
  const sources = globSync('**/*.{css,ts,tsx}', { cwd: room }).filter((file) => !/\.test\.tsx?$/.test(file)).map((file) => readFileSync(join(room, file), 'utf8'));
  const named = new Set(sources.flatMap((source) => [...source.matchAll(/var\(--gh-([a-z0-9-]+)[,)]/g)].map(([, name]) => name ?? '')));
  const made = new Set([...Object.keys(colourTokens), ...sources.flatMap((source) => [...source.matchAll(/--gh-([a-z0-9-]+):/g)].map(([, name]) => name ?? ''))]);
  expect(named.size).toBeGreaterThan(20);
  expect([...named].filter((name) => !made.has(name))).toEqual([]);
});
