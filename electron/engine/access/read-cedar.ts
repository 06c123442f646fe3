/** Cedar policy sets. */
import type { DocumentReading } from '../../../shared/access.ts';
import { uniqueNames } from './bounds.ts';

export function readCedar(text: string): DocumentReading {
  const nameOf = uniqueNames();
  const why = 'Cedar policies are not read yet; it counts as a permission of an unknown kind.';
  return {
    readings: [{ kind: 'policy', name: nameOf('policy', 'Policy set'), description: null, effect: 'allow', understood: 'not', notUnderstood: [why], classes: [{ class: 'not_understood', reversibility: 'unknown' }], reversibility: 'unknown', actions: [], resources: [], conditions: [], dataClass: null, expiresAt: null, readOnly: null, destructive: null, openWorld: null, idempotent: null, source: text }],
    understood: 'not', problems: [why],
  };
}
