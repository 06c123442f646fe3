/** What looks at this machine's processes come to: alive, gone since when, or back again. */
import type { Sight } from '../connectors/stopping.ts';
import type { LeverFact } from '../store/stop-commands.ts';
import type { ProcessFact } from './judge-input.ts';
import type { WatchedConnection } from './watched.ts';

export function processAfter(before: ProcessFact, sight: Sight, levers: readonly LeverFact[], watched: WatchedConnection, atUs: number): ProcessFact {
  const named = levers.flatMap((one) => (one.target.agents === null ? [null] : [one]));
  const covers = named.includes(null) ? null : watched.agents.map((one) => one.head);
  if (!sight.complete) return { state: 'none', sinceUs: null, covers };
  const alive = sight.open.length > 0;
  const state = alive ? (before.state === 'gone' || before.state === 'came_back' ? 'came_back' : 'alive') : 'gone';
  return { state, sinceUs: state === before.state ? before.sinceUs : atUs, covers };
}
