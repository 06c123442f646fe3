/** Numbers in words; and text of a pack as it is shown: one line, of bounded length, and what would steer a terminal or turn the reading order is named instead. */

const most = 400;

export const count = (number: number): string => number.toLocaleString('en');
export const counted = (number: number, one: string, many = `${one}s`): string => `${count(number)} ${number === 1 ? one : many}`;

export function inert(text: string): string {
  const shown = text.toWellFormed().slice(0, most).replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\uFFFD]/gu, (char) => `<U+${(char.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}>`);
  return text.length > most ? `${shown}...` : shown;
}
