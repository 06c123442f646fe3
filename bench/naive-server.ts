/**
 * The naive design that the ingest figures are measured against: one process, protobufjs decodes everything, one row with
 * inline JSON attributes for each span, five indexes, 4 KiB pages, one transaction a body, answer after commit.
 * Prints its port on standard output; ends with SIGTERM. Arguments: the database file.
 */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import Database from 'better-sqlite3';
import { decodeTraces } from './otlp-codec.ts';
import type { PlainSpan } from './otlp-codec.ts';

const file = process.argv[2];
if (!file) throw new Error('which database file?');
const db = new Database(file);
db.pragma('journal_mode = WAL');
db.pragma('synchronous = NORMAL');
db.exec(`
  CREATE TABLE span (
    id INTEGER PRIMARY KEY, trace_id TEXT, span_id TEXT, parent_id TEXT, name TEXT, kind INTEGER, start_us INTEGER, end_us INTEGER, status INTEGER,
    message TEXT, service TEXT, agent TEXT, session TEXT, operation TEXT, model TEXT, tool TEXT, input_tokens INTEGER, output_tokens INTEGER, fp TEXT, attributes TEXT);
  CREATE INDEX span_agent ON span (agent, start_us);
  CREATE INDEX span_session ON span (session, start_us);
  CREATE INDEX span_trace ON span (trace_id);
  CREATE INDEX span_time ON span (start_us);
  CREATE INDEX span_failure ON span (fp, start_us) WHERE status = 2;
`);
const insert = db.prepare(`INSERT INTO span VALUES (NULL, ${Array.from({ length: 19 }, () => '?').join(', ')})`);

const number = (value: unknown): number => Number(value ?? 0);
const asText = (value: unknown): string | null => (typeof value === 'string' ? value : null);
const micros = (nano: unknown): number => Math.round(Number(nano) / 1_000);

function row(span: PlainSpan, service: string): unknown[] {
  const a = span.attributes;
  return [
    span.traceId, span.spanId, span.parentSpanId, span.name, span.kind, micros(span.startTimeUnixNano), micros(span.endTimeUnixNano), span.statusCode, span.statusMessage, service,
    asText(a['gen_ai.agent.name']), asText(a['gen_ai.conversation.id']), asText(a['gen_ai.operation.name']), asText(a['gen_ai.request.model']), asText(a['gen_ai.tool.name']),
    number(a['gen_ai.usage.input_tokens']), number(a['gen_ai.usage.output_tokens']), span.statusCode === 2 ? `${span.name}|${span.statusMessage}` : null, JSON.stringify({ ...a, events: span.events }),
  ];
}

const store = db.transaction((body: Buffer, json: boolean) => {
  for (const { service, spans } of decodeTraces(body, json)) for (const span of spans) insert.run(...row(span, service));
});

const server = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    store(Buffer.concat(chunks), request.headers['content-type'] === 'application/json');
    response.writeHead(200).end();
  });
});
server.listen(0, '127.0.0.1', () => { process.stdout.write(`${(server.address() as AddressInfo).port}\n`); });
process.once('SIGTERM', () => { server.close(); server.closeAllConnections(); db.close(); });
