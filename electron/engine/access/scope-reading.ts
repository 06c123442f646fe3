import type { ClassReading } from './worst.ts';

export interface ScopeReading {
  readonly resource: string;
  readonly classes: readonly ClassReading[];
  readonly says: string | null;
  /** what its name does not say, each with why. */
  readonly notes: string[];
  readonly conditions: string[];
  readonly dataClass: string | null;
}

export const looking: readonly ClassReading[] = [{ class: 'read', reversibility: 'read_only' }];
export const changing: readonly ClassReading[] = [{ class: 'write', reversibility: 'unknown' }];
export const removing: readonly ClassReading[] = [{ class: 'delete', reversibility: 'unknown' }];
export const sending: readonly ClassReading[] = [{ class: 'write', reversibility: 'irreversible' }];
export const ruling: readonly ClassReading[] = [{ class: 'administer', reversibility: 'unknown' }];
export const running: readonly ClassReading[] = [{ class: 'execute', reversibility: 'unknown' }];

export function scope(resource: string, classes: readonly ClassReading[], { says = null, notes = [], dataClass = null }: { says?: string | null; notes?: string[]; dataClass?: string | null } = {}): ScopeReading {
  return { resource, classes, says, notes, conditions: [], dataClass };
}
