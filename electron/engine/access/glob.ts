/**
 * Patterns with `*` (any characters, also none) and `?` (exactly one), as IAM and allow-lists write them.
 * SECURITY: patterns come from documents of strangers; they are matched step by step, never turned into regular expressions that could run away.
 */

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
  // Read as a text, a `*` or `?` of the narrow one is a character like others: only a `*` of the wide one takes a `*`.
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
