/** RFC 8785: whether a line is spelled the one way in which it may be spelled. */

/** Null: no JSON, or not its canonical spelling. */
export function readCanonical(line: string): unknown {
  const value = parsed(line);
  return value !== undefined && spelled(value) === line ? value : null;
}

/** Undefined: no JSON. */
export function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // What is wrong with it is nobody's concern: a line that is no JSON is damage.
    return undefined;
  }
}

function spelled(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(spelled).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  // The order of `sort` without a comparison is that of UTF-16 code units.
  return `{${Object.keys(value).sort().map((name) => `${JSON.stringify(name)}:${spelled((value as Record<string, unknown>)[name])}`).join(',')}}`;
}

export type Fields = Readonly<Record<string, unknown>>;
export const isFields = (value: unknown): value is Fields => typeof value === 'object' && value !== null && !Array.isArray(value);
