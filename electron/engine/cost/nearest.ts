/** Which entry of the price book is named most like a model that has none: a start for the person who prices it. */
import type { PriceEntry } from '../../../shared/cost.ts';
import { modelNames } from './names.ts';

/** Words and numbers of a name: `claude-opus-5-20260101` and `claude-opus-4.8` share two of them at the start. */
const words = (name: string): readonly string[] => name.split(/[^a-z0-9]+/).filter((word) => word !== '');

function likeness(one: readonly string[], other: readonly string[]): number {
  let shared = 0;
  while (shared < one.length && shared < other.length && one[shared] === other[shared]) shared += 1;
  if (shared === 0) return 0;
  const set = new Set(other);
  const common = one.filter((word) => set.has(word)).length;
  return shared * 10 + common * 3 - Math.abs(one.length - other.length);
}

/** Null when not even the first word is shared. */
export function nearestName(names: readonly string[], entries: readonly PriceEntry[]): string | null {
  let best: string | null = null;
  let most = 0;
  const asked = names.map(words);
  for (const entry of entries) {
    const last = words(modelNames(entry.model).at(-1) ?? '');
    for (const one of asked) {
      const found = likeness(one, last);
      if (found > most) { most = found; best = entry.id; }
    }
  }
  return best;
}
