/** What stands behind a target on this machine, in this moment. */
import type { StopTarget } from '../connectors/stopping.ts';
import type { Proc } from './machine.ts';
import type { Tree } from './tree.ts';

export interface Subject {
  readonly leverId: string;
  /** as it lives now; its roots are where it begins. */
  readonly tree: Tree;
  /** exactly what would be ended, one line. */
  readonly text: string;
  /** key of its agent; null: several. */
  readonly agent: string | null;
  readonly alsoHits: readonly { readonly agent: string | null; readonly name: string; readonly why: string }[];
}

export interface Found {
  readonly subjects: readonly Subject[];
  /** what seems to be behind the target and is not proven, one sentence each. */
  readonly notes: readonly string[];
  /** of `notes`, those of living processes that send for the target: more of it than was proven. Absent: there is no such question. */
  readonly others?: readonly string[];
  /** of `others`, those that do not end with any process of this machine. */
  readonly elsewhere?: readonly string[];
  /** something would be proven, but ending it needs a right that we have not; in words. */
  readonly missing: string | null;
}

export interface Finder {
  find(target: StopTarget): Promise<Found>;
  /** Of these, those that are not proven to be of an agent outside of the target. Absent: nobody here is anybody's. */
  unclaimed?(processes: readonly Proc[], target: StopTarget): Promise<readonly Proc[]>;
}

/** `4 processes: 4012 node agent.js, 4020 bash, 4021 python3 …`: what a person can compare with what they see themselves. */
export function processText(tree: Tree, title: string): string {
  const alive = tree.alive();
  const named = alive.slice(0, 6).map((proc) => `${proc.pid} ${tree.roots.at(-1)?.pid === proc.pid ? title : proc.name}`).join(', ');
  return `${alive.length === 1 ? '1 process' : `${alive.length} processes`}: ${named}${alive.length > 6 ? ', …' : ''}`;
}
