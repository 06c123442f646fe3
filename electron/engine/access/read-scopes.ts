/** Lists of OAuth scopes and app roles: separated by spaces, commas or lines, or a JSON list, or an answer that carries one (`scope`, `scp`, `roles`). */
import type { DocumentReading, GrantReading } from '../../../shared/access.ts';
import { MOST_READINGS, quoted, uniqueNames } from './bounds.ts';
import { isObject, parseDocument } from './json-document.ts';
import type { Json } from './json-document.ts';
import { readScope } from './scope-table.ts';
import { asDocument, unreadableDocument } from './unreadable.ts';
import { mergeClasses, worstOf } from './worst.ts';

export const readScopes = (text: string): DocumentReading => readList(text, 'scope');
export const readAppRoles = (text: string): DocumentReading => readList(text, 'role');

function readList(text: string, kind: 'scope' | 'role'): DocumentReading {
  const problems: string[] = [];
  const names = entries(text.trim(), problems);
  if (names.length > MOST_READINGS) problems.push(`${names.length - MOST_READINGS} beyond the first ${MOST_READINGS} were not read.`);
  const nameOf = uniqueNames();
  // The same one twice is the same permission.
  const readings = [...new Set(names)].slice(0, MOST_READINGS).map((name) => readOne(name, kind, nameOf));
  return readings.length === 0 ? unreadableDocument(kind, text, problems.length > 0 ? problems : ['It names no scope.']) : asDocument(readings, problems);
}

function entries(text: string, problems: string[]): string[] {
  if (!/^[[{"]/u.test(text)) return text.split(/[\s,]+/u).filter((name) => name !== '');
  const { value, problems: wrong } = parseDocument(text);
  problems.push(...wrong);
  return value === undefined ? [] : fromJson(value, problems);
}

const carriers = ['scope', 'scopes', 'scp', 'roles', 'value', 'appRoles', 'appRoleAssignments', 'oauth2PermissionGrants'];

function fromJson(value: Json, problems: string[]): string[] {
  if (typeof value === 'string') return value.split(/[\s,]+/u).filter((name) => name !== '');
  if (Array.isArray(value)) return value.flatMap((one) => fromJson(one, problems));
  if (isObject(value)) {
    const carried = carriers.filter((key) => key in value);
    if (carried.length > 0) return carried.flatMap((key) => fromJson(value[key] ?? null, problems));
  }
  problems.push(`An entry names no scope: ${quoted(JSON.stringify(value))}.`);
  return [];
}

function readOne(name: string, kind: 'scope' | 'role', nameOf: (kind: string, name: string) => string): GrantReading {
  const known = readScope(name, kind);
  const classes = mergeClasses(known?.classes ?? [{ class: 'not_understood', reversibility: 'unknown' }]);
  const notUnderstood = known ? known.notes : ['This name is in no table of scopes that is known here.'];
  return {
    kind, name: nameOf(kind, name), description: known?.says ?? null, effect: 'allow', understood: known ? (known.notes.length > 0 ? 'partly' : 'whole') : 'not', notUnderstood,
    classes, reversibility: worstOf(classes.map((one) => one.reversibility)), actions: [name], resources: known ? [known.resource] : [], conditions: known?.conditions ?? [],
    dataClass: known?.dataClass ?? null, expiresAt: null, readOnly: null, destructive: null, openWorld: null, idempotent: null, source: name,
  };
}
