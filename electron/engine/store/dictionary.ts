/** Strings that come again and again (names, models, error texts) are stored once and named by integers; 0 is "none". */
import type { Statement } from 'better-sqlite3';
import type { AnyDb, WriteDb } from './database.ts';
import { hash53 } from './hash.ts';

/** Longer texts are cut here; the whole text stays in the payload. */
export const longestText = 1_024;
/** SECURITY: names come from strangers. Beyond this many different strings, new ones share one entry; the payload keeps the real text. */
const mostStrings = 1_000_000;
const tooMany = '(too many different texts: open the record to read it)';
const kept = 20_000;

export class Dictionary {
  private readonly ids = new Map<string, number>();
  private readonly texts = new Map<number, string>();
  private readonly find: Statement<[number], { id: number; text: string }>;
  private readonly insert: Statement<[number, string]>;
  private readonly read: Statement<[number], { text: string }>;
  private count: number;

  constructor(db: WriteDb) {
    this.find = db.prepare('SELECT id, text FROM string WHERE hash = ?');
    this.insert = db.prepare('INSERT INTO string (hash, text) VALUES (?, ?)');
    this.read = db.prepare('SELECT text FROM string WHERE id = ?');
    this.count = db.prepare<[], { n: number }>('SELECT coalesce(max(id), 0) AS n FROM string').get()?.n ?? 0;
  }

  /** The id of a text, given one when it is new. '' is 0. */
  id(text: string): number {
    if (text === '') return 0;
    const known = this.ids.get(text);
    if (known !== undefined) return known;
    const cut = text.length > longestText ? `${text.slice(0, longestText - 1)}…` : text;
    const id = this.lookUp(cut);
    if (this.ids.size >= kept) this.ids.clear();
    this.ids.set(text, id);
    return id;
  }

  text(id: number): string {
    if (id === 0) return '';
    const known = this.texts.get(id);
    if (known !== undefined) return known;
    const text = this.read.get(id)?.text ?? '';
    this.remember(id, text);
    return text;
  }

  private remember(id: number, text: string): void {
    if (this.texts.size >= kept) this.texts.clear();
    this.texts.set(id, text);
  }

  /** After a rollback: ids that were given in it do not exist. */
  forget(): void {
    this.ids.clear();
    this.texts.clear();
    this.count = 0;
  }

  private lookUp(text: string): number {
    const hash = hash53(text);
    for (const row of this.find.iterate(hash)) if (row.text === text) return row.id;
    if (this.count >= mostStrings && text !== tooMany) return this.id(tooMany);
    const id = Number(this.insert.run(hash, text).lastInsertRowid);
    this.count = id;
    // A text that is new is often asked for next, e.g. to tell failures apart.
    this.remember(id, text);
    return id;
  }
}

/** For readers: an id's text, remembered. Rows of `string` change only by an erasure. */
export class Texts {
  private readonly texts = new Map<number, string>();
  private readonly read: Statement<[number], { text: string }>;

  constructor(db: AnyDb) {
    this.read = db.prepare('SELECT text FROM string WHERE id = ?');
  }

  of(id: number | null): string {
    if (id === null || id === 0) return '';
    const known = this.texts.get(id);
    if (known !== undefined) return known;
    const text = this.read.get(id)?.text;
    if (text === undefined) return '';
    if (this.texts.size >= kept) this.texts.clear();
    this.texts.set(id, text);
    return text;
  }

  forget(): void {
    this.texts.clear();
  }
}
