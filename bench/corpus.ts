/**
 * A seeded corpus of agent telemetry for the benchmarks: 60 agents in 12 services, tasks of one `invoke_agent` span with
 * `chat` and `execute_tool` spans below it, about 28 attributes a span, message texts in English (taken from the READMEs of
 * installed packages, so that compression has something real to do), 3.8 % failed spans with a stack.
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { seededRandom } from '../demo/random.ts';
import type { Random } from '../demo/random.ts';

/** Counts up when the same seed makes other bodies: what was made before is then not used again. */
export const corpusVersion = 1;

type Value = { stringValue: string } | { intValue: number } | { doubleValue: number } | { boolValue: boolean };
interface Attribute { key: string; value: Value }
export interface CorpusSpan {
  traceId: string; spanId: string; parentSpanId?: string; name: string; kind: number;
  startTimeUnixNano: string; endTimeUnixNano: string; attributes: Attribute[];
  events: { name: string; timeUnixNano: string; attributes: Attribute[] }[];
  status: { code?: number; message?: string };
}
/** One OTLP/JSON ExportTraceServiceRequest. */
export interface CorpusBody {
  resourceSpans: { resource: { attributes: Attribute[] }; scopeSpans: { scope: { name: string; version: string }; spans: CorpusSpan[] }[] }[];
}

const text = (key: string, value: string): Attribute => ({ key, value: { stringValue: value } });
const int = (key: string, value: number): Attribute => ({ key, value: { intValue: value } });

function prose(): string {
  const require = createRequire(import.meta.url);
  const packages = ['zod', 'vite', 'typescript', 'vitest', 'protobufjs', 'better-sqlite3', 'electron-builder', 'recharts'];
  return packages.map((name) => {
    try {
      return readFileSync(join(dirname(require.resolve(`${name}/package.json`)), 'README.md'), 'utf8');
    } catch {
      return ''; // a package may keep its package.json out of its exports; the others have text enough
    }
  }).join('\n').replace(/[^\x20-\x7e\n]/g, '');
}

export interface CorpusOptions {
  readonly seed: number;
  readonly spansPerBody: number;
  readonly bodies: number;
  /** epoch milliseconds of the first span; bodies are spread over `days`. */
  readonly fromMs: number;
  readonly days: number;
  /** so many agents instead of 60, who act for people and hand work to each other. */
  readonly fleet?: number;
}

class SpanMaker {
  readonly #random: Random;
  readonly #prose: string;
  readonly #agents: { name: string; service: string; model: string; tools: string[] }[];
  readonly #handing: boolean;

  constructor(seed: number, fleet?: number) {
    this.#random = seededRandom(seed);
    this.#prose = prose();
    this.#handing = fleet !== undefined;
    this.#agents = Array.from({ length: fleet ?? 60 }, (_, at) => ({
      name: `agent-${String(at).padStart(2, '0')}`, service: `service-${at % 12}`, model: ['gpt-6', 'gpt-6-mini', 'claude-opus-5-5', 'gemini-3-pro'][at % 4] ?? 'gpt-6',
      tools: Array.from({ length: 8 }, (_unused, tool) => `${['orders', 'mail', 'crm', 'ledger', 'repo'][tool % 5] ?? 'x'}.${['search', 'create', 'send', 'read'][(tool + at) % 4] ?? 'y'}`),
    }));
  }

  get services(): string[] { return Array.from({ length: 12 }, (_, at) => `service-${at}`); }

  excerpt(length: number): string {
    const from = this.#random.int(0, Math.max(0, this.#prose.length - length));
    return this.#prose.slice(from, from + length);
  }

  #common(agent: { name: string; service: string }, session: string): Attribute[] {
    const random = this.#random;
    return [
      text('gen_ai.agent.name', agent.name), text('gen_ai.conversation.id', session), text('deployment.environment.name', 'production'),
      text('code.function.name', 'run'), text('code.file.path', `/srv/${agent.service}/src/agent.js`), int('code.line.number', random.int(1, 900)),
      int('thread.id', random.int(1, 16)), text('thread.name', `worker-${random.int(1, 16)}`), text('app.region', random.pick(['eu-central-1', 'us-east-1'])),
      text('app.tenant', `tenant-${random.int(1, 40)}`), text('app.request.id', random.hex(16)), text('app.build', '2026.11.3'),
      text('server.address', 'models.example'), int('server.port', 443), text('network.protocol.version', '1.1'), text('user_agent.original', 'agent-sdk/4.1.0 node/24'),
    ];
  }

  task(service: string, startMs: number, sizes: number): CorpusSpan[] {
    const random = this.#random;
    const agent = random.pick(this.#agents.filter((one) => one.service === service));
    const traceId = random.hex(16);
    const session = `conv-${random.hex(8)}`;
    const rootId = random.hex(8);
    const spans: CorpusSpan[] = [];
    let at = startMs;
    for (let index = 0; index < sizes - 1; index += 1) {
      const ms = random.int(20, 3_000);
      spans.push(index % 2 === 0 ? this.#chat(agent, traceId, rootId, session, at, ms) : this.#tool(agent, traceId, rootId, session, at, ms));
      at += ms + 5;
    }
    if (this.#handing && random.chance(0.15)) spans.push(...this.#handed(random.pick(this.#agents.filter((one) => one.service === service).slice(0, 6)), { traceId, rootId, session, startMs }));
    spans.push(this.#span(traceId, rootId, undefined, `invoke_agent ${agent.name}`, 1, startMs, at - startMs, [
      ...this.#common(agent, session), ...(this.#handing ? [text('enduser.id', `person-${random.int(1, 40)}@example.com`)] : []), text('gen_ai.operation.name', 'invoke_agent'), text('gen_ai.provider.name', 'openai'), text('gen_ai.request.model', agent.model),
    ]));
    return spans;
  }

  /** Another agent's run inside this one's, with a call of its own. */
  #handed(to: { name: string; service: string; model: string; tools: string[] }, { traceId, rootId, session, startMs }: { traceId: string; rootId: string; session: string; startMs: number }): CorpusSpan[] {
    const runId = this.#random.hex(8);
    const run = this.#span(traceId, runId, rootId, `invoke_agent ${to.name}`, 1, startMs + 10, 500, [...this.#common(to, session), text('gen_ai.operation.name', 'invoke_agent'), text('gen_ai.provider.name', 'openai')]);
    return [run, this.#tool(to, traceId, runId, session, startMs + 20, 300)];
  }

  #span(traceId: string, spanId: string, parentSpanId: string | undefined, name: string, kind: number, startMs: number, ms: number, attributes: Attribute[]): CorpusSpan {
    const nano = (at: number): string => `${BigInt(Math.round(at * 1_000)) * 1_000n}`;
    const failed = this.#random.chance(0.038);
    const message = failed ? `request ${this.#random.int(1, 9_999)} failed: upstream answered ${this.#random.pick([429, 500, 502, 503])}` : '';
    return {
      traceId, spanId, ...(parentSpanId ? { parentSpanId } : {}), name, kind, startTimeUnixNano: nano(startMs), endTimeUnixNano: nano(startMs + ms), attributes,
      events: failed ? [{ name: 'exception', timeUnixNano: nano(startMs + ms), attributes: [
        text('exception.type', 'UpstreamError'), text('exception.message', message),
        text('exception.stacktrace', `UpstreamError: ${message}\n${Array.from({ length: 8 }, (_, line) => `    at step${line} (/srv/app/src/agent.js:${line * 31 + 7}:11)`).join('\n')}`),
      ] }] : [],
      status: failed ? { code: 2, message } : {},
    };
  }

  #chat(agent: { name: string; service: string; model: string }, traceId: string, parent: string, session: string, startMs: number, ms: number): CorpusSpan {
    const random = this.#random;
    const input = random.int(300, 9_000);
    return this.#span(traceId, random.hex(8), parent, `chat ${agent.model}`, 3, startMs, ms, [
      ...this.#common(agent, session), text('gen_ai.operation.name', 'chat'), text('gen_ai.provider.name', 'openai'), text('gen_ai.request.model', agent.model),
      text('gen_ai.response.model', agent.model), text('gen_ai.response.id', `resp_${random.hex(10)}`), { key: 'gen_ai.request.temperature', value: { doubleValue: 0.2 } },
      int('gen_ai.usage.input_tokens', input), int('gen_ai.usage.output_tokens', random.int(20, 900)), int('gen_ai.usage.cache_read.input_tokens', Math.floor(input / 2)),
      text('gen_ai.input.messages', JSON.stringify([{ role: 'user', parts: [{ type: 'text', content: this.excerpt(900) }] }])),
      text('gen_ai.output.messages', JSON.stringify([{ role: 'assistant', parts: [{ type: 'text', content: this.excerpt(320) }] }])),
    ]);
  }

  #tool(agent: { name: string; service: string; tools: string[] }, traceId: string, parent: string, session: string, startMs: number, ms: number): CorpusSpan {
    const random = this.#random;
    const tool = random.pick(agent.tools);
    return this.#span(traceId, random.hex(8), parent, `execute_tool ${tool}`, 1, startMs, ms, [
      ...this.#common(agent, session), text('gen_ai.operation.name', 'execute_tool'), text('gen_ai.tool.name', tool), text('gen_ai.tool.call.id', `call_${random.hex(10)}`),
      text('gen_ai.tool.type', 'function'), text('gen_ai.tool.call.arguments', JSON.stringify({ query: this.excerpt(80), limit: random.int(1, 100) })),
      text('gen_ai.tool.call.result', JSON.stringify({ rows: random.int(0, 500), note: this.excerpt(120) })),
    ]);
  }
}

/** Bodies of `spansPerBody` spans each, every body from one service, in order of time. */
export function makeCorpus(options: CorpusOptions): CorpusBody[] {
  const random = seededRandom(options.seed + 1);
  const maker = new SpanMaker(options.seed, options.fleet);
  const stepMs = (options.days * 86_400_000) / Math.max(1, options.bodies);
  return Array.from({ length: options.bodies }, (_, body) => {
    const service = random.pick(maker.services);
    const spans: CorpusSpan[] = [];
    while (spans.length < options.spansPerBody) {
      spans.push(...maker.task(service, options.fromMs + body * stepMs + spans.length * 7, Math.min(random.int(3, 12), Math.max(2, options.spansPerBody - spans.length))));
    }
    return { resourceSpans: [{
      resource: { attributes: [text('service.name', service), text('service.version', '2026.11.3'), text('host.name', `host-${random.int(1, 9)}`), text('telemetry.sdk.language', 'nodejs')] },
      scopeSpans: [{ scope: { name: 'agent-sdk', version: '4.1.0' }, spans: spans.slice(0, options.spansPerBody) }],
    }] };
  });
}
