/**
 * A steady sender in a process of its own: `steady-load.ts URL TOKEN SPANS_PER_SECOND`, until it is told to end (SIGTERM).
 * Every second it writes one line, {sent, acknowledged, refused} since it began. Bodies are prepared once; before each is
 * sent again it gets new trace ids and the present time, so that nothing is taken for a repetition and the sender costs
 * little beside what it measures.
 */
import { Agent, request } from 'node:http';
import { makeCorpus } from './corpus.ts';
import type { CorpusBody } from './corpus.ts';
import { encodeProtobuf } from './otlp-codec.ts';

const spansInBody = 100;
const templates = 24;
const connections = 4;
const tickMs = 20;

interface Template { readonly bytes: Buffer; readonly traceIds: readonly number[]; readonly times: readonly number[]; lastNano: bigint }

/** Every place in the bytes where one of the values stands. */
function placesOf(bytes: Buffer, values: Iterable<Buffer>): number[] {
  const places: number[] = [];
  for (const value of values) for (let at = bytes.indexOf(value); at >= 0; at = bytes.indexOf(value, at + value.length)) places.push(at);
  return places;
}

const little = (nano: bigint): Buffer => { const bytes = Buffer.alloc(8); bytes.writeBigUInt64LE(nano); return bytes; };

function templateOf(body: CorpusBody): Template {
  const spans = body.resourceSpans.flatMap((resource) => resource.scopeSpans.flatMap((scope) => scope.spans));
  const bytes = encodeProtobuf(body);
  const nanos = new Set(spans.flatMap((span) => [BigInt(span.startTimeUnixNano), BigInt(span.endTimeUnixNano), ...span.events.map((event) => BigInt(event.timeUnixNano))]));
  return {
    bytes,
    traceIds: placesOf(bytes, [...new Set(spans.map((span) => span.traceId))].map((id) => Buffer.from(id, 'hex'))),
    times: placesOf(bytes, [...nanos].map(little)),
    lastNano: [...nanos].reduce((last, nano) => (nano > last ? nano : last), 0n),
  };
}

/** The same spans once more, as new ones that end now. The first half of each trace id counts; the second tells traces apart. */
function renew(template: Template, number: bigint): Buffer {
  const now = BigInt(Date.now()) * 1_000_000n;
  const later = now - template.lastNano;
  for (const at of template.times) template.bytes.writeBigUInt64LE(template.bytes.readBigUInt64LE(at) + later, at);
  for (const at of template.traceIds) template.bytes.writeBigUInt64LE(number, at);
  template.lastNano = now;
  return Buffer.from(template.bytes);
}

const [url = '', token = '', rateText = '0'] = process.argv.slice(2);
const bodiesPerSecond = Number(rateText) / spansInBody;
const ready = makeCorpus({ seed: 4_242, spansPerBody: spansInBody, bodies: templates, fromMs: Date.now(), days: 0.001 }).map(templateOf);
const agent = new Agent({ keepAlive: true, maxSockets: connections });
const counts = { sent: 0, acknowledged: 0, refused: 0 };
const began = performance.now();
let next = 0;
let underWay = 0;
let ended = false;

function post(body: Buffer): void {
  underWay += 1;
  counts.sent += spansInBody;
  const call = request(url, { agent, method: 'POST', headers: { 'content-type': 'application/x-protobuf', authorization: `Bearer ${token}`, 'content-length': body.length } }, (response) => {
    response.resume();
    response.on('end', () => {
      underWay -= 1;
      if (response.statusCode === 200) counts.acknowledged += spansInBody;
      else counts.refused += spansInBody;
    });
  });
  call.on('error', (error) => {
    if (ended) return;
    process.stderr.write(`sender: ${error.message}\n`);
    process.exit(1);
  });
  call.end(body);
}

/** What a slow receiver left undone is sent late, never more than a few bodies at a time: the rate that arrives is the receiver's. */
function tick(): void {
  const due = ((performance.now() - began) / 1_000) * bodiesPerSecond;
  while (next < due && underWay < connections * 2) {
    const template = ready[next % ready.length];
    next += 1;
    if (template) post(renew(template, BigInt(Date.now()) * 4_096n + BigInt(next % 4_096)));
  }
}

const ticking = setInterval(tick, tickMs);
const telling = setInterval(() => { process.stdout.write(`${JSON.stringify(counts)}\n`); }, 1_000);
process.on('SIGTERM', () => {
  ended = true;
  clearInterval(ticking);
  clearInterval(telling);
  process.stdout.write(`${JSON.stringify(counts)}\n`);
  agent.destroy();
});
