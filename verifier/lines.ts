/** Lines out of a stream of bytes, without holding more than one of them. */
import { joined, textOf } from './bytes.ts';

/** An audit entry's details are at most 1 MiB of text, and every character of it may be spelled with six. */
const longestLine = 16 * 1024 * 1024;

/** SECURITY: a line without an end, or bytes that are no UTF-8, are no reason to fill the memory or to guess. */
export class UnreadableLines extends Error {
  constructor(text: string) {
    super(text);
    this.name = 'UnreadableLines';
  }
}

/** Every line ends with a line feed, the last one too. */
export async function* linesOf(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  let held: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of chunks) {
    let from = 0;
    for (let at = chunk.indexOf(10); at >= 0; at = chunk.indexOf(10, from)) {
      yield decoded([...held, chunk.subarray(from, at)]);
      [held, length, from] = [[], 0, at + 1];
    }
    if (from < chunk.length) held.push(chunk.slice(from));
    length += chunk.length - from;
    if (length > longestLine) throw new UnreadableLines('a line is longer than any that is written');
  }
  if (held.length > 0) throw new UnreadableLines('the last line has no end');
}

function decoded(parts: readonly Uint8Array[]): string {
  const [only] = parts;
  const text = textOf(parts.length === 1 && only !== undefined ? only : joined(...parts));
  if (text === null) throw new UnreadableLines('a line is not UTF-8');
  return text;
}
