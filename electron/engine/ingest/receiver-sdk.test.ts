/** The receiver and the decoder with the real OpenTelemetry SDK on the other side. */
import { createHash } from 'node:crypto';
import { OTLPLogExporter as JsonLogs } from '@opentelemetry/exporter-logs-otlp-http';
import { OTLPLogExporter as ProtoLogs } from '@opentelemetry/exporter-logs-otlp-proto';
import { OTLPMetricExporter } from '@opentelemetry/exporter-metrics-otlp-proto';
import { OTLPTraceExporter as JsonTraces } from '@opentelemetry/exporter-trace-otlp-http';
import { OTLPTraceExporter as ProtoTraces } from '@opentelemetry/exporter-trace-otlp-proto';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { LoggerProvider, SimpleLogRecordProcessor } from '@opentelemetry/sdk-logs';
import { MeterProvider, PeriodicExportingMetricReader } from '@opentelemetry/sdk-metrics';
import { SimpleSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { decodeBody } from './decode.ts';
import type { DecodedBody } from './decode.ts';
import { wantedAttributes } from './normalise/normalise.ts';
import { startReceiver } from './receiver.ts';
import type { Receiver, ReceiverEvent, SubmittedBody } from './receiver.ts';

const token = 'sdk-token';
const tokenHash = createHash('sha256').update(token).digest();
const resource = resourceFromAttributes({ 'service.name': 'sdk-agent', 'service.version': '1.2.3' });

let receiver: Receiver;
let endpoint: string;
let bodies: { job: SubmittedBody; decoded: DecodedBody }[];
let events: ReceiverEvent[];

beforeEach(async () => {
  bodies = [];
  events = [];
  receiver = await startReceiver({
    host: '127.0.0.1', port: 0,
    lookUp: (hash) => (hash.equals(tokenHash) ? { connection: 1, content: 'redacted', enabled: true, tokenHash } : undefined),
    submit: (job) => {
      const decoded = decodeBody(job, wantedAttributes);
      bodies.push({ job, decoded });
      return Promise.resolve({ t: 'stored', accepted: decoded.records.length, refused: 0, reason: '' });
    },
    count: (event) => events.push(event),
  });
  endpoint = `http://127.0.0.1:${receiver.status().port}`;
});

afterEach(async () => {
  await receiver.close();
});

const headers = { authorization: `Bearer ${token}` };

describe.each([['protobuf', 'none'], ['protobuf', 'gzip'], ['json', 'none'], ['json', 'gzip']] as const)('%s, compression %s', (encoding, compression) => {
  beforeEach(() => {
    vi.stubEnv('OTEL_EXPORTER_OTLP_COMPRESSION', compression);
  });
  afterEach(() => {
    vi.unstubAllEnvs();
  });

  test('spans arrive as they were made, masked', async () => {
    const Exporter = encoding === 'protobuf' ? ProtoTraces : JsonTraces;
    const provider = new TracerProvider({ resource, spanProcessors: [new SimpleSpanProcessor({ exporter: new Exporter({ url: `${endpoint}/v1/traces`, headers }) })] });
    const span = provider.getTracer('scope', '9').startSpan('chat gpt', { kind: 2, startTime: 1_795_000_000_000, attributes: { 'gen_ai.operation.name': 'chat', 'gen_ai.usage.input_tokens': 12, 'user.email': 'jane@example.com' } });
    span.recordException(new Error('password=hunter2'), 1_795_000_000_500);
    span.setStatus({ code: 2, message: 'failed for jane@example.com' });
    span.end(1_795_000_001_000);
    await provider.forceFlush();
    await provider.shutdown();
    expect(bodies).toHaveLength(1);
    expect(bodies[0]?.job).toMatchObject({ connection: 1, signal: 'traces', encoding });
    expect(bodies[0]?.decoded.refused).toEqual([]);
    expect(bodies[0]?.decoded.records[0]?.record).toMatchObject({
      signal: 'span', name: 'chat gpt', kind: 3, startUs: 1_795_000_000_000_000, endUs: 1_795_000_001_000_000, statusCode: 2, statusMessage: 'failed for j***@example.com',
      resource: { service: 'sdk-agent', serviceVersion: '1.2.3' }, scope: { name: 'scope', version: '9' },
      attrs: { 'gen_ai.operation.name': 'chat', 'gen_ai.usage.input_tokens': 12, 'user.email': 'j***@example.com' },
      traceId: span.spanContext().traceId, spanId: span.spanContext().spanId, parentSpanId: '',
      events: [{ name: 'exception', timeUs: 1_795_000_000_500_000, attrs: { 'exception.message': 'password=*******' } }],
    });
    expect(events).toMatchObject([{ t: 'received', connection: 1, signal: 'traces' }]);
    const sent = events[0]?.t === 'received' ? events[0].bytes : 0;
    expect(sent < (bodies[0]?.job.body.length ?? 0)).toBe(compression === 'gzip');
  });

  test('log records arrive as they were made', async () => {
    const Exporter = encoding === 'protobuf' ? ProtoLogs : JsonLogs;
    const provider = new LoggerProvider({ resource, processors: [new SimpleLogRecordProcessor({ exporter: new Exporter({ url: `${endpoint}/v1/logs`, headers }) })] });
    provider.getLogger('codex_otel.log_only').emit({ body: 'hello', severityNumber: 9, timestamp: 1_795_000_000_000, attributes: { 'event.name': 'codex.tool_result', duration_ms: 5 }, eventName: 'named' });
    await provider.forceFlush();
    await provider.shutdown();
    expect(bodies[0]?.decoded.records[0]?.record).toMatchObject({
      signal: 'log', body: 'hello', severity: 9, timeUs: 1_795_000_000_000_000, eventName: 'named', scope: { name: 'codex_otel.log_only' }, attrs: { 'event.name': 'codex.tool_result', duration_ms: 5 },
    });
  });
});

test('metric points are counted and summed', async () => {
  const reader = new PeriodicExportingMetricReader({ exporter: new OTLPMetricExporter({ url: `${endpoint}/v1/metrics`, headers }), exportIntervalMillis: 60_000 });
  const provider = new MeterProvider({ resource, readers: [reader] });
  const counter = provider.getMeter('m').createCounter('tokens', { unit: '{token}' });
  counter.add(5, { a: 1 });
  counter.add(7, { a: 2 });
  provider.getMeter('m').createHistogram('seconds').record(1.5);
  await provider.forceFlush();
  await provider.shutdown();
  const [first] = bodies;
  expect(first?.decoded.metrics.points).toBe(3);
  expect(first?.decoded.metrics.series).toMatchObject([{ name: 'tokens', service: 'sdk-agent', unit: '{token}', value: 12 }, { name: 'seconds', value: 1.5 }]);
});

test('without a token nothing is taken and the sender is counted', async () => {
  const provider = new TracerProvider({ resource, spanProcessors: [new SimpleSpanProcessor({ exporter: new ProtoTraces({ url: `${endpoint}/v1/traces` }) })] });
  provider.getTracer('scope').startSpan('x').end();
  await provider.forceFlush().catch(() => undefined);
  await provider.shutdown().catch(() => undefined);
  expect(bodies).toEqual([]);
  expect(events[0]).toMatchObject({ t: 'stranger', path: '/v1/traces', reason: 'no token' });
});
