/**
 * The audit log as a chain and a tree, and the words of its seals. Pure: how an entry is spelled, what that adds to the log, what a seal says.
 *
 * An entry has two parts. Its BODY (who, in which words, with which details, and a random salt) is spelled as canonical JSON and hashed. Its LINE (what kind of
 * deed, when, on what, with which outcome) is spelled as canonical JSON together with that hash and with the hash of the line before it. So a body can be erased
 * or withheld, and the chain still proves everything else; the salt keeps a short body from being guessed by its hash. The line's bytes are the leaf of an
 * RFC 6962 tree. A seal is a signed checkpoint: how many entries there are, the tree's head, the hash of the last line, the hour and the hash of the seal before.
 * The chain alone would not show a tail that was cut off; the count and the head in a signed seal do.
 */
import { hash } from 'node:crypto';
import { canonicalJson } from './canonical-json.ts';
import { emptyFrontier, grown, leafHash, rootOf } from './merkle.ts';
import type { Frontier } from './merkle.ts';
import { checkpointText, openNote, readCheckpoint } from './signed-note.ts';
import type { NoteKey } from './signed-note.ts';

/** What is chained. `seq` counts from 1 without a break; `at` is ISO 8601 with microseconds, UTC; `body`: SHA-256 of the body, hex. */
export interface LogLine { readonly seq: number; readonly at: string; readonly actorKind: string; readonly action: string; readonly subject: string | null; readonly outcome: string; readonly body: string }

/** What may be erased. `details`: JSON text as it is kept, hashed as text; `salt`: 32 characters of hex. */
export interface LogBody { readonly actor: string; readonly text: string; readonly details: string; readonly salt: string }

export const firstPrevious = '0'.repeat(64);

/** Throws a TypeError for text with half a surrogate pair: whoever writes an entry makes it well-formed first. */
export const bodyText = ({ actor, details, salt, text }: LogBody): string => canonicalJson({ actor, details, salt, text });
export const lineText = ({ action, actorKind, at, body, outcome, seq, subject }: LogLine, previous: string): string => canonicalJson({ action, actorKind, at, body, outcome, previous, seq, subject });
export const hashOf = (text: string | Uint8Array): string => hash('sha256', text, 'hex');

/** As `Date` writes it, with microseconds. What is no time (only a tampered file holds such) is told as the number that it is. */
export function microTime(us: number): string {
  const ms = Math.floor(us / 1_000);
  if (!(Math.abs(ms) <= 8_640_000_000_000_000)) return String(us);
  return new Date(ms).toISOString().replace('Z', `${String(us - ms * 1_000).padStart(3, '0')}Z`);
}

/** Where the log stands: enough to go on with it and to seal it. */
export interface LogHead { readonly frontier: Frontier; readonly last: string }
export const emptyLog: LogHead = { frontier: emptyFrontier, last: firstPrevious };

export function appended({ frontier, last }: LogHead, line: LogLine): { readonly head: LogHead; readonly hash: string } {
  const bytes = Buffer.from(lineText(line, last));
  const is = hashOf(bytes);
  return { head: { frontier: grown(frontier, leafHash(bytes)), last: is }, hash: is };
}

/**
 * `hour`: since the epoch, UTC. `previous`: SHA-256 of the seal before, as it was written. `written`: when it was signed, milliseconds. `reason`: why it was
 * written before the hour was over; null: it closes the hour. `more`: what else it says, by line.
 */
export interface Seal { readonly size: number; readonly root: Buffer; readonly last: string; readonly hour: number; readonly previous: string; readonly written: number; readonly reason: string | null; readonly more: readonly string[] }

export const hourText = (hour: number): string => new Date(hour * 3_600_000).toISOString().replace(':00.000Z', 'Z');

export function sealText(origin: string, { frontier, last }: LogHead, { hour, previous, written, reason, more }: Pick<Seal, 'hour' | 'previous' | 'written' | 'reason' | 'more'>): string {
  const extra = [`last ${last}`, `hour ${hourText(hour)}`, `previous ${previous}`, `written ${new Date(written).toISOString()}`, ...(reason === null ? [] : [`reason ${reason}`]), ...more];
  return checkpointText({ origin, size: frontier.size, root: rootOf(frontier), extra });
}

/** Null: not a seal of this log by this key. */
export function readSeal(note: string, key: NoteKey): Seal | null {
  const text = openNote(note, key);
  const checkpoint = text === null ? null : readCheckpoint(text);
  if (checkpoint === null || checkpoint.origin !== key.name) return null;
  const [last, hour, previous, written, ...more] = checkpoint.extra;
  const lastHash = /^last ([0-9a-f]{64})$/.exec(last ?? '')?.[1];
  const before = /^previous ([0-9a-f]{64})$/.exec(previous ?? '')?.[1];
  const at = Date.parse(/^hour (\d{4}-\d\d-\d\dT\d\d:00Z)$/.exec(hour ?? '')?.[1]?.replace('Z', ':00.000Z') ?? '');
  const writtenAt = Date.parse(/^written (\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z)$/.exec(written ?? '')?.[1] ?? '');
  if (lastHash === undefined || before === undefined || Number.isNaN(at) || Number.isNaN(writtenAt)) return null;
  const reason = /^reason ([a-z]{1,32})$/.exec(more[0] ?? '')?.[1] ?? null;
  return { size: checkpoint.size, root: checkpoint.root, last: lastHash, hour: at / 3_600_000, previous: before, written: writtenAt, reason, more: reason === null ? more : more.slice(1) };
}
