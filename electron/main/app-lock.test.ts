import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { TextLevel } from '../../shared/reports.ts';
import { AppLock, waitAfter } from './app-lock.ts';
import type { AppLockParts } from './app-lock.ts';
import type { VaultAnswer, VaultRequest } from './vault.ts';

const phrase = 'correct horse';
const wish = { idleMinutes: 5, atStart: true } as const;
/** Real parameters would make each guess half a second. */
const cost = { N: 2 ** 8, r: 8, p: 1 };

class House {
  readonly folder = mkdtempSync(join(tmpdir(), 'gatehouse-lock-'));
  readonly file = join(this.folder, 'lock.json');
  readonly told: string[] = [];
  readonly anew: boolean[] = [];
  readonly entries = new Map<string, string>();
  keyring = true;
  clock = { now: 1_000_000, passed: 0 };

  constructor() { onTestFinished(() => rmSync(this.folder, { recursive: true, force: true })); }

  start(wholeReadOnly: TextLevel | null = null): AppLock {
    const record: AppLockParts['record'] = ({ act, outcome, details }) => { this.told.push(`${act} ${outcome}${typeof details?.['why'] === 'string' ? ` ${details['why']}` : ''}`); };
    return new AppLock({ file: this.file, vault: { answer: (request) => this.#answer(request) }, wholeReadOnly, record, changed: (anew) => this.anew.push(anew), say: () => undefined, nowMs: () => this.clock.now, passedMs: () => this.clock.passed, cost });
  }

  pass(ms: number): void { this.clock = { now: this.clock.now + ms, passed: this.clock.passed + ms }; }

  #answer({ op, name, value }: VaultRequest): VaultAnswer {
    if (!this.keyring) return op === 'put' ? { ok: false, why: 'no_keyring', text: 'none' } : op === 'get' ? { ok: true, value: null } : { ok: true, value: null };
    if (op === 'put') this.entries.set(name, value ?? '');
    if (op === 'remove') this.entries.delete(name);
    return { ok: true, value: op === 'get' ? this.entries.get(name) ?? null : null };
  }
}

describe('the lock', () => {
  it('is off until a passphrase is set, and then opens with it alone; the passphrase is nowhere kept', async () => {
    const house = new House();
    const lock = house.start();
    expect(lock.state.lock).toMatchObject({ set: false, locked: false, place: null });
    expect(lock.lock('By a person.').ok).toBe(false);
    expect((await lock.set({ ...wish, passphrase: phrase })).ok).toBe(true);
    expect(lock.state.lock).toEqual({ set: true, locked: false, idleMinutes: 5, atStart: true, place: 'keyring' });
    expect(lock.lock('By a person.').ok).toBe(true);
    expect(await lock.unlock('something else')).toMatchObject({ ok: false, waitS: 0 });
    expect([lock.locked, (await lock.unlock(phrase)).ok, lock.locked]).toEqual([true, true, false]);
    expect(house.told).toEqual(['lock.set done', 'lock.lock done By a person.', 'lock.unlock refused A wrong passphrase.', 'lock.unlock done']);
    // Locking throws away what the page holds; opening does not.
    expect(house.anew).toEqual([false, true, false]);
    expect(readFileSync(house.file, 'utf8') + [...house.entries.values()].join('')).not.toContain(phrase);
    expect(JSON.parse(house.entries.get('app-lock') ?? '')).toMatchObject({ kind: 'scrypt', N: 256, r: 8, p: 1 });
  });

  it('rests in a file of the owner alone where there is no keyring, and says so', async () => {
    const house = new House();
    house.keyring = false;
    await house.start().set({ ...wish, passphrase: phrase });
    const again = house.start();
    expect(again.state.lock).toMatchObject({ locked: true, place: 'file' });
    expect((await again.unlock(phrase)).ok).toBe(true);
    // Windows has no such bits; there the folder is the account's own.
    expect(process.platform === 'win32' || (statSync(house.file).mode & 0o777) === 0o600).toBe(true);
  });

  it('is slowed by wrong tries, also over a new start and a clock that is set', async () => {
    const house = new House();
    await house.start().set({ ...wish, passphrase: phrase });
    let lock = house.start();
    for (let wrong = 1; wrong <= 4; wrong += 1) {
      expect(await lock.unlock('no')).toMatchObject({ ok: false, waitS: waitAfter(wrong) / 1_000 });
      house.pass(waitAfter(wrong));
    }
    expect(await lock.unlock('no')).toMatchObject({ ok: false, waitS: 20 });
    // While it waits not even the right one is taken: else the wait would tell which it is.
    expect(await lock.unlock(phrase)).toMatchObject({ ok: false, waitS: 20 });
    house.clock.now += 3_600_000;
    expect(await lock.unlock(phrase)).toMatchObject({ ok: false });
    house.clock.now -= 7_200_000;
    lock = house.start();
    expect(await lock.unlock(phrase)).toMatchObject({ ok: false, waitS: 20 });
    house.pass(20_000);
    expect((await lock.unlock(phrase)).ok).toBe(true);
    expect([waitAfter(2), waitAfter(3), waitAfter(1_000_000)]).toEqual([0, 5_000, 900_000]);
  });

  it('closes when nobody touches the window, and not while somebody does', async () => {
    const house = new House();
    const lock = house.start();
    await lock.set({ ...wish, passphrase: phrase });
    for (let minutes = 0; minutes < 10; minutes += 1) {
      house.pass(60_000);
      lock.touch();
      lock.tick();
    }
    expect(lock.locked).toBe(false);
    house.pass(5 * 60_000 - 1);
    lock.tick();
    expect(lock.locked).toBe(false);
    house.pass(1);
    lock.tick();
    expect([lock.locked, house.told.at(-1)]).toEqual([true, 'lock.lock done Nobody touched the window for 5 min.']);
  });

  it('is changed and taken off only by who knows it, and stays when its file is gone or damaged', async () => {
    const house = new House();
    const lock = house.start();
    await lock.set({ ...wish, passphrase: phrase });
    expect((await lock.set({ ...wish, passphrase: 'another one', current: 'wrong' })).ok).toBe(false);
    expect((await lock.remove('wrong')).ok).toBe(false);
    rmSync(house.file);
    expect(house.start().locked).toBe(true);
    writeFileSync(house.file, '{"version":1');
    expect(house.start().locked).toBe(true);
    house.keyring = false;
    const damaged = house.start();
    expect([damaged.locked, (await damaged.unlock(phrase)).ok]).toEqual([true, false]);
    house.keyring = true;
    expect((await lock.remove(phrase)).ok).toBe(true);
    expect(house.start().state.lock).toMatchObject({ set: false, locked: false });
  });
});

describe('auditor mode', () => {
  it('is entered freely and left with the passphrase where one is set, also after a new start', async () => {
    const house = new House();
    const lock = house.start();
    expect(lock.enterAuditor('hashes').ok).toBe(true);
    expect(lock.state.auditor).toEqual({ on: true, whole: false, text: 'hashes' });
    expect((await lock.set({ ...wish, passphrase: phrase })).ok).toBe(false);
    expect((await lock.leaveAuditor(null)).ok).toBe(true);
    await lock.set({ ...wish, atStart: false, passphrase: phrase });
    lock.enterAuditor('redacted');
    const again = house.start();
    expect(again.state.auditor).toEqual({ on: true, whole: false, text: 'redacted' });
    expect((await again.leaveAuditor('wrong')).ok).toBe(false);
    expect((await again.leaveAuditor(phrase)).ok).toBe(true);
    expect(house.told.filter((one) => one.startsWith('auditor'))).toEqual(['auditor.enter done', 'auditor.leave done', 'auditor.enter done', 'auditor.leave refused A wrong passphrase.', 'auditor.leave done']);
  });

  it('is entered also while the window is locked, since it only takes away', async () => {
    const house = new House();
    const lock = house.start();
    await lock.set({ ...wish, passphrase: phrase });
    lock.lock('By a person.');
    expect(lock.enterAuditor('hashes').ok).toBe(true);
    expect((await lock.unlock(phrase)).ok).toBe(true);
    expect(lock.readOnly).toBe(true);
  });

  it('of a program that was started read-only is not left', async () => {
    const lock = new House().start('redacted');
    expect(lock.state.auditor).toEqual({ on: true, whole: true, text: 'redacted' });
    expect(await lock.leaveAuditor(null)).toMatchObject({ ok: false, text: expect.stringContaining('--read-only') as string });
  });
});
