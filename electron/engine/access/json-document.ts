/** SECURITY: JSON of strangers. Read with its size and depth bounded, and with parts that stand there twice found: JSON.parse silently keeps the last. */
import { MOST_DEPTH, MOST_TEXT, quoted } from './bounds.ts';

export type Json = string | number | boolean | null | Json[] | { [key: string]: Json };

export const isObject = (value: Json | undefined): value is { [key: string]: Json } => typeof value === 'object' && value !== null && !Array.isArray(value);

/** `value` is undefined where nothing could be read; `problems` says why, and which parts stand there twice. */
export function parseDocument(text: string): { value: Json | undefined; problems: string[] } {
  if (text.length > MOST_TEXT) return { value: undefined, problems: [`It is longer than ${MOST_TEXT} characters.`] };
  const { depth, twice } = scan(text);
  if (depth > MOST_DEPTH) return { value: undefined, problems: [`It is nested deeper than ${MOST_DEPTH} levels.`] };
  try {
    return { value: JSON.parse(text) as Json, problems: twice.map((key) => `The part ${quoted(key)} stands twice in the same place.`) };
  } catch (error) {
    return { value: undefined, problems: [`This is no JSON: ${quoted(error instanceof Error ? error.message : 'unreadable')}.`] };
  }
}

/** One walk over the text: how deep it goes, and the keys that an object has twice. */
function scan(text: string): { depth: number; twice: string[] } {
  const open: (Set<string> | null)[] = [];
  const twice: string[] = [];
  let deepest = 0;
  const tokens = /"[^"\\]*(?:\\.[^"\\]*)*(?:"|$)|[{}[\]]/gsu;
  for (let found = tokens.exec(text); found; found = tokens.exec(text)) {
    const [token] = found;
    if (token === '{' || token === '[') {
      open.push(token === '{' ? new Set() : null);
      deepest = Math.max(deepest, open.length);
      if (deepest > MOST_DEPTH) break;
    } else if (token === '}' || token === ']') open.pop();
    else if (/^\s*:/u.test(text.slice(tokens.lastIndex, tokens.lastIndex + 64))) noteKey(token, open.at(-1), twice);
  }
  return { depth: deepest, twice };
}

function noteKey(token: string, keys: Set<string> | null | undefined, twice: string[]): void {
  if (!keys) return;
  let key = token;
  try {
    key = String(JSON.parse(token));
  } catch {
    // A broken text: the parse of the whole says so.
  }
  if (keys.has(key)) twice.push(key);
  keys.add(key);
}
