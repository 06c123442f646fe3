/** What is remembered of the newest seal outside of the history's file, so that an older copy of the file shows. */
import { z } from 'zod';
import type { Remembered } from './log-check.ts';
import { hasNoKeyring } from './secret-place.ts';
import type { SecretPlace } from './secret-place.ts';

const remembered = z.object({ log: z.string(), number: z.int().positive(), seal: z.string().regex(/^[0-9a-f]{64}$/), size: z.int().nonnegative(), hour: z.int() });
export type RememberedSeal = z.infer<typeof remembered>;
/** `lost`: seals that a file once had and did not have any more when it was opened. They are kept, so that going on does not cover it up. */
const memory = z.object({ newest: remembered.nullable(), lost: z.array(remembered).max(50) });
type Memory = z.infer<typeof memory>;

const nothing: Memory = { newest: null, lost: [] };

export class SealMemory {
  readonly #places: readonly SecretPlace[];
  readonly #stands: (seal: { readonly number: number; readonly hash: string }) => Promise<boolean>;
  #known: Memory | null = null;

  /** `stands`: whether the file has that seal. */
  constructor(places: readonly SecretPlace[], stands: (seal: { readonly number: number; readonly hash: string }) => Promise<boolean>) {
    this.#places = places;
    this.#stands = stands;
  }

  /** Whether anything is remembered. */
  async any(): Promise<boolean> {
    return (await this.all()).length > 0;
  }

  /** For the check: the newest, and those that were lost. */
  async all(): Promise<Remembered[]> {
    const { newest, lost } = await this.#read();
    return [...lost, ...(newest === null ? [] : [newest])].map(({ seal, size, hour }) => ({ seal, size, hour }));
  }

  async keep(newest: RememberedSeal): Promise<void> {
    const before = await this.#read();
    // Asked at each: the file can be put back while nobody runs, and what stood in it then must not be forgotten now.
    const gone = before.newest !== null && !(await this.#stands({ number: before.newest.number, hash: before.newest.seal })) ? [before.newest] : [];
    const next: Memory = { newest, lost: [...before.lost, ...gone].slice(-50) };
    await this.#write(next);
    this.#known = next;
  }

  async #read(): Promise<Memory> {
    if (this.#known !== null) return this.#known;
    const found: Memory[] = [];
    for (const place of this.#places) {
      const text = await place.get('audit-seal');
      const read = memory.safeParse(text === null ? null : parsed(text));
      if (read.success) found.push(read.data);
    }
    // Both a keyring and a file may know some, when Gatehouse ran now with a desktop and now without one.
    const newest = found.flatMap((one) => one.newest ?? []).toSorted((a, b) => b.hour - a.hour || b.number - a.number)[0] ?? null;
    this.#known = found.length === 0 ? nothing : { newest, lost: found.flatMap((one) => one.lost) };
    return this.#known;
  }

  async #write(next: Memory): Promise<void> {
    for (const place of this.#places) {
      try {
        await place.put('audit-seal', JSON.stringify(next));
        return;
      } catch (error) {
        if (!hasNoKeyring(error)) throw error;
      }
    }
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null; // Nothing that was remembered: the check then knows only what the file says.
  }
}
