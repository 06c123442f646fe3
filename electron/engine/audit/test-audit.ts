/** For tests: a real file with a log in it, a clock that is set by hand, and the sealer and the check over it. */
import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { AuditDamage } from '../../../shared/audit.ts';
import type { Vault } from '../collect/vault.ts';
import { SessionVault, VaultRefusal } from '../collect/vault.ts';
import { ask } from '../history-port.ts';
import type { HistoryPort } from '../history-port.ts';
import type { CommandName, Commands } from '../store/commands.ts';
import { openReader, openWriter, type WriteDb } from '../store/database.ts';
import { historyFile } from '../store/open.ts';
import type { QueryName } from '../store/queries/table.ts';
import { TestRuntime, words } from '../store/test-runtime.ts';
import { checkFile } from './check-file.ts';
import { hourMs, Sealer } from './sealer.ts';
import { FilePlace, VaultPlace } from './secret-place.ts';
import type { SecretPlace } from './secret-place.ts';
import { SealMemory } from './seal-memory.ts';

export const begin = Date.UTC(2026, 2, 1, 12, 30);

/** As a desktop without a keyring answers. */
export class NoKeyring implements Vault {
  get(): Promise<null> { return Promise.resolve(null); }
  put(): Promise<void> { return Promise.reject(new VaultRefusal('no_keyring', 'This system has no keyring.')); }
  remove(): Promise<void> { return Promise.resolve(); }
}

export class AuditBench {
  readonly runtime = new TestRuntime();
  readonly vault = new SessionVault();
  readonly alarms = new Map<string, string>();
  readonly file = historyFile(this.runtime.history.dir);
  now = begin;
  places: SecretPlace[];
  memory: SealMemory;
  sealer: Sealer;

  constructor(places?: SecretPlace[]) {
    onTestFinished(() => this.runtime.close());
    this.places = places ?? [new VaultPlace(this.vault), new FilePlace(this.runtime.history.dir)];
    ({ memory: this.memory, sealer: this.sealer } = this.engine());
  }

  get folder(): string { return this.runtime.history.dir; }

  readonly port: HistoryPort = {
    file: this.file,
    command: <N extends CommandName>(name: N, params: Commands[N]['params']) => Promise.resolve().then(() => this.runtime.command(name, params, this.now * 1_000)),
    query: (name: string, params: unknown) => Promise.resolve().then(() => this.runtime.ask(name as QueryName, params, this.now * 1_000)),
  } as unknown as HistoryPort;

  /** As a start makes them: nothing in memory. */
  engine(): { memory: SealMemory; sealer: Sealer } {
    const memory = new SealMemory(this.places, async (seal) => (await ask(this.port, 'sealStands', seal)).stands);
    const alarms = { raise: (id: string, _severity: string, text: string) => void this.alarms.set(id, text), clear: (id: string) => void this.alarms.delete(id) };
    const log = { info: () => undefined, warn: () => undefined, error: (text: string, error: unknown) => void this.alarms.set('log', `${text}: ${error instanceof Error ? error.message : ''}`) };
    const sealer = new Sealer({ history: this.port, places: this.places, memory, alarms, log, clock: { now: () => this.now } });
    return { memory, sealer };
  }

  restart(): void {
    this.runtime.restart();
    ({ memory: this.memory, sealer: this.sealer } = this.engine());
  }

  write(count: number): void {
    for (let n = 0; n < count; n++) this.runtime.command('audit.append', words('ann', { text: `Did ${n}.`, subject: n % 2 === 0 ? 'stp-1' : null, details: { n, before: { on: false }, after: { on: true } } }), this.now * 1_000);
  }

  /** So many entries an hour, each hour sealed when it is over. */
  async hours(counts: readonly number[]): Promise<void> {
    await this.sealer.tick();
    for (const count of counts) {
      this.write(count);
      this.now += hourMs;
      await this.sealer.tick();
    }
  }

  seals(): { number: number; hour: number; size: number; reason: string | null }[] {
    return this.runtime.history.all('SELECT number, hour, size, reason FROM audit_seal ORDER BY number');
  }

  /** As the console checks: with its own key and what it remembers. `file`: another than its own. */
  async check(file: string = this.file, known = true): Promise<readonly AuditDamage[]> {
    const key = known ? this.sealer.key : null;
    const db = openReader(file);
    try {
      const found = checkFile(db, { held: key === null ? null : { name: key.name, publicKey: key.publicKey.toString('hex') }, remembered: known ? await this.memory.all() : [], headAt: null }, () => true);
      return found?.damage ?? [];
    } finally {
      db.close();
    }
  }

  /** A copy of the file that `meddle` may do anything with: no trigger stands in its way. */
  tampered(name: string, meddle: (db: WriteDb) => void): string {
    this.runtime.history.db.pragma('wal_checkpoint(TRUNCATE)');
    const copy = join(this.folder, `${name}.db`);
    copyFileSync(this.file, copy);
    const db = openWriter(copy);
    try {
      const triggers = db.prepare<[], { name: string }>("SELECT name FROM sqlite_schema WHERE type = 'trigger' AND tbl_name LIKE 'audit%'").all();
      for (const trigger of triggers) db.exec(`DROP TRIGGER ${trigger.name}`);
      meddle(db);
    } finally {
      db.close();
    }
    return copy;
  }
}
