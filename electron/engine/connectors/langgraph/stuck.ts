/** Work that the server says goes on, and that nothing shows to go on. Pure. */
import type { StuckWork } from '../connector.ts';
import type { OpenWork } from './tell-thread.ts';

export const runningQuietUs = 120_000_000;
export const pendingTooLongUs = 30_000_000;

/** Runs that wait for a worker although nothing is in their way. */
export function leftPending(work: readonly OpenWork[], nowUs: number): OpenWork[] {
  return work.filter((one) => one.status === 'pending' && !one.behind && nowUs - one.sinceUs >= pendingTooLongUs);
}

export function stuckIn(work: readonly OpenWork[], nowUs: number): StuckWork[] {
  const nobodyWorks = work.every((one) => one.status === 'pending');
  const pending = leftPending(work, nowUs).map((one) => ({
    run: { kind: 'run' as const, id: one.run }, sinceUs: one.sinceUs,
    text: nobodyWorks
      ? 'It has waited for a worker for more than 30 seconds, and no run is being worked on: the workers may be dead, whatever /ok says.'
      : 'It has waited for a worker for more than 30 seconds, although nothing else of its thread runs: all workers may be taken or lost.',
  }));
  const quiet = work.filter((one) => one.status === 'running' && nowUs - one.sinceUs >= runningQuietUs).map((one) => ({
    run: { kind: 'run' as const, id: one.run }, sinceUs: one.sinceUs,
    text: 'The server says that it runs, but it has come to no new state for two minutes. It may be in one long step; after a crash of the server a run stays like this for ever.',
  }));
  return [...pending, ...quiet];
}
