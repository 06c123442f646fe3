/** Our own JSON, for what no runtime tells: network reach, data stores, budgets, tools, roles, scopes. */
import { grantKinds, accessClasses, reversibilities } from '../../../shared/access.ts';
import type { AccessClass, DocumentReading, GrantKind, GrantReading, Reversibility } from '../../../shared/access.ts';
import { bounded, clipped, MOST_READINGS, quoted, uniqueNames } from './bounds.ts';
import { isObject, parseDocument } from './json-document.ts';
import type { Json } from './json-document.ts';
import { readOffer } from './read-offer.ts';
import { asDocument, unreadableDocument } from './unreadable.ts';
import { worstOf } from './worst.ts';
import type { ClassReading } from './worst.ts';

const kinds = new Set<string>(grantKinds);
const classNames = new Set<string>(accessClasses);
const reversibilityNames = new Set<string>(reversibilities);
const grantKeys = new Set(['kind', 'name', 'description', 'actions', 'resources', 'class', 'classes', 'reversibility', 'dataClass', 'expires', 'conditions', 'effect', 'readOnly', 'destructive', 'openWorld', 'idempotent']);

export function readDeclared(text: string): DocumentReading {
  const { value, problems } = parseDocument(text);
  const list = isObject(value) ? value['grants'] : value;
  if (!Array.isArray(list)) return unreadableDocument('role', text, [...problems, 'It has no list named grants.']);
  if (isObject(value)) problems.push(...Object.keys(value).filter((key) => key !== 'grants').map((key) => `It has a part ${quoted(key)}, which is not known.`));
  if (list.length > MOST_READINGS) problems.push(`${list.length - MOST_READINGS} grants beyond the first ${MOST_READINGS} were not read.`);
  const nameOf = uniqueNames();
  const readings = list.slice(0, MOST_READINGS).map((entry) => readGrant(entry, nameOf));
  return asDocument(readings, problems);
}

function readGrant(entry: Json, nameOf: (kind: string, name: string) => string): GrantReading {
  const parts: { [key: string]: Json } = isObject(entry) ? entry : {};
  const broken = isObject(entry) ? Object.keys(parts).filter((key) => !grantKeys.has(key)).map((key) => `It has a part ${quoted(key)}, which is not known.`) : ['It is no JSON object.'];
  const kind = oneOf(parts, 'kind', kinds, broken) as GrantKind | null;
  const name = parts['name'];
  if (typeof name !== 'string' || name.trim() === '') broken.push('It has no name.');
  const effect = parts['effect'];
  if (effect !== undefined && effect !== 'allow' && effect !== 'deny') broken.push(`Its effect is ${quoted(JSON.stringify(effect))}; allow and deny are known.`);
  const actions = texts(parts, 'actions', broken);
  const resources = texts(parts, 'resources', broken);
  const conditions = texts(parts, 'conditions', broken);
  const flag = (key: string): boolean | null => (typeof parts[key] === 'boolean' ? parts[key] : null);
  const claims = { readOnly: flag('readOnly'), destructive: flag('destructive'), openWorld: flag('openWorld'), idempotent: flag('idempotent') };
  const said: string[] = [];
  const title = typeof name === 'string' && name.trim() !== '' ? name : 'A grant without a name';
  const classes = classesOf(parts, { kind: kind ?? 'role', name: title, actions, claims }, broken, said);
  const expiresAt = timeOf(parts['expires'], broken);
  const understood = broken.length > 0 ? 'not' : said.length > 0 ? 'partly' : 'whole';
  return {
    kind: kind ?? 'role', name: nameOf(kind ?? 'role', title), description: typeof parts['description'] === 'string' ? clipped(parts['description'], 4_000) : null,
    effect: effect === 'deny' ? 'deny' : 'allow', understood, notUnderstood: bounded([...broken, ...said]),
    classes: understood === 'not' && !classes.some((one) => one.class === 'not_understood') ? [...classes, { class: 'not_understood', reversibility: 'unknown' }] : classes,
    reversibility: understood === 'not' ? 'unknown' : worstOf(classes.map((one) => one.reversibility)), actions: actions.length > 0 ? actions : kind === 'tool' ? [title] : [], resources, conditions,
    dataClass: typeof parts['dataClass'] === 'string' ? clipped(parts['dataClass'], 200) : null, expiresAt, ...claims, source: JSON.stringify(entry, null, 2),
  };
}

interface Declared { kind: GrantKind; name: string; actions: readonly string[]; claims: Pick<GrantReading, 'readOnly' | 'destructive' | 'openWorld' | 'idempotent'> }

function classesOf(parts: { [key: string]: Json }, { kind, name, actions, claims }: Declared, broken: string[], said: string[]): ClassReading[] {
  const declared = parts['classes'] === undefined ? (parts['class'] === undefined ? [] : [parts['class']]) : Array.isArray(parts['classes']) ? parts['classes'] : [parts['classes']];
  const reversibility = parts['reversibility'] === undefined ? null : (oneOf(parts, 'reversibility', reversibilityNames, broken) as Reversibility | null);
  if (declared.length > 0) {
    const known = declared.filter((one): one is AccessClass => typeof one === 'string' && classNames.has(one));
    if (known.length < declared.length) broken.push(`A class is none of ${accessClasses.join(', ')}.`);
    return known.map((one) => ({ class: one, reversibility: reversibility ?? (one === 'read' ? 'read_only' : 'unknown') }));
  }
  if (kind === 'data_store') return dataStore(actions, reversibility, said);
  const offer = readOffer({ kind, name, description: null, ...claims });
  said.push(...offer.notUnderstood);
  return offer.classes.map((one) => ({ class: one.class, reversibility: reversibility ?? one.reversibility }));
}

const storeWords: Readonly<Record<string, AccessClass>> = { read: 'read', select: 'read', list: 'read', get: 'read', write: 'write', insert: 'write', update: 'write', put: 'write', create: 'write', delete: 'delete', drop: 'delete', truncate: 'delete', execute: 'execute', admin: 'administer', administer: 'administer', grant: 'administer', all: 'administer' };

function dataStore(actions: readonly string[], reversibility: Reversibility | null, said: string[]): ClassReading[] {
  const names = new Set<AccessClass>();
  for (const action of actions) {
    const found = storeWords[action.toLowerCase()];
    if (found === undefined) said.push(`${quoted(action)} is no action on data that is known here.`);
    names.add(found ?? 'not_understood');
  }
  if (actions.length === 0) {
    said.push('It is not said what it may do with the data.');
    names.add('not_understood');
  }
  return [...names].map((one) => ({ class: one, reversibility: reversibility ?? (one === 'read' ? 'read_only' : one === 'delete' ? 'irreversible' : 'unknown') }));
}

function oneOf(parts: { [key: string]: Json }, key: string, known: ReadonlySet<string>, broken: string[]): string | null {
  const value = parts[key];
  if (typeof value === 'string' && known.has(value)) return value;
  broken.push(value === undefined ? `It has no ${key}.` : `Its ${key} is ${quoted(JSON.stringify(value))}; known are ${[...known].join(', ')}.`);
  return null;
}

function texts(parts: { [key: string]: Json }, key: string, broken: string[]): string[] {
  const value = parts[key];
  if (value === undefined) return [];
  const list = Array.isArray(value) ? value : [value];
  const found = list.filter((one) => typeof one === 'string');
  if (found.length === list.length) return found.map((one) => clipped(one, 2_000));
  broken.push(`Its ${key} are not a list of texts.`);
  return [];
}

function timeOf(value: Json | undefined, broken: string[]): string | null {
  if (value === undefined || value === null) return null;
  const ms = typeof value === 'string' ? Date.parse(value) : Number.NaN;
  if (!Number.isNaN(ms)) return new Date(ms).toISOString();
  broken.push(`Its expires is ${quoted(JSON.stringify(value))}, which is no time.`);
  return null;
}
