/**
 * Finds one person's name, e-mail address or account in texts as they are kept: as whole words, whatever the capitals, the white space and the way in which
 * accents are written, also where the text is JSON or part of an address (escapes). Pure.
 */
const wordChar = /[\p{L}\p{N}\p{M}_]/u;
/** Between two word characters these make one longer name of them: ada.lovelace and ada@example.com are other spellings than ada, to be ticked as such. */
const joiners = '.-+@%';
/** Written without spaces between words: where a name ends nobody can see there. */
const unspaced = /[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Thai}\p{sc=Lao}\p{sc=Khmer}\p{sc=Myanmar}]/u;
const escapeBefore = /(?:\\[nrtbfv]|%[0-9a-f]{2})$/i;
const unicodeBefore = /\\u([0-9a-f]{4})$/i;

export const normalPerson = (text: string): string => text.normalize('NFC').trim().replaceAll(/\s+/g, ' ');
/** Two spellings that are the same person without a tick. */
export const samePerson = (text: string): string => normalPerson(text).toLowerCase();

const quoted = (text: string): string => text.replaceAll(/[\\^$.*+?()[\]{}|/]/g, String.raw`\$&`);
const unit = (code: number): string => code.toString(16).padStart(4, '0');
const escapes = (text: string): string => Array.from({ length: text.length }, (_, i) => String.raw`\\+u${unit(text.charCodeAt(i))}`).join('');

/** One character with the ways in which it may be written. */
function patternOf(char: string): string {
  if (char === ' ') return String.raw`(?:\s|%20|\+|\\+[nrt])+`;
  if (char === "'" || char === '’') return String.raw`(?:['’]|%27|\\+u0027|\\+u2019)`;
  if (char === '@') return String.raw`(?:@|%40|\\+u0040)`;
  if (/^[\x21-\x7e]$/.test(char)) return quoted(char);
  const ways = new Set([char, char.normalize('NFD')].map((one) => quoted(one)));
  for (const cased of [char.toLowerCase(), char.toUpperCase()]) ways.add(escapes(cased)).add(encodeURIComponent(cased));
  return `(?:${[...ways].join('|')})`;
}

/** Everywhere the letters stand, also within longer words. */
function looseOf(spellings: readonly string[]): RegExp {
  const longestFirst = [...new Set(spellings.map(normalPerson).filter((one) => one !== ''))].toSorted((a, b) => b.length - a.length);
  return new RegExp(longestFirst.length === 0 ? '(?!)' : longestFirst.map((one) => Array.from(one, patternOf).join('')).join('|'), 'giu');
}

/**
 * The runs of plain letters and digits of each spelling: however it is escaped, those stand there as they are. Looking for them in bytes is many times as fast as
 * looking for all ways of writing. null: one of them has no such run.
 */
function anchorsOf(spellings: readonly string[]): readonly (readonly string[])[] | null {
  const runs = spellings.map(normalPerson).filter((one) => one !== '').map((one) => (one.toLowerCase().match(/[a-z0-9]{2,}/g) ?? []).toSorted((a, b) => b.length - a.length));
  return runs.every((run) => run.length > 0) ? runs : null;
}

/** Bytes as they are searched by plain runs: each byte a character, in lower case. */
export const searchable = (bytes: Uint8Array): string => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1').toLowerCase();

/** Each run is looked for once, and not at all where a part of it is known not to be there. */
function anyIn(anchors: readonly (readonly string[])[] | null, bytes: string): boolean {
  if (anchors === null) return true;
  const seen = new Map<string, boolean>();
  const stands = (run: string): boolean => {
    let known = seen.get(run);
    if (known === undefined) {
      known = ![...seen].some(([part, is]) => !is && run.includes(part)) && bytes.includes(run);
      seen.set(run, known);
    }
    return known;
  };
  return anchors.some((runs) => runs.every(stands));
}

function openBefore(text: string, at: number): boolean {
  if (at === 0 || unspaced.test(text[at] ?? '')) return true;
  const lead = text.slice(Math.max(0, at - 8), at);
  const coded = unicodeBefore.exec(lead);
  if (coded) return !wordChar.test(String.fromCharCode(parseInt(coded[1] ?? '', 16)));
  if (escapeBefore.test(lead)) return true;
  const last = lead.at(-1) ?? '';
  if (wordChar.test(last) || /[\uDC00-\uDFFF]/.test(last)) return false;
  return !(joiners.includes(last) && wordChar.test(lead.at(-2) ?? ''));
}

function openAfter(text: string, at: number): boolean {
  const [next, then] = [text[at] ?? '', text[at + 1] ?? ''];
  if (next === '' || unspaced.test(text[at - 1] ?? '')) return true;
  if (wordChar.test(next) || /[\uD800-\uDBFF]/.test(next)) return false;
  if (next === '%' && /^%[0-9a-f]{2}/i.test(text.slice(at, at + 3))) return !/^%(?:40|2b)/i.test(text.slice(at, at + 3));
  return !(joiners.includes(next) && wordChar.test(then));
}

export class PersonMatcher {
  readonly spellings: readonly string[];
  readonly #loose: RegExp;
  readonly #anchors: ReturnType<typeof anchorsOf>;

  constructor(spellings: readonly string[]) {
    this.spellings = spellings.map(normalPerson);
    this.#anchors = anchorsOf(spellings);
    this.#loose = looseOf(spellings);
  }

  /** A quick no: where the letters stand nowhere, nothing further has to be looked at. */
  maybe(text: string): boolean {
    this.#loose.lastIndex = 0;
    return this.#loose.test(text);
  }

  /** The same of bytes, made ready by `searchable`. */
  maybeBytes(bytes: string): boolean { return anyIn(this.#anchors, bytes); }

  in(text: string): boolean {
    return this.#find(text, () => false);
  }

  replaced(text: string, by: string): string {
    let out = '';
    let from = 0;
    this.#find(text, (at, end) => {
      out += text.slice(from, at) + by;
      from = end;
      return true;
    });
    return from === 0 ? text : out + text.slice(from);
  }

  /** Calls for each place as a whole word; `each` says whether to go on. Answers whether there was one. */
  #find(text: string, each: (at: number, end: number) => boolean): boolean {
    let found = false;
    this.#loose.lastIndex = 0;
    for (let hit = this.#loose.exec(text); hit !== null; hit = this.#loose.exec(text)) {
      const end = hit.index + hit[0].length;
      if (!openBefore(text, hit.index) || !openAfter(text, end)) {
        this.#loose.lastIndex = hit.index + 1;
        continue;
      }
      found = true;
      if (!each(hit.index, end)) break;
    }
    return found;
  }
}

/** Spellings that people are known by besides this one. Only those that are found are offered, and none is taken without a tick. */
export function otherSpellings(person: string): string[] {
  const text = normalPerson(person);
  const at = text.indexOf('@');
  const name = at > 0 ? text.slice(0, at) : text;
  const parts = name.split(/[\s._,-]+/).filter((one) => one.length > 1);
  const [first, last] = [parts[0], parts.at(-1)];
  const made = first === undefined || last === undefined || parts.length < 2 || parts.length > 4 ? [] : [parts.join(' '), `${last}, ${first}`, parts.join('.'), parts.join('_'), parts.join('-'), parts.join(''), `${first[0]}${last}`, `${first[0]}.${last}`, `${first}${last[0]}`];
  const same = samePerson(text);
  return [...new Set([...(at > 0 ? [name] : []), ...made].map(samePerson))].filter((one) => one !== same && one.length > 2);
}

/** The longest name around each place where one of these stands: what an administrator may tick. */
export class NearNames {
  readonly #loose: RegExp;
  readonly #anchors: ReturnType<typeof anchorsOf>;
  readonly #known: ReadonlySet<string>;
  /** how often each that is ticked was met. */
  readonly ticked = new Map<string, number>();
  readonly found = new Map<string, number>();
  /** there were more names than are kept. */
  more = 0;

  constructor(person: string, ticked: readonly string[]) {
    const all = [person, ...ticked, ...otherSpellings(person)];
    this.#loose = looseOf(all);
    this.#anchors = anchorsOf(all);
    this.#known = new Set([person, ...ticked].map(samePerson));
  }

  maybe(text: string): boolean {
    this.#loose.lastIndex = 0;
    return this.#loose.test(text);
  }

  maybeBytes(bytes: string): boolean { return anyIn(this.#anchors, bytes); }

  look(text: string): void {
    this.#loose.lastIndex = 0;
    for (let hit = this.#loose.exec(text); hit !== null; hit = this.#loose.exec(text)) {
      const name = around(text, hit.index, hit.index + hit[0].length);
      this.#loose.lastIndex = Math.max(hit.index + hit[0].length, this.#loose.lastIndex);
      const same = samePerson(name);
      if (this.#known.has(same)) this.ticked.set(same, (this.ticked.get(same) ?? 0) + 1);
      if (same.length > 200 || this.#known.has(same)) continue;
      const count = this.found.get(same);
      if (count === undefined && this.found.size >= 500) this.more += 1;
      else this.found.set(same, (count ?? 0) + 1);
    }
  }
}

const ofName = /[\p{L}\p{N}\p{M}_.%+@-]/u;

function around(text: string, at: number, end: number): string {
  let [from, to] = [at, end];
  while (from > 0 && at - from < 100 && !openBefore(text, from) && ofName.test(text[from - 1] ?? '')) from -= 1;
  while (to < text.length && to - end < 100 && !openAfter(text, to) && ofName.test(text[to] ?? '')) to += 1;
  return text.slice(from, to).replaceAll(/\s+/g, ' ').replaceAll(/^[.%+@-]+|[.%+@-]+$/g, '');
}
