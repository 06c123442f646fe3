/** Groups of activities that failed in the same way. */
import type { Statement } from 'better-sqlite3';
import type { WriteDb } from '../database.ts';
import type { Dictionary } from '../dictionary.ts';
import { fingerprintText, type FailureShape } from '../fingerprint.ts';
import { firstFingerprintText } from '../fingerprint-first.ts';
import { secondFingerprintText } from '../fingerprint-second.ts';
import { hash53 } from '../hash.ts';
import type { FailureChange } from './ledger.ts';
import type { Facts } from './row.ts';

const kept = 20_000;

export class FailureBook {
  private readonly known = new Map<string, number>();
  /** by fingerprint: messages with a number in them are all different shapes. */
  private readonly groups = new Map<number, number>();
  private readonly dictionary: Dictionary;
  private readonly find: Statement<[number], { id: number }>;
  private readonly carry: Statement<[number, number]>;
  private readonly insert: Statement<[number, number, number, number | null, number | null, number, number, number]>;
  private readonly change: Statement<[number, number, number, number]>;
  private readonly bounds: Statement<[number, number, number]>;
  private readonly empty: Statement<[number]>;

  constructor(db: WriteDb, dictionary: Dictionary) {
    this.dictionary = dictionary;
    this.find = db.prepare('SELECT id FROM failure WHERE fingerprint = ?');
    this.carry = db.prepare('UPDATE failure SET fingerprint = ? WHERE id = ?');
    this.insert = db.prepare(`INSERT INTO failure (fingerprint, kind, name, error_type, error_message, first_us, last_us, count, created_us) VALUES (?, ?, ?, ?, ?, ?, ?, 0, ?)`);
    this.change = db.prepare('UPDATE failure SET count = count + ?, first_us = min(first_us, ?), last_us = max(last_us, ?) WHERE id = ?');
    this.bounds = db.prepare(`UPDATE failure SET first_us = coalesce((SELECT min(ts_us) FROM activity WHERE failure = ?), first_us),
      last_us = coalesce((SELECT max(ts_us) FROM activity WHERE failure = ?), last_us) WHERE id = ?`);
    this.empty = db.prepare('DELETE FROM failure WHERE id = ? AND count <= 0');
  }

  idFor(f: Facts, nowUs: number): number {
    const shape = `${f.kind}|${f.name}|${f.errorType}|${f.errorMessage}|${f.errorStack}`;
    const known = this.known.get(shape);
    if (known !== undefined) return known;
    const text = (id: number): string => this.dictionary.text(id);
    const told = { kind: f.kind, name: text(f.name), errorType: text(f.errorType), message: text(f.errorMessage), stackTop: text(f.errorStack) };
    const fingerprint = hash53(fingerprintText(told));
    const id = this.groups.get(fingerprint) ?? this.find.get(fingerprint)?.id ?? this.carried(fingerprint, told)
      ?? Number(this.insert.run(fingerprint, f.kind, f.name, f.errorType || null, f.errorMessage || null, f.ts, f.ts, nowUs).lastInsertRowid);
    if (this.known.size >= kept) this.forget();
    this.known.set(shape, id);
    this.groups.set(fingerprint, id);
    return id;
  }

  /**
   * A group that an earlier version told apart goes on as the same one, with what people said of it. Where this version sees one fault in
   * several groups of then, the first that happens again goes on; where it sees several in one, that group goes on with the first of them.
   */
  private carried(fingerprint: number, told: FailureShape): number | undefined {
    const id = this.find.get(hash53(secondFingerprintText(told)))?.id ?? this.find.get(hash53(firstFingerprintText(told)))?.id;
    if (id !== undefined) this.carry.run(fingerprint, id);
    return id;
  }

  /** After the rows were written: counts, and the bounds of groups that rows left. */
  flush(changes: ReadonlyMap<number, FailureChange>): void {
    for (const [id, change] of changes) {
      if (change.count === 0 && !change.left) continue;
      this.change.run(change.count, change.firstUs, change.lastUs, id);
      if (!change.left) continue;
      this.bounds.run(id, id, id);
      if (this.empty.run(id).changes > 0) this.forget();
    }
  }

  forget(): void {
    this.known.clear();
    this.groups.clear();
  }
}
