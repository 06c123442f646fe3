import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { root } from './paths.mjs';

/** The only place where a colour may stand as a number; everything else names a token. */
const tokenFile = 'renderer/app/tokens.ts';

/** Black with transparency is a shadow, the same in every theme, and no colour. */
const shadow = /^rgba?\(\s*0[\s,]+0[\s,]+0[\s,/]/i;

const colour = /#(?:[0-9a-f]{8}|[0-9a-f]{6}|[0-9a-f]{3,4})\b|\b(?:rgba?|hsla?|oklch|oklab|lab|lch|hwb)\(\s*[\d.]/gi;

/**
 * Finds colours written out in the page's source. A check of our own, because the linter does not read CSS.
 * @param {string} [folder]
 * @returns {string[]} one line per finding: file:line: colour
 */
export function strayColours(folder = root) {
  return globSync('renderer/**/*.{ts,tsx,css}', { cwd: folder })
    .map((file) => file.split(path.sep).join('/'))
    .filter((file) => file !== tokenFile && !/\.test\.tsx?$/.test(file))
    .sort()
    .flatMap((file) => coloursIn(readFileSync(path.join(folder, file), 'utf8')).map(({ line, text }) => `${file}:${line}: ${text}`));
}

/** @param {string} source */
export function coloursIn(source) {
  return source.split('\n').flatMap((content, index) =>
    [...content.matchAll(colour)].filter((match) => !shadow.test(content.slice(match.index))).map((match) => ({ line: index + 1, text: match[0] })),
  );
}
