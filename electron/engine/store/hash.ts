/**
 * Integer names for strings. They are used inside one task or one small table only, where 53 bits are plenty; a sender
 * who forges a collision merges his own records and nobody else's.
 */

/** 53-bit string hash (cyrb53 by bryc, public domain). */
export function hash53(text: string, seed = 0): number {
  let h1 = 0xdeadbeef ^ seed;
  let h2 = 0x41c6ce57 ^ seed;
  for (let i = 0; i < text.length; i++) {
    const ch = text.charCodeAt(i);
    h1 = Math.imul(h1 ^ ch, 2654435761);
    h2 = Math.imul(h2 ^ ch, 1597334677);
  }
  h1 = Math.imul(h1 ^ (h1 >>> 16), 2246822507) ^ Math.imul(h2 ^ (h2 >>> 13), 3266489909);
  h2 = Math.imul(h2 ^ (h2 >>> 16), 2246822507) ^ Math.imul(h1 ^ (h1 >>> 13), 3266489909);
  return 4294967296 * (2097151 & h2) + (h1 >>> 0);
}

/** 31-bit hash of a few numbers and strings, for "is this the same record again". */
export function recordHash(source: string, span: number, startUs: number, endUs: number, status: string, extra: string): number {
  return hash53(`${source}|${span}|${startUs}|${endUs}|${status}|${extra}`) % 0x7fffffff;
}

/** A span id of 16 hex digits as a safe integer: its last 13 digits (52 bits). 0 for ''. */
export function spanNumber(spanId: string): number {
  if (spanId === '') return 0;
  const value = parseInt(spanId.slice(-13), 16);
  // 0 means "no span"; an id whose digits are all zero, or no hex at all, still is a span.
  return value > 0 ? value : hash53(spanId) + 1;
}
