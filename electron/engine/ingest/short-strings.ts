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
    const slot = slotOf(buf, start, end);
    const known = this.cache[slot];
    if (known !== undefined && known.length === length && sameBytes(known, buf, start)) return known;
    const made = buf.toString('utf8', start, end);
    if (made.length === length) this.cache[slot] = made;
    return made;
  }
}

/** A few bytes tell short strings apart well enough: what differs in telemetry is mostly the end. */
function slotOf(buf: Uint8Array, start: number, end: number): number {
  const length = end - start;
  const last = (buf[end - 1] as number) + (buf[start] as number) * 131 + (buf[start + (length >> 1)] as number) * 8_209 + length * 524_309;
  if (length < 4) return (Math.imul(last, 0x9e37_79b1) >>> 20) & (slots - 1);
  const tail = (buf[end - 2] as number) * 37 + (buf[end - 3] as number) * 1_031 + (buf[end - 4] as number) * 16_411;
  return (Math.imul(last + tail, 0x9e37_79b1) >>> 20) & (slots - 1);
}

/** A cached string is as long in characters as in bytes, so it is ASCII: character codes are bytes. */
function sameBytes(text: string, buf: Buffer, start: number): boolean {
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) !== buf[start + i]) return false;
  return true;
}
