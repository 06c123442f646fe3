/** Reads attribute values that strangers wrote: a value of the wrong type is as good as absent, never an exception. */
import type { Attrs, AttrValue } from '../record.ts';

export const maxName = 200;
const maxText = 4_000;
/** More than any account could be billed for one call: a larger count is a bug or an attack, not usage. */
const maxTokens = 1e12;

type Keys = readonly string[];

function cleanUpTo(text: string, limit: number, keepLines: boolean): string {
  let out = '';
  let from = 0;
  const end = Math.min(text.length, limit);
  for (let i = 0; i < end; i += 1) {
    const code = text.charCodeAt(i);
    if (code >= 0x20 && (code < 0x7f || code > 0x9f)) continue;
    if (keepLines && (code === 0x0a || code === 0x09)) continue;
    out += `${text.slice(from, i)} `;
    from = i + 1;
  }
  return (out + text.slice(from, end)).trim();
}

/** SECURITY: names become rows, filters and log lines: no control characters, at most 200 characters. */
export function cleanName(text: string): string {
  return cleanUpTo(text, maxName, false);
}

/** Error texts keep their lines. */
export function cleanText(text: string): string {
  return cleanUpTo(text, maxText, true);
}

export function asText(value: AttrValue | undefined): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  return '';
}

/** First non-empty text under any of the keys; '' when there is none. */
export function text(attrs: Attrs, keys: Keys): string {
  for (const key of keys) {
    const value = attrs[key];
    if (value === undefined) continue;
    const found = asText(value);
    if (found !== '') return found;
  }
  return '';
}

export function one(attrs: Attrs, key: string): string {
  return asText(attrs[key]);
}

/** undefined instead of '' keeps absent names absent in drafts. */
export function nameOf(attrs: Attrs, keys: Keys): string | undefined {
  const found = text(attrs, keys);
  if (found === '') return undefined;
  const clean = cleanName(found);
  return clean === '' ? undefined : clean;
}

export function asNumber(value: AttrValue | undefined): number | undefined {
  if (typeof value === 'number') return Number.isFinite(value) ? value : undefined;
  if (typeof value !== 'string' || value.length === 0 || value.length > 32 || value.trim() === '') return undefined;
  const parsed = Number(value);
  return Number.isFinite(parsed) ? parsed : undefined;
}

/** A token count, or undefined when it is absent or cannot be one (negative, NaN, absurd). */
export function tokens(attrs: Attrs, keys: Keys): number | undefined {
  for (const key of keys) {
    const value = attrs[key];
    if (value === undefined) continue;
    const count = asNumber(value);
    if (count !== undefined && count >= 0 && count <= maxTokens) return Math.round(count);
  }
  return undefined;
}

/** Booleans arrive as booleans and as the texts 'true' and 'false'. */
/** Money that a source reports in US dollars, as micro-units; refused when negative, absurd or no number. */
export function dollarsOf(value: AttrValue | undefined): { readonly micros: number; readonly currency: string } | undefined {
  const dollars = asNumber(value);
  return dollars === undefined || dollars < 0 || dollars > 1e9 ? undefined : { micros: Math.round(dollars * 1_000_000), currency: 'USD' };
}

export function flag(attrs: Attrs, key: string): boolean | undefined {
  const value = attrs[key];
  if (typeof value === 'boolean') return value;
  if (typeof value !== 'string') return undefined;
  if (value === 'true' || value === 'True' || value === '1') return true;
  if (value === 'false' || value === 'False' || value === '0') return false;
  return undefined;
}

/** A span of milliseconds as microseconds; refused when negative or longer than a year. */
export function millisUs(attrs: Attrs, key: string): number | undefined {
  const value = asNumber(attrs[key]);
  return value === undefined || value < 0 || value > 31_622_400_000 ? undefined : Math.round(value * 1000);
}

/** A JSON object in an attribute, or undefined. Only for small structural values; larger texts are not parsed. */
export function jsonObject(value: AttrValue | undefined): Readonly<Record<string, unknown>> | undefined {
  if (typeof value === 'object' && !Array.isArray(value)) return value as Readonly<Record<string, unknown>>;
  if (typeof value !== 'string' || value.charCodeAt(0) !== 0x7b || value.length > 16_384) return undefined;
  try {
    const parsed: unknown = JSON.parse(value);
    return typeof parsed === 'object' && parsed !== null ? (parsed as Readonly<Record<string, unknown>>) : undefined;
  } catch {
    // Text from outside: what is not JSON names nothing, and the record is kept without it.
    return undefined;
  }
}
