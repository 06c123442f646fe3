/** SECURITY: texts from runtimes arrive unbounded; nothing is cut without a sign that it was. */

export function bounded(text: string, most: number): string {
  return text.length > most ? `${text.slice(0, most - 1)}…` : text;
}

/** SECURITY: a time that is none would be refused by the file, and the whole batch with it, again and again. */
export function wholeUs(us: number, otherwise: number): number {
  return Number.isFinite(us) && Math.abs(us) <= Number.MAX_SAFE_INTEGER ? Math.round(us) : otherwise;
}

export function boundedOrNull(text: string | null, most: number): string | null {
  return text === null ? null : bounded(text, most);
}
