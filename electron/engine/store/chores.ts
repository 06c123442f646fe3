/**
 * Work that takes long, one after the other, in steps between which telemetry is taken in: retention, freeing, erasure. How far each is stands in the file, so that
 * everybody sees it; its beginning and its end are entries of the audit log.
 */
import { appendAudit } from './audit.ts';
import { bounded } from './bounded.ts';
import { readSettings } from './commands.ts';
import type { WriteDb } from './database.ts';
import { emptyLog, erase, replacementOf, rewriteFile } from './erasure.ts';
import { StoreError, storeError } from './errors.ts';
import { erasureRefusal } from './holds.ts';
import { publicId } from './ids.ts';
import { PersonMatcher } from './person-matcher.ts';
import { planOf } from './retention-plan.ts';
import { retain, shrink } from './retention.ts';
import type { ChoreBy, ChoreCommands } from './retention-commands.ts';
import type { Writer } from './writer.ts';

export type ChoreName = Exclude<keyof ChoreCommands, 'retention.cancel'>;
export const isChore = (name: string): name is ChoreName => name === 'retention.run' || name === 'retention.free' || name === 'erasure.run';

/** A number: so many activities went. */
type Said = number | { readonly step: string; readonly done: number; readonly total: number | null };
interface Waiting {
  readonly n: number; readonly id: number; readonly kind: 'retention' | 'free' | 'erasure'; readonly by: ChoreBy; readonly subject: string | null; readonly quiet: boolean; readonly answered: boolean;
  readonly steps: () => Generator<Said>;
  readonly answer: (activities: number) => unknown;
  /** what it did, for the audit log. */
  readonly words: (activities: number, freed: number) => { text: string; details: Record<string, unknown> };
  readonly refused: { readonly text: string; readonly details: Record<string, unknown> };
}
interface Running { readonly chore: Waiting; readonly steps: Generator<Said>; readonly bytes: number; activities: number; done: number; toldMs: number }

export interface ChoresParts {
  readonly writer: Writer;
  now(): number;
  answer(n: number, ok: unknown): void;
  fail(n: number, cause: unknown): void;
  tell(): void;
}

const tellEveryMs = 300;

export class Chores {
  private readonly parts: ChoresParts;
  private readonly waiting: Waiting[] = [];
  private readonly cancelled = new Set<number>();
  private running: Running | null = null;

  constructor(parts: ChoresParts) {
    this.parts = parts;
  }

  get busy(): boolean { return this.running !== null || this.waiting.length > 0; }

  add<N extends ChoreName>(n: number, name: N, params: ChoreCommands[N]['params']): void {
    const { writer } = this.parts;
    const chore = writer.inTransaction(() => this.made(n, name, params));
    this.waiting.push(chore);
    if (!params.wait) this.parts.answer(n, chore.answer(0));
    this.parts.tell();
  }

  cancel({ chore, audit }: ChoreCommands['retention.cancel']['params']): { id: number } {
    const known = this.running?.chore.id === chore || this.waiting.some((one) => one.id === chore);
    if (!known) throw new StoreError('conflict', 'That has ended already. Nothing was changed.');
    this.parts.writer.inTransaction(() => appendAudit(this.parts.writer.db, audit, this.parts.now()));
    this.cancelled.add(chore);
    return { id: chore };
  }

  /** One step of the first. */
  step(): void {
    this.running ??= this.begun();
    const { running } = this;
    if (running === null) return;
    try {
      if (this.cancelled.has(running.chore.id)) {
        running.steps.return(undefined);
        this.end(running, 'cancelled', null);
        return;
      }
      const said = running.steps.next();
      if (said.done === true) this.end(running, 'done', null);
      else this.told(running, said.value);
    } catch (cause) {
      this.end(running, 'failed', cause);
    }
  }

  private made(n: number, name: ChoreName, params: ChoreCommands[ChoreName]['params']): Waiting {
    if (name === 'retention.run') return this.retention(n, params as ChoreCommands['retention.run']['params']);
    if (name === 'retention.free') return this.freeing(n, params as ChoreCommands['retention.free']['params']);
    return this.erasing(n, params as ChoreCommands['erasure.run']['params']);
  }

  private row(kind: Waiting['kind'], by: ChoreBy): number {
    const { writer, now } = this.parts;
    return Number(writer.db.prepare("INSERT INTO chore (kind, state, by, started_us, step, done, activities, freed) VALUES (?, 'waiting', ?, ?, 'Waiting for what was asked before', 0, 0, 0)").run(kind, bounded(by.actor, 256), now()).lastInsertRowid);
  }

  private asked(by: ChoreBy, action: string, subject: string, text: string, details: Record<string, unknown>): void {
    appendAudit(this.parts.writer.db, { ...by, action, subject, outcome: 'asked', text, details }, this.parts.now());
  }

  private retention(n: number, { by, quiet, nowUs, wait }: ChoreCommands['retention.run']['params']): Waiting {
    const { writer } = this.parts;
    const id = this.row('retention', by);
    const days = readSettings(writer.db).retentionDays;
    if (!quiet) this.asked(by, 'retention.run', publicId('chore', id), 'Wants to let go what is past its period.', { generalDays: days });
    return {
      n, id, by, quiet, kind: 'retention', subject: publicId('chore', id), answered: !wait, steps: () => retain(writer, planOf(writer.db, readSettings(writer.db).retentionDays, nowUs)), answer: (activities) => ({ chore: id, activities }),
      words: (activities) => ({ text: `Removed ${activities} activities that were past their period.`, details: { generalDays: days, activities } }), refused: { text: 'Letting go what is past its period was ended before its end.', details: {} },
    };
  }

  private freeing(n: number, { by, rewrite, wait }: ChoreCommands['retention.free']['params']): Waiting {
    const { writer } = this.parts;
    const id = this.row('free', by);
    this.asked(by, 'retention.free', publicId('chore', id), rewrite ? 'Wants the history file to be written anew.' : 'Wants free pages of the history file to be given back.', { rewrite });
    return {
      n, id, by, kind: 'free', subject: publicId('chore', id), quiet: false, answered: !wait, steps: () => free(writer.db, rewrite), answer: () => ({ chore: id }),
      words: (_, freed) => ({ text: `${rewrite ? 'Wrote the history file anew' : 'Gave free pages of the history file back'}: ${freed} bytes smaller.`, details: { rewrite, freed } }), refused: { text: 'Freeing room was ended before its end.', details: {} },
    };
  }

  private erasing(n: number, p: ChoreCommands['erasure.run']['params']): Waiting {
    const { writer, now } = this.parts;
    const refusal = erasureRefusal(writer.db);
    if (refusal !== null) throw new StoreError('conflict', refusal);
    const spellings = [p.person, ...p.aliases];
    if (new PersonMatcher(spellings).in(p.reason)) throw new StoreError('bad_request', 'The reason names the person, and it stays. Say it without the name. Nothing was erased.');
    const id = this.row('erasure', p.by);
    const erasure = Number(writer.db.prepare("INSERT INTO erasure (chore, reason, salt, hashes, found, remains) VALUES (?, ?, ?, ?, '[]', '[]')").run(id, p.reason, p.salt, JSON.stringify(p.hashes)).lastInsertRowid);
    const subject = publicId('erasure', erasure);
    const proof = { salt: p.salt, hashes: p.hashes, replacement: replacementOf(erasure) };
    this.asked(p.by, 'erasure.run', subject, `Wants to erase a person's data; they are called ${replacementOf(erasure)} from now on. Reason: ${p.reason}`, { ...proof, reason: p.reason, rewrite: p.rewrite });
    const outcome = (): Record<string, unknown> => writer.db.prepare<[number], { found: string; remains: string }>('SELECT found, remains FROM erasure WHERE id = ?').get(erasure) ?? {};
    const counted = (): Record<string, unknown> => Object.fromEntries(Object.entries(outcome()).map(([name, text]) => [name, JSON.parse(String(text)) as unknown]));
    return {
      n, id, subject, kind: 'erasure', by: p.by, quiet: false, answered: !p.wait, steps: () => erase(writer, { erasure, spellings, rewrite: p.rewrite, by: p.by }, now), answer: () => ({ chore: id, erasure }),
      words: () => ({ text: `Erased a person's data: they are ${replacementOf(erasure)} now.`, details: { ...proof, ...counted() } }),
      refused: { text: `The erasure was ended before its end: a part of what named ${replacementOf(erasure)} is still there. Erase again.`, details: proof },
    };
  }

  private begun(): Running | null {
    const chore = this.waiting.shift();
    if (chore === undefined) return null;
    const { db } = this.parts.writer;
    this.parts.writer.inTransaction(() => db.prepare("UPDATE chore SET state = 'running', step = 'Beginning' WHERE id = ?").run(chore.id));
    return { chore, steps: chore.steps(), bytes: fileBytes(db), activities: 0, done: 0, toldMs: 0 };
  }

  private told(running: Running, said: Said): void {
    if (typeof said === 'number') running.activities += said;
    if (performance.now() - running.toldMs < tellEveryMs) return;
    running.toldMs = performance.now();
    const { step, done, total } = typeof said === 'number' ? { step: 'Letting go what is past its period', done: running.activities, total: null } : said;
    this.parts.writer.inTransaction(() => this.parts.writer.db.prepare('UPDATE chore SET step = ?, done = ?, total = ?, activities = ? WHERE id = ?').run(step, done, total, running.activities, running.chore.id));
    this.parts.tell();
  }

  private end(running: Running, state: 'done' | 'failed' | 'cancelled', cause: unknown): void {
    this.running = null;
    const { chore, activities } = running;
    const { writer } = this.parts;
    this.cancelled.delete(chore.id);
    const error = cause === null ? null : storeError(cause).message;
    try {
      writer.inTransaction(() => this.write(running, state, error));
    } catch (broken) {
      // A full disk: whoever waits is told; the next start finds the chore not ended and says so.
      if (!chore.answered) this.parts.fail(chore.n, cause ?? broken);
      return;
    }
    if (!chore.answered && cause === null) this.parts.answer(chore.n, chore.answer(activities));
    else if (!chore.answered) this.parts.fail(chore.n, cause);
    this.parts.tell();
  }

  private write({ chore, activities, bytes }: Running, state: 'done' | 'failed' | 'cancelled', error: string | null): void {
    const { writer: { db }, now } = this.parts;
    const freed = Math.max(0, bytes - fileBytes(db));
    if (chore.quiet && state === 'done' && activities === 0) {
      db.prepare('DELETE FROM chore WHERE id = ?').run(chore.id);
      return;
    }
    const step = { done: 'Done', failed: 'Failed', cancelled: 'Ended by a person; what it did stays done' }[state];
    db.prepare('UPDATE chore SET state = ?, ended_us = ?, step = ?, activities = ?, freed = ?, error = ? WHERE id = ?').run(state, now(), step, activities, freed, error, chore.id);
    const { text, details } = state === 'done' ? chore.words(activities, freed) : chore.refused;
    appendAudit(db, { ...chore.by, action: `${chore.kind === 'erasure' ? 'erasure' : 'retention'}.${chore.kind === 'free' ? 'free' : 'run'}`, subject: chore.subject, outcome: state === 'done' ? 'done' : 'failed', text: error === null ? text : `${text} ${error}`, details: { ...details, activities, freed, state } }, now());
  }
}

const fileBytes = (db: WriteDb): number => Number(db.pragma('page_count', { simple: true })) * Number(db.pragma('page_size', { simple: true }));

function* free(db: WriteDb, rewrite: boolean): Generator<Said> {
  for (const _ of shrink(db)) yield { step: 'Giving free pages back', done: 0, total: null };
  if (rewrite) {
    yield { step: 'Writing the file anew', done: 0, total: null };
    const refusal = rewriteFile(db);
    if (refusal !== null) throw new StoreError('conflict', refusal);
  }
  yield* emptyLog(db);
}

/** At a start: what had not ended when Gatehouse did. Whom an erasure was of is not known any more, so it cannot go on. */
export function interruptChores(db: WriteDb, nowUs: number): void {
  for (const { id, kind } of db.prepare<[], { id: number; kind: Waiting['kind'] }>('SELECT id, kind FROM chore WHERE ended_us IS NULL').all()) {
    db.prepare("UPDATE chore SET state = 'interrupted', ended_us = ?, step = 'Gatehouse ended before it did; what was done is done' WHERE id = ?").run(nowUs, id);
    const text = kind === 'erasure' ? 'Gatehouse ended in the middle of an erasure: a part of what names the person may still be there. Erase again.' : 'Gatehouse ended in the middle of this; what was done is done.';
    appendAudit(db, { actor: 'Gatehouse', actorKind: 'engine', action: kind === 'erasure' ? 'erasure.run' : `retention.${kind === 'free' ? 'free' : 'run'}`, subject: publicId('chore', id), outcome: 'failed', text, details: { state: 'interrupted' } }, nowUs);
  }
}
