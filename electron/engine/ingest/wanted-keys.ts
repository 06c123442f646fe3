/** Finds a wanted attribute key by its bytes, before any string is made: most attributes of a record are not wanted. */
export class WantedKeys {
  private readonly keys: (string | undefined)[];
  private readonly bytes: Buffer[];
  private readonly mask: number;

  constructor(wanted: ReadonlySet<string>) {
    let size = 64;
    while (size < wanted.size * 8) size *= 2;
    this.mask = size - 1;
    this.keys = Array.from({ length: size });
    this.bytes = Array.from({ length: size }, () => Buffer.alloc(0));
    for (const key of wanted) this.add(key);
  }

  find(buf: Uint8Array, start: number, end: number): string | undefined {
    let at = hashOf(buf, start, end) & this.mask;
    for (;;) {
      const key = this.keys[at];
      if (key === undefined) return undefined;
      if (same(this.bytes[at] as Buffer, buf, start, end)) return key;
      at = (at + 1) & this.mask;
    }
  }

  private add(key: string): void {
    const bytes = Buffer.from(key);
    let at = hashOf(bytes, 0, bytes.length) & this.mask;
    while (this.keys[at] !== undefined) at = (at + 1) & this.mask;
    this.keys[at] = key;
    this.bytes[at] = bytes;
  }
}

/** Keys share their beginnings (`gen_ai.usage.`), so the length and the last bytes tell them apart. */
function hashOf(buf: Uint8Array, start: number, end: number): number {
  const length = end - start;
  if (length < 4) return length;
  const tail = (buf[end - 1] as number) + (buf[end - 2] as number) * 7 + (buf[end - 3] as number) * 31 + (buf[end - 4] as number) * 131;
  return Math.imul(tail + length * 1021 + (buf[start + (length >> 1)] as number) * 257, 0x9e37_79b1) >>> 15;
}

function same(key: Uint8Array, buf: Uint8Array, start: number, end: number): boolean {
  const length = key.length;
  if (length !== end - start) return false;
  for (let i = 0; i < length; i++) if (key[i] !== buf[start + i]) return false;
  return true;
}

const tables = new WeakMap<ReadonlySet<string>, WantedKeys>();

export function wantedKeys(wanted: ReadonlySet<string>): WantedKeys {
  let table = tables.get(wanted);
  if (table === undefined) {
    // Every record says whose it is, whether or not a normaliser asks for it.
    table = new WantedKeys(new Set([...wanted, 'service.name', 'service.version']));
    tables.set(wanted, table);
  }
  return table;
}
