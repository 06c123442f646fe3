/** What a look read back of the change that a lever makes. */
import type { Sight } from '../connectors/stopping.ts';
import type { JudgedConnection, JudgedLever } from './judge-input.ts';

/** Only of a lever that was sent and is not put back, and only by a look that was begun after it had answered: before, what stands there says nothing of it. */
export function readsOf(lever: JudgedLever, one: JudgedConnection | undefined): Sight['readBack'] {
  const { newest = null, newestUs = null } = one?.looks ?? {};
  const sent = (lever.state === 'reported' || lever.state === 'unknown') && !lever.undone;
  if (newest === null || newestUs === null || one?.connection !== lever.connection || !sent || newestUs < (lever.answeredUs ?? 0)) return [];
  return newest.readBack.filter((read) => read.leverId === lever.leverId);
}
