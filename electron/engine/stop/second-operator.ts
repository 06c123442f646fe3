/** The second person of the two-person rule. SECURITY: a passphrase is kept as a salted scrypt hash only, compared in constant time, and guessing is slowed. */
import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto';
import { CallFailure } from '../call-failure.ts';
import type { Clock } from '../ports.ts';
import type { OperatorFact } from '../store/stop-commands.ts';

/** SECURITY: 32 MiB and about 100 ms for each guess, also for somebody who has the file. */
const cost = { N: 2 ** 15, r: 8, p: 1, maxmem: 64 * 1024 * 1024 };
const hashBytes = 32;
const mostWrong = 5;
const lockedForMs = 60_000;

const derive = (passphrase: string, salt: Uint8Array): Promise<Buffer> => new Promise((done, refuse) => {
  scrypt(passphrase.normalize('NFKC'), salt, hashBytes, cost, (error, key) => { if (error === null) done(key); else refuse(error); });
});

export async function hashPassphrase(passphrase: string): Promise<{ salt: Uint8Array; hash: Uint8Array }> {
  const salt = randomBytes(16);
  return { salt, hash: await derive(passphrase, salt) };
}

/** Names that a person would take for the same. SECURITY: what nobody sees in a name makes no second person. */
export const sameName = (one: string, other: string): boolean => plain(one) === plain(other);
const plain = (name: string): string => name.normalize('NFKC').replace(/\p{Default_Ignorable_Code_Point}+/gu, '').trim().replace(/\s+/g, ' ').toLowerCase();

export class SecondOperator {
  readonly #clock: Clock;
  /** operator to wrong passphrases in a row, and until when nothing of theirs is taken. */
  readonly #wrong = new Map<number, { count: number; untilMs: number }>();
  /** one guess at a time for each: many at once would all be counted too late. */
  readonly #turns = new Map<number, Promise<unknown>>();

  constructor(clock: Clock) { this.#clock = clock; }

  /** Rejects in words when it is not that operator, or may not be asked now. */
  check(operator: OperatorFact, passphrase: string): Promise<void> {
    const turn = (this.#turns.get(operator.id) ?? Promise.resolve()).catch(() => undefined).then(() => this.#check(operator, passphrase));
    this.#turns.set(operator.id, turn);
    return turn.finally(() => { if (this.#turns.get(operator.id) === turn) this.#turns.delete(operator.id); });
  }

  async #check({ id, name, salt, hash }: OperatorFact, passphrase: string): Promise<void> {
    const before = this.#wrong.get(id) ?? { count: 0, untilMs: 0 };
    const waitMs = before.untilMs - this.#clock.now();
    if (waitMs > 0) throw new CallFailure('conflict', `${mostWrong} wrong passphrases in a row: ${name} is locked for another ${Math.ceil(waitMs / 1_000)} s. Nothing was sent.`);
    const given = await derive(passphrase, salt);
    // SECURITY: in constant time, so that the answer's delay tells nothing.
    if (given.length === hash.length && timingSafeEqual(given, hash)) {
      this.#wrong.delete(id);
      return;
    }
    const count = before.count + 1;
    const locked = count >= mostWrong;
    this.#wrong.set(id, { count: locked ? 0 : count, untilMs: locked ? this.#clock.now() + lockedForMs : 0 });
    throw new CallFailure('bad_request', locked ? `That is not the passphrase of ${name}. ${mostWrong} wrong ones in a row: locked for a minute. Nothing was sent.` : `That is not the passphrase of ${name}. Nothing was sent.`);
  }
}
