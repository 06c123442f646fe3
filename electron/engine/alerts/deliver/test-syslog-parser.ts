/** For tests: RFC 5424 in octet-counted frames, read by its grammar and by nothing of the sender's. Anything beside the grammar throws. */

export interface ParsedSyslog {
  readonly facility: number;
  readonly severity: number;
  readonly timestamp: string;
  readonly hostname: string;
  readonly appName: string;
  readonly procId: string;
  readonly msgId: string;
  readonly structured: ReadonlyMap<string, ReadonlyMap<string, string>>;
  readonly bom: boolean;
  readonly text: string;
}

/** Whole frames at the front, and what is left of a begun one. */
export function framesIn(bytes: Buffer): { readonly frames: readonly Buffer[]; readonly rest: Buffer } {
  const frames: Buffer[] = [];
  let at = 0;
  for (;;) {
    const space = bytes.indexOf(0x20, at);
    if (space === -1) break;
    const count = bytes.subarray(at, space).toString('latin1');
    if (!/^[1-9]\d{0,6}$/.test(count)) throw new Error(`not the length of a frame: ${JSON.stringify(count)}`);
    const end = space + 1 + Number(count);
    if (end > bytes.length) break;
    frames.push(bytes.subarray(space + 1, end));
    at = end;
  }
  return { frames, rest: bytes.subarray(at) };
}

export function parseSyslog(frame: Buffer): ParsedSyslog {
  const reader = new Reader(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(frame));
  const pri = Number(reader.match(/<(0|[1-9]\d{0,2})>/y)[1]);
  if (pri > 191) throw new Error(`PRI ${pri}`);
  reader.match(/1 /y);
  const timestamp = reader.match(/(-|\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,6})?(?:Z|[+-]\d\d:\d\d)) /y)[1]!;
  const hostname = reader.match(/([\x21-\x7e]{1,255}) /y)[1]!;
  const appName = reader.match(/([\x21-\x7e]{1,48}) /y)[1]!;
  const procId = reader.match(/([\x21-\x7e]{1,128}) /y)[1]!;
  const msgId = reader.match(/([\x21-\x7e]{1,32}) /y)[1]!;
  const structured = structuredIn(reader);
  const rest = reader.rest();
  if (rest !== '' && !rest.startsWith(' ')) throw new Error('no space before the message');
  const message = rest.slice(1);
  const bom = message.startsWith('\uFEFF');
  return { facility: Math.floor(pri / 8), severity: pri % 8, timestamp, hostname, appName, procId, msgId, structured, bom, text: bom ? message.slice(1) : message };
}

function structuredIn(reader: Reader): Map<string, Map<string, string>> {
  const elements = new Map<string, Map<string, string>>();
  if (reader.has('-')) {
    reader.match(/-/y);
    return elements;
  }
  do {
    const name = reader.match(/\[([\x21\x23-\x3c\x3e-\x5c\x5e-\x7e]{1,32})/y)[1]!;
    const values = new Map<string, string>();
    while (reader.has(' ')) {
      const [, key, value] = reader.match(/ ([\x21\x23-\x3c\x3e-\x5c\x5e-\x7e]{1,32})="((?:[^"\\\]]|\\["\\\]])*)"/y);
      values.set(key!, value!.replace(/\\(["\\\]])/g, '$1'));
    }
    reader.match(/\]/y);
    elements.set(name, values);
  } while (reader.has('['));
  return elements;
}

class Reader {
  readonly #text: string;
  #at = 0;
  constructor(text: string) { this.#text = text; }
  has(character: string): boolean { return this.#text[this.#at] === character; }
  rest(): string { return this.#text.slice(this.#at); }
  match(what: RegExp): RegExpExecArray {
    what.lastIndex = this.#at;
    const found = what.exec(this.#text);
    if (found === null) throw new Error(`expected ${what.source} at ${JSON.stringify(this.#text.slice(this.#at, this.#at + 40))}`);
    this.#at = what.lastIndex;
    return found;
  }
}
