/**
 * Short ASCII strings repeat endlessly in telemetry ("chat", "execute_tool", model and tool names): a small direct-mapped cache
 * compares bytes instead of making a new string each time (about 3 x cheaper, and equal strings are the same object, which the
 * writer's dictionaries profit from). Everything else is decoded as UTF-8; broken UTF-8 shows as U+FFFD.
 */
const slots = 4096;
const longest = 48;

export class ShortStrings {
  private readonly cache: (string | undefined)[] = Array.from({ length: slots });

  read(buf: Buffer, start: number, end: number): string {
    const length = end - start;
    if (length === 0) return '';
    if (length > longest) return buf.toString('utf8', start, end);
    let hash = length;
    for (let i = start; i < end; i++) hash = (Math.imul(hash, 31) + (buf[i] as number)) | 0;
    const slot = (hash ^ (hash >>> 12)) & (slots - 1);
    const known = this.cache[slot];
    if (known !== undefined && known.length === length && sameBytes(known, buf, start)) return known;
    const made = buf.toString('utf8', start, end);
    if (made.length === length) this.cache[slot] = made;
    return made;
  }
}

/** A cached string is as long in characters as in bytes, so it is ASCII: character codes are bytes. */
function sameBytes(text: string, buf: Buffer, start: number): boolean {
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) !== buf[start + i]) return false;
  return true;
}
