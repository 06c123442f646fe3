/** Times and durations as sentences of the kill switch say them, and names that others wrote, made harmless. */

export const iso = (us: number): string => new Date(Math.floor(us / 1_000)).toISOString();
export const isoOrNull = (us: number | null): string | null => (us === null ? null : iso(us));
/** `13:36:20 UTC`: sentences are kept, and read in other places than where they were written. */
export const clockOf = (us: number): string => `${iso(us).slice(11, 19)} UTC`;

/** `0.4 s`, `48 s`, `3 min 52 s`, `2 h 5 min`. */
export function duration(us: number): string {
  const ms = Math.max(0, us) / 1_000;
  if (ms < 10_000) return `${(Math.round(ms / 100) / 10).toString()} s`;
  const s = Math.round(ms / 1_000);
  if (s <= 120) return `${s} s`;
  if (s < 3_600) return joined(Math.floor(s / 60), 'min', s % 60, 's');
  const min = Math.round(s / 60);
  return joined(Math.floor(min / 60), 'h', min % 60, 'min');
}
const joined = (big: number, bigUnit: string, small: number, smallUnit: string): string => (small === 0 ? `${big} ${bigUnit}` : `${big} ${bigUnit} ${small} ${smallUnit}`);

/** SECURITY: a name that an agent or a runtime wrote stands inside our sentence: no line breaks, no direction changes, and not longer than the sentence bears. */
export function inert(text: string, most = 80): string {
  const clean = text.replace(/[\p{C}\p{Zl}\p{Zp}]+/gu, ' ').trim();
  const letters = Array.from(clean);
  return letters.length <= most ? clean : `${letters.slice(0, most - 1).join('')}…`;
}

/** `4f1c…`: enough of each to tell them apart. */
export function shortIds(ids: readonly string[], most = 3): string {
  const shown = ids.slice(0, most).map((id) => inert(id));
  const keep = [4, 8, 13].find((length) => new Set(shown.map((id) => id.slice(0, length))).size === shown.length) ?? 80;
  const cut = shown.map((id) => (id.length <= keep + 1 ? id : `${id.slice(0, keep)}…`));
  return ids.length > most ? `${cut.join(', ')} and ${ids.length - most} more` : cut.join(', ');
}

export const list = (names: readonly string[], most = 5): string => (names.length <= most ? names.join(', ') : `${names.slice(0, most).join(', ')} and ${names.length - most} more`);
