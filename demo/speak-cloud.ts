/** What the AWS SDK's own instrumentation tells of a tool that uses a cloud: one client span below the tool's, named after the operation. */
import { SpanKind, SpanStatusCode } from '@opentelemetry/api';
import type { Context } from '@opentelemetry/api';
import type { ToolStep } from './plan.ts';
import type { Mouth } from './voice.ts';

export function sayCloudCall(mouth: Mouth, parent: Context, { cloud, ms }: ToolStep, at: number): void {
  if (cloud === undefined) return;
  const [service = '', method = ''] = cloud.call.split('/');
  const span = mouth.cloud.startSpan(`${service}.${method}`, { kind: SpanKind.CLIENT, startTime: at + 1, attributes: { 'rpc.system': 'aws-api', 'rpc.service': service, 'rpc.method': method, 'cloud.region': 'eu-north-1' } }, parent);
  const end = at + Math.max(2, ms - 1);
  if (cloud.denied === true) {
    span.recordException({ name: 'AccessDenied', message: 'Access Denied' }, end);
    span.setStatus({ code: SpanStatusCode.ERROR, message: 'Access Denied' });
    span.setAttribute('http.response.status_code', 403);
  }
  span.end(end);
}
