/** A tree as it was before the command, as the text that the order keeps: so that it can be looked for after a restart too. */
import type { Pin } from './machine.ts';
import { Tree } from './tree.ts';
import type { SavedTree } from './tree.ts';

/** SECURITY: bounded, whatever an agent starts. */
const mostMembers = 5_000;

export interface Snapshot {
  readonly trees: readonly Tree[];
  /** false: there were more processes than are kept. */
  readonly whole: boolean;
}

export function writeSnapshot(trees: readonly Tree[]): string {
  let room = mostMembers;
  const kept = trees.map((tree) => {
    const { roots, members, sessions } = tree.saved();
    const some = members.slice(0, room);
    room -= some.length;
    return { roots: roots.map(pinOf), members: some.map(({ name, ...pin }) => ({ ...pinOf(pin), name })), sessions: sessions.slice(0, mostMembers).map(pinOf) };
  });
  return JSON.stringify({ v: 1, whole: room > 0, trees: kept });
}

/** Null: it is not a text of ours. */
export function readSnapshot(text: string | null): Snapshot | null {
  if (text === null) return null;
  try {
    const { v, whole, trees } = JSON.parse(text) as { v?: unknown; whole?: unknown; trees?: unknown };
    if (v !== 1 || !Array.isArray(trees)) return null;
    const read = trees.map((tree) => savedTree(tree));
    return read.every((tree) => tree !== null) ? { trees: read.map((tree) => new Tree(tree)), whole: whole === true } : null;
  } catch {
    return null; // No JSON: it is not ours.
  }
}

const pinOf = ({ pid, start }: Pin): Pin => ({ pid, start });

/** SECURITY: what is read here decides who is signalled: nothing but whole pins is taken. */
function savedTree(value: unknown): SavedTree | null {
  const { roots, members, sessions } = (value ?? {}) as { roots?: unknown; members?: unknown; sessions?: unknown };
  if (!isPins(roots) || !isPins(members) || !isPins(sessions)) return null;
  return { roots, sessions, members: members.map((member) => ({ ...pinOf(member), name: 'name' in member && typeof member.name === 'string' ? member.name : '' })) };
}

function isPins(value: unknown): value is readonly Pin[] {
  return Array.isArray(value) && value.every((one: unknown) => {
    const { pid, start } = (one ?? {}) as { pid?: unknown; start?: unknown };
    return Number.isSafeInteger(pid) && Number(pid) > 1 && typeof start === 'string' && start !== '';
  });
}
