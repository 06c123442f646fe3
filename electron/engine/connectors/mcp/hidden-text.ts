/**
 * Characters that a person does not see and a model reads: tag characters, zero width, direction changes, other controls. Joiners inside
 * emoji and scripts that need them are common, so a zero-width joiner or non-joiner alone is no sign of anything.
 */
export function hasHiddenText(text: string): boolean {
  return /[\u{E0000}-\u{E007F}\u202A-\u202E\u2066-\u2069\u200B\u2060-\u2064\uFEFF]|[^\P{Cc}\t\n\r]/u.test(text);
}
