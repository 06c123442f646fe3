/**
 * The lock of the window, and auditor mode, which the same passphrase guards. Knows no Electron, so that its rules are tested.
 * SECURITY: it keeps people at this screen out; who can read and change the account's files is not held by it, and docs/auditor-mode.md says so.
 */
import type { ConsoleRecord } from '../../shared/audit.ts';
import type { AuditorState, GuardAnswer, GuardState, LockState, LockWish } from '../../shared/guard.ts';
import type { TextLevel } from '../../shared/reports.ts';
import { nothingKept, readKept, writeKept } from './lock-file.ts';
import type { Kept } from './lock-file.ts';
import { makeVerifier, matches, usualCost } from './passphrase.ts';
import type { Cost } from './passphrase.ts';
import type { Vault } from './vault.ts';

export interface AppLockParts {
  readonly file: string;
  readonly vault: Pick<Vault, 'answer'>;
  /** `--read-only`: with what is shown of content; null: not started so. */
  readonly wholeReadOnly: TextLevel | null;
  readonly record: (record: Pick<ConsoleRecord, 'act' | 'outcome'> & { details?: ConsoleRecord['details'] }) => void;
  /** the state changed; `anew`: nothing that the page had read may stay in it. */
  readonly changed: (anew: boolean) => void;
  readonly say: (text: string) => void;
  readonly nowMs?: () => number;
  /** what really passed, wherever the clock is set. */
  readonly passedMs?: () => number;
  readonly cost?: Cost;
}

const vaultName = 'app-lock';
const freeTries = 3;
const firstWaitMs = 5_000;
const longestWaitMs = 15 * 60_000;

/** How long nothing is tried after so many wrong ones in a row. */
export const waitAfter = (wrong: number): number => (wrong < freeTries ? 0 : Math.min(longestWaitMs, firstWaitMs * 2 ** Math.min(20, wrong - freeTries)));

const done = (text: string): GuardAnswer => ({ ok: true, text, waitS: 0 });
const no = (text: string, waitMs = 0): GuardAnswer => ({ ok: false, text, waitS: Math.ceil(waitMs / 1_000) });

export class AppLock {
  readonly #parts: AppLockParts;
  #kept: Kept;
  #locked: boolean;
  #auditor: AuditorState;
  /** on the clock that nobody sets. */
  #waitUntil = 0;
  #touched: number;
  /** one guess at a time: many at once would all be counted too late. */
  #turn: Promise<unknown> = Promise.resolve();

  constructor(parts: AppLockParts) {
    this.#parts = parts;
    this.#kept = this.#read();
    this.#touched = this.#passed();
    this.#waitUntil = this.#passed() + Math.min(waitAfter(this.#kept.wrong), Math.max(0, this.#kept.wrongAtMs + waitAfter(this.#kept.wrong) - this.#now()));
    this.#locked = this.#kept.place !== null && this.#kept.atStart;
    const text = parts.wholeReadOnly ?? this.#kept.auditor;
    this.#auditor = { on: text !== null, whole: parts.wholeReadOnly !== null, text: text ?? 'full' };
    if (this.#locked) parts.record({ act: 'lock.lock', outcome: 'done', details: { why: 'At start.' } });
    if (this.#auditor.whole) parts.record({ act: 'auditor.enter', outcome: 'done', details: { why: 'Started with --read-only.', shown: this.#auditor.text } });
  }

  get locked(): boolean { return this.#locked; }
  get readOnly(): boolean { return this.#auditor.on; }
  get state(): GuardState {
    const { place, idleMinutes, atStart } = this.#kept;
    const lock: LockState = { set: place !== null, locked: this.#locked, idleMinutes, atStart, place };
    return { lock, auditor: this.#auditor };
  }

  unlock(passphrase: string): Promise<GuardAnswer> {
    return this.#inTurn(async () => {
      if (!this.#locked) return done('The window is open.');
      const answer = await this.#right(passphrase, 'lock.unlock');
      if (!answer.ok) return answer;
      this.#locked = false;
      this.#touched = this.#passed();
      this.#parts.record({ act: 'lock.unlock', outcome: 'done' });
      this.#parts.changed(false);
      return answer;
    });
  }

  lock(why: string): GuardAnswer {
    if (this.#kept.place === null) return no('No passphrase is set, so there is nothing to lock with. Set one in Settings.');
    if (this.#locked) return done('The window is locked.');
    this.#locked = true;
    this.#parts.record({ act: 'lock.lock', outcome: 'done', details: { why } });
    this.#parts.changed(true);
    return done('The window is locked.');
  }

  /** SECURITY: who changes the lock, or takes it off, must know the passphrase that is set, also in an open window. */
  set({ current, passphrase, idleMinutes, atStart }: LockWish): Promise<GuardAnswer> {
    return this.#inTurn(async () => {
      if (this.#locked) return no('The window is locked.');
      if (this.#auditor.on) return no('Auditor mode: nothing can be changed from here. Leave it first.');
      const first = this.#kept.place === null;
      if (first && passphrase === undefined) return no('A lock needs a passphrase.');
      if (!first) {
        const answer = await this.#right(current ?? '', 'lock.change');
        if (!answer.ok) return answer;
      }
      const before = { idleMinutes: this.#kept.idleMinutes, atStart: this.#kept.atStart };
      const rest = passphrase === undefined ? {} : this.#rest(await makeVerifier(passphrase, this.#parts.cost ?? usualCost));
      this.#keep({ ...rest, idleMinutes, atStart });
      this.#touched = this.#passed();
      this.#parts.record({ act: first ? 'lock.set' : 'lock.change', outcome: 'done', details: { passphrase: passphrase !== undefined, idleMinutesBefore: first ? null : before.idleMinutes, idleMinutes, atStartBefore: first ? null : before.atStart, atStart, place: this.#kept.place } });
      this.#parts.changed(false);
      return done(first ? 'The lock is set.' : 'The lock was changed.');
    });
  }

  remove(current: string): Promise<GuardAnswer> {
    return this.#inTurn(async () => {
      if (this.#locked) return no('The window is locked.');
      if (this.#auditor.on) return no('Auditor mode: nothing can be changed from here. Leave it first.');
      if (this.#kept.place === null) return done('No lock is set.');
      const answer = await this.#right(current, 'lock.remove');
      if (!answer.ok) return answer;
      if (this.#kept.place === 'keyring') this.#parts.vault.answer({ op: 'remove', name: vaultName });
      this.#keep({ place: null, verifier: null });
      this.#parts.record({ act: 'lock.remove', outcome: 'done' });
      this.#parts.changed(false);
      return done('The lock is off.');
    });
  }

  /** Also while it is locked: it only takes away. */
  enterAuditor(text: TextLevel): GuardAnswer {
    if (this.#auditor.on) return no('This window is in auditor mode already.');
    this.#keep({ auditor: text });
    this.#auditor = { on: true, whole: false, text };
    this.#parts.record({ act: 'auditor.enter', outcome: 'done', details: { shown: text } });
    this.#parts.changed(true);
    return done('Auditor mode.');
  }

  leaveAuditor(passphrase: string | null): Promise<GuardAnswer> {
    return this.#inTurn(async () => {
      if (this.#locked) return no('The window is locked.');
      if (!this.#auditor.on) return done('This window is not in auditor mode.');
      if (this.#auditor.whole) return no('Gatehouse was started read-only. Quit it and start it again without --read-only.');
      if (this.#kept.place !== null) {
        const answer = await this.#right(passphrase ?? '', 'auditor.leave');
        if (!answer.ok) return answer;
      }
      this.#keep({ auditor: null });
      this.#auditor = { on: false, whole: false, text: 'full' };
      this.#parts.record({ act: 'auditor.leave', outcome: 'done' });
      this.#parts.changed(true);
      return done('Auditor mode is over.');
    });
  }

  /** A key or the mouse, in this window. */
  touch(): void { this.#touched = this.#passed(); }

  /** Called now and then. */
  tick(): void {
    const { place, idleMinutes } = this.#kept;
    if (place === null || this.#locked || idleMinutes === null) return;
    if (this.#passed() - this.#touched >= idleMinutes * 60_000) this.lock(`Nobody touched the window for ${idleMinutes} min.`);
  }

  #now(): number { return (this.#parts.nowMs ?? Date.now)(); }
  #passed(): number { return (this.#parts.passedMs ?? (() => performance.now()))(); }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#turn.catch(() => undefined).then(work);
    this.#turn = turn;
    return turn;
  }

  /** A file that is gone or damaged does not take a lock off whose verifier the keyring still has. */
  #read(): Kept {
    const found = readKept(this.#parts.file);
    if (found !== null && found !== 'damaged') return found;
    const inVault = this.#parts.vault.answer({ op: 'get', name: vaultName });
    if (inVault.ok && inVault.value !== null) return { ...nothingKept, place: 'keyring' };
    if (found === 'damaged') {
      this.#parts.say('the file of the window\'s lock is damaged; the window stays locked');
      return { ...nothingKept, place: 'file' };
    }
    return nothingKept;
  }

  #verifier(): string | null {
    if (this.#kept.place === 'file') return this.#kept.verifier;
    const answer = this.#parts.vault.answer({ op: 'get', name: vaultName });
    return answer.ok ? answer.value : null;
  }

  /** To the keyring; without one to the file, which is said wherever the lock is shown. */
  #rest(verifier: string): Pick<Kept, 'place' | 'verifier' | 'wrong' | 'wrongAtMs'> {
    const inVault = this.#parts.vault.answer({ op: 'put', name: vaultName, value: verifier });
    return { ...(inVault.ok ? { place: 'keyring', verifier: null } : { place: 'file', verifier }), wrong: 0, wrongAtMs: 0 };
  }

  #keep(change: Partial<Kept>): void {
    const next = { ...this.#kept, ...change };
    writeKept(this.#parts.file, next);
    this.#kept = next;
  }

  /** SECURITY: the only place where a passphrase is judged; wrong ones are counted before the answer and over restarts, and slow the next. */
  async #right(passphrase: string, act: ConsoleRecord['act']): Promise<GuardAnswer> {
    const waitMs = this.#waitUntil - this.#passed();
    if (waitMs > 0) return no(`Too many wrong passphrases. Try again in ${wordsOf(waitMs)}.`, waitMs);
    const verifier = this.#verifier();
    const right = verifier === null ? null : await matches(passphrase, verifier);
    if (right === null) {
      this.#parts.record({ act, outcome: 'failed', details: { why: 'What the passphrase is checked against could not be read.' } });
      return no('What your passphrase is checked against cannot be read now. Unlock the system\'s keyring and try again; docs/auditor-mode.md says what else helps.');
    }
    if (right) {
      if (this.#kept.wrong > 0) this.#keep({ wrong: 0, wrongAtMs: 0 });
      return done('');
    }
    const wrong = this.#kept.wrong + 1;
    this.#waitUntil = this.#passed() + waitAfter(wrong);
    this.#keep({ wrong, wrongAtMs: this.#now() });
    this.#parts.record({ act, outcome: 'refused', details: { why: 'A wrong passphrase.', inARow: wrong } });
    return no(`That is not the passphrase.${waitAfter(wrong) > 0 ? ` The next one is taken in ${wordsOf(waitAfter(wrong))}.` : ''}`, waitAfter(wrong));
  }
}

const wordsOf = (ms: number): string => (ms > 90_000 ? `${Math.ceil(ms / 60_000)} min` : `${Math.ceil(ms / 1_000)} s`);
