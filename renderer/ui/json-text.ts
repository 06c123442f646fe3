/**
 * Reads JSON text without changing a token of it: `JSON.parse` would round 12345678901234567890 and keep one of two
 * members of the same name, and a person would approve what was never asked. Pure: text in, tree out.
 */

export type JsonNode =
  | { kind: 'object'; members: { name: string; value: JsonNode }[] }
  | { kind: 'array'; items: JsonNode[] }
  /** `text` without its quotes and escapes. */
  | { kind: 'string'; text: string }
  /** a number or literal as it was written, or a part that is nested too deep to be taken apart. */
  | { kind: 'plain'; text: string };

// SECURITY: a hostile tree may be nested as deep as it is long; what lies deeper stays one piece of text.
const deepest = 60;

class Reader {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  value(depth: number): JsonNode {
    this.#space();
    const first = this.#text[this.#at];
    if (first === '"') return { kind: 'string', text: this.#string() };
    if (first !== '{' && first !== '[') return { kind: 'plain', text: this.#until(/[\s,\]}]/g) };
    if (depth >= deepest) return { kind: 'plain', text: this.#balanced() };
    return first === '{' ? this.#object(depth) : this.#array(depth);
  }

  #object(depth: number): JsonNode {
    const members: { name: string; value: JsonNode }[] = [];
    this.#at += 1;
    while (this.#next() !== '}') {
      const name = this.#string();
      this.#next();
      this.#at += 1;
      members.push({ name, value: this.value(depth + 1) });
      if (this.#next() === ',') this.#at += 1;
    }
    this.#at += 1;
    return { kind: 'object', members };
  }

  #array(depth: number): JsonNode {
    const items: JsonNode[] = [];
    this.#at += 1;
    while (this.#next() !== ']') {
      items.push(this.value(depth + 1));
      if (this.#next() === ',') this.#at += 1;
    }
    this.#at += 1;
    return { kind: 'array', items };
  }

  #space(): void {
    while (/\s/.test(this.#text[this.#at] ?? '')) this.#at += 1;
  }

  #next(): string {
    this.#space();
    return this.#text[this.#at] ?? '';
  }

  #until(end: RegExp): string {
    end.lastIndex = this.#at;
    const stop = end.exec(this.#text)?.index ?? this.#text.length;
    const token = this.#text.slice(this.#at, stop);
    this.#at = stop;
    return token;
  }

  #string(): string {
    const token = /"[^"\\]*(?:\\.[^"\\]*)*"/sy;
    token.lastIndex = this.#at;
    const raw = token.exec(this.#text)?.[0] ?? '""';
    this.#at += raw.length;
    return JSON.parse(raw) as string;
  }

  /** Everything up to the bracket that closes the one here, strings skipped. */
  #balanced(): string {
    const start = this.#at;
    let open = 0;
    do {
      const character = this.#text[this.#at];
      if (character === '"') this.#string();
      else {
        if (character === '{' || character === '[') open += 1;
        if (character === '}' || character === ']') open -= 1;
        this.#at += 1;
      }
    } while (open > 0 && this.#at < this.#text.length);
    return this.#text.slice(start, this.#at);
  }
}

/** null: it is no JSON. */
export function readJson(text: string): JsonNode | null {
  return jsonFault(text) === null ? new Reader(text).value(0) : null;
}

/** What is wrong with it, in the words of the parser; null: it is JSON. */
export function jsonFault(text: string): string | null {
  try {
    JSON.parse(text);
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : 'It cannot be read as JSON.';
  }
}

/** With line breaks and indent; every token as it was, strings with the fewest escapes. */
export function writeJson(node: JsonNode, indent = ''): string {
  if (node.kind === 'plain') return node.text;
  if (node.kind === 'string') return JSON.stringify(node.text);
  const inner = `${indent}  `;
  const lines = node.kind === 'object'
    ? node.members.map(({ name, value }) => `${inner}${JSON.stringify(name)}: ${writeJson(value, inner)}`)
    : node.items.map((item) => `${inner}${writeJson(item, inner)}`);
  const [open, close] = node.kind === 'object' ? ['{', '}'] : ['[', ']'];
  return lines.length === 0 ? `${open}${close}` : `${open}\n${lines.join(',\n')}\n${indent}${close}`;
}

export interface Leaf { path: string; text: string }

const plainName = /^[A-Za-z_][\w-]*$/;

/** Every value that holds no other (of a whole object without members: none), with the way to it: `payments[3].amount`. A name that comes twice is told apart. */
export function leavesOf(node: JsonNode, path = ''): Leaf[] {
  if (node.kind === 'plain' || node.kind === 'string') return [{ path, text: writeJson(node) }];
  if (node.kind === 'array') return node.items.length === 0 ? [{ path, text: '[]' }] : node.items.flatMap((item, index) => leavesOf(item, `${path}[${index}]`));
  if (node.members.length === 0) return path === '' ? [] : [{ path, text: '{}' }];
  const times = new Map<string, number>();
  return node.members.flatMap(({ name, value }) => {
    const seen = (times.get(name) ?? 0) + 1;
    times.set(name, seen);
    const own = plainName.test(name) ? (path === '' ? name : `.${name}`) : `[${JSON.stringify(name)}]`;
    return leavesOf(value, `${path}${own}${seen > 1 ? ` (${seen})` : ''}`);
  });
}

export interface JsonChange { path: string; before: string | null; after: string | null }

/** What differs, value by value. Text that is no JSON is one value. */
export function jsonChanges(before: string, after: string): JsonChange[] {
  const leaves = (text: string): Map<string, string> => {
    const node = readJson(text);
    return new Map(node === null ? [['', text]] : leavesOf(node).map((leaf) => [leaf.path, leaf.text]));
  };
  const old = leaves(before);
  const now = leaves(after);
  return [...new Set([...old.keys(), ...now.keys()])]
    .map((path) => ({ path, before: old.get(path) ?? null, after: now.get(path) ?? null }))
    .filter((change) => change.before !== change.after);
}
