/**
 * Makes what an agent, a tool or a runtime wrote harmless to look at. Pure: text in, segments out.
 * Nothing is dropped in silence: what cannot be seen becomes a box with its code point, what is folded is counted.
 */

export type Segment =
  | { kind: 'text'; text: string }
  /** emoji: shown without colour, so that a page of evidence has no foreign signals in it. */
  | { kind: 'emoji'; text: string }
  | { kind: 'break' }
  /** an invisible, direction-changing or control character, or a run of the same: `U+202E`, `U+200B x 3`. */
  | { kind: 'box'; label: string; count: number };

export interface InertText {
  segments: Segment[];
  /** invisible characters that were made visible, in the part that is shown. */
  invisible: number;
  /** code points behind the fold. */
  hidden: number;
}

// SECURITY: everything that shows nothing, moves what stands around it, or talks to a terminal. \p{Cf} holds the
// direction controls, zero-width characters and tag characters; the rest are letters by category and blank by shape.
const unseen = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}\p{Zl}\p{Zp}\p{Variation_Selector}]/u;
/** Grapheme joiner, Hangul fillers, Khmer vowels without shape, the blank Braille cell. */
const blank = new Set([0x034f, 0x115f, 0x1160, 0x17b4, 0x17b5, 0x2800, 0x3164, 0xffa0]);
const isUnseen = (character: string): boolean => unseen.test(character) || blank.has(character.codePointAt(0) ?? 0);
const mark = /\p{M}/u;
const pictographic = /[\p{Extended_Pictographic}\p{Regional_Indicator}]/u;
/** Digits become keycap emoji with these two behind them. */
const keycap = '\u20E3';
const selectors = new Set(['\uFE0E', '\uFE0F']);
const joiner = '\u200D';
const skinTone = /\p{Emoji_Modifier}/u;
/** More marks than this on one letter is not a language but a flood over the neighbouring lines. */
const mostMarks = 3;

const codePoint = (character: string): string => `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`;

const emojiTail = (character: string): boolean => selectors.has(character) || skinTone.test(character) || character === keycap;

/** The characters of one emoji from `start`: base, selectors, skin tones, joined parts. 0 when there is none. */
function emojiLength(characters: readonly string[], start: number): number {
  const first = characters[start] ?? '';
  const isKeycap = /[0-9#*]/.test(first) && (characters[start + 1] === keycap || (selectors.has(characters[start + 1] ?? '') && characters[start + 2] === keycap));
  if (!pictographic.test(first) && !isKeycap) return 0;
  let end = start + 1;
  while (end < characters.length) {
    const next = characters[end] ?? '';
    if (emojiTail(next)) end += 1;
    else if (next === joiner && pictographic.test(characters[end + 1] ?? '')) end += 2;
    else break;
    // SECURITY: an emoji is short; a longer chain is a hiding place for selectors, so the rest of it is boxed.
    if (end - start >= 12) break;
  }
  return end - start;
}

class SegmentList {
  readonly segments: Segment[] = [];
  invisible = 0;
  #marks = 0;

  text(character: string, kind: 'text' | 'emoji' = 'text'): void {
    const last = this.segments.at(-1);
    if (last?.kind === kind) last.text += character;
    else this.segments.push({ kind, text: character });
    this.#marks = 0;
  }

  mark(character: string): void {
    this.#marks += 1;
    const last = this.segments.at(-1);
    if (this.#marks > mostMarks || last?.kind !== 'text') this.box(character);
    else last.text += character;
  }

  box(character: string): void {
    this.invisible += 1;
    const label = codePoint(character);
    const last = this.segments.at(-1);
    if (last?.kind === 'box' && last.label === label) last.count += 1;
    else this.segments.push({ kind: 'box', label, count: 1 });
  }

  lineBreak(): void {
    this.segments.push({ kind: 'break' });
    this.#marks = 0;
  }
}

/** `most`: code points shown before the fold. */
export function inertText(raw: string, most = Infinity): InertText {
  const shownUnits = Number.isFinite(most) ? raw.slice(0, most * 2 + 2) : raw;
  const all = Array.from(shownUnits);
  const characters = all.length > most ? all.slice(0, most) : all;
  const hidden = raw.length > shownUnits.length || all.length > most ? countCodePoints(raw) - characters.length : 0;
  const list = new SegmentList();
  for (let at = 0; at < characters.length; at += 1) {
    const character = characters[at] ?? '';
    const emoji = emojiLength(characters, at);
    if (emoji > 0) {
      list.text(characters.slice(at, at + emoji).join(''), 'emoji');
      at += emoji - 1;
    } else if (character === '\n') list.lineBreak();
    else if (character === '\r' && characters[at + 1] === '\n') continue;
    else if (character === '\t') list.text('    ');
    else if (isUnseen(character)) list.box(character);
    else if (mark.test(character)) list.mark(character);
    else list.text(character);
  }
  return { segments: list.segments, invisible: list.invisible, hidden };
}

function countCodePoints(text: string): number {
  let count = 0;
  for (let at = 0; at < text.length; at += 1) {
    const unit = text.charCodeAt(at);
    const next = text.charCodeAt(at + 1);
    if (unit >= 0xd800 && unit <= 0xdbff && next >= 0xdc00 && next <= 0xdfff) at += 1;
    count += 1;
  }
  return count;
}

export const boxLabel = (segment: { label: string; count: number }): string =>
  segment.count === 1 ? segment.label : `${segment.label} x ${segment.count}`;

/** The same cleaning as one plain string, for titles, tooltips and accessible names: boxes become `[U+202E]`. */
export function inertString(raw: string, most = 200): string {
  const { segments, hidden } = inertText(raw, most);
  const text = segments.map((segment) => (segment.kind === 'box' ? `[${boxLabel(segment)}]` : segment.kind === 'break' ? ' ' : segment.text)).join('');
  return hidden > 0 ? `${text}… (${hidden} more characters)` : text;
}
