/** SECURITY: who may post here. Pure checks of a request's head, in the order in which they are asked. */
import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import type { ContentLevel } from '../../../shared/domain.ts';
import type { Encoding } from './otlp-answers.ts';
import type { Signal } from './writer-messages.ts';

export interface KnownConnection {
  readonly connection: number;
  readonly content: ContentLevel;
  readonly enabled: boolean;
  /** SHA-256 of its token. */
  readonly tokenHash: Uint8Array;
}

export type LookUp = (tokenHash: Buffer) => KnownConnection | undefined;

const signals: Readonly<Record<string, Signal>> = { '/v1/traces': 'traces', '/v1/logs': 'logs', '/v1/metrics': 'metrics' };

export function signalOf(url: string | undefined): Signal | undefined {
  const path = (url ?? '').split('?', 1)[0] ?? '';
  return Object.hasOwn(signals, path) ? signals[path] : undefined;
}

/** SECURITY: a name that points at 127.0.0.1 by DNS rebinding is a foreign page's name; only loopback's own names are answered. */
export function isLoopbackHost(host: string | undefined): boolean {
  if (host === undefined || host.length > 260) return false;
  const name = host.toLowerCase().replace(/:\d{1,5}$/, '').replace(/\.$/, '');
  return name === 'localhost' || name === '[::1]' || /^127(?:\.\d{1,3}){3}$/.test(name);
}

/**
 * SECURITY: pages in browsers send these; agents do not. No CORS header is ever given either. `sec-fetch-mode` alone says
 * nothing: Node's own fetch sends it, and exporters are built on that.
 */
export function isBrowser(headers: IncomingHttpHeaders): boolean {
  return headers.origin !== undefined || headers['sec-fetch-site'] !== undefined;
}

/** undefined: neither of the two that OTLP/HTTP knows. */
export function encodingOf(contentType: string | undefined): Encoding | undefined {
  const [type = '', ...parameters] = (contentType ?? '').toLowerCase().split(';').map((part) => part.trim());
  if (type === 'application/x-protobuf') return 'protobuf';
  if (type !== 'application/json') return undefined;
  const charset = parameters.find((parameter) => parameter.startsWith('charset='))?.slice(8).replaceAll('"', '');
  return charset === undefined || charset === 'utf-8' || charset === 'utf8' ? 'json' : undefined;
}

export function compressionOf(header: string | undefined): 'none' | 'gzip' | undefined {
  const value = (header ?? '').trim().toLowerCase();
  if (value === '' || value === 'identity') return 'none';
  return value === 'gzip' ? 'gzip' : undefined;
}

const longestToken = 512;

export function tokenOf(headers: IncomingHttpHeaders): string | undefined {
  const own = headers['x-gatehouse-token'];
  if (typeof own === 'string' && own !== '') return own.length <= longestToken ? own : undefined;
  const bearer = /^bearer +(\S+) *$/i.exec(headers.authorization?.slice(0, longestToken + 16) ?? '')?.[1];
  return bearer !== undefined && bearer.length <= longestToken ? bearer : undefined;
}

/**
 * SECURITY: tokens are compared by their SHA-256: a look-up by hash tells a guesser nothing of the token, and the final comparison
 * takes the same time wherever two hashes differ.
 */
export function connectionOf(token: string | undefined, lookUp: LookUp): KnownConnection | undefined {
  if (token === undefined) return undefined;
  const hash = createHash('sha256').update(token).digest();
  const known = lookUp(hash);
  return known !== undefined && known.tokenHash.length === hash.length && timingSafeEqual(hash, known.tokenHash) ? known : undefined;
}
