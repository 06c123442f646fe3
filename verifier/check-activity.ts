/** Exported activities: whether each stands where it says among all that its connection brought in that hour, as it was sealed then. */
import { fromHex, hex } from './bytes.ts';
import { isFields, readCanonical } from './canonical.ts';
import type { Digest } from './check-bodies.ts';
import type { Findings } from './findings.ts';
import type { Hashing } from './hashing.ts';
import { hourText, isHash } from './notes.ts';
import type { PackReader } from './pack-reader.ts';
import { Tree } from './tree.ts';

export const leavesFolder = 'activity/leaves/';
export const standingPath = 'activity/standing.jsonl';

/** `2026-11-23T14`, without what no file name may hold. */
export const hourName = (hour: number): string => new Date(hour * 3_600_000).toISOString().slice(0, 13);
export const leavesPath = (connection: string, hour: number): string => `${leavesFolder}${connection}-${hourName(hour)}.txt`;

/** Where exported activities say that they stand, by the file of leaves: places and hashes side by side, so that a million of them fit. */
class Claims {
  readonly #places: number[] = [];
  readonly #leaves: string[] = [];
  readonly #activities: string[] = [];

  add(place: number, leaf: string, activity: string): void {
    this.#places.push(place);
    this.#leaves.push(leaf);
    this.#activities.push(activity);
  }

  /** Those that are not there. */
  wrong(leaves: readonly string[]): string[] {
    return this.#activities.filter((_, i) => leaves[this.#places[i] ?? -1] !== this.#leaves[i]);
  }
}

export interface Activity { readonly hours: number; readonly leaves: number; readonly standing: number }

export async function checkActivity(reader: PackReader, digests: readonly Digest[], hashing: Hashing, findings: Findings): Promise<Activity> {
  const counts = { hours: 0, leaves: 0, standing: 0 };
  const claims = new Map<string, Claims>();
  if (reader.has(standingPath)) for await (const line of reader.lines(standingPath)) {
    counts.standing += 1;
    if (!claim(line, claims)) findings.add('activity', 'leaf_changed', 'leaf', `${standingPath} ${counts.standing}`, `Line ${counts.standing} of ${standingPath} is not spelled as it is written.`);
  }
  const sealed = new Map(digests.map((digest) => [leavesPath(digest.connection, digest.hour), digest]));
  for (const path of reader.paths(leavesFolder)) {
    const leaves = await readLeaves(reader, path, hashing);
    counts.hours += 1;
    counts.leaves += leaves.list.length;
    judge(path, leaves, sealed.get(path), findings);
    for (const activity of claims.get(path)?.wrong(leaves.list) ?? []) findings.add('activity', 'leaf_changed', 'leaf', activity, `Activity ${activity} does not stand where it says in ${path}.`);
    claims.delete(path);
  }
  for (const path of claims.keys()) findings.add('activity', 'file_missing', 'file', path, `Activities say that they stand in ${path}, which is not in the pack.`);
  return counts;
}

function claim(line: string, claims: Map<string, Claims>): boolean {
  const value = readCanonical(line);
  if (!isFields(value) || typeof value['activity'] !== 'string' || typeof value['connection'] !== 'string' || !isHash(value['leaf']) || !Number.isSafeInteger(value['index'])) return false;
  const hour = Date.parse(String(value['hour'])) / 3_600_000;
  if (!Number.isSafeInteger(hour)) return false;
  const path = leavesPath(value['connection'], hour);
  const known = claims.get(path) ?? new Claims();
  known.add(Number(value['index']), value['leaf'], value['activity']);
  claims.set(path, known);
  return true;
}

interface Leaves { readonly list: readonly string[]; readonly root: string; readonly wrong: number | null }

async function readLeaves(reader: PackReader, path: string, hashing: Hashing): Promise<Leaves> {
  const tree = new Tree(hashing);
  const list: string[] = [];
  let wrong: number | null = null;
  for await (const line of reader.lines(path)) {
    list.push(line);
    const leaf = fromHex(line);
    if (leaf === null) wrong ??= list.length;
    else tree.add(leaf);
  }
  return { list, root: hex(tree.root()), wrong };
}

function judge(path: string, { list, root, wrong }: Leaves, digest: Digest | undefined, findings: Findings): void {
  if (wrong !== null) findings.add('activity', 'leaf_changed', 'leaf', path, `Line ${wrong} of ${path} is no leaf.`);
  else if (digest === undefined) findings.add('activity', 'leaf_changed', 'leaf', path, `No entry of the log that can be read here carries the digest of ${path}.`);
  else if (root !== digest.root || list.length !== digest.records) findings.add('activity', 'leaf_changed', 'leaf', path, `The leaves of ${path} are not those whose digest entry ${digest.seq} sealed for the hour ${hourText(digest.hour)}: ${list.length} are here, ${digest.records} were counted.`);
}
