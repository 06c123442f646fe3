import { accessClasses, reversibilities } from '../../../shared/access.ts';
import type { AccessClass, GrantReading, Reversibility } from '../../../shared/access.ts';

export type ClassReading = GrantReading['classes'][number];

const rank = new Map(reversibilities.map((name, place) => [name, place]));
export const isWorse = (a: Reversibility, b: Reversibility): boolean => (rank.get(a) ?? 0) > (rank.get(b) ?? 0);

/** The worst of several; of none: unknown. */
export function worstOf(all: Iterable<Reversibility>): Reversibility {
  let worst: Reversibility | null = null;
  for (const one of all) if (worst === null || isWorse(one, worst)) worst = one;
  return worst ?? 'unknown';
}

/** In the order of the classes, so that the same permission always reads the same. */
const order = new Map(accessClasses.map((name, place) => [name, place]));

/** One entry a class, with the worst of its reversibilities. */
export function mergeClasses(all: Iterable<ClassReading>): ClassReading[] {
  const merged = new Map<AccessClass, Reversibility>();
  for (const { class: name, reversibility } of all) {
    const known = merged.get(name);
    if (known === undefined || isWorse(reversibility, known)) merged.set(name, reversibility);
  }
  return [...merged].map(([name, reversibility]) => ({ class: name, reversibility })).sort((a, b) => (order.get(a.class) ?? 0) - (order.get(b.class) ?? 0));
}
