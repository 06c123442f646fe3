import { clipped } from './bounds.ts';

const DAY_US = 86_400_000_000;

/** The day in UTC, as everything that is kept. */
export const dayOf = (us: number): string => new Date(us / 1_000).toISOString().slice(0, 10);
export const daysBetween = (fromUs: number, toUs: number): number => Math.floor((toUs - fromUs) / DAY_US);
export const daysUs = (days: number): number => days * DAY_US;

/** SECURITY: names are agents' own words: short in a sentence. */
export function some(names: readonly string[]): string {
  const short = names.map((name) => clipped(name, 60));
  return short.length <= 3 ? short.join(', ') : `${short.slice(0, 2).join(', ')} and ${short.length - 2} more`;
}
