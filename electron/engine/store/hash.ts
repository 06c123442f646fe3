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

/** 31-bit hash of a few numbers, for "is this the same record again". */
export function recordHash(source: number, span: number, startUs: number, endUs: number, status: number, name: number): number {
  let h = Math.imul(source ^ 0x9e3779b1, 2654435761) ^ Math.imul(name + 0x7f4a7c15, 1597334677) ^ Math.imul(status + 1, 2246822507);
  for (const value of [span, startUs, endUs]) {
    h = Math.imul(h ^ (value % 4294967296), 2654435761);
    h = Math.imul((h ^ (h >>> 15)) + Math.floor(value / 4294967296), 3266489909);
  }
  return (h ^ (h >>> 13)) & 0x7fffffff;
}

/** Names an activity within its task. Keys that only repeat the span's id are that id's number. */
export function keyNumber(key: string, spanId: string, span: number): number {
  return span !== 0 && key.length === 21 && key.startsWith('span:') && key.endsWith(spanId) ? span : hash53(key);
}

/** What a telling is found by, as numbers: 0 is "none". */
export interface TellingIds {
  readonly span: number;
  readonly parentSpan: number;
  /** names the activity within its task. */
  readonly key: number;
}

export function tellingIds(told: { readonly spanId: string; readonly parentSpanId: string; readonly key: string }): TellingIds {
  const span = spanNumber(told.spanId);
  return { span, parentSpan: spanNumber(told.parentSpanId), key: keyNumber(told.key, told.spanId, span) };
}

/** A span id of 16 hex digits as a safe integer: its last 13 digits (52 bits). 0 for ''. */
export function spanNumber(spanId: string): number {
  if (spanId === '') return 0;
  // Digit by digit: cutting the text and parsing it costs five times as much, and this runs four times a span.
  let high = 0;
  let low = 0;
  const { length } = spanId;
  for (let i = Math.max(0, length - 13); i < length; i++) {
    const digit = hexDigit(spanId.charCodeAt(i));
    if (digit < 0) return spelled(spanId);
    if (i < length - 6) high = high * 16 + digit;
    else low = low * 16 + digit;
  }
  const value = high * 16_777_216 + low;
  // 0 means "no span"; an id whose digits are all zero still is a span.
  return value > 0 ? value : hash53(spanId) + 1;
}

function hexDigit(code: number): number {
  if (code >= 48 && code <= 57) return code - 48;
  const letter = code | 32;
  return letter >= 97 && letter <= 102 ? letter - 87 : -1;
}

/** Not all of it is hex: what can be read of it, as files from before hold it. */
function spelled(spanId: string): number {
  const value = parseInt(spanId.slice(-13), 16);
  return value > 0 ? value : hash53(spanId) + 1;
}
