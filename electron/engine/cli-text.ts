/** Tables for people. What agents wrote is shown inert: nothing in it can move the cursor, colour or hide text. */
import type { Cost } from '../../shared/domain.ts';

/** Controls, invisible and direction-changing characters, unpaired surrogates. */
const unsafe = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}\u115F\u1160\u3164\uFFA0\u2800]/gu;

/** SECURITY: a terminal obeys what it is told; agent text must not be able to tell it anything. */
export const visible = (text: string): string => text.replace(unsafe, (character) => `[U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}]`);

/** SECURITY: what failed may name agents, services and runtimes in their own words. */
export const failureText = (error: unknown): string => `gatehouse: ${visible(error instanceof Error ? error.message : String(error))}\n`;

/** SECURITY: text of several lines keeps them, each set in, so that none of them can pass for a line of ours. */
export const visibleLines = (text: string): string => text.split('\n').map((line) => `  ${visible(line)}`).join('\n');

const zeroWidth = /^\p{M}$/u;
const doubleWidth = /^[\u1100-\u115F\u2E80-\u303E\u3041-\uA4CF\uAC00-\uD7A3\uF900-\uFAFF\uFE30-\uFE6F\uFF00-\uFF60\uFFE0-\uFFE6\u{1F300}-\u{1FAFF}\u{20000}-\u{3FFFD}]$/u;

const widthOf = (character: string): number => (zeroWidth.test(character) ? 0 : doubleWidth.test(character) ? 2 : 1);
const width = (text: string): number => Array.from(text).reduce((sum, character) => sum + widthOf(character), 0);

export interface Column<R> {
  readonly head: string;
  readonly cell: (row: R) => string;
  readonly right?: boolean;
  /** longer text ends with an ellipsis; identifiers, times and amounts have none. */
  readonly most?: number;
}

function cut(text: string, most: number | undefined): string {
  if (most === undefined || width(text) <= most) return text;
  let kept = '';
  for (const character of text) {
    if (width(kept) + widthOf(character) > most - 1) break;
    kept += character;
  }
  return `${kept}…`;
}

const pad = (text: string, to: number, right: boolean): string => (right ? ' '.repeat(Math.max(0, to - width(text))) + text : text + ' '.repeat(Math.max(0, to - width(text))));

export function formatTable<R>(columns: readonly Column<R>[], rows: readonly R[]): string {
  const lines = [columns.map((column) => column.head), ...rows.map((row) => columns.map((column) => cut(visible(column.cell(row)), column.most)))];
  const widths = columns.map((_column, at) => Math.max(...lines.map((line) => width(line[at] ?? ''))));
  return `${lines.map((line) => line.map((cell, at) => pad(cell, widths[at] ?? 0, columns[at]?.right ?? false)).join('  ').trimEnd()).join('\n')}\n`;
}

export const count = (value: number): string => value.toLocaleString('en');

/** Local time is for screens that can show UTC on focus; a terminal's text is pasted elsewhere, so it says UTC. */
export const time = (iso: string | null): string => (iso === null ? '' : iso.replace('T', ' ').replace(/\.\d+Z$/, 'Z'));

/** Never a zero for what is not nothing. */
export function units(micros: number): string {
  const amount = micros / 1_000_000;
  if (micros !== 0 && Math.abs(micros) < 50) return micros < 0 ? '>-0.0001' : '<0.0001';
  return amount.toFixed(Math.abs(amount) >= 0.01 || amount === 0 ? 2 : 4);
}

export function money(cost: { readonly amountMicros: number | null; readonly currency: string; readonly unpriced: number; readonly provenance: Cost['provenance'] } | null): string {
  // No billed units were told of: a zero would be read as a known one.
  if (cost === null || (cost.amountMicros === 0 && cost.unpriced === 0 && cost.provenance === 'computed')) return '';
  if (cost.amountMicros === null) return 'no price';
  const text = `${units(cost.amountMicros)} ${cost.currency}`;
  return cost.unpriced > 0 ? `at least ${text}` : text;
}
