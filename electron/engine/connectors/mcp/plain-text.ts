/** A server's words inside sentences of ours. */

const hidden = /[\p{Cc}\p{Cf}\p{Co}\p{Cn}\p{Cs}\p{Zl}\p{Zp}]/gu;

/** SECURITY: short, on one line, without anything that is not seen: it stands inside our own words. */
export function quoted(text: string, most = 80): string {
  const shown = text.slice(0, most * 4).toWellFormed().replace(/\s+/gu, ' ').replace(hidden, '\u{FFFD}').trim();
  return `"${shown.length > most ? `${shown.slice(0, most).toWellFormed()}…` : shown}"`;
}

/**
 * Characters that a person does not see and a model reads: tag characters, zero width, direction changes, other controls. Joiners inside
 * emoji and scripts that need them are common, so a zero-width joiner or non-joiner alone is no sign of anything.
 */
export function hasHiddenText(text: string): boolean {
  return /[\u{E0000}-\u{E007F}\u202A-\u202E\u2066-\u2069\u200B\u2060-\u2064\uFEFF]|[^\P{Cc}\t\n\r]/u.test(text);
}

/** A short string field of a server's answer; null: not there, or no text. */
export function text(value: unknown, most: number): string | null {
  return typeof value === 'string' && value !== '' ? value.slice(0, most).toWellFormed() : null;
}

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
