/**
 * A Vercel AI SDK agent, a program of its own: real `ai` with real `@ai-sdk/otel`, exported by the real OpenTelemetry SDK as
 * the environment says (OTEL_EXPORTER_OTLP_ENDPOINT, OTEL_EXPORTER_OTLP_HEADERS). One tool works, one fails.
 * STAND_IN_MODEL is the address of the model.
 */
import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import { OpenTelemetry } from '@ai-sdk/otel';
import { context, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { BatchSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';
import { registerTelemetry, tool, ToolLoopAgent } from 'ai';
import { z } from 'zod';

const provider = new TracerProvider({
  resource: resourceFromAttributes({ 'service.name': 'invoice-service', 'service.version': '4.2.0' }),
  spanProcessors: [new BatchSpanProcessor({ exporter: new OTLPTraceExporter(), scheduledDelayMillis: 200 })],
});
context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
trace.setGlobalTracerProvider(provider);
registerTelemetry(new OpenTelemetry());

const model = createOpenAICompatible({ name: 'stand-in', baseURL: process.env['STAND_IN_MODEL'] ?? '', apiKey: 'none' });
const agent = new ToolLoopAgent({
  model: model('stand-in-1'),
  instructions: 'Handle invoices.',
  telemetry: { functionId: 'invoice-agent' },
  tools: {
    get_invoice: tool({ description: 'Read an invoice', inputSchema: z.object({ invoiceId: z.string() }), execute: () => ({ amount: 250, status: 'open' }) }),
    send_payment: tool({
      description: 'Pay an invoice', inputSchema: z.object({ invoiceId: z.string(), amount: z.number() }),
      execute: (): string => { throw new Error('Payment gateway rejected: insufficient permissions'); },
    }),
  },
});
const result = await agent.generate({ prompt: 'Pay INV-1001' });
process.stdout.write(`${result.text}\n`);
await provider.shutdown();
