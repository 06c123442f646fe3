/**
 * Finds where a secret or an e-mail address may be, over the raw bytes of a whole body. It may point at too much, never at too little;
 * redact-shapes.ts decides, inside one string.
 *
 * Measured (bench/decode.ts, EPYC): one alternation regular expression over a latin1 copy takes 5.4 ns a byte; a branch for each trigger
 * byte about as much, because every fifth word holds one and the branches cannot be predicted; this takes some 2.
 */

/** Three bytes in a row that a shape has at its trigger; each rule is one bit of the three tables. */
const first = new Uint32Array(256);
const second = new Uint32Array(256);
const third = new Uint32Array(256);
/** The third bytes alone: four of them are asked at once. */
const triggers = new Uint8Array(256);

let bit = 0;
function rule(before: string, middle: string, trigger: string): void {
  for (const byte of Buffer.from(before, 'latin1')) first[byte] = (first[byte] as number) | (1 << bit);
  for (const byte of Buffer.from(middle, 'latin1')) second[byte] = (second[byte] as number) | (1 << bit);
  for (const byte of Buffer.from(trigger, 'latin1')) {
    third[byte] = (third[byte] as number) | (1 << bit);
    triggers[byte] = 1;
  }
  bit++;
}

const names: readonly Buffer[] = [
  'password', 'passwd', 'passphrase', 'pwd', 'secret', 'token', 'apikey', 'api_key', 'api-key', 'secretkey', 'secret_key', 'secret-key', 'accesskey', 'access_key',
  'access-key', 'privatekey', 'private_key', 'private-key', 'credential', 'credentials', 'authorization',
].map((name) => Buffer.from(name));

const allBytes = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte)).toString('latin1');
const bothCases = (letters: string): string => letters + letters.toUpperCase();
const nameEnds = bothCases(names.map((name) => String.fromCharCode(name.at(-1) ?? 0)).join(''));
const nameEndsBefore = bothCases(names.map((name) => String.fromCharCode(name.at(-2) ?? 0)).join(''));

rule(allBytes, Array.from(allBytes.slice(0x21)).filter((byte) => !'"(,/:<@[{'.includes(byte)).join(''), '@');
rule('sr', 'k', '-_'); // sk- sk_ rk_
rule('x', 'abceoprs', '-'); // xoxb-
rule('p', 'p', '-'); // xapp-
rule('a', 't', '-_'); // glpat- github_pat_
rule('P', 'X', '-'); // GOCSPX-
rule('h', 'pousr', '_'); // ghp_
rule('g', 'h', '_'); // gh_, our own tokens
rule('p', 'm', '_'); // npm_
rule('h', 'f', '_'); // hf_
rule('e', 'c', '_'); // whsec_
rule('KS', 'I', 'A'); // AKIA ASIA
rule('A', 'I', 'z'); // AIza
rule('e', 'y', 'J'); // a JWT's head: base64 of {"
rule(allBytes, allBytes, 'B'); // Bearer, Basic, -----BEGIN
rule(nameEndsBefore, nameEnds, '=:'); // password=
rule(`${nameEnds}\\"' ]\``, '\' `]', '=:'); // password =
rule('\\', '"', '=:'); // \"password\":
/** `"password":` in a text. In a JSON body that is the body's own structure, which skim-json.ts looks at. */
const quotedName = 1 << bit;
rule(nameEnds, '"', '=:');

/** Positions of trigger bytes in rising order. */
export class Candidates {
  readonly positions: number[] = [];

  /** Index of the first candidate at or behind `position`. */
  from(position: number): number {
    const { positions } = this;
    let low = 0;
    let high = positions.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((positions[middle] as number) < position) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

export function findCandidates(buf: Uint8Array, encoding: 'protobuf' | 'json' | 'text'): Candidates {
  const active = encoding === 'json' ? ~quotedName : -1;
  const found = new Candidates();
  const end = buf.length;
  // Words need an aligned start with two bytes before it.
  const start = Math.min(end, 4 + ((4 - (buf.byteOffset & 3)) & 3));
  const words = start === end ? noWords : new Uint32Array(buf.buffer, buf.byteOffset + start, (end - start) >> 2);
  for (let i = 0; i < Math.min(2, end); i++) if (triggers[buf[i] as number] === 1 && mayBe(buf, i)) found.positions.push(i);
  for (let i = 2; i < start; i++) look(found, buf, i, active);
  for (let i = 0; i < words.length; i++) {
    const word = words[i] as number;
    if (((triggers[word & 255] as number) | (triggers[(word >>> 8) & 255] as number) | (triggers[(word >>> 16) & 255] as number) | (triggers[word >>> 24] as number)) !== 0) {
      lookAtWord(found, buf, start + i * 4, active);
    }
  }
  for (let i = Math.max(2, start + words.length * 4); i < end; i++) look(found, buf, i, active);
  return found;
}

const noWords = new Uint32Array(0);

/** Without a branch until one of the four bytes has both bytes before it right. */
function lookAtWord(found: Candidates, buf: Uint8Array, at: number, active: number): void {
  const a = buf[at - 2] as number;
  const b = buf[at - 1] as number;
  const c = buf[at] as number;
  const d = buf[at + 1] as number;
  const e = buf[at + 2] as number;
  const f = buf[at + 3] as number;
  const hit = ((first[a] as number) & (second[b] as number) & (third[c] as number)) | ((first[b] as number) & (second[c] as number) & (third[d] as number))
    | ((first[c] as number) & (second[d] as number) & (third[e] as number)) | ((first[d] as number) & (second[e] as number) & (third[f] as number));
  if ((hit & active) !== 0) for (let i = at; i < at + 4; i++) look(found, buf, i, active);
}

function look(found: Candidates, buf: Uint8Array, at: number, active: number): void {
  if (((first[buf[at - 2] as number] as number) & (second[buf[at - 1] as number] as number) & (third[buf[at] as number] as number) & active) === 0) return;
  if (mayBe(buf, at)) found.positions.push(at);
}

/** A closer look at the frequent ones, so that few strings are taken apart for nothing. */
function mayBe(buf: Uint8Array, at: number): boolean {
  switch (buf[at]) {
    case 0x40: return leadsToHost(buf, at);
    case 0x42: return schemeOrKey(buf, at);
    case 0x3a: case 0x3d: return namesSecret(buf, wordEnd(buf, at), 0);
    default: return true;
  }
}

function schemeOrKey(buf: Uint8Array, at: number): boolean {
  const next = buf[at + 1];
  if (next === 0x45) return buf[at + 2] === 0x47 && buf[at - 1] === 0x2d;
  return (next === 0x65 && buf[at + 2] === 0x61 && buf[at + 3] === 0x72) || (next === 0x61 && buf[at + 2] === 0x73 && buf[at + 3] === 0x69);
}

/** Behind an `@`: a name with a dot in it, or any name when a URL's `//` stands before. */
function leadsToHost(buf: Uint8Array, at: number): boolean {
  const latest = Math.min(buf.length, at + 64);
  let to = at + 1;
  while (to < latest && (isAlphanumeric(buf[to] as number) || buf[to] === 0x2d)) to++;
  if (to === at + 1) return buf[to] === 0x5b && hasSlashes(buf, at);
  return (to < latest && buf[to] === 0x2e) || to === latest || hasSlashes(buf, at);
}

function hasSlashes(buf: Uint8Array, at: number): boolean {
  let others = 0;
  for (let i = at - 1; i > 0 && i > at - 256; i--) {
    const byte = buf[i] as number;
    // A password may hold an `@`; a text full of them is no URL, and looking back from each would take for ever.
    if (byte === 0x40 && ++others > 2) return false;
    if (byte === 0x2f) return buf[i - 1] === 0x2f || buf[i - 1] === 0x5c;
    if (byte <= 0x20) return false;
  }
  return false;
}

/** Steps back over quotes, escapes of quotes and blanks between a name and its `=` or `:`. */
export function wordEnd(buf: Uint8Array, at: number): number {
  let end = at;
  const earliest = at - 8;
  while (end > 0 && end > earliest) {
    const byte = buf[end - 1] as number;
    if (byte !== 0x22 && byte !== 0x27 && byte !== 0x5c && byte !== 0x20 && byte !== 0x60 && byte !== 0x5d) break;
    end--;
  }
  return end;
}

/** Names by their last letter, and per last letter which letters stand before it (one bit each): nearly every other word ends here. */
const namesByEnd: readonly (readonly Buffer[])[] = Array.from({ length: 32 }, (_, letter) => names.filter((name) => ((name.at(-1) ?? 0) & 31) === letter));
const lettersBeforeEnd = Uint32Array.from(namesByEnd, (list) => list.reduce((bits, name) => bits | (1 << ((name.at(-2) ?? 0) & 31)), 0));

/** Does the word that ends at `end` say that a secret follows (`OPENAI_API_KEY`, `db.password`, `clientSecret`)? */
export function namesSecret(buf: Uint8Array, end: number, start: number): boolean {
  if (end - start < 3) return false;
  const last = buf[end - 1] as number;
  if (last < 0x41) return false;
  const letter = last & 31;
  if (((lettersBeforeEnd[letter] as number) & (1 << ((buf[end - 2] as number) & 31))) === 0) return false;
  for (const name of namesByEnd[letter] as readonly Buffer[]) if (endsWithName(buf, end, start, name)) return true;
  return false;
}

function endsWithName(buf: Uint8Array, end: number, start: number, name: Uint8Array): boolean {
  const from = end - name.length;
  if (from < start) return false;
  for (let i = name.length - 1; i >= 0; i--) {
    const byte = buf[from + i] as number;
    // Only letters have case: a `-` or `_` must stand as it is.
    if (byte !== name[i] && !(byte >= 0x41 && byte <= 0x5a && (byte | 0x20) === name[i])) return false;
  }
  return true;
}

export function isAlphanumeric(byte: number): boolean {
  return (byte >= 0x30 && byte <= 0x39) || (byte >= 0x41 && byte <= 0x5a) || (byte >= 0x61 && byte <= 0x7a);
}
