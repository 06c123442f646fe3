/** An agent that really sends: a connection of the window's own, and traces posted to it as an exporter posts them. */
import { expect } from '@playwright/test';
import type { Page } from '@playwright/test';
import { callFromPage } from './launch.ts';

export interface Attribute { readonly key: string; readonly value: { readonly stringValue: string } | { readonly intValue: string } }
export const text = (key: string, stringValue: string): Attribute => ({ key, value: { stringValue } });
export const count = (key: string, intValue: number): Attribute => ({ key, value: { intValue: String(intValue) } });

export interface SentSpan {
  readonly name: string;
  readonly attributes: readonly Attribute[];
  /** when it began and ended, in milliseconds before now */
  readonly agoMs: readonly [number, number];
  /** why it failed; it went well when left out */
  readonly failed?: string;
}
export interface Trace { readonly service: string; /** where it says that it runs; nothing when left out. */ readonly host?: string; readonly version?: string; readonly agent: string; readonly daysAgo?: number; readonly spans: readonly SentSpan[] }

const hex = (value: number, digits: number): string => value.toString(16).padStart(digits, '0');
const dayMs = 86_400_000;

export class Sender {
  readonly #endpoint: string;
  readonly #token: string;
  #sent = 0;

  private constructor(endpoint: string, token: string) {
    this.#endpoint = endpoint;
    this.#token = token;
  }

  static async connect(page: Page, name: string, content?: 'full'): Promise<Sender> {
    const { connection, token } = await callFromPage(page, 'connections.addOtlp', { name, ...(content === undefined ? {} : { content }) });
    return new Sender(connection.endpoint ?? '', token);
  }

  /** A trace of its own; its first span is what the others happened in. */
  async send({ service, host, version, agent, daysAgo = 0, spans }: Trace): Promise<void> {
    this.#sent += 1;
    const sent = this.#sent;
    const nowMs = Date.now() - daysAgo * dayMs;
    const nano = (agoMs: number): string => String(BigInt(nowMs - agoMs) * 1_000_000n);
    const told = spans.map(({ name, attributes, agoMs: [from, to], failed }, n) => ({
      traceId: hex(sent, 32), spanId: hex(sent * 16 + n + 1, 16), ...(n === 0 ? {} : { parentSpanId: hex(sent * 16 + 1, 16) }), name, kind: 1,
      startTimeUnixNano: nano(from), endTimeUnixNano: nano(to), attributes: [text('gen_ai.agent.name', agent), ...attributes], status: failed === undefined ? { code: 1 } : { code: 2, message: failed },
    }));
    const resource = { attributes: [text('service.name', service), ...(version === undefined ? [] : [text('service.version', version)]), ...(host === undefined ? [] : [text('host.name', host)])] };
    const body = JSON.stringify({ resourceSpans: [{ resource, scopeSpans: [{ scope: { name: service }, spans: told }] }] });
    const response = await fetch(`${this.#endpoint}/v1/traces`, { method: 'POST', headers: { 'content-type': 'application/json', 'x-gatehouse-token': this.#token }, body });
    expect(response.status).toBe(200);
  }
}
