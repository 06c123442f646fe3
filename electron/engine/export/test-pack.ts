/** For tests: packs in memory, whole or with whatever was done to the log before they were made. */
import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Completeness, ReportSpec } from '../../../shared/reports.ts';
import type { Bytes } from '../../../verifier/zip.ts';
import { appended, bodyText, emptyLog, firstPrevious, hashOf, sealText } from '../audit/chain.ts';
import type { LogBody, LogHead } from '../audit/chain.ts';
import type { KeptEntry } from '../audit/log-check.ts';
import { treeHead } from '../audit/merkle.ts';
import { publicKeyOf, signNote } from '../audit/signed-note.ts';
import { packLog } from './pack-log.ts';
import type { LogSource } from './pack-log.ts';
import { writePack } from './pack.ts';
import type { PackActivity, PackOrder, Standing } from './pack.ts';

export interface SigningKey { readonly name: string; readonly publicKey: Buffer; readonly sign: (text: string) => string }

export function newKey(name = 'gatehouse.local/0123abcd'): SigningKey {
  const { privateKey } = generateKeyPairSync('ed25519');
  return { name, publicKey: publicKeyOf(privateKey), sign: (text) => signNote(text, name, privateKey) };
}

export const firstHour = 498_000;
export const hourIso = (hour: number): string => new Date(hour * 3_600_000).toISOString();

const leafOf = (text: string): string => hashOf(`leaf ${text}`);
/** What one connection brought in one hour, and its digest. */
export const leaves: readonly string[] = Array.from({ length: 7 }, (_, i) => leafOf(String(i)));
export const leavesHour = hourIso(firstHour);
export const connection = '6f1d2c1e-0000-4000-8000-00000000c0de';
const digest = { connection, hour: leavesHour, records: leaves.length, root: treeHead(leaves.map((leaf) => Buffer.from(leaf, 'hex'))).toString('hex') };
export const standing: readonly Standing[] = [1, 4, 6].map((index) => ({ activity: `act-${index}`, connection, hour: leavesHour, index, leaf: leaves[index] ?? '' }));

export const activity: PackActivity = {
  async* standing() { yield standing; },
  leaves: (from, hour) => (from === connection && hour === leavesHour ? pages() : null),
};
async function* pages(): AsyncGenerator<readonly string[]> {
  yield leaves.slice(0, 4);
  yield leaves.slice(4);
}

const deedOf = (seq: number): { action: string; body: LogBody } => ({ action: seq === 4 ? 'activity.digest' : 'settings.change', body: { actor: seq === 4 ? 'Gatehouse' : 'ada', text: `Did "${seq}" ⚠`, details: seq === 4 ? JSON.stringify({ digests: [digest] }) : '{"b":1,"a":[null]}', salt: String(seq).padStart(32, '0') } });

/** `hours`: how many entries each hour brought. The last seal is one for the pack. */
export function logOf(hours: readonly number[], key: SigningKey): LogSource {
  let head: LogHead = emptyLog;
  const [entries, seals]: [KeptEntry[], string[]] = [[], []];
  const seal = (hour: number, reason: string | null): void => {
    const before = seals.at(-1);
    seals.push(key.sign(sealText(key.name, head, { hour, previous: before === undefined ? firstPrevious : hashOf(before), written: (hour + 1) * 3_600_000, reason, more: [] })));
  };
  hours.forEach((count, i) => {
    for (let n = 0; n < count; n++) {
      const seq = entries.length + 1;
      const { action, body } = deedOf(seq);
      const line = { seq, at: `2026-10-24T00:00:00.${String(seq).padStart(6, '0')}Z`, actorKind: 'desktop', action, subject: seq % 2 === 0 ? null : `s-${seq}`, outcome: 'done', body: hashOf(bodyText(body)) };
      const next = appended(head, line);
      head = next.head;
      entries.push({ line, hash: next.hash, body, erasure: null });
    }
    seal(firstHour + i, null);
  });
  seal(firstHour + hours.length, 'pack');
  return sourceOf(entries, seals, key);
}

export const sourceOf = (entries: readonly KeptEntry[], seals: readonly string[], key: SigningKey): LogSource => ({ keys: [{ key, handover: null }], seals, tombstones: [], entries: (after, upTo) => entries.filter(({ line }) => line.seq > after && line.seq <= upTo) });

export const spec: ReportSpec = { name: 'Quarterly review', from: hourIso(firstHour), to: hourIso(firstHour + 10), scope: { kind: 'everything' }, contents: ['console', 'activity'], text: 'full', people: 'names', formats: ['csv', 'jsonl'], pack: true };
export const completeness: Completeness = { from: spec.from, to: spec.to, agents: 2, seenPercent: 99.5, notSeenPeriods: 1, notSeenAgentHours: 0.05, refused: 0, contents: [{ content: 'activity', eligible: 3, examined: 3, unexamined: [] }], connections: [], retention: [], sentences: ['One period of 3 minutes could not be seen: Gatehouse was not running.'] };

const csv = `id,name\r\n${Array.from({ length: 200 }, (_, i) => `act-${i},"read ⚠ ${i}"\r\n`).join('')}`;

/** `changed`: of the order, before the pack is made. */
export async function makePack(key: SigningKey, source: LogSource, changed: Partial<PackOrder> = {}): Promise<Buffer> {
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-pack-'));
  const chunks: Buffer[] = [];
  try {
    writeFileSync(join(folder, 'activity.csv'), csv);
    const file = { path: 'activity.csv', content: 'activity' as const, format: 'csv', bytes: Buffer.byteLength(csv), rows: 200, sha256: hashOf(csv) };
    const order = { folder, files: [file], spec, completeness, by: 'ada', version: '0.1.0', madeAt: new Date('2026-11-23T12:00:00.000Z'), log: packLog(source), activity, programs: { verifyHtml: '<!doctype html>', verifySh: '#!/bin/sh\n', verifyMd: '# Verify\n' }, sign: key.sign, ...changed };
    await writePack(order, (bytes) => {
      chunks.push(Buffer.from(bytes));
      return Promise.resolve();
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  return Buffer.concat(chunks);
}

export const bytesOf = (buffer: Buffer): Bytes => ({ size: buffer.length, read: (from, length) => Promise.resolve(buffer.subarray(from, from + length)) });
