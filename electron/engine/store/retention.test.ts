import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Draft } from '../ingest/draft.ts';
import type { PayloadRef } from '../ingest/payload.ts';
import type { Told } from './assemble/assembler.ts';
import { US_DAY } from './codes.ts';
import { tellingIds } from './hash.ts';
import { realIntake } from './intake.ts';
import { BlockFiller, PayloadReader } from './payloads.ts';
import { removeConnection, retain, retireConnection } from './retention.ts';
import { agentDraft, logDraft, spanDraft, t0, TestHistory, trace } from './test-history.ts';
import { Writer } from './writer.ts';

let history: TestHistory;
let writer: Writer;
let filler: BlockFiller;
beforeEach(() => {
  history = new TestHistory();
  filler = new BlockFiller();
  writer = new Writer(history.db, realIntake);
});
afterEach(() => { history.close(); });

const context = { source: Buffer.from('RS'), resourceStart: 0, resourceEnd: 1, scopeStart: 1, scopeEnd: 2 };
const payload = (text: string): PayloadRef => ({ kind: 1, source: Buffer.from(text), start: 0, end: text.length, context });
const told = (draft: Draft, connection = 1): Told => ({ connection, service: 'svc', serviceVersion: '', draft, ids: tellingIds(draft), payload: filler.place(payload(`record of ${draft.key}`)), receivedUs: t0 + 30 * US_DAY });
const old = { startUs: t0 - 10 * US_DAY, endUs: t0 - 10 * US_DAY + 5 };

function run(steps: Generator<number>): number {
  let gone = 0;
  for (const step of steps) gone += step;
  return gone;
}

describe('retain', () => {
  it('removes what is older, with its records, and keeps the sums', () => {
    const failed = { status: 'error' as const, statusExplicit: true, error: { message: 'x' } };
    history.tellTold([told(agentDraft(1, 0, 'a', { ...old, traceId: trace(1) })), told(spanDraft(2, 1, { ...old, ...failed })), told(agentDraft(3, 0, 'a', { traceId: trace(2) }))], t0);
    const sums = history.all('SELECT day, activities, failures FROM by_day ORDER BY day');
    expect(run(retain(writer, t0 - US_DAY))).toBe(2);
    expect(history.rows()).toHaveLength(1);
    expect(history.tasks()).toMatchObject([{ key: trace(2) }]);
    expect(history.all('SELECT count(*) AS n FROM trace')).toEqual([{ n: 1 }]);
    expect(history.all('SELECT rows FROM agent')).toEqual([{ rows: 1 }]);
    expect(history.all('SELECT count(*) AS n FROM failure')).toEqual([{ n: 0 }]);
    expect(history.all('SELECT day, activities, failures FROM by_day ORDER BY day')).toEqual(sums);
  });

  it('writes a block anew when only a part of it is old: nothing of the old part stays readable', () => {
    history.tellTold([told(spanDraft(1, 0, old)), told(spanDraft(2, 0, { traceId: trace(2) }))], t0);
    run(retain(writer, t0 - US_DAY));
    const reader = new PayloadReader(history.db);
    expect(reader.recordsOf(1)).toEqual([]);
    expect(reader.recordsOf(2).map((one) => [Buffer.from(one.record).toString(), Buffer.from(one.resource).toString()])).toEqual([['record of span:bbbbbbbbbbbbbbb2', 'R']]);
  });

  it('goes in small steps and the file shrinks', { timeout: 60_000 }, () => {
    const pages = (): number => Number(history.db.pragma('page_count', { simple: true }));
    const empty = pages();
    const noise = (i: number): PayloadRef => payload(Array.from({ length: 60 }, (_, k) => Math.imul(i * 977 + k, 2654435761).toString(36)).join(''));
    for (let body = 0; body < 5; body++) {
      filler = new BlockFiller();
      history.tellTold(Array.from({ length: 1_000 }, (_, i) => ({ ...told(logDraft(`event:${body}.${i}`, 1, old)), payload: filler.place(noise(body * 1_000 + i)) })), t0);
    }
    const before = pages();
    const steps = [...retain(writer, t0 - US_DAY)].filter((gone) => gone > 0);
    expect(steps).toEqual([2_048, 2_048, 904]);
    expect(history.tasks()).toEqual([]);
    // Leaves of an hour that is still open stay.
    expect(pages() - empty).toBeLessThan((before - empty) / 2);
    expect(history.all('SELECT (SELECT count(*) FROM payload) AS blocks, (SELECT count(*) FROM extra_ref) AS extras')).toEqual([{ blocks: 0, extras: 0 }]);
  });

  it('lets an agent be seen again afterwards', () => {
    history.tellTold([told(agentDraft(1, 0, 'a', old))], t0);
    run(retain(writer, t0));
    history.restart();
    history.tell([agentDraft(5, 0, 'a', { traceId: trace(5) })]);
    expect(history.all('SELECT name, rows FROM agent')).toEqual([{ name: 'a', rows: 1 }]);
  });
});

describe('removing a connection', () => {
  it('takes its history and its sums, and nothing of another\'s', () => {
    const two = history.connect('two');
    history.tellTold([told(agentDraft(1, 0, 'a', { status: 'error', error: { message: 'x' } })), told(agentDraft(1, 0, 'b', { status: 'error', error: { message: 'x' } }), two)], t0);
    retireConnection(history.db, two, t0);
    expect(run(removeConnection(writer, two))).toBe(1);
    expect(history.agents()).toEqual(['a']);
    expect(history.all('SELECT name FROM connection')).toEqual([{ name: 'one' }]);
    history.restart();
    for (const [kept, counted] of Object.values(history.sumsTwice())) expect(kept).toEqual(counted);
    expect(history.all('SELECT count(*) AS n FROM by_minute WHERE connection = 2')).toEqual([{ n: 0 }]);
  });

  it('or keeps its history and only forgets its token', () => {
    retireConnection(history.db, 1, t0);
    expect(history.all('SELECT enabled, removed_us AS removed, token_hash AS token FROM connection')).toEqual([{ enabled: 0, removed: t0, token: null }]);
  });
});
