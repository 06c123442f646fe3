import { afterEach, beforeEach, expect, test } from 'vitest';
import type { BodyJob } from '../ingest/writer-messages.ts';
import type { BodySample } from '../processes/body-sample.ts';
import { realIntake } from './intake.ts';
import { buffersOf, prepare } from './prepared.ts';
import { BodyReader } from './read-body.ts';
import { t0, TestHistory } from './test-history.ts';
import { Writer } from './writer.ts';

let history: TestHistory;
beforeEach(() => { history = new TestHistory(); });
afterEach(() => { history.close(); });

const text = (key: string, value: string): object => ({ key, value: { stringValue: value } });
let spans = 0;
function span(...attributes: readonly object[]): object {
  const id = (++spans).toString(16);
  return { traceId: id.padStart(32, '0'), spanId: id.padStart(16, '0'), name: 'x', kind: 1, startTimeUnixNano: `${t0 * 1_000}`, endTimeUnixNano: `${(t0 + 10) * 1_000}`, attributes };
}
const chat = (agent: string | null, id: string | null = null): object => span(text('gen_ai.operation.name', 'chat'), ...(agent === null ? [] : [text('gen_ai.agent.name', agent)]), ...(id === null ? [] : [text('gen_ai.agent.id', id)]));
const http = (): object => span(text('http.request.method', 'GET'));
const resource = (service: string, ...more: readonly object[]): object => ({ attributes: [text('service.name', service), ...more] });

function job(resourceSpans: readonly object[], sample: boolean): BodyJob {
  return { n: 1, connection: 1, signal: 'traces', encoding: 'json', content: 'none', receivedUs: t0 + 1_000, body: Buffer.from(JSON.stringify({ resourceSpans })), ...(sample ? { sample: true } : {}) };
}

/** Through both threads, as it comes back to the receiver. */
function sampled(resourceSpans: readonly { resource: object; scopeSpans: readonly { spans: readonly object[] }[] }[], sample = true): BodySample | undefined {
  const prepared = prepare(job(resourceSpans, sample), new BodyReader(realIntake));
  const [result] = new Writer(history.db, realIntake).storePrepared([structuredClone(prepared, { transfer: buffersOf(prepared) })], t0 + 1_000).results;
  return result?.t === 'stored' ? result.sample : undefined;
}
const of = (its: object, ...all: readonly object[]): { resource: object; scopeSpans: { spans: readonly object[] }[] } => ({ resource: its, scopeSpans: [{ spans: all }] });

test('says which agents, services and processes a body names, when it is asked to', () => {
  const pid = { key: 'process.pid', value: { intValue: '4012' } };
  const body = [
    of(resource('desk', pid, text('host.name', 'desk-7'), text('service.instance.id', 'i-1')), chat('coder'), chat('coder'), chat(null), http()),
    of(resource('shop'), http()), of(resource('mind'), chat('x', 'id-of-it')),
  ];
  expect(sampled(body)).toEqual({
    agents: [{ service: 'desk', key: 'desk/coder' }, { service: 'mind', key: 'id-of-it' }], services: ['desk', 'shop', 'mind'], unnamed: ['desk'],
    resources: [{ pid: 4_012, host: 'desk-7', instance: 'i-1' }, { pid: null, host: '', instance: '' }], more: false,
  });
  expect(sampled(body, false)).toBeUndefined();
});

test('the keys are those under which the history keeps the agents', () => {
  const sample = sampled([of(resource('desk'), chat('coder')), of(resource('alone'), chat(null)), of(resource(''), chat(null))]);
  const keys = history.all<{ key: string }>('SELECT key FROM agent ORDER BY key').map(({ key }) => key);
  expect([...(sample?.agents.map(({ key }) => key) ?? []), ...(sample?.unnamed ?? [])].toSorted()).toEqual(keys.toSorted());
});

test.each<[string, object]>([['a text', { stringValue: 'four' }], ['negative', { intValue: '-3' }], ['a fraction', { doubleValue: 1.5 }], ['a list', { arrayValue: { values: [{ intValue: '1' }] } }]])('a process number that is %s is nobody here, not unknown', (_what, value) => {
  expect(sampled([of(resource('desk', { key: 'process.pid', value }), chat('coder'))])?.resources).toEqual([{ pid: 0, host: '', instance: '' }]);
});

test('names at most sixteen of each and says that there were more', () => {
  const many = sampled(Array.from({ length: 20 }, (_, at) => of(resource(`svc ${at}`, text('host.name', `host ${at}`)), chat(`agent ${at}`))));
  expect([many?.agents.length, many?.services.length, many?.resources.length, many?.more]).toEqual([16, 16, 16, true]);
});
