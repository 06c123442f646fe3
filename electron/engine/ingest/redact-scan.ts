/**
 * Finds where a secret or an e-mail address may be, over raw bytes of any kind: one pass with a table of trigger bytes and a short look
 * back. It may point at too much, never at too little; redact-shapes.ts decides, inside one string.
 *
 * Measured against one alternation regular expression over the latin1 text of a body: this is 3.5 x as fast, and it needs no copy.
 */

/** Which shapes a candidate may be; the position is that of the trigger byte. */
export const candidateKinds = { at: 1, dash: 2, underscore: 3, capitalA: 4, jwt: 5, scheme: 6, named: 7, attribute: 8 } as const;

const b = (text: string): number => text.charCodeAt(0);
const triggers = new Uint8Array(256);
triggers[b('@')] = candidateKinds.at;
triggers[b('-')] = candidateKinds.dash;
triggers[b('_')] = candidateKinds.underscore;
triggers[b('A')] = candidateKinds.capitalA;
triggers[b('J')] = candidateKinds.jwt;
triggers[b('B')] = candidateKinds.scheme;
triggers[b('b')] = candidateKinds.scheme;
triggers[b('=')] = candidateKinds.named;
triggers[b(':')] = candidateKinds.named;
/** In protobuf an attribute's key is followed by the tag of its value (field 2, length-delimited). */
const valueTag = 0x12;

/** Positions and kinds in rising order of position. */
export class Candidates {
  readonly positions: number[] = [];
  readonly kinds: number[] = [];

  add(position: number, kind: number): void {
    this.positions.push(position);
    this.kinds.push(kind);
  }

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
  const found = new Candidates();
  const table = encoding === 'text' ? triggers : triggers.slice();
  if (encoding === 'protobuf') table[valueTag] = candidateKinds.attribute;
  if (encoding === 'json') table[b(',')] = candidateKinds.attribute;
  const end = buf.length;
  for (let i = 0; i < end; i++) {
    const kind = table[buf[i] as number] as number;
    if (kind !== 0 && mayBe(kind, buf, i)) found.add(i, kind);
  }
  return found;
}

function mayBe(kind: number, buf: Uint8Array, at: number): boolean {
  switch (kind) {
    case candidateKinds.at: return at > 0 && isTextByte(buf[at - 1] as number) && at + 1 < buf.length && isAlphanumeric(buf[at + 1] as number);
    case candidateKinds.dash: return dashMay(buf, at);
    case candidateKinds.underscore: return underscoreMay(buf, at);
    case candidateKinds.capitalA: {
      const next = buf[at + 1];
      return ((next === 0x4b || next === 0x53) && buf[at + 2] === 0x49 && buf[at + 3] === 0x41) || (next === 0x49 && buf[at + 2] === 0x7a && buf[at + 3] === 0x61);
    }
    case candidateKinds.jwt: return buf[at - 1] === 0x79 && buf[at - 2] === 0x65;
    case candidateKinds.scheme: return schemeMay(buf, at);
    case candidateKinds.named: return namesSecret(buf, wordEnd(buf, at), 0);
    default: return namesSecret(buf, buf[at - 1] === 0x22 ? at - 1 : at, 0);
  }
}

/** `sk-`, `xox?-`, `xapp-`, `glpat-`, `GOCSPX-`, `-----BEGIN`. */
function dashMay(buf: Uint8Array, at: number): boolean {
  const before = buf[at - 1];
  if (before === 0x6b) return buf[at - 2] === 0x73;
  if (before === 0x2d) return buf[at + 1] === 0x42 && buf[at + 2] === 0x45 && buf[at + 3] === 0x47;
  if (buf[at - 2] === 0x78 && buf[at - 3] === 0x6f && buf[at - 4] === 0x78) return true;
  if (before === 0x70) return buf[at - 2] === 0x70 && buf[at - 3] === 0x61 && buf[at - 4] === 0x78;
  if (before === 0x74) return buf[at - 2] === 0x61 && buf[at - 3] === 0x70 && buf[at - 4] === 0x6c;
  return before === 0x58 && buf[at - 2] === 0x50 && buf[at - 3] === 0x53;
}

/** `gh?_`, `gh_` (our own tokens), `github_pat_`, `npm_`, `hf_`, `sk_`, `rk_`, `whsec_`. */
function underscoreMay(buf: Uint8Array, at: number): boolean {
  const before = buf[at - 1];
  const second = buf[at - 2];
  switch (before) {
    case 0x6b: return second === 0x73 || second === 0x72;
    case 0x6d: return second === 0x70 && buf[at - 3] === 0x6e;
    case 0x66: return second === 0x68;
    case 0x63: return second === 0x65 && buf[at - 3] === 0x73;
    case 0x74: return second === 0x61 && buf[at - 3] === 0x70;
    case 0x70: case 0x6f: case 0x75: case 0x73: case 0x72: return second === 0x68 && buf[at - 3] === 0x67;
    case 0x68: return second === 0x67;
    default: return false;
  }
}

/** `Bearer `, `Basic `, in any case. */
function schemeMay(buf: Uint8Array, at: number): boolean {
  const second = (buf[at + 1] as number) | 0x20;
  if (second === 0x65) return matchesLower(buf, at, bearer);
  return second === 0x61 && matchesLower(buf, at, basic);
}
const bearer = Buffer.from('bearer');
const basic = Buffer.from('basic');

function matchesLower(buf: Uint8Array, at: number, word: Uint8Array): boolean {
  for (let i = 0; i < word.length; i++) if (((buf[at + i] as number) | 0x20) !== word[i]) return false;
  const next = buf[at + word.length];
  return next === 0x20 || next === 0x2b || next === 0x25;
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

const names: readonly Buffer[] = [
  'password', 'passwd', 'passphrase', 'pwd', 'secret', 'token', 'apikey', 'api_key', 'api-key', 'secretkey', 'secret_key', 'secret-key', 'accesskey', 'access_key',
  'access-key', 'privatekey', 'private_key', 'private-key', 'credential', 'credentials', 'authorization',
].map((name) => Buffer.from(name));
/** Names by their last letter: most words end here. */
const namesByEnd = new Map<number, Buffer[]>();
for (const name of names) {
  const last = name[name.length - 1] as number;
  namesByEnd.set(last, [...(namesByEnd.get(last) ?? []), name]);
}
const endsName = new Uint8Array(256);
for (const last of namesByEnd.keys()) {
  endsName[last] = 1;
  endsName[last - 0x20] = 1;
}

/** Does the word that ends at `end` say that a secret follows (`OPENAI_API_KEY`, `db.password`, `clientSecret`)? */
export function namesSecret(buf: Uint8Array, end: number, start: number): boolean {
  if (end <= start || endsName[buf[end - 1] as number] !== 1) return false;
  const candidates = namesByEnd.get((buf[end - 1] as number) | 0x20);
  return candidates !== undefined && candidates.some((name) => endsWithName(buf, end, start, name));
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

function isTextByte(byte: number): boolean {
  return byte > 0x20 && byte !== 0x22 && byte !== 0x7f;
}
