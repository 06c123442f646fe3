/**
 * Copy-ready set-up texts for a new connection. Names of variables and keys are those that the agents were seen to read;
 * the endpoint holds the receiver's real port and the token is in the text, so that nothing is left to fill in.
 */
import type { Snippet } from '../../shared/domain.ts';

/** Variables of the OpenTelemetry specification; every SDK reads them. */
export function otelEnvironment(endpoint: string, token: string): Record<string, string> {
  return {
    OTEL_EXPORTER_OTLP_ENDPOINT: endpoint,
    OTEL_EXPORTER_OTLP_PROTOCOL: 'http/protobuf',
    // A header of our own rather than `authorization`: its value needs no percent-encoding, which SDKs disagree about.
    OTEL_EXPORTER_OTLP_HEADERS: `x-gatehouse-token=${token}`,
  };
}

const shell = (variables: Readonly<Record<string, string>>): string => Object.entries(variables).map(([name, value]) => `export ${name}="${value}"`).join('\n');

type Maker = (endpoint: string, token: string) => Snippet;

const claudeCode: Maker = (endpoint, token) => ({
  id: 'claude-code', title: 'Claude Code', where: 'shell that starts it, or "env" in ~/.claude/settings.json', language: 'shell',
  text: shell({
    CLAUDE_CODE_ENABLE_TELEMETRY: '1', CLAUDE_CODE_ENHANCED_TELEMETRY_BETA: '1',
    OTEL_LOGS_EXPORTER: 'otlp', OTEL_TRACES_EXPORTER: 'otlp', OTEL_METRICS_EXPORTER: 'otlp',
    ...otelEnvironment(endpoint, token), OTEL_LOG_TOOL_DETAILS: '1',
  }),
  notes: [
    'Traces need CLAUDE_CODE_ENHANCED_TELEMETRY_BETA; without it calls and tools are still seen, from the logs.',
    'OTEL_LOG_TOOL_DETAILS gives MCP tools their real names and sends the tools\' parameters; what is kept of them is this connection\'s content setting.',
  ],
});

const codex: Maker = (endpoint, token) => ({
  id: 'codex', title: 'Codex', where: '~/.codex/config.toml', language: 'toml',
  text: [
    '[otel]', 'log_user_prompt = false',
    `exporter = { otlp-http = { endpoint = "${endpoint}/v1/logs", protocol = "binary", headers = { "x-gatehouse-token" = "${token}" } } }`,
  ].join('\n'),
  notes: [
    'Logs say everything that is needed. Its traces are large and hold only internal names, so they are left off.',
    'Codex puts the arguments and the output of tools into its logs, also with log_user_prompt = false.',
  ],
});

const geminiCli: Maker = (endpoint, token) => ({
  id: 'gemini-cli', title: 'Gemini CLI', where: '~/.gemini/settings.json', language: 'json',
  text: JSON.stringify({ telemetry: { enabled: true, target: 'local', otlpProtocol: 'http', otlpEndpoint: endpoint, logPrompts: false } }, null, 2),
  notes: [
    `The settings have no place for the token. Put this line into ~/.gemini/.env, or export it in the shell that starts it: OTEL_EXPORTER_OTLP_HEADERS="x-gatehouse-token=${token}"`,
    'Without otlpProtocol it would speak gRPC to port 4317, and logPrompts is on unless it is switched off here.',
  ],
});

const vercelAiSdk: Maker = (endpoint, token) => ({
  id: 'vercel-ai-sdk', title: 'Vercel AI SDK', where: 'a file that is loaded before the agent, e.g. telemetry.ts', language: 'ts',
  text: [
    '// npm install @ai-sdk/otel @opentelemetry/sdk-node @opentelemetry/exporter-trace-otlp-proto',
    "import { OpenTelemetry } from '@ai-sdk/otel';",
    "import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto';",
    "import { NodeSDK } from '@opentelemetry/sdk-node';",
    "import { registerTelemetry } from 'ai';",
    '',
    'new NodeSDK({',
    '  traceExporter: new OTLPTraceExporter({',
    `    url: '${endpoint}/v1/traces',`,
    `    headers: { 'x-gatehouse-token': '${token}' },`,
    '  }),',
    '}).start();',
    'registerTelemetry(new OpenTelemetry());',
  ].join('\n'),
  notes: ['The agent is called what its `telemetry: { functionId }` says; without one all agents of a service are one.', 'Before AI SDK 7: leave registerTelemetry out and give each call `experimental_telemetry: { isEnabled: true, functionId }`.'],
});

const openaiAgents: Maker = (endpoint, token) => ({
  id: 'openai-agents', title: 'OpenAI Agents SDK', where: 'Python, before the first run', language: 'python',
  text: [
    '# pip install openinference-instrumentation-openai-agents opentelemetry-sdk opentelemetry-exporter-otlp-proto-http',
    'from openinference.instrumentation.openai_agents import OpenAIAgentsInstrumentor',
    'from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter',
    'from opentelemetry.sdk.trace import TracerProvider',
    'from opentelemetry.sdk.trace.export import BatchSpanProcessor',
    '',
    'provider = TracerProvider()',
    'provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter(',
    `    endpoint="${endpoint}/v1/traces",`,
    `    headers={"x-gatehouse-token": "${token}"},`,
    ')))',
    'OpenAIAgentsInstrumentor().instrument(tracer_provider=provider)',
  ].join('\n'),
  notes: ['Name the service with OTEL_SERVICE_NAME.', 'In JavaScript: bridge the SDK\'s tracing with addTraceProcessor to an OpenTelemetry tracer that exports as under "Any OpenTelemetry SDK".'],
});

const langchain: Maker = (endpoint, token) => ({
  id: 'langchain', title: 'LangChain', where: 'Python, before the first chain', language: 'python',
  text: [
    '# pip install openinference-instrumentation-langchain opentelemetry-sdk opentelemetry-exporter-otlp-proto-http',
    'from openinference.instrumentation.langchain import LangChainInstrumentor',
    'from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter',
    'from opentelemetry.sdk.trace import TracerProvider',
    'from opentelemetry.sdk.trace.export import BatchSpanProcessor',
    '',
    'provider = TracerProvider()',
    'provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter(',
    `    endpoint="${endpoint}/v1/traces",`,
    `    headers={"x-gatehouse-token": "${token}"},`,
    ')))',
    'LangChainInstrumentor().instrument(tracer_provider=provider)',
  ].join('\n'),
  notes: ['Give runs `metadata: {"session_id": ...}`, so that the turns of one conversation are one task.', 'In JavaScript: @arizeai/openinference-instrumentation-langchain, manuallyInstrument(callbacks).'],
});

const otelEnv: Maker = (endpoint, token) => ({
  id: 'otel-env', title: 'Any OpenTelemetry SDK', where: 'environment of the agent', language: 'shell',
  text: shell({ ...otelEnvironment(endpoint, token), OTEL_TRACES_EXPORTER: 'otlp', OTEL_LOGS_EXPORTER: 'otlp' }),
  notes: ['Name the service with OTEL_SERVICE_NAME. An agent can say who it is with OTEL_RESOURCE_ATTRIBUTES="agent.id=...".', 'http/json works as well as http/protobuf; gRPC is not spoken.'],
});

const makers: readonly Maker[] = [claudeCode, codex, geminiCli, vercelAiSdk, openaiAgents, langchain, otelEnv];

export const makeSnippets = (endpoint: string, token: string): Snippet[] => makers.map((make) => make(endpoint, token));
