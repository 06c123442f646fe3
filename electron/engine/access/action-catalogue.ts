/**
 * Which AWS actions there are, and what each lets its holder do. Names and access levels are those of AWS's service authorization
 * reference, by `aws-actions.json` (written by `scripts/action-catalogue.mjs`, with its source and date); classes: `action-class.ts`.
 * Read at the first question only: most engines never see an IAM policy.
 */
import { readFileSync } from 'node:fs';
import type { ClassReading } from './worst.ts';
import { classesOf } from './action-class.ts';
import type { AccessLevel } from './action-class.ts';
import { globMatches, hasWildcard } from './glob.ts';

export interface CataloguedAction {
  /** `s3:GetObject` */
  readonly full: string;
  readonly service: string;
  readonly lower: string;
  readonly classes: readonly ClassReading[];
}

interface About { readonly source: string; readonly license: string; readonly date: string; readonly actions: number }
interface File { readonly about: About; readonly services: Readonly<Record<string, Readonly<Record<string, Readonly<Record<string, string>>>>>> }

let file: File | null = null;
const loaded = new Map<string, ReadonlyMap<string, CataloguedAction>>();

/** Beside this file in the source, beside the program where it is built. */
function theFile(): File {
  file ??= JSON.parse(readFileSync(new URL('./aws-actions.json', import.meta.url), 'utf8')) as File;
  return file;
}

export const catalogueAbout = (): About => theFile().about;

export const serviceNames = (): string[] => Object.keys(theFile().services);

/** Few lists of classes stand behind many actions: the same list is the same object. */
const lists = new Map<string, readonly ClassReading[]>();
function shared(classes: readonly ClassReading[]): readonly ClassReading[] {
  const key = JSON.stringify(classes);
  const known = lists.get(key) ?? classes;
  lists.set(key, known);
  return known;
}

let everything: readonly CataloguedAction[] | null = null;

export function allActions(): readonly CataloguedAction[] {
  everything ??= serviceNames().flatMap((service) => [...actionsOf(service).values()]);
  return everything;
}

/** By lower-case name without the service; of an unknown service: none. */
export function actionsOf(service: string): ReadonlyMap<string, CataloguedAction> {
  const known = loaded.get(service);
  if (known) return known;
  const { services } = theFile();
  const levels = Object.hasOwn(services, service) ? services[service] : undefined;
  const names: [AccessLevel, string][] = Object.entries(levels ?? {}).flatMap(([level, verbs]) => Object.entries(verbs).flatMap(([verb, rests]) => rests.split(' ').map((rest): [AccessLevel, string] => [level as AccessLevel, verb + rest])));
  const all = new Set(names.map(([, name]) => name));
  const actions = new Map(names.map(([level, name]) => [name.toLowerCase(), { full: `${service}:${name}`, service, lower: `${service}:${name.toLowerCase()}`, classes: shared(classesOf(service, name, level, all)) }]));
  if (levels) loaded.set(service, actions);
  return actions;
}

/** The catalogued actions that one pattern of an IAM `Action` names; case does not matter. */
export function actionsMatching(pattern: string): readonly CataloguedAction[] {
  const lower = pattern.toLowerCase();
  if (lower === '*' || lower === '*:*') return allActions();
  const colon = lower.indexOf(':');
  // AWS takes no wildcard in the place of the service.
  if (colon < 0 || hasWildcard(lower.slice(0, colon))) return [];
  const actions = actionsOf(lower.slice(0, colon));
  const name = lower.slice(colon + 1);
  if (!hasWildcard(name)) {
    const exact = actions.get(name);
    return exact ? [exact] : [];
  }
  const known = found.get(lower) ?? [...actions.values()].filter((action) => globMatches(lower, action.lower));
  // SECURITY: documents of strangers must not fill the memory with patterns.
  if (found.size >= 2_000) found.clear();
  found.set(lower, known);
  return known;
}

/** By pattern: a statement is asked for its actions several times over. */
const found = new Map<string, readonly CataloguedAction[]>();
