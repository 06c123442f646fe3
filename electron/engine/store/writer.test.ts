import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { MalformedBody } from '../ingest/decoded-body.ts';
import type { DecodedBody } from '../ingest/decoded-body.ts';
import type { Draft, Normalised } from '../ingest/draft.ts';
import type { SpanRecord } from '../ingest/record.ts';
import type { BodyJob } from '../ingest/writer-messages.ts';
import { PayloadReader } from './payloads.ts';
import { agentDraft, spanDraft, t0, TestHistory } from './test-history.ts';
import { Writer } from './writer.ts';

let history: TestHistory;
beforeEach(() => { history = new TestHistory(); });
afterEach(() => { history.close(); });

/** A body is a list of things, as JSON: a draft, or what the normaliser says instead. */
type Told = Draft | { aside: string } | { refused: string };
const records = new WeakMap<object, Told>();

function decode(job: BodyJob): DecodedBody {
  const text = Buffer.from(job.body).toString();
  if (text === 'malformed') throw new MalformedBody('not valid protobuf: it is a word');
  if (text === 'broken') throw new TypeError('a mistake of ours');
  const context = { source: job.body, resourceStart: 0, resourceEnd: 0, scopeStart: 0, scopeEnd: 0 };
  const told = JSON.parse(text) as Told[];
  return {
    records: told.map((one) => {
      const record = { signal: 'span', resource: { service: 'svc', serviceVersion: '1.2', attrs: {} } } as unknown as SpanRecord;
      records.set(record, one);
      return { record, payload: { kind: 3, source: job.body, start: 0, end: told.length === 1 ? job.body.length : 9, context } };
    }),
    metrics: { points: 3, series: [{ name: 'tokens', service: 'svc', unit: '1', value: 7, timeUs: t0 }] }, refused: [{ reason: 'span without a trace id', count: 2 }], masked: 0,
  };
}

function normalise(record: object): Normalised {
  const told = records.get(record);
  if (told === undefined) throw new Error('no such record');
  if ('aside' in told) return { t: 'aside', reason: told.aside };
  return 'refused' in told ? { t: 'refused', reason: told.refused } : { t: 'drafts', drafts: [told] };
}

let n = 0;
const job = (body: readonly Told[] | string): BodyJob => ({
  n: ++n, connection: 1, signal: 'traces', encoding: 'json', content: 'full', receivedUs: t0 + 1_000, body: Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)),
});
const make = (): Writer => new Writer(history.db, { decode, normalise });

describe('store', () => {
  it('acknowledges what was stored and counts what was not, by reason', () => {
    const { results, note } = make().store([job([agentDraft(1, 0, 'a', { agent: { name: 'a', version: '1.2' } }), spanDraft(2, 1), { aside: 'chain step' }, { refused: 'span without a time' }])], t0);
    // 4 records and 3 metric points came in as such, one of them was refused later; 2 more never became a record.
    expect(results).toMatchObject([{ t: 'stored', accepted: 6, refused: 3 }]);
    expect(note).toMatchObject({ inserted: 2, firstActivityId: 1, lastActivityId: 2, updatedIds: [] });
    expect(history.all('SELECT what, reason, count FROM tally ORDER BY what, reason')).toEqual([
      { what: 1, reason: 'span without a time', count: 1 }, { what: 1, reason: 'span without a trace id', count: 2 },
      { what: 2, reason: 'chain step', count: 1 }, { what: 2, reason: 'metric point', count: 3 },
    ]);
    expect(history.all('SELECT bodies, spans, logs, metric_points FROM connection')).toEqual([{ bodies: 1, spans: 4, logs: 0, metric_points: 3 }]);
    expect(history.all('SELECT version FROM agent')).toEqual([{ version: '1.2' }]);
    expect(history.all('SELECT name, value FROM metric')).toEqual([{ name: 'tokens', value: 7 }]);
  });

  it('stores several bodies in one transaction, and tells malformed ones apart from their neighbours', () => {
    const { results } = make().store([job([spanDraft(1, 0)]), job('malformed'), job([spanDraft(2, 1)])], t0);
    expect(results.map((one) => one.t)).toEqual(['stored', 'malformed', 'stored']);
    expect(history.rows()).toHaveLength(2);
    expect(history.all("SELECT count, sample FROM tally WHERE reason = 'malformed body'")).toEqual([{ count: 1, sample: 'not valid protobuf: it is a word' }]);
  });

  it('names changed rows, so that Live can show the result of a running call', () => {
    const writer = make();
    writer.store([job([spanDraft(1, 0, { status: 'running', endUs: undefined })])], t0);
    expect(writer.store([job([spanDraft(1, 0)])], t0).note).toMatchObject({ inserted: 0, updatedIds: [1] });
  });

  it('keeps the record behind each activity', () => {
    const one = job([spanDraft(1, 0)]);
    make().store([one], t0);
    const [found] = new PayloadReader(history.db).recordsOf(1);
    expect(found && Buffer.from(found.record).equals(one.body)).toBe(true);
  });
});

describe('content level none', () => {
  it('keeps that a call failed and of what type, not in which words', () => {
    const failed = { ...spanDraft(1, 0, { status: 'error', statusExplicit: true, taskName: 'pay Ann', error: { type: 'E42', message: 'no account of Ann' } }) };
    make().store([{ ...job([failed]), content: 'none' }], t0);
    const kept = history.all<{ text: string }>('SELECT text FROM string UNION ALL SELECT name FROM task').map((one) => one.text);
    expect(kept).toContain('E42');
    expect(kept.filter((text) => text.includes('Ann'))).toEqual([]);
    expect(history.row('span:bbbbbbbbbbbbbbb1').failed).toBe(true);
  });
});

describe('a transaction that fails', () => {
  it('stores nothing of any body, says so, and leaves nothing in memory', () => {
    const writer = make();
    writer.store([job([agentDraft(1, 0, 'a')])], t0);
    const before = history.snapshot();
    const { results, note } = writer.store([job([spanDraft(2, 1)]), job('broken')], t0);
    expect(results.map((one) => one.t)).toEqual(['unavailable', 'unavailable']);
    expect(note).toBeNull();
    expect(history.snapshot()).toEqual(before);
    expect(history.all('SELECT bodies FROM connection')).toEqual([{ bodies: 1 }]);
    expect(writer.store([job([spanDraft(2, 1)])], t0).results).toMatchObject([{ t: 'stored' }]);
    expect(history.rows().map((row) => row.agent)).toEqual(['a', 'a']);
    expect(writer.damageMet).toBe(false);
  });

  it('remembers that the file proved damaged, for the next start', () => {
    const writer = make();
    expect(() => { writer.inTransaction(() => { throw Object.assign(new Error('database disk image is malformed'), { code: 'SQLITE_CORRUPT' }); }); }).toThrow(/malformed/);
    expect(writer.damageMet).toBe(true);
  });

  it('says that the disk is full, and takes data again when there is room', () => {
    const writer = make();
    history.db.pragma(`max_page_count = ${Number(history.db.pragma('page_count', { simple: true }))}`);
    const many = Array.from({ length: 3_000 }, (_, i) => spanDraft(i + 1, 0, { traceId: (i + 1).toString(16).padStart(32, '0') }));
    const { results } = writer.store([job(many)], t0);
    expect(results).toMatchObject([{ t: 'unavailable', reason: expect.stringMatching(/disk .* is full.*was kept.*Free space/) as string }]);
    expect(history.rows()).toHaveLength(0);
    history.db.pragma('max_page_count = 1000000');
    expect(writer.store([job(many)], t0).results).toMatchObject([{ t: 'stored' }]);
    expect(history.rows()).toHaveLength(3_000);
  });
});

describe('hostile senders', () => {
  it('cannot name more agents than are told apart', { timeout: 60_000 }, () => {
    const writer = make();
    for (let body = 0; body < 6; body++) {
      writer.store([job(Array.from({ length: 1_000 }, (_, i) => agentDraft(i + 1, 0, `agent ${body} ${i}`, { traceId: (body * 1_000 + i + 1).toString(16).padStart(32, '0') })))], t0);
    }
    expect(history.all<{ n: number }>('SELECT count(*) AS n FROM agent')[0]?.n).toBeLessThanOrEqual(5_001);
    expect(history.rows()).toHaveLength(6_000);
  });

  it('cannot fill the table of reasons', () => {
    const writer = make();
    writer.store([job(Array.from({ length: 1_000 }, (_, i) => ({ refused: `reason ${i}` })))], t0);
    expect(history.all<{ n: number; total: number }>('SELECT count(*) AS n, sum(count) AS total FROM tally WHERE what = 1')).toEqual([{ n: 200, total: 1_002 }]);
  });

  it('cannot spoil sums with absurd figures', () => {
    make().store([job([spanDraft(1, 0, { kind: 'model_call', usage: { inputTokens: 1e300, outputTokens: -5, cacheReadTokens: 1.5, cacheWriteTokens: 0, reasoningTokens: 0 } })])], t0);
    expect(history.all('SELECT input, output, cache_read FROM by_day')).toEqual([{ input: 1e12, output: 0, cache_read: 2 }]);
  });
});
