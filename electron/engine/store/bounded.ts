/** SECURITY: texts from runtimes arrive unbounded; nothing is cut without a sign that it was. */

export function bounded(text: string, most: number): string {
  return text.length > most ? `${text.slice(0, most - 1)}…` : text;
}

export function boundedOrNull(text: string | null, most: number): string | null {
  return text === null ? null : bounded(text, most);
}
