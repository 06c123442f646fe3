/** What every voice has: the real SDK's providers with the real OTLP exporters, one set a pretend agent. */
import type { Logger, Tracer } from '@opentelemetry/api';
import { OTLPLogExporter } from '@opentelemetry/exporter-logs-otlp-proto';
import { OTLPTraceExporter as JsonTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { OTLPTraceExporter as ProtoTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { BatchLogRecordProcessor, LoggerProvider } from '@opentelemetry/sdk-logs';
import { BatchSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';
import type { PretendAgent } from './fleet.ts';

export interface Mouth {
  readonly tracer: Tracer;
  /** as the AWS SDK's instrumentation names itself. */
  readonly cloud: Tracer;
  readonly logger: Logger;
  flush(): Promise<void>;
  close(): Promise<void>;
}

/** `json` speaks OTLP/JSON instead of protobuf: both ways in are exercised by the fleet. */
export interface MouthOptions {
  readonly endpoint: string;
  readonly token: string;
  readonly service: string;
  readonly serviceVersion: string;
  readonly scope: string;
  readonly json: boolean;
}

export function openMouth(options: MouthOptions): Mouth {
  const resource = resourceFromAttributes({ 'service.name': options.service, 'service.version': options.serviceVersion, 'deployment.environment.name': 'demo' });
  const headers = { authorization: `Bearer ${options.token}` };
  const Exporter = options.json ? JsonTraceExporter : ProtoTraceExporter;
  const tracers = new TracerProvider({
    resource,
    spanProcessors: [new BatchSpanProcessor({ exporter: new Exporter({ url: `${options.endpoint}/v1/traces`, headers }), scheduledDelayMillis: 500, maxQueueSize: 8_192 })],
  });
  const loggers = new LoggerProvider({
    resource,
    processors: [new BatchLogRecordProcessor({ exporter: new OTLPLogExporter({ url: `${options.endpoint}/v1/logs`, headers }), scheduledDelayMillis: 500, maxQueueSize: 8_192 })],
  });
  return {
    tracer: tracers.getTracer(options.scope, '1.0.0'),
    cloud: tracers.getTracer('@opentelemetry/instrumentation-aws-sdk', '0.79.0'),
    logger: loggers.getLogger(options.scope, options.serviceVersion),
    flush: async () => { await Promise.all([tracers.forceFlush(), loggers.forceFlush()]); },
    close: async () => { await Promise.all([tracers.shutdown(), loggers.shutdown()]); },
  };
}

/** Lets a live task take its time; resolves at once when the moment has passed. Rejects when the fleet is told to stop. */
export type WaitUntil = (epochMs: number) => Promise<void>;

export interface Speech {
  readonly agent: PretendAgent;
  readonly version: string;
  readonly mouth: Mouth;
  readonly waitUntil: WaitUntil;
}
