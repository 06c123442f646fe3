/** Reading strangers' JSON: nothing is taken for granted, nothing throws. */

export type Json = Readonly<Record<string, unknown>>;

export function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A text with something in it; null: not there, or no text. */
export function text(value: unknown, most = 1_000_000): string | null {
  return typeof value === 'string' && value !== '' ? value.slice(0, most).toWellFormed() : null;
}

export function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

export function objects(value: unknown): readonly Json[] {
  return list(value).filter(isObject);
}

/** An RFC 3339 time in microseconds; null: not there, no time, before anything of this kind existed, or later than microseconds can be counted. */
export function timeUs(value: unknown): number | null {
  if (typeof value !== 'string' || value.length > 64) return null;
  const ms = Date.parse(value);
  if (!Number.isFinite(ms) || ms < Date.UTC(2020, 0, 1) || ms > Date.UTC(2200, 0, 1)) return null;
  // Date keeps milliseconds; servers of other languages tell microseconds.
  const fraction = /\.\d{3}(\d{1,3})/.exec(value)?.[1] ?? '';
  return ms * 1_000 + Number(fraction.padEnd(3, '0'));
}

/** SECURITY: a stranger's words inside a sentence of ours: short, on one line, without anything that is not seen. */
export function quoted(value: string, most = 120): string {
  const shown = value.slice(0, most * 4).toWellFormed().replace(/\s+/gu, ' ').replace(/[\p{Cc}\p{Cf}\p{Co}\p{Cn}\p{Cs}]/gu, '\u{FFFD}').trim();
  return `"${shown.length > most ? `${shown.slice(0, most).toWellFormed()}…` : shown}"`;
}
