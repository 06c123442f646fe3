/**
 * Patterns with `*` (any characters, also none) and `?` (exactly one), as IAM and allow-lists write them.
 * SECURITY: patterns come from documents of strangers; they are matched step by step, never turned into regular expressions that could run away.
 */

/** One place of a pattern: a character, or a wildcard that is one or many and may or may not take a colon. */
export type Token = string | typeof ANY | typeof ONE | typeof ANY_IN_PART | typeof ONE_IN_PART;
export const ANY = Symbol('any');
export const ONE = Symbol('one');
/** Within one part of an ARN: everything but the colon. */
export const ANY_IN_PART = Symbol('any in part');
export const ONE_IN_PART = Symbol('one in part');

/** Sign by sign; how a screen would join them does not matter to IAM. */
export const signsOf = (text: string): string[] => Array.from(text);

export function tokensOf(pattern: string): Token[] {
  return signsOf(pattern).map((sign) => (sign === '*' ? ANY : sign === '?' ? ONE : sign));
}

const isMany = (token: Token | undefined): boolean => token === ANY || token === ANY_IN_PART;
const takes = (token: Token | undefined, sign: string): boolean => token === sign || token === ANY || token === ONE || ((token === ANY_IN_PART || token === ONE_IN_PART) && sign !== ':');

/** The places behind which a pattern stands after what it has read: at first, and after each sign. */
export function firstPlaces(tokens: readonly Token[]): number[] {
  return withSkips(tokens, [0]);
}

export function nextPlaces(tokens: readonly Token[], places: readonly number[], sign: string): number[] {
  const next: number[] = [];
  for (const place of places) {
    if (!takes(tokens[place], sign)) continue;
    if (isMany(tokens[place])) next.push(place);
    else next.push(place + 1);
  }
  return withSkips(tokens, next);
}

/** A wildcard for many may also stand for nothing. */
function withSkips(tokens: readonly Token[], places: readonly number[]): number[] {
  const all = new Set<number>();
  for (const place of places) {
    let at = place;
    all.add(at);
    while (isMany(tokens[at])) all.add((at += 1));
  }
  return [...all].sort((a, b) => a - b);
}

export function tokensMatch(tokens: readonly Token[], text: string): boolean {
  const signs = signsOf(text);
  // Most texts differ from most patterns before the first wildcard.
  let plain = 0;
  for (; plain < tokens.length && typeof tokens[plain] === 'string'; plain += 1) if (tokens[plain] !== signs[plain]) return false;
  let places = withSkips(tokens, [plain]);
  for (let at = plain; at < signs.length; at += 1) {
    places = nextPlaces(tokens, places, signs[at] ?? '');
    if (places.length === 0) return false;
  }
  return places.at(-1) === tokens.length;
}

/** Both sides as they are; fold the case before, where the source does not distinguish it. */
export function globMatches(pattern: string, text: string): boolean {
  let at = 0;
  let place = 0;
  let star = -1;
  let resume = 0;
  while (at < text.length) {
    if (place < pattern.length && pattern[place] === '*') {
      star = place;
      place += 1;
      resume = at;
    } else if (place < pattern.length && (pattern[place] === '?' || pattern[place] === text[at])) {
      place += 1;
      at += 1;
    } else if (star >= 0) {
      place = star + 1;
      resume += 1;
      at = resume;
    } else return false;
  }
  while (pattern[place] === '*') place += 1;
  return place === pattern.length;
}

export const hasWildcard = (pattern: string): boolean => pattern.includes('*') || pattern.includes('?');

/** Whether every text that `narrow` matches is matched by `wide`. May say no where it is so; never yes where it is not. */
export function globCovers(wide: string, narrow: string): boolean {
  if (wide === narrow || wide === '*') return true;
  // Read as a text, a `*` of the narrow one is a character that only a `*` of the wide one takes.
  let at = 0;
  let place = 0;
  let star = -1;
  let resume = 0;
  while (at < narrow.length) {
    const here = wide[place];
    if (here === '*') {
      star = place;
      place += 1;
      resume = at;
    } else if (here !== undefined && narrow[at] !== '*' && (here === '?' || here === narrow[at])) {
      place += 1;
      at += 1;
    } else if (star >= 0) {
      place = star + 1;
      resume += 1;
      at = resume;
    } else return false;
  }
  while (wide[place] === '*') place += 1;
  return place === wide.length;
}
