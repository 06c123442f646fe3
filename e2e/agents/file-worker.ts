/**
 * An agent program whose acts leave a trace outside of everything that is told: each appends a line to a file and is exported by the official
 * SDK as the environment says (OTEL_EXPORTER_OTLP_ENDPOINT, OTEL_EXPORTER_OTLP_HEADERS). `node file-worker.ts OPTIONS` in JSON; it prints
 * a JSON line with the numbers of the tools that it started, and does one act more for each line `{"tool","fails"?}` on standard input.
 */
import { spawn, spawnSync } from 'node:child_process';
import { appendFileSync, readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { SpanStatusCode } from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { BatchSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';

export interface WorkerOptions {
  readonly agent: string;
  readonly file: string;
  readonly everyMs: number;
  /** tools that write to the same file, tell nobody, and take no notice of SIGTERM: a child, one in a session of its own, one that is nobody's child any more before the first act is told. */
  readonly tools?: readonly Tool[];
}
type Tool = 'child' | 'own-session' | 'daemon';

export interface WorkerWish { readonly tool: string; readonly fails?: boolean }

const { agent, file, everyMs, tools = [] } = JSON.parse(process.argv[2] ?? '{}') as WorkerOptions;
const deaf = `process.on('SIGTERM', () => {}); const { appendFileSync } = require('node:fs'); console.log('ready');
setInterval(() => appendFileSync(process.argv[1], new Date().toISOString() + ' ' + process.argv[2] + '\\n'), ${everyMs});`;

const resource = resourceFromAttributes({ 'service.name': 'desk', 'process.pid': process.pid, 'host.name': hostname() });
const provider = new TracerProvider({ resource, spanProcessors: [new BatchSpanProcessor({ exporter: new OTLPTraceExporter(), scheduledDelayMillis: 50 })] });
const tracer = provider.getTracer('file-worker');

function act({ tool, fails = false }: WorkerWish): void {
  const span = tracer.startSpan(`execute_tool ${tool}`, { attributes: { 'gen_ai.operation.name': 'execute_tool', 'gen_ai.tool.name': tool, 'gen_ai.agent.name': agent } });
  appendFileSync(file, `${new Date().toISOString()} ${tool}\n`);
  if (fails) span.setStatus({ code: SpanStatusCode.ERROR, message: 'the shelf is empty' });
  span.end();
}

/** Forked twice: whoever started it is gone when this returns. Its number stands in each line that it writes. */
async function daemon(): Promise<number> {
  spawnSync('setsid', ['--fork', process.execPath, '-e', `${deaf.replace('process.argv[2]', "'daemon ' + process.pid")}`, file], { stdio: 'ignore' });
  for (;;) {
    const pid = /daemon (?<pid>\d+)/.exec(readFileSync(file, { encoding: 'utf8', flag: 'a+' }))?.groups?.['pid'];
    if (pid !== undefined) return Number(pid);
    await new Promise((later) => { setTimeout(later, everyMs); });
  }
}

async function begin(kind: Tool): Promise<number> {
  if (kind === 'daemon') return daemon();
  const tool = spawn(process.execPath, ['-e', deaf, file, kind], { stdio: ['ignore', 'pipe', 'ignore'], detached: kind === 'own-session' });
  await new Promise((ready) => { tool.stdout.once('data', ready); });
  return tool.pid ?? 0;
}

const pids = await Promise.all(tools.map(begin));
process.stdout.write(`${JSON.stringify({ tools: pids })}\n`);
setInterval(() => { act({ tool: 'count_shelf' }); }, everyMs);
let said = '';
process.stdin.on('data', (chunk: Buffer) => {
  const lines = `${said}${chunk.toString()}`.split('\n');
  said = lines.pop() ?? '';
  for (const line of lines) act(JSON.parse(line) as WorkerWish);
});
