/** For tests: a log in memory, sealed hour by hour. */
import { generateKeyPairSync } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { appended, bodyText, emptyLog, firstPrevious, hashOf, sealText } from './chain.ts';
import type { LogBody, LogHead, LogLine } from './chain.ts';
import type { KeptEntry } from './log-check.ts';
import { publicKeyOf, signNote } from './signed-note.ts';
import type { NoteKey } from './signed-note.ts';

export interface SignKey extends NoteKey { readonly privateKey: KeyObject }
export function newSignKey(name = 'gatehouse.local/0123abcd'): SignKey {
  const { privateKey } = generateKeyPairSync('ed25519');
  return { name, publicKey: publicKeyOf(privateKey), privateKey };
}

export const firstHour = 498_000;
export const bodyOf = (seq: number): LogBody => ({ actor: 'ada', text: `Did "${seq}" ⚠`, details: '{"b":1,"a":[null]}', salt: String(seq).padStart(32, '0') });
export const lineOf = (seq: number, body: LogBody = bodyOf(seq)): LogLine => ({ seq, at: `2026-11-23T15:00:00.${String(seq).padStart(6, '0')}Z`, actorKind: 'desktop', action: 'stop.order', subject: seq % 2 === 0 ? null : `stp-${seq}`, outcome: 'done', body: hashOf(bodyText(body)) });

export interface TestLog { readonly entries: KeptEntry[]; readonly seals: string[]; readonly head: LogHead }

/** Entries as `lines` tells them, chained. */
export function chained(entries: readonly Omit<KeptEntry, 'hash'>[], from: LogHead = emptyLog): { readonly entries: KeptEntry[]; readonly head: LogHead } {
  let head = from;
  const list = entries.map((entry) => {
    const next = appended(head, entry.line);
    head = next.head;
    return { ...entry, hash: next.hash };
  });
  return { entries: list, head };
}

export const sealOf = (head: LogHead, hour: number, before: string | undefined, key: SignKey, reason: string | null = null): string =>
  signNote(sealText(key.name, head, { hour, previous: before === undefined ? firstPrevious : hashOf(before), written: (hour + 1) * 3_600_000, reason, more: [] }), key.name, key.privateKey);

/** `hours`: how many entries each hour brought. */
export function logOf(hours: readonly number[], key: SignKey): TestLog {
  let head = emptyLog;
  const [entries, seals]: [KeptEntry[], string[]] = [[], []];
  hours.forEach((count, i) => {
    const more = chained(Array.from({ length: count }, (_, n) => ({ line: lineOf(entries.length + n + 1), body: bodyOf(entries.length + n + 1), erasure: null })), head);
    entries.push(...more.entries);
    head = more.head;
    seals.push(sealOf(head, firstHour + i, seals.at(-1), key));
  });
  return { entries, seals, head };
}
