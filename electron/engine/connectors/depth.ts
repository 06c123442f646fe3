/**
 * How deeply a stranger's value is nested. Its text parses at any depth, but everything that walks it later would end in a full stack;
 * one such record must cost that record only.
 */
const deepest = 100;

export function nestsTooDeeply(value: unknown, most = deepest): boolean {
  const waiting: { readonly value: object; readonly depth: number }[] = [];
  const add = (one: unknown, depth: number): void => { if (typeof one === 'object' && one !== null) waiting.push({ value: one, depth }); };
  add(value, 1);
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (next.depth > most) return true;
    for (const one of Object.values(next.value)) add(one, next.depth + 1);
  }
  return false;
}
