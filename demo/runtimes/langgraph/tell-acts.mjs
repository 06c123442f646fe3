/**
 * Tells of single acts by the official OpenTelemetry SDK, as an instrumented graph does: for runs that ask for it, where the environment says
 * whom to tell (OTEL_EXPORTER_OTLP_ENDPOINT, OTEL_EXPORTER_OTLP_HEADERS). The SDK is the console's own development dependency, so it is
 * only taken in when it is needed.
 */
let tracer = null;

async function open() {
  const { OTLPTraceExporter } = await import('@opentelemetry/exporter-trace-otlp-proto');
  const { resourceFromAttributes } = await import('@opentelemetry/resources');
  const { BatchSpanProcessor, TracerProvider } = await import('@opentelemetry/sdk-trace');
  const resource = resourceFromAttributes({ 'service.name': 'backup-sweep', 'process.pid': process.pid });
  return new TracerProvider({ resource, spanProcessors: [new BatchSpanProcessor({ exporter: new OTLPTraceExporter(), scheduledDelayMillis: 50 })] }).getTracer('backup-sweep');
}

/** Null: nobody is to be told. Each act is a tool call of the assistant in the run, begun and ended around `work`. */
export async function teller({ configurable = {}, metadata = {} }) {
  if (!process.env.OTEL_EXPORTER_OTLP_ENDPOINT) return null;
  tracer ??= open();
  const told = await tracer;
  const attributes = {
    'gen_ai.operation.name': 'execute_tool', 'gen_ai.tool.name': 'write_part', 'gen_ai.agent.name': 'backup-sweep',
    'gen_ai.agent.id': configurable.assistant_id ?? metadata.assistant_id, 'session.id': configurable.run_id ?? metadata.run_id,
  };
  return (work) => {
    const span = told.startSpan('execute_tool write_part', { attributes });
    work();
    span.end();
  };
}
