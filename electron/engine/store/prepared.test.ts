import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { BodyJob } from '../ingest/writer-messages.ts';
import { realIntake } from './intake.ts';
import { PayloadReader, recordsInBlock } from './payloads.ts';
import { buffersOf, prepare, type PreparedBody } from './prepared.ts';
import { BodyReader } from './read-body.ts';
import { t0, TestHistory } from './test-history.ts';
import { Writer } from './writer.ts';

let here: TestHistory;
let there: TestHistory;
beforeEach(() => { here = new TestHistory(); there = new TestHistory(); });
afterEach(() => { here.close(); there.close(); });

const hex = (value: number, length: number): string => value.toString(16).padStart(length, '0');
const text = (key: string, value: string): object => ({ key, value: { stringValue: value } });

/** Tasks of five: an agent's span, two model calls, two tools; one of them failed. */
function span(at: number): object {
  const task = Math.floor(at / 5);
  const own = at % 5;
  const operation = own === 0 ? 'invoke_agent' : own < 3 ? 'chat' : 'execute_tool';
  return {
    traceId: hex(task + 1, 32), spanId: hex(at + 1, 16), ...(own === 0 ? {} : { parentSpanId: hex(task * 5 + 1, 16) }), name: `${operation} thing ${at}`, kind: 1,
    startTimeUnixNano: `${(t0 + at * 1_000) * 1_000}`, endTimeUnixNano: `${(t0 + at * 1_000 + 500) * 1_000}`, status: own === 4 ? { code: 2, message: `it broke ${at}` } : {},
    attributes: [text('gen_ai.operation.name', operation), text('gen_ai.agent.name', `agent ${task % 3}`), text('gen_ai.request.model', 'gpt-6'), text('gen_ai.conversation.id', `conv ${task}`),
      text('gen_ai.tool.name', 'search'), text('gen_ai.input.messages', `words of span ${at}, key sk-ant-api03-${'a'.repeat(40)}`), { key: 'gen_ai.usage.input_tokens', value: { intValue: own < 3 ? at : 0 } }],
  };
}

function body(n: number, from: number, count: number, content: BodyJob['content'] = 'redacted'): BodyJob {
  const scopeSpans = [0, 1].map((part) => ({ scope: { name: `scope ${part}` }, spans: Array.from({ length: count }, (_, at) => span(from + at)).filter((_, at) => at % 2 === part) }));
  const json = { resourceSpans: [{ resource: { attributes: [text('service.name', `svc ${n % 2}`), text('service.version', '2')] }, scopeSpans }] };
  return { n, connection: 1, signal: 'traces', encoding: 'json', content, receivedUs: t0 + 60_000_000, body: Buffer.from(JSON.stringify(json)) };
}

const cross = (one: PreparedBody): PreparedBody => structuredClone(one, { transfer: buffersOf(one) });
const tables = ['activity', 'task', 'trace', 'agent', 'task_agent', 'link', 'by_hour', 'failure', 'tally', 'extra_ref', 'string'];

describe('a body that another thread has read', () => {
  it.each(['full', 'redacted', 'none'] as const)('is stored as one that the writer has read itself, content %s', (content) => {
    const sizes = [recordsInBlock * 2 + 7, 3, recordsInBlock, 40];
    let from = 0;
    const jobs = (): BodyJob[] => sizes.map((count, n) => body(n + 1, (from += count) - count, count, content));
    const own = new Writer(here.db, realIntake).store(jobs(), t0);
    from = 0;
    const reader = new BodyReader(realIntake);
    const told = new Writer(there.db, realIntake).storePrepared(jobs().map((job) => cross(prepare(job, reader))), t0);
    expect(told).toEqual(own);
    // Which block a record stands in differs, what is found there does not.
    const columns = (table: string): string => (table === 'activity' ? 'id, task, agent, ts_us, dur_us, kind, status, flags, name, model, error_type, error_message, failure, input, parent, key, span, claim, service, source, record' : '*');
    for (const table of tables) expect({ table, rows: there.all(`SELECT ${columns(table)} FROM ${table}`) }).toEqual({ table, rows: here.all(`SELECT ${columns(table)} FROM ${table}`) });
    const [mine, theirs] = [new PayloadReader(here.db), new PayloadReader(there.db)];
    const rows = here.all('SELECT id FROM activity') as { id: number }[];
    expect(rows.length).toBeGreaterThan(recordsInBlock * 3);
    for (const { id } of rows) expect({ id, records: theirs.recordsOf(id) }).toEqual({ id, records: mine.recordsOf(id) });
  });

  it('packs what is left over of many small bodies together', () => {
    const reader = new BodyReader(realIntake);
    const told = Array.from({ length: 30 }, (_, n) => cross(prepare(body(n + 1, n * 5, 5), reader)));
    expect(told.every((one) => one.blocks.length === 0)).toBe(true);
    new Writer(there.db, realIntake).storePrepared(told, t0);
    expect(there.all('SELECT used FROM payload ORDER BY id')).toEqual([{ used: recordsInBlock }, { used: 150 - recordsInBlock }]);
  });

  it('keeps a malformed body apart from its neighbours', () => {
    const reader = new BodyReader(realIntake);
    const bad: BodyJob = { ...body(2, 0, 1), body: Buffer.from('{"resourceSpans":') };
    const { results } = new Writer(there.db, realIntake).storePrepared([body(1, 0, 5), bad, body(3, 5, 5)].map((job) => cross(prepare(job, reader))), t0);
    expect(results.map((one) => one.t)).toEqual(['stored', 'malformed', 'stored']);
  });
});
