/** What looks at this machine's processes come to: alive, gone since when, or back again. Only of processes that were proven to be it before the command. */
import type { Sight } from '../connectors/stopping.ts';
import type { LeverFact } from '../store/stop-commands.ts';
import { noProcess } from './judge-input.ts';
import type { ProcessFact } from './judge-input.ts';
import type { WatchedConnection } from './watched.ts';

/** `levers`: those of processes that were pulled here. */
export function processAfter(before: ProcessFact, sight: Sight, levers: readonly LeverFact[], watched: WatchedConnection, atUs: number): ProcessFact {
  const proven = levers.filter((one) => one.saved !== null);
  const held = proven.map((one) => sight.readBack.find((read) => read.leverId === one.plan.leverId)?.holds ?? null);
  const doubt = sight.doubt === undefined ? {} : { doubt: sight.doubt };
  // Who was proven and lives, lives, whatever else could not be seen; only that all of it is gone takes a whole look.
  const lives = held.includes(false) || sight.open.length > 0;
  if (proven.length === 0 || (!lives && (!sight.complete || held.includes(null)))) return { ...noProcess, ...doubt };
  const covers = coveredBy(proven, watched);
  const was = before.state === 'gone' || before.state === 'came_back';
  // A sign of it is a process that was started after the command.
  const state = !lives ? 'gone' : was || sight.signs.length > 0 ? 'came_back' : 'alive';
  // Whoever ended them looked more closely than this look, and sooner.
  const sinceUs = state === 'gone' && sight.goneUs !== undefined ? Math.min(sight.goneUs, atUs) : atUs;
  return { state, sinceUs: state === before.state ? before.sinceUs : sinceUs, covers, ...doubt };
}

/** Plans name agents to a lever of processes one by one up to this many; beyond it nobody looked whose process it is. */
export const mostCovered = 20;

/** Null: all agents of the connection. */
function coveredBy(levers: readonly LeverFact[], { agents }: WatchedConnection): readonly number[] | null {
  if (levers.some((one) => one.plan.leverId === 'process.end-server')) return null;
  const named = new Set(levers.flatMap((one) => (one.target.agents === null || one.target.agents.length > mostCovered ? [] : one.target.agents)));
  return agents.filter((agent) => agent.keys.every((key) => named.has(key))).map((agent) => agent.head);
}
