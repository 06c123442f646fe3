import type { Log } from '../ports.ts';

/** Mistakes of ours fail the test. */
export const fakeLog = (): Log => ({ info: () => undefined, warn: () => undefined, error: (text, error) => { throw new Error(text, { cause: error }); } });
