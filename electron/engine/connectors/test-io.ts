/** The outside as a connector's tests give it: the real guarded fetch, a fixed credential, a log that can be read. */
import type { Log } from '../ports.ts';
import type { ConnectorIo } from './connector.ts';
import { guardedFetch } from './guarded-fetch.ts';

export interface TestIo extends ConnectorIo {
  /** ends the connection's life. */
  readonly end: () => void;
  readonly lines: readonly string[];
}

export interface TestIoOptions {
  readonly url?: string | URL;
  readonly secret?: string | null | (() => Promise<string | null>);
  readonly timeoutMs?: number;
  readonly mostBytes?: number;
  readonly now?: () => number;
  readonly spawn?: ConnectorIo['spawn'];
}

export function testIo({ url = 'http://127.0.0.1:9', secret = null, timeoutMs, mostBytes, now = Date.now, spawn = null }: TestIoOptions = {}): TestIo {
  const life = new AbortController();
  const lines: string[] = [];
  const say: Log['info'] = (text) => { lines.push(text); };
  return {
    fetch: guardedFetch({ signal: life.signal, base: new URL(url), ...(timeoutMs === undefined ? {} : { timeoutMs }), ...(mostBytes === undefined ? {} : { mostBytes }) }),
    clock: { now },
    log: { info: say, warn: say, error: (text, error) => { lines.push(`${text}: ${String(error)}`); } },
    secret: typeof secret === 'function' ? secret : () => Promise.resolve(secret),
    stopSecret: typeof secret === 'function' ? secret : () => Promise.resolve(secret),
    signal: life.signal,
    spawn,
    end: () => life.abort(),
    lines,
  };
}
