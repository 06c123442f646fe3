/** The part of a runtime's answer that names a grant, as text: kept beside the reading of it, bounded, and what was cut is said. */

const mostEntry = 64 * 1_024;
/** All entries of one discovery together. */
const mostTogether = 8 * 1_024 * 1_024;

export class SourceRoom {
  #left: number;

  constructor(most: number = mostTogether) { this.#left = most; }

  /** null: no room is left, or it is no JSON. */
  take(entry: unknown): string | null {
    const whole = jsonOf(entry);
    if (whole === null) return null;
    const text = whole.length <= mostEntry ? whole : `${whole.slice(0, mostEntry).toWellFormed()}\n… cut here: ${whole.length - mostEntry} characters more`;
    if (text.length > this.#left) return null;
    this.#left -= text.length;
    return text;
  }
}

function jsonOf(entry: unknown): string | null {
  try {
    return JSON.stringify(entry) ?? null;
  } catch {
    // Nested deeper than can be written: the grant counts all the same, without its text.
    return null;
  }
}
