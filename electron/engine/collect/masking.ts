/**
 * SECURITY: takes our own credential out of what a runtime says. Some of them echo headers in their records or errors, and what they say is
 * stored, shown and exported.
 */

const stands = '[credential]';
/** Shorter ones would be found everywhere by chance. */
const shortest = 8;

export type Mask = <T>(value: T) => T;

/** Every string in plain data, keys included. Without a find the value comes back as it was. */
export function maskOf(secrets: Iterable<string>): Mask {
  const forms = new Set<string>();
  for (const secret of secrets) {
    if (secret.length < shortest) continue;
    forms.add(secret);
    // As it stands inside JSON text, once and twice over.
    const inJson = JSON.stringify(secret).slice(1, -1);
    forms.add(inJson).add(JSON.stringify(inJson).slice(1, -1));
    forms.add(encodeURIComponent(secret)).add(Buffer.from(secret).toString('base64'));
  }
  const found = [...forms].sort((a, b) => b.length - a.length);
  if (found.length === 0) return (value) => value;
  const inText = (text: string): string => found.reduce((masked, form) => withoutBeginning(masked.includes(form) ? masked.replaceAll(form, stands) : masked, form), text);
  return (value) => masked(value, inText) as typeof value;
}

/** Quotes are cut to fit before they come here: what was cut off in the middle of a credential is most of it all the same. */
function withoutBeginning(text: string, form: string): string {
  const head = form.slice(0, shortest);
  let rest = text;
  for (let at = rest.indexOf(head); at !== -1; at = rest.indexOf(head, at + 1)) {
    let end = at + head.length;
    while (end < rest.length && rest[end] === form[end - at]) end += 1;
    if (end === rest.length || rest[end] === '…') rest = rest.slice(0, at) + stands + rest.slice(end);
  }
  return rest;
}

function masked(value: unknown, inText: (text: string) => string): unknown {
  if (typeof value === 'string') return inText(value);
  if (Array.isArray(value)) return each(value, (one) => masked(one, inText));
  if (typeof value !== 'object' || value === null || Object.getPrototypeOf(value) !== Object.prototype) return value;
  const entries = Object.entries(value);
  const changed = each(entries, ([key, one]) => {
    const pair: [string, unknown] = [inText(key), masked(one, inText)];
    return pair[0] === key && pair[1] === one ? null : pair;
  }, true);
  return changed === entries ? value : Object.fromEntries(changed);
}

/** The same array while nothing in it changed: batches are large and finds are rare. `sparse`: null stands for "unchanged". */
function each<T>(items: readonly T[], change: (item: T) => T | null, sparse = false): readonly T[] {
  let result: T[] | null = null;
  items.forEach((item, at) => {
    const next = change(item);
    if (sparse ? next === null : next === item) return;
    result ??= [...items];
    result[at] = next as T;
  });
  return result ?? items;
}
