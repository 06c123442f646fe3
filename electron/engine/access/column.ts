/** What one grant is about: the resource, short enough to head a column, and what it lets its holder do there. */
import { iamFacets } from './iam-column.ts';
import { short, shortList } from './labels.ts';
import type { Facet } from './labels.ts';
import type { Normalised } from './normalised.ts';

export function facetsOf(reading: Normalised): Facet[] {
  if (reading.kind === 'statement') return iamFacets(reading);
  const labels = labelsOf(reading);
  return reading.classes.flatMap((one) => labels.map((resource) => ({ resource, class: one.class, reversibility: one.reversibility })));
}

function labelsOf({ kind, name, resources }: Normalised): string[] {
  // A tool and a skill are what they are called; what they touch behind it nobody tells.
  if (kind === 'tool' || kind === 'skill' || kind === 'gate' || kind === 'resource' || kind === 'prompt' || resources.length === 0) return [short(name)];
  return shortList(resources.map((resource) => (kind === 'policy' ? cedarLabel(resource) : short(resource))));
}

/** `== Photo::"a.jpg"` reads as `Photo a.jpg`. */
const cedarLabel = (resource: string): string => short(resource === '*' ? 'Cedar all' : resource.replace(/^== /u, '').replace(/::"((?:[^"\\]|\\.)*)"/gu, ' $1'));
