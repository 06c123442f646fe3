import type { DocumentReading, GrantKind, GrantReading } from '../../../shared/access.ts';
import { bounded } from './bounds.ts';

/** A document, or a part of one, that cannot be read: shown as text, counted as a permission of an unknown kind, never dropped. */
export function unreadable(kind: GrantKind, name: string, source: string, why: readonly string[]): GrantReading {
  return {
    kind, name, description: null, effect: 'allow', understood: 'not', notUnderstood: bounded(why), classes: [{ class: 'not_understood', reversibility: 'unknown' }], reversibility: 'unknown',
    actions: [], resources: [], conditions: [], dataClass: null, expiresAt: null, readOnly: null, destructive: null, openWorld: null, idempotent: null, source,
  };
}

export function unreadableDocument(kind: GrantKind, text: string, why: readonly string[]): DocumentReading {
  return { readings: [unreadable(kind, 'The whole document', text, why)], understood: 'not', problems: bounded(why) };
}

/** Readings of one document together. */
export function asDocument(readings: GrantReading[], problems: readonly string[]): DocumentReading {
  if (readings.length === 0) return { readings, understood: problems.length === 0 ? 'whole' : 'not', problems: bounded(problems.length === 0 ? ['It names nothing.'] : problems) };
  const whole = problems.length === 0 && readings.every(({ understood }) => understood === 'whole');
  const not = readings.every(({ understood }) => understood === 'not');
  return { readings, understood: whole ? 'whole' : not ? 'not' : 'partly', problems: bounded(problems) };
}
