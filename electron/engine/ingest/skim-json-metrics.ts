/** Counts metric points in JSON and sums each metric. Metric bodies are small and rare: JSON.parse is good enough for them. */
import { MalformedBody, reasons } from './decoded-body.ts';
import type { RefusalCounts } from './decoded-body.ts';
import type { MetricSums } from './metric-sums.ts';

type Json = Readonly<Record<string, unknown>>;

const pointHolders = ['gauge', 'sum', 'histogram', 'exponentialHistogram', 'summary'] as const;

export function skimJsonMetrics(body: Buffer, sums: MetricSums, refused: RefusalCounts): void {
  const root = parse(body);
  if (!isObject(root)) throw new MalformedBody('the body is not a JSON object');
  const groups = root['resourceMetrics'];
  if (groups === undefined && Object.keys(root).length > 0) throw new MalformedBody('the body has no resourceMetrics: it is not OTLP data for this path');
  for (const group of list(groups)) {
    const service = serviceName(group['resource']);
    for (const scope of list(group['scopeMetrics'])) {
      for (const metric of list(scope['metrics'])) addMetric(metric, service, sums, refused);
    }
  }
}

function parse(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch (error) {
    // V8 quotes the text around the mistake: agent text that has no place in an answer or a log.
    const at = /position (\d+)/.exec(error instanceof Error ? error.message : '')?.[1];
    throw new MalformedBody(`not valid JSON${at === undefined ? '' : ` (character ${at})`}`);
  }
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function list(value: unknown): Json[] {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value) || !value.every(isObject)) throw new MalformedBody(reasons.wrongType);
  return value;
}

function serviceName(resource: unknown): string {
  if (!isObject(resource) || !Array.isArray(resource['attributes'])) return '';
  for (const attribute of resource['attributes']) {
    if (!isObject(attribute) || attribute['key'] !== 'service.name' || !isObject(attribute['value'])) continue;
    const text = attribute['value']['stringValue'];
    if (typeof text === 'string') return text;
  }
  return '';
}

function addMetric(metric: Json, service: string, sums: MetricSums, refused: RefusalCounts): void {
  const { name, unit } = metric;
  let points = 0;
  let value = 0;
  let timeUs = 0;
  for (const holder of pointHolders) {
    const held = metric[holder];
    if (held === undefined || held === null) continue;
    const dataPoints = isObject(held) ? (held['dataPoints'] ?? []) : undefined;
    if (!Array.isArray(dataPoints) || !dataPoints.every(isObject)) {
      refused.add(reasons.wrongType);
      return;
    }
    points += dataPoints.length;
    for (const point of dataPoints) {
      value += finite(point['asDouble'] ?? point['asInt'] ?? point['sum']);
      timeUs = Math.max(timeUs, Math.floor(finite(point['timeUnixNano']) / 1000));
    }
  }
  sums.add({ name: typeof name === 'string' ? name : '', service, unit: typeof unit === 'string' ? unit : '', value, timeUs }, points);
}

function finite(value: unknown): number {
  const number = typeof value === 'number' || typeof value === 'string' ? Number(value) : 0;
  return Number.isFinite(number) ? number : 0;
}
