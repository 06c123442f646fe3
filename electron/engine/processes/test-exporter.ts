/**
 * An agent that exports by the official SDK: for tests. `node test-exporter.ts ENDPOINT TOKEN OPTIONS`: a span for each agent, five times a
 * second, until it is ended.
 */
import { spawn } from 'node:child_process';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { SimpleSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';

export interface ExporterOptions {
  readonly service: string;
  readonly agents: readonly string[];
  /** `own`: its own number. */
  readonly resource: Readonly<Record<string, string | number>>;
  /** a tool in a session of its own that takes no notice of being asked to end. */
  readonly tool?: boolean;
  /** it starts itself once more, again and again, and does nothing else. */
  readonly launcher?: boolean;
}

const [endpoint = '', token = '', text = ''] = process.argv.slice(2);
const options = JSON.parse(text) as ExporterOptions;

function launch(): void {
  const [script = '', ...words] = process.argv.slice(1);
  spawn(process.execPath, [script, ...words.slice(0, -1), JSON.stringify({ ...options, launcher: false })], { stdio: 'inherit' }).on('exit', launch);
}

function exportSpans(): void {
  const resource = Object.fromEntries(Object.entries(options.resource).map(([key, value]) => [key, value === 'own' ? process.pid : value]));
  const exporter = new OTLPTraceExporter({ url: `${endpoint}/v1/traces`, headers: { authorization: `Bearer ${token}` } });
  const provider = new TracerProvider({ resource: resourceFromAttributes({ 'service.name': options.service, ...resource }), spanProcessors: [new SimpleSpanProcessor({ exporter })] });
  const tracer = provider.getTracer('test');

  function act(): void {
    for (const agent of options.agents) tracer.startSpan(`invoke_agent ${agent}`, { attributes: { 'gen_ai.operation.name': 'invoke_agent', 'gen_ai.agent.name': agent } }).end();
    // An HTTP span: a service without any agent.
    if (options.agents.length === 0) tracer.startSpan('GET /', { attributes: { 'http.request.method': 'GET' } }).end();
  }

  if (options.tool === true) {
    const tool = spawn(process.execPath, ['-e', "process.on('SIGTERM', () => {}); console.log('ready'); setInterval(() => {}, 1000)"], { stdio: ['ignore', 'pipe', 'ignore'], detached: true });
    tool.stdout.once('data', () => { process.stdout.write(`${tool.pid}\n`); });
  } else process.stdout.write('0\n');
  setInterval(act, 200);
}

if (options.launcher === true) launch();
else exportSpans();
