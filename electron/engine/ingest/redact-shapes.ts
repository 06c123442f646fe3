/**
 * The shapes of secrets, decided inside one string value and masked in place. A mask is as long in bytes as what it hides, so protobuf
 * lengths stay right; escapes (`\n`, `\u00e9`, `\"`) are never touched, at any depth of JSON in JSON, so JSON stays valid.
 * Everything runs on bytes by hand: each byte is looked at a bounded number of times, whatever a hostile agent writes.
 */
import { isAlphanumeric, namesSecret, wordEnd } from './redact-scan.ts';

const star = 0x2a;
const backslash = 0x5c;
const longestAddress = 256;
const longestToken = 8_192;

/** One string value [start, end) that holds candidates; the shapes consume it from left to right. */
export class MaskedText {
  private readonly buf: Buffer;
  private readonly start: number;
  private readonly end: number;
  /** candidates before this are masked already. */
  private doneUntil: number;
  /** a run up to here was no JWT: nothing inside of it is one either. */
  private noJwtUntil = 0;
  masked = false;

  constructor(buf: Buffer, start: number, end: number) {
    this.buf = buf;
    this.start = start;
    this.end = end;
    this.doneUntil = start;
  }

  /** `at`: the position of a trigger byte, as redact-scan.ts found it. */
  candidate(at: number): void {
    if (at < this.doneUntil) return;
    switch (this.buf[at]) {
      case 0x40: this.address(at); return;
      case 0x2d: this.dash(at); return;
      case 0x5f: this.underscore(at); return;
      case 0x41: if (this.isAt(at - 3, 'AKI') || this.isAt(at - 3, 'ASI')) this.token(at - 3, 4, 16, isUpperOrDigit); return;
      case 0x7a: if (this.isAt(at - 2, 'AIza')) this.token(at - 2, 4, 30, isTokenByte); return;
      case 0x4a: this.jwt(at); return;
      case 0x42: if (this.isAt(at - 5, '-----B')) this.privateKey(at - 5); else this.scheme(at); return;
      case 0x3a: case 0x3d: this.named(at); return;
      default:
    }
  }

  /** The whole value is a secret (its attribute's name says so). */
  whole(): void {
    if (this.end > this.start) this.hide(this.start, this.end);
  }

  /** `name@example.com` keeps its first letter and its domain; `scheme://user:password@host` loses the password. */
  private address(at: number): void {
    const { buf } = this;
    const earliest = Math.max(this.start, at - longestAddress);
    let from = at;
    while (from > earliest && !endsAddress(buf[from - 1] as number)) from--;
    if (buf[from - 1] === 0x2f && /:\\*\/\\*\/$/.test(buf.toString('latin1', Math.max(this.start, from - 8), from))) {
      const colon = buf.subarray(from, at).indexOf(0x3a);
      if (colon >= 0 && from + colon + 1 < at) {
        this.hide(from + colon + 1, this.lastAt(at));
        return;
      }
    }
    if (this.isDomain(at + 1)) this.hideLocalPart(at, earliest);
  }

  /** A password may hold an `@` itself: the last one before the host counts. */
  private lastAt(at: number): number {
    const latest = Math.min(this.end, at + longestAddress);
    let last = at;
    for (let i = at + 1; i < latest && (this.buf[i] === 0x40 || !endsAddress(this.buf[i] as number)); i++) if (this.buf[i] === 0x40) last = i;
    return last;
  }

  private hideLocalPart(at: number, earliest: number): void {
    const { buf } = this;
    let local = at;
    while (local > earliest) {
      if (isLocalPart(buf[local - 1] as number)) local--;
      else if (buf[local - 1] === backslash && local < at && escapeLength(buf, local, at) === 5) local = beforeBackslashes(buf, earliest, local);
      else break;
    }
    // `\nbob@`: the `n` belongs to the escape.
    if (local > this.start && buf[local - 1] === backslash) local++;
    let keep = local;
    while (keep < at && buf[keep] === backslash) keep++;
    keep += keep > local ? escapeLength(buf, keep, at) : 1;
    // A character may have several bytes: the first one is kept whole.
    while (keep < at && ((buf[keep] as number) & 0xc0) === 0x80) keep++;
    if (keep < at) this.hide(keep, at);
  }

  private isDomain(from: number): boolean {
    const { buf } = this;
    const latest = Math.min(this.end, from + 255);
    let lastDot = -1;
    let at = from;
    for (; at < latest; at++) {
      const byte = buf[at] as number;
      if (byte === 0x2e) {
        if (at === from || buf[at - 1] === 0x2e || at + 1 >= latest || !isAlphanumeric(buf[at + 1] as number)) break;
        lastDot = at;
      } else if (!isAlphanumeric(byte) && byte !== 0x2d) break;
    }
    return lastDot > 0 && at - lastDot > 2 && isLetter(buf[lastDot + 1] as number) && isLetter(buf[lastDot + 2] as number);
  }

  private dash(at: number): void {
    if (this.isAt(at - 2, 'sk-')) this.token(at - 2, 3, 16, isTokenByte);
    else if (this.isAt(at - 4, 'xapp-')) this.token(at - 4, 5, 10, isTokenByte);
    else if (this.isAt(at - 4, 'xox')) this.token(at - 4, 5, 10, isTokenByte);
    else if (this.isAt(at - 5, 'glpat-')) this.token(at - 5, 6, 16, isTokenByte);
    else if (this.isAt(at - 6, 'GOCSPX-')) this.token(at - 6, 7, 16, isTokenByte);
  }

  private underscore(at: number): void {
    if (this.isAt(at - 2, 'sk_') || this.isAt(at - 2, 'rk_')) {
      const isLive = this.isAt(at + 1, 'live_') || this.isAt(at + 1, 'test_');
      this.token(at - 2, isLive ? 8 : 3, isLive ? 10 : 24, isTokenByte);
    } else if (this.isAt(at - 3, 'npm_')) this.token(at - 3, 4, 20, isAlphanumeric);
    else if (this.isAt(at - 2, 'hf_')) this.token(at - 2, 3, 20, isAlphanumeric);
    else if (this.isAt(at - 5, 'whsec_')) this.token(at - 5, 6, 16, isBase64Byte);
    else if (this.isAt(at - 10, 'github_pat_')) this.token(at - 10, 11, 20, isTokenByte);
    else if (this.isAt(at - 2, 'gh_')) this.token(at - 2, 3, 40, isTokenByte);
    else if (this.isAt(at - 3, 'gh')) this.token(at - 3, 4, 20, isTokenByte);
  }

  /** Two or three parts of base64url with dots between them; the first begins with `eyJ` (a JSON object). */
  private jwt(at: number): void {
    const from = at - 2;
    if (at < this.noJwtUntil || !this.isWordStart(from)) return;
    const first = this.run(at + 1, isTokenByte);
    if (this.buf[first] !== 0x2e || first >= this.end || first - from < 8) {
      this.noJwtUntil = first;
      return;
    }
    const second = this.run(first + 1, isTokenByte);
    if (second - first < 9) {
      this.noJwtUntil = second;
      return;
    }
    const third = second < this.end && this.buf[second] === 0x2e ? this.run(second + 1, isTokenByte) : second;
    this.hide(from + 3, third);
  }

  /** `Bearer x`, `Basic x`: an all-lower-case word behind it is language, unless it is very long. */
  private scheme(at: number): void {
    const isBearer = ((this.buf[at + 1] as number) | 0x20) === 0x65;
    if (!this.isWordStart(at)) return;
    let from = at + (isBearer ? 6 : 5);
    if (this.isAt(from, '%20')) from += 3;
    else while (from < this.end && (this.buf[from] === 0x20 || this.buf[from] === 0x2b)) from++;
    const to = this.run(from, isBase64Byte);
    if (to - from < 6) return;
    if (to - from < 24 && !this.isOdd(from, to)) return;
    this.hide(from, to);
  }

  /** `name = value`, `name: value`, `"name":"value"` where the name says that the value is a secret. */
  private named(at: number): void {
    const { buf, end } = this;
    if (!namesSecret(buf, wordEnd(buf, at), this.start)) return;
    let from = at + 1;
    let quote = 0;
    while (from < end) {
      const byte = buf[from] as number;
      if (byte === 0x22 || byte === 0x27 || byte === 0x60) {
        quote = byte;
        from++;
        break;
      }
      if (byte === backslash && buf[from + 1] !== 0x22 && buf[from + 1] !== backslash && buf[from + 1] !== 0x27) return;
      if (byte !== 0x20 && byte !== backslash && byte !== 0x3d && byte !== 0x3e) break;
      from++;
    }
    // `Authorization: Bearer x`: the scheme is structure and has a shape of its own.
    if (matchesScheme(buf, from, end)) {
      this.scheme(from);
      return;
    }
    if (quote === 0) this.nameBare(at, from);
    else if (!endsText(buf, from, end)) this.hideIfAny(from, this.quotedValue(from, quote));
  }

  private nameBare(at: number, from: number): void {
    const { buf } = this;
    const to = this.bareValue(from);
    if (isPlainWordOrCount(buf, from, to)) return;
    // `"pin":123456`: a number is no text, and stars would break the JSON around it.
    if (buf[wordEnd(buf, at)] === 0x22 || buf[wordEnd(buf, at)] === backslash) {
      if (/^[\d.eE+-]*$/.test(buf.toString('latin1', from, to))) return;
    }
    this.hideIfAny(from, to);
  }

  private hideIfAny(from: number, to: number): void {
    if (to > from) this.hide(from, to);
  }

  private bareValue(from: number): number {
    const latest = Math.min(this.end, from + longestToken);
    let to = from;
    while (to < latest && !endsBareValue(this.buf[to] as number)) to++;
    return to;
  }

  /** Up to the closing quote: the first one with no more backslashes before it than the opening one has. */
  private quotedValue(from: number, quote: number): number {
    const { buf } = this;
    const latest = Math.min(this.end, from + longestToken);
    const depth = backslashesBefore(buf, this.start, from - 1);
    let to = from;
    for (; to < latest; to++) {
      if (buf[to] === quote && (quote !== 0x22 || backslashesBefore(buf, from, to) <= depth)) break;
      // Text in other quotes may stand in a JSON text that ends here.
      if (buf[to] === 0x22 && quote !== 0x22) break;
    }
    return to;
  }

  /** Everything between the header line and `-----END`, or to the end of the value. */
  private privateKey(from: number): void {
    const { buf } = this;
    const header = buf.toString('latin1', from, Math.min(this.end, from + 64));
    const end = /^-----BEGIN [A-Z0-9 ]*PRIVATE KEY[A-Z ]*-----/.exec(header)?.[0].length;
    if (end === undefined) return;
    const rest = buf.subarray(from + end, this.end);
    // No key has a quote in it: there the JSON text ends that holds the key.
    const ends = [rest.indexOf('-----END'), rest.indexOf('"'), rest.length].filter((at) => at >= 0);
    this.hide(from + end, from + end + Math.min(...ends));
  }

  private token(from: number, prefix: number, least: number, isPart: (byte: number) => boolean): void {
    if (!this.isWordStart(from)) return;
    const to = this.run(from + prefix, isPart);
    if (to - from - prefix >= least) this.hide(from + prefix, to);
  }

  private run(from: number, isPart: (byte: number) => boolean): number {
    let to = from;
    while (to < this.end && isPart(this.buf[to] as number)) to++;
    return to;
  }

  /** A key does not begin inside a word (`task-...` is not `sk-...`), but may follow an escape (`\nsk-...`). */
  private isWordStart(at: number): boolean {
    if (at < this.start) return false;
    if (at === this.start || !isAlphanumeric(this.buf[at - 1] as number)) return true;
    return escapeEndsAt(this.buf, this.start, at);
  }

  private isAt(at: number, text: string): boolean {
    if (at < this.start || at + text.length > this.end) return false;
    for (let i = 0; i < text.length; i++) if (this.buf[at + i] !== text.charCodeAt(i)) return false;
    return true;
  }

  private isOdd(from: number, to: number): boolean {
    for (let i = from; i < to; i++) {
      const byte = this.buf[i] as number;
      if (!(byte >= 0x61 && byte <= 0x7a) && byte !== 0x2d && byte !== 0x2e && !(i === from && byte >= 0x41 && byte <= 0x5a)) return true;
    }
    return false;
  }

  /** Overwrites [from, to) except escapes in it. */
  private hide(from: number, to: number): void {
    const { buf } = this;
    let at = from;
    while (at < to) {
      if (buf[at] !== backslash) {
        buf[at++] = star;
        continue;
      }
      while (at < to && buf[at] === backslash) at++;
      at += escapeLength(buf, at, this.end);
    }
    // A value that was cut for its length must not end inside a character.
    while (at < this.end && ((buf[at] as number) & 0xc0) === 0x80) buf[at++] = star;
    this.masked = true;
    this.doneUntil = Math.max(this.doneUntil, to);
  }
}

/** Bytes of an escape behind its backslashes: `u` and four hex digits, or one character. */
function escapeLength(buf: Uint8Array, at: number, end: number): number {
  if (buf[at] !== 0x75) return 1;
  let length = 1;
  while (length < 5 && at + length < end && isHexDigit(buf[at + length] as number)) length++;
  return length;
}

function escapeEndsAt(buf: Uint8Array, start: number, at: number): boolean {
  const last = buf[at - 1] as number;
  if (at - 2 >= start && buf[at - 2] === backslash && isEscapeLetter(last)) return true;
  if (at - 6 < start || buf[at - 6] !== backslash || buf[at - 5] !== 0x75) return false;
  for (let i = at - 4; i < at; i++) if (!isHexDigit(buf[i] as number)) return false;
  return true;
}

function backslashesBefore(buf: Uint8Array, start: number, at: number): number {
  return at - beforeBackslashes(buf, start, at);
}

function beforeBackslashes(buf: Uint8Array, start: number, at: number): number {
  let before = at;
  while (before > start && buf[before - 1] === backslash) before--;
  return before;
}

/** Is the quote before `from` the end of a text (`"my token:","more"`) rather than the beginning of a value? */
function endsText(buf: Uint8Array, from: number, end: number): boolean {
  const byte = buf[from];
  return from >= end || byte === 0x2c || byte === 0x7d || byte === 0x5d || byte === 0x3a || (byte !== undefined && byte <= 0x20);
}

function matchesScheme(buf: Buffer, from: number, end: number): boolean {
  const word = buf.toString('latin1', from, Math.min(end, from + 7)).toLowerCase();
  return word.startsWith('bearer ') || word.startsWith('basic ');
}

/** `token: string`, `password: null`, `"token": 5`: words of a language and counts are no secrets. */
const plainWords: ReadonlySet<string> = new Set(['true', 'false', 'null', 'none', 'undefined', 'string', 'str', 'number', 'boolean', 'int', 'any', 'required', 'optional', '']);
function isPlainWordOrCount(buf: Buffer, from: number, to: number): boolean {
  if (to - from > 12) return false;
  const text = buf.toString('latin1', from, to).toLowerCase();
  return plainWords.has(text) || /^\d{1,5}$/.test(text);
}

const isHexDigit = (byte: number): boolean => (byte >= 0x30 && byte <= 0x39) || (byte >= 0x41 && byte <= 0x46) || (byte >= 0x61 && byte <= 0x66);
const isLetter = (byte: number): boolean => (byte >= 0x41 && byte <= 0x5a) || (byte >= 0x61 && byte <= 0x7a) || byte >= 0x80;
const isEscapeLetter = (byte: number): boolean => byte === 0x6e || byte === 0x72 || byte === 0x74 || byte === 0x62 || byte === 0x66;
const isTokenByte = (byte: number): boolean => isAlphanumeric(byte) || byte === 0x2d || byte === 0x5f;
const isBase64Byte = (byte: number): boolean => isTokenByte(byte) || byte === 0x2b || byte === 0x2f || byte === 0x3d || byte === 0x2e || byte === 0x7e;
const isUpperOrDigit = (byte: number): boolean => (byte >= 0x30 && byte <= 0x39) || (byte >= 0x41 && byte <= 0x5a);
const isLocalPart = (byte: number): boolean => isTokenByte(byte) || byte === 0x2e || byte === 0x2b || byte === 0x25 || byte === 0x27 || byte >= 0x80;
/** Stops the way back from `@` to the beginning of a URL's user part. */
const endsAddress = (byte: number): boolean => byte <= 0x20 || byte === 0x22 || byte === 0x27 || byte === 0x2f || byte === 0x3c || byte === 0x3e || byte === 0x40 || byte === 0x60 || byte === backslash;
const endsBareValue = (byte: number): boolean => byte <= 0x20 || byte === 0x22 || byte === 0x27 || byte === 0x60 || byte === 0x2c || byte === 0x3b || byte === 0x26 || byte === 0x29 || byte === 0x5d || byte === 0x7d || byte === 0x5b || byte === 0x7b || byte === 0x3c || byte === backslash;
