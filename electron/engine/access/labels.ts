import type { AccessClass, Reversibility } from '../../../shared/access.ts';
import { clipped } from './bounds.ts';

export interface Facet { readonly resource: string; readonly class: AccessClass; readonly reversibility: Reversibility }

/** So many columns one grant opens at most; what is beyond stands under one column for the rest. */
export const MOST_LABELS = 40;

export const short = (text: string): string => clipped(text.trim() === '' ? 'without a name' : text, 80);

/** `before`: what stands before the count of the rest. */
export function shortList(labels: readonly string[], before = ''): string[] {
  const unique = [...new Set(labels)];
  return unique.length <= MOST_LABELS ? unique : [...unique.slice(0, MOST_LABELS - 1), `${before}${unique.length - MOST_LABELS + 1} more`];
}

/** Of a resource of which others take a part away. */
export const butSome = (resource: string): string => (resource.endsWith(' but some') ? resource : short(`${clipped(resource, 70)} but some`));
