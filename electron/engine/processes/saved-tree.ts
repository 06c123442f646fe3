/** Processes as they were before the command, as the text that the order keeps: so that they can be looked for after a restart too. */
import type { Nest } from './doubtful.ts';
import type { Pin } from './machine.ts';
import { Tree } from './tree.ts';
import type { OwnNumbers } from './tree.ts';

/** SECURITY: bounded, whatever an agent starts. */
const mostMembers = 5_000;
const mostUnits = 64;
const mostElsewhere = 20;

export interface Snapshot {
  readonly tree: Tree;
  /** when it was taken. */
  readonly atMs: number;
  /** false: there were more processes than are kept. */
  readonly whole: boolean;
  /** where it lived, for finding who may be of it; null: this system does not tell, or an older engine has not kept it. */
  nest: Nest | null;
  /** why it may live on elsewhere, as it was known before the command; one sentence each. */
  readonly elsewhere: readonly string[];
  /** the newest process of the look that first found nobody of it, nor anybody who may be: who is born later is not of it. Null: there was no such look by this engine. */
  clear: number | null;
  /** when all of it was first seen gone; null: it was not, or another engine saw it. */
  goneUs: number | null;
}

export function writeSnapshot(tree: Tree, atMs: number, nest: Nest | null = null, elsewhere: readonly string[] = []): string {
  const { roots, members, own } = tree.saved();
  return JSON.stringify({
    v: 1, atMs: Math.round(atMs), whole: members.length <= mostMembers, roots: roots.map(pinOf),
    members: members.slice(0, mostMembers).map(({ name, ...pin }) => ({ ...pinOf(pin), name })),
    own: { sessions: own.sessions.slice(0, mostMembers), groups: own.groups.slice(0, mostMembers), atMs: own.atMs },
    ...(elsewhere.length === 0 ? {} : { elsewhere: elsewhere.slice(0, mostElsewhere) }),
    ...(nest === null ? {} : { nest: { units: nest.units.slice(0, mostUnits), since: nest.since } }),
  });
}

/** Null: it is not a text of ours. SECURITY: what is read here decides who is signalled: nothing but whole pins is taken. */
export function readSnapshot(text: string): Snapshot | null {
  try {
    const { v, atMs, whole, roots, members, own, nest, elsewhere } = JSON.parse(text) as Readonly<Record<string, unknown>>;
    if (v !== 1 || typeof atMs !== 'number' || !isPins(roots) || !isPins(members) || !isOwn(own)) return null;
    const named = members.map((member) => ({ ...pinOf(member), name: 'name' in member && typeof member.name === 'string' ? member.name : '' }));
    return { tree: new Tree({ roots, members: named, own }), atMs, whole: whole === true, nest: isNest(nest) ? nest : null, elsewhere: Array.isArray(elsewhere) ? elsewhere.filter((one) => typeof one === 'string') : [], clear: null, goneUs: null };
  } catch {
    return null; // No JSON: it is not ours.
  }
}

const pinOf = ({ pid, start }: Pin): Pin => ({ pid, start });

function isPins(value: unknown): value is readonly Pin[] {
  return Array.isArray(value) && value.every((one: unknown) => {
    const { pid, start } = (one ?? {}) as { pid?: unknown; start?: unknown };
    return Number.isSafeInteger(pid) && Number(pid) > 1 && typeof start === 'string' && start !== '';
  });
}

function isOwn(value: unknown): value is OwnNumbers {
  const { sessions, groups, atMs } = (value ?? {}) as { sessions?: unknown; groups?: unknown; atMs?: unknown };
  return [sessions, groups].every((numbers) => Array.isArray(numbers) && numbers.every((one) => Number.isSafeInteger(one) && Number(one) > 1)) && typeof atMs === 'number';
}

function isNest(value: unknown): value is Nest {
  const { units, since } = (value ?? {}) as { units?: unknown; since?: unknown };
  return Array.isArray(units) && units.every((one) => typeof one === 'string' && one !== '') && typeof since === 'number';
}
