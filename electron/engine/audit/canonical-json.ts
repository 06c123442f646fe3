/**
 * RFC 8785 (JSON Canonicalization Scheme): one spelling of a value, so that whoever hashes it gets the same. JSON.stringify already writes numbers and
 * strings as the RFC wants them; what is left is the order of names (by UTF-16 code units) and refusing what I-JSON cannot hold.
 */

export type Json = null | boolean | number | string | readonly Json[] | { readonly [name: string]: Json };

/** Throws a TypeError for numbers that are not finite, text that is not well-formed Unicode, and what is no JSON. */
export function canonicalJson(value: Json): string {
  if (value === null || typeof value === 'boolean') return String(value);
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) throw new TypeError('A number that is not finite has no spelling in JSON.');
    return JSON.stringify(value);
  }
  if (typeof value === 'string') return text(value);
  if (isList(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (typeof value !== 'object' || Object.getPrototypeOf(value) !== Object.prototype) throw new TypeError('Only plain values of JSON have a canonical spelling.');
  // The order of `sort` without a comparison is that of UTF-16 code units.
  return `{${Object.keys(value).sort().map((name) => `${text(name)}:${canonicalJson(value[name] ?? missing(value, name))}`).join(',')}}`;
}

const isList = (value: Json): value is readonly Json[] => Array.isArray(value);

function text(value: string): string {
  if (!value.isWellFormed()) throw new TypeError('Text with half a surrogate pair has no spelling in UTF-8.');
  return JSON.stringify(value);
}

function missing(value: { readonly [name: string]: Json }, name: string): null {
  if (value[name] === null) return null;
  throw new TypeError(`"${name}" has no value.`);
}
