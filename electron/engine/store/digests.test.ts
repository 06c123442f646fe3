/** Digests as they are kept: every kept record in exactly one, whatever comes in between. */
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { Result } from '../../../shared/contract.ts';
import { leafOf } from '../ingest/leaf.ts';
import { unpackPayload, type PayloadRef } from '../ingest/payload.ts';
import { treeHead } from '../audit/merkle.ts';
import type { Draft } from '../ingest/draft.ts';
import type { BodyJob } from '../ingest/writer-messages.ts';
import type { Told } from './assemble/assembler.ts';
import { US_HOUR } from './codes.ts';
import { foldDigests, rootToClose } from './digest-fold.ts';
import { blockOf, placesInBlock } from './digest-run.ts';
import { BrokenDigest, headOf, leavesInChunk } from './digest-tree.ts';
import { closeDigests, closingDigests } from './digests.ts';
import { openWriter } from './database.ts';
import { tellingIds } from './hash.ts';
import { History } from './history.ts';
import { historyFile } from './open.ts';
import { BlockFiller, decompress } from './payloads.ts';
import { freshRuntime, runDraft } from './test-runtime.ts';
import { freshHistory, logDraft, spanDraft, t0, trace, type TestHistory } from './test-history.ts';

const hourUs = (at: number): number => t0 + at * US_HOUR;
const context = { source: Buffer.from('resource and scope'), resourceStart: 0, resourceEnd: 8, scopeStart: 8, scopeEnd: 18 };

function tell(history: TestHistory, drafts: readonly Draft[], { at = 0, connection = 1, filler = new BlockFiller() } = {}): void {
  const told = drafts.map((draft): Told => {
    const source = Buffer.from(`record of ${draft.key} ${draft.status} ${draft.name}`);
    const ref: PayloadRef = { kind: 1, source, start: 0, end: source.length, context };
    return { connection, service: 'svc', serviceVersion: '', draft, ids: tellingIds(draft), payload: filler.place(ref), receivedUs: hourUs(at) };
  });
  history.tellTold(told, hourUs(at));
}

const close = (history: TestHistory, at: number): { digests: number; entries: readonly number[] } => history.db.transaction(() => closeDigests(history.db, hourUs(at))).immediate();

interface Kept { readonly connection: number; readonly hour: number; readonly records: number; readonly folded: number; readonly gone: number; readonly root: Buffer | null; readonly entry: number | null; readonly id: number }
const digests = (history: TestHistory): Kept[] => history.all<Kept>('SELECT * FROM digest ORDER BY hour, connection');

/** The leaves as they would be made anew from the stored records. */
function leavesAnew(history: TestHistory, digest: number): Buffer[] {
  const runs = history.all<{ place: number; n: number }>('SELECT place, n FROM digest_run WHERE digest = ? ORDER BY first', digest);
  return runs.flatMap(({ place, n }) => {
    const [block] = history.all<{ format: number; codec: number; body: Buffer }>('SELECT format, codec, body FROM payload WHERE id = ?', blockOf(place));
    if (block === undefined) throw new Error('a block is missing');
    const plain = decompress(block);
    return Array.from({ length: n }, (_, at) => leafOf(unpackPayload(block.format, plain, (place % placesInBlock) + at)));
  });
}

/** As it is, or would be if the hour closed now. */
const rootOf = (history: TestHistory, { id, root }: Kept): string => (root ?? history.db.transaction(() => rootToClose(history.db, id)).immediate()).toString('hex');
const fold = (history: TestHistory): boolean => history.db.transaction(() => foldDigests(history.db, Number.POSITIVE_INFINITY)).immediate();

describe('the head of many hashes', () => {
  it('is that of the slow tree at every size, and that of its chunks\' heads', () => {
    const leaves = Array.from({ length: 2 * leavesInChunk + 37 }, (_, at) => leafOf({ kind: 1, record: Buffer.from(String(at)), resource: Buffer.alloc(0), scope: Buffer.alloc(0) }));
    for (const size of [1, 2, 3, 4, 5, 31, 64, 1_000, leavesInChunk, leavesInChunk + 1, leaves.length]) {
      const some = leaves.slice(0, size);
      expect({ size, head: headOf(Buffer.concat(some)).toString('hex') }).toEqual({ size, head: treeHead(some).toString('hex') });
      const heads = Array.from({ length: Math.ceil(size / leavesInChunk) }, (_, chunk) => headOf(Buffer.concat(some.slice(chunk * leavesInChunk, (chunk + 1) * leavesInChunk))));
      expect({ size, head: headOf(Buffer.concat(heads)).toString('hex') }).toEqual({ size, head: treeHead(some).toString('hex') });
    }
    expect(() => headOf(Buffer.alloc(0))).toThrow(BrokenDigest);
  });
});

it('a leaf and a root are spelled as docs/audit-format.md says', () => {
  const none = Buffer.alloc(0);
  const leaves = ['{"run":"r1","status":"running"}', '{"run":"r1","status":"success"}', '{"run":"r2","status":"running"}'].map((record) => leafOf({ kind: 6, record: Buffer.from(record), resource: none, scope: none }));
  const format = readFileSync(new URL('../../../docs/audit-format.md', import.meta.url), 'utf8');
  for (const hash of [...leaves, headOf(Buffer.concat(leaves.slice(0, 2))), headOf(Buffer.concat(leaves))]) expect(format).toContain(hash.toString('hex'));
  expect(leafOf({ kind: 1, record: Buffer.from('r'), resource: Buffer.from('svc-1'), scope: Buffer.from('sdk') }).toString('hex'))
    .toBe(createHash('sha256').update(Buffer.from([0, 1])).update(Buffer.from('6709dfc5330f0f05e262015a6ba3a6ca58d9cb54cf8346077944fc7e67d96c80', 'hex')).update('r').digest('hex'));
});

describe('digests', () => {
  it('hold each record that is kept once, by connection and hour of arrival', () => {
    const history = freshHistory();
    const two = history.connect('two');
    const filler = new BlockFiller();
    tell(history, [spanDraft(1, 0), spanDraft(2, 1)], { filler });
    tell(history, [spanDraft(1, 0)], { connection: two });
    // The same record again is not kept again; another telling of the same activity is.
    tell(history, [spanDraft(2, 1), spanDraft(2, 1, { status: 'error', name: 'more' })], { at: 0.5 });
    // What happened long ago belongs where it arrived.
    tell(history, [spanDraft(9, 0, { traceId: trace(9), at: -100_000 })], { at: 1.2 });
    expect(fold(history)).toBe(false);
    const found = digests(history);
    expect(found.map(({ connection, hour, records }) => [connection, hour, records])).toEqual([[1, hourUs(0) / US_HOUR, 3], [two, hourUs(0) / US_HOUR, 1], [1, hourUs(1) / US_HOUR, 1]]);
    for (const one of found) expect(rootOf(history, one)).toBe(treeHead(leavesAnew(history, one.id)).toString('hex'));
  });

  it('close with their line in the audit log, once, and not the hour that runs', () => {
    const history = freshHistory();
    tell(history, [spanDraft(1, 0), spanDraft(2, 1)]);
    expect(close(history, 0.9)).toEqual({ digests: 0, entries: [] });
    tell(history, [spanDraft(3, 1)], { at: 1 });
    // Set right by a moment.
    expect(close(history, 0.99).digests).toBe(0);
    const { digests: closed, entries } = close(history, 1.01);
    expect(closed).toBe(1);
    expect(close(history, 1.5).digests).toBe(0);
    const [first, open] = digests(history);
    expect([first?.root === null, first?.entry, open?.root]).toEqual([false, entries[0], null]);
    const [entry] = history.all<{ action: string; details: string }>('SELECT action, details FROM audit_entry WHERE id = ?', entries[0] ?? 0);
    expect(entry?.action).toBe('activity.digest');
    expect(JSON.parse(entry?.details ?? '')).toEqual({ digests: [{ connection: 'con-1', hour: '2026-03-01T12:00:00.000Z', records: 2, root: treeHead(leavesAnew(history, first?.id ?? 0)).toString('hex') }] });
  });

  it('are never opened again: with a clock that was set back, records go into the hour behind', () => {
    const history = freshHistory();
    tell(history, [spanDraft(1, 0)], { at: 5 });
    close(history, 6);
    tell(history, [spanDraft(2, 1)], { at: 3 });
    tell(history, [spanDraft(3, 1)], { at: 4 });
    expect(digests(history).map(({ hour, records }) => [hour - hourUs(0) / US_HOUR, records])).toEqual([[5, 1], [6, 2]]);
    // Ahead of the clock: over as well, or it would stay open until the clock comes by.
    expect(close(history, 4).digests).toBe(1);
    tell(history, [spanDraft(4, 1)], { at: 4.5 });
    expect(digests(history).map(({ hour }) => hour - hourUs(0) / US_HOUR)).toEqual([5, 6, 7]);
  });

  it('know nothing of a transaction that failed, and go on after a restart', () => {
    const history = freshHistory();
    tell(history, [spanDraft(1, 0)]);
    const before = digests(history);
    expect(() => history.db.transaction(() => {
      tell(history, [spanDraft(2, 1)]);
      throw new Error('the disk is full');
    }).immediate()).toThrow('full');
    history.assembler.forget();
    expect(digests(history)).toEqual(before);
    history.restart();
    tell(history, [spanDraft(2, 1), logDraft('event:1', 3)]);
    fold(history);
    const [only] = digests(history);
    expect(only?.records).toBe(3);
    expect(rootOf(history, only as Kept)).toBe(treeHead(leavesAnew(history, only?.id ?? 0)).toString('hex'));
  });

  it('take a call that waited for its agent when it is kept, though its block is an earlier one', () => {
    const history = freshHistory();
    const filler = new BlockFiller();
    tell(history, [spanDraft(5, 1, { plain: true, traceId: trace(3) }), spanDraft(1, 0, { traceId: trace(4) })], { filler });
    expect(digests(history)[0]?.records).toBe(1);
    tell(history, [spanDraft(1, 0, { traceId: trace(3), role: 'agent', agent: { name: 'a' } })], { at: 1 });
    fold(history);
    const found = digests(history);
    expect(found.map(({ records }) => records)).toEqual([1, 2]);
    for (const one of found) expect(rootOf(history, one)).toBe(treeHead(leavesAnew(history, one.id)).toString('hex'));
    expect(history.all('SELECT used FROM payload ORDER BY id')).toEqual([{ used: 2 }, { used: 1 }]);
  });

  it('have the same root however their leaves were made: in turns, at the close, or anew after the file was meddled with', () => {
    const roots = [0, 1, 2].map((way) => {
      const history = freshHistory();
      for (let body = 0; body < 12; body++) {
        tell(history, Array.from({ length: 100 }, (_, at) => logDraft(`event:${body}.${at}`, at)));
        if (way === 1) history.db.transaction(() => foldDigests(history.db, 0.05)).immediate();
        if (way === 2 && body === 6) fold(history);
      }
      if (way === 2) history.db.exec("UPDATE digest SET folded = 7");
      const steps = closingDigests(history.db, (run) => history.db.transaction(run).immediate(), hourUs(1));
      while (steps.next().done !== true);
      const [only] = digests(history);
      expect([only?.records, only?.root === null]).toEqual([1_200, false]);
      expect(rootOf(history, only as Kept)).toBe(treeHead(leavesAnew(history, only?.id ?? 0)).toString('hex'));
      return rootOf(history, only as Kept);
    });
    expect(new Set(roots).size).toBe(1);
  });
});

it('what a runtime that is asked brings is counted too, and what it tells again is not', () => {
  const runtime = freshRuntime();
  const told = [runDraft('r1', undefined), runDraft('r2', 'completed', { until: 4 })].map((draft) => ({ draft, raw: JSON.stringify({ run: draft.key, status: draft.status }) }));
  runtime.collect({ records: told });
  runtime.collect({ records: told });
  expect(digests(runtime.history).map(({ connection, records }) => [connection, records])).toEqual([[runtime.connection, 2]]);
  runtime.collect({ records: [{ draft: runDraft('r1', 'completed', { until: 9 }), raw: '{"run":"r1","status":"success"}' }] });
  expect(digests(runtime.history)[0]?.records).toBe(3);
});

describe('the threads as they are', { timeout: 30_000 }, () => {
  function request(connection: number, trace: string): Omit<BodyJob, 'n'> {
    const text = (key: string, value: string): object => ({ key, value: { stringValue: value } });
    const spans = [1, 2, 3].map((at) => ({
      traceId: trace.padStart(32, '0'), spanId: String(at).padStart(16, '0'), ...(at === 1 ? {} : { parentSpanId: '1'.padStart(16, '0') }), name: 'x', startTimeUnixNano: '1772366400000000000', endTimeUnixNano: '1772366401000000000',
      attributes: at === 1 ? [text('gen_ai.operation.name', 'invoke_agent'), text('gen_ai.agent.name', 'bot')] : [text('gen_ai.operation.name', 'execute_tool'), text('gen_ai.tool.name', 'look')],
    }));
    return { connection, signal: 'traces', encoding: 'json', content: 'full', body: new Uint8Array(Buffer.from(JSON.stringify({ resourceSpans: [{ resource: { attributes: [text('service.name', 'svc')] }, scopeSpans: [{ spans }] }] }))), receivedUs: Date.now() * 1_000 };
  }

  it('close an hour on command, prove what they took in, and count nothing twice after a start', async () => {
    const dataDir = mkdtempSync(join(tmpdir(), 'gatehouse-digests-'));
    const open = (): Promise<History> => History.open({ dataDir, clock: { now: () => Date.now() }, onAlarm: () => undefined });
    let history = await open();
    onTestFinished(async () => {
      await history.close();
      rmSync(dataDir, { recursive: true, force: true });
    });
    const { id } = await history.command('connections.add', { name: 'Laptop', content: 'full', demo: false, tokenHash: Buffer.from('hash'), tokenEnds: 'wxyz' });
    await history.submit(request(id, 'a1'));
    await history.close();
    history = await open();
    // The same again, as a sender does that heard no answer.
    await history.submit(request(id, 'a1'));
    const page = async (): Promise<Result<'audit.digests'>> => await history.query('audit.digests', { limit: 10 }) as Result<'audit.digests'>;
    expect((await page()).rows).toMatchObject([{ connectionId: `con-${id}`, records: 3, root: null, entryId: null }]);
    expect((await history.command('digests.close', {})).digests).toBe(0);
    const file = openWriter(historyFile(dataDir));
    file.exec('UPDATE digest SET hour = hour - 1');
    file.close();
    expect(await history.command('digests.close', {})).toMatchObject({ digests: 1 });
    const [closed] = (await page()).rows;
    expect([closed?.records, closed?.root?.length, closed?.entryId?.startsWith('aud-')]).toEqual([3, 64, true]);
    expect(await history.query('activity.proof', { id: 'act-1' })).toMatchObject({ records: [{ state: 'holds', size: 3, root: closed?.root, entryId: closed?.entryId }] });
    await history.submit(request(id, 'a2'));
    expect((await page()).rows.map((one) => [one.records, one.root === null])).toEqual([[3, true], [3, false]]);
  });
});
