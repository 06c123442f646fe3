/** What the lock remembers between two runs, beside the window's own memory. */
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { z } from 'zod';
import { textLevels } from '../../shared/reports.ts';

const kept = z.object({
  version: z.literal(1),
  /** `keyring`: the verifier is in the vault; `file`: it is in here, readable for whoever has the account's files; null: no lock is set. */
  place: z.enum(['keyring', 'file']).nullable(),
  verifier: z.string().max(2_000).nullable(),
  idleMinutes: z.int().min(1).max(1_440).nullable(),
  atStart: z.boolean(),
  /** wrong passphrases in a row, and when the last one was: a new start does not forget them. */
  wrong: z.int().min(0).max(1_000_000), wrongAtMs: z.number(),
  /** the window was left in auditor mode. */
  auditor: z.enum(textLevels).nullable(),
});
export type Kept = z.infer<typeof kept>;

export const nothingKept: Kept = { version: 1, place: null, verifier: null, idleMinutes: 15, atStart: true, wrong: 0, wrongAtMs: 0, auditor: null };

/** Null: there is none. A file that is damaged is one that somebody made: `damaged`. */
export function readKept(file: string): Kept | 'damaged' | null {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
  try {
    const read = kept.safeParse(JSON.parse(text));
    return read.success ? read.data : 'damaged';
  } catch {
    return 'damaged'; // Not even JSON.
  }
}

export function writeKept(file: string, now: Kept): void {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  // A crash while writing must not take the lock off.
  writeFileSync(`${file}.new`, JSON.stringify(now), { mode: 0o600 });
  renameSync(`${file}.new`, file);
}
