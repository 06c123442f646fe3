/**
 * SECURITY: text of strangers on its way into a spreadsheet. What a spreadsheet would run is made text, and what nobody sees (control characters,
 * signs that turn the direction of writing, halves of surrogate pairs) is spelled out. Both change the cell, so the row says which cells were changed;
 * JSON Lines carries them as they are.
 */

/** Controls but tab and line ends, direction signs, the byte order mark. */
const unseen = /[^\P{Cc}\t\r\n]|[\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/gu;
const halves = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;
const spelled = (character: string): string => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;

/** Most texts have nothing to spell out, and that is seen four times as fast as it is looked for. */
const shown = /^[ -~]*$/;

/** `\u202e` instead of the character itself. */
export function seen(text: string): string {
  if (shown.test(text)) return text;
  const visible = text.replace(unseen, spelled);
  return visible.isWellFormed() ? visible : visible.replace(halves, spelled);
}

/** Text that UTF-8 can hold, and nothing else changed. */
export const wellFormed = (text: string): string => (text.isWellFormed() ? text : text.replace(halves, spelled));

/**
 * A formula begins with one of these, also in full width; spreadsheets that were set to another separator see one after `;`, a tab or a line end, too,
 * since quotes only hold for the separator that the file was written with.
 */
const formula = /(^|[;|\t\r\n])([\s"']*)(?=[=+\-@\uff1d\uff0b\uff0d\uff20])/g;
const leads = /^[\t\r\n]/;

/** With an apostrophe before what would be run. */
export function noFormula(text: string): string {
  const safe = text.replace(formula, "$1$2'");
  return safe === text && leads.test(text) ? `'${text}` : safe;
}

/** Signs in JSON text outside of ASCII stand only inside strings: escaped, they are the same text, and nobody is fooled by them. */
const unseenInJson = /[\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g;
export const seenJson = (json: string): string => (shown.test(json) ? json : json.replace(unseenInJson, spelled));
