/** For tests: reads a capture folder into records through the receiver's own decoder. */
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { ContentLevel } from '../../../../shared/domain.ts';
import { decodeBody } from '../decode.ts';
import type { LogRecord, SpanRecord } from '../record.ts';
import { wantedAttributes } from './normalise.ts';

const root = fileURLToPath(new URL('../../../../e2e/fixtures/captures/', import.meta.url));

export type CaptureSignal = 'traces' | 'logs';

interface CaptureFile {
  readonly file: string;
  readonly signal: string;
}

function recordsOf(path: string, signal: CaptureSignal, content: ContentLevel): (SpanRecord | LogRecord)[] {
  const decoded = decodeBody({ signal, encoding: path.endsWith('.json') ? 'json' : 'protobuf', content, body: new Uint8Array(readFileSync(path)) }, wantedAttributes);
  if (decoded.refused.length > 0) throw new Error(`${path}: ${JSON.stringify(decoded.refused)}`);
  return decoded.records.map(({ record }) => record);
}

/** Records of a capture in the order in which its bodies arrived. */
export function readCapture(name: string, signals: readonly CaptureSignal[] = ['traces', 'logs'], content: ContentLevel = 'full'): (SpanRecord | LogRecord)[] {
  const index = JSON.parse(readFileSync(`${root}${name}/index.json`, 'utf8')) as { readonly files: readonly CaptureFile[] };
  return index.files.flatMap(({ file, signal }) => {
    const wantedSignal = signals.find((one) => one === signal);
    return wantedSignal === undefined ? [] : recordsOf(`${root}${name}/${file}`, wantedSignal, content);
  });
}

export function captureNames(): string[] {
  return readdirSync(root);
}

export interface Scenario {
  readonly tools: readonly { readonly name: string; readonly status: string }[];
  readonly usage: { readonly inputTokens: number; readonly outputTokens: number; readonly cacheReadTokens: number; readonly cacheWriteTokens: number; readonly reasoningTokens: number };
  readonly agents: readonly string[];
}

/** What the capture's author knows of the run from outside its telemetry. */
export function readScenario(name: string): Scenario {
  return JSON.parse(readFileSync(`${root}${name}/expected.json`, 'utf8')) as Scenario;
}
