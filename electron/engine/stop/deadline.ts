/** Nothing that talks to a runtime may hold a stop for longer than it is given. */

export class TooLate extends Error {
  constructor(ms: number) {
    super(`There was no answer within ${Math.round(ms / 100) / 10} s.`);
    this.name = 'TooLate';
  }
}

export interface Limited<T> {
  /** Rejects with `TooLate` at the deadline and with the reason of the signal when that ends sooner, whether or not the work listens. */
  readonly inTime: Promise<T>;
  /** What the work came to, however late. */
  readonly atLast: Promise<T>;
}

/** The work is told by its signal; one that does not listen is left behind. */
export function limited<T>(ms: number, parents: readonly AbortSignal[], work: (signal: AbortSignal) => Promise<T>): Limited<T> {
  const own = new AbortController();
  const signal = AbortSignal.any([own.signal, ...parents]);
  let timer: NodeJS.Timeout | undefined;
  const ended = new Promise<never>((_, refuse) => {
    const stop = (): void => refuse(signal.reason instanceof Error ? signal.reason : new Error('It was given up.'));
    if (signal.aborted) stop();
    else signal.addEventListener('abort', stop, { once: true });
    timer = setTimeout(() => {
      const late = new TooLate(ms);
      own.abort(late);
      // By itself too: the deadline must not rest on whether a signal that is made of others tells.
      refuse(late);
    }, ms);
  });
  // Begun in any case: a signal that has ended already is the work's to see.
  const atLast = Promise.resolve().then(() => work(signal));
  // Whoever cares for a late end asks for it; without this an unasked one would end the process.
  atLast.catch(() => undefined);
  const inTime = Promise.race([atLast, ended]).finally(() => clearTimeout(timer));
  return { inTime, atLast };
}

export const within = <T>(ms: number, parents: readonly AbortSignal[], work: (signal: AbortSignal) => Promise<T>): Promise<T> => limited(ms, parents, work).inTime;

/** What is left of a time that began then. SECURITY: never more than the whole, wherever somebody sets the clock meanwhile: it is not to stop us from looking. */
export const leftMs = (ms: number, beganMs: number, nowMs: number): number => Math.min(ms, Math.max(0, beganMs + ms - nowMs));

/** Resolves after that time or when the signal ends, whichever is first. */
export function pause(ms: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((done) => {
    const end = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
      done();
    };
    const timer = setTimeout(end, ms);
    signal.addEventListener('abort', end, { once: true });
  });
}
