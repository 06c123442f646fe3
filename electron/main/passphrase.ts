/** SECURITY: what a passphrase of the lock is checked against: scrypt with its own salt and parameters. The passphrase itself is nowhere kept. */
import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';

/** 128 MiB and a few tenths of a second for each guess, also for somebody who has the file. */
export const usualCost = { N: 2 ** 17, r: 8, p: 1 } as const;
export type Cost = { readonly N: number; readonly r: number; readonly p: number };
const keyBytes = 32;

/** The parameters stand beside the salt, so that stronger ones can be taken later. SECURITY: bounded, or a changed file would make main take all memory. */
const verifier = z.object({ kind: z.literal('scrypt'), N: z.int().min(2).max(2 ** 20), r: z.int().min(1).max(32), p: z.int().min(1).max(16), salt: z.base64().min(16).max(128), key: z.base64().min(32).max(128) });

function derive(passphrase: string, salt: Uint8Array, { N, r, p }: Cost): Promise<Buffer> {
  return new Promise((done, refuse) => {
    scrypt(passphrase.normalize('NFKC'), salt, keyBytes, { N, r, p, maxmem: 128 * N * r + 64 * 1024 * 1024 }, (error, key) => { if (error === null) done(key); else refuse(error); });
  });
}

export async function makeVerifier(passphrase: string, cost: Cost = usualCost): Promise<string> {
  const salt = randomBytes(16);
  const key = await derive(passphrase, salt, cost);
  return JSON.stringify({ kind: 'scrypt', N: cost.N, r: cost.r, p: cost.p, salt: salt.toString('base64'), key: key.toString('base64') });
}

/** Null: the verifier cannot be read, so that no passphrase is right. */
export async function matches(passphrase: string, text: string): Promise<boolean | null> {
  const read = verifier.safeParse(parsed(text));
  if (!read.success) return null;
  const wanted = Buffer.from(read.data.key, 'base64');
  const given = await derive(passphrase, Buffer.from(read.data.salt, 'base64'), read.data);
  // SECURITY: in constant time, so that the answer's delay tells nothing.
  return given.length === wanted.length && timingSafeEqual(given, wanted);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null; // Not JSON: no verifier.
  }
}
