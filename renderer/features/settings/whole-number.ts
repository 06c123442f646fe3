/** A whole number as typed, within its limits; null: it is none. */
export function wholeNumber(text: string, least: number, most: number): number | null {
  const trimmed = text.trim();
  const number = Number(trimmed);
  return /^\d+$/.test(trimmed) && number >= least && number <= most ? number : null;
}
