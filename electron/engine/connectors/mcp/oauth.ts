/**
 * How a protected server says that it is protected: OAuth protected-resource metadata (RFC 9728) and the authorization server's own
 * metadata (RFC 8414). Only read and told; Gatehouse asks for no token here.
 */
import { buildDiscoveryUrls } from '@modelcontextprotocol/client';
import { RuntimeFault } from '../connector.ts';
import type { ConnectorIo } from '../connector.ts';
import { faultFrom } from '../faults.ts';
import { isObject, quoted } from '../foreign-json.ts';
import { onThisMachine } from '../this-machine.ts';
import type { Challenge } from './challenge.ts';
import { limits } from './limits.ts';

export interface Protection {
  /** where the metadata was read. */
  readonly metadataUrl: string;
  readonly scopes: readonly string[];
  readonly issuers: readonly string[];
  /** where a token can be taken back; null: not offered, or not known. */
  readonly revocation: string | null;
  /** sentences for people: what was odd or was not asked. */
  readonly remarks: readonly string[];
}

const mostIssuers = 3;

/** null: the server publishes none. Never fails: metadata is an extra. */
export async function readProtection(io: ConnectorIo, server: URL, challenge: Challenge | null, signal: AbortSignal): Promise<Protection | null> {
  const remarks: string[] = [];
  for (const url of metadataUrls(server, challenge, remarks)) {
    const found = await readJson(io, url, signal);
    if (found === null || !Array.isArray(found['authorization_servers'])) continue;
    const issuers = strings(found['authorization_servers'], 20, 2_048);
    if (typeof found['resource'] === 'string' && !namesResource(found['resource'], server)) remarks.push(`It says that its tokens are for ${quoted(found['resource'], 200)}, which is not this address.`);
    const revocations: string[] = [];
    for (const issuer of issuers.slice(0, mostIssuers)) {
      const revocation = await readIssuer(io, server, issuer, remarks, signal);
      if (revocation !== null) revocations.push(revocation);
    }
    return { metadataUrl: url.href, scopes: strings(found['scopes_supported'], 100, 200), issuers, revocation: revocations[0] ?? null, remarks };
  }
  return remarks.length === 0 ? null : { metadataUrl: '', scopes: [], issuers: [], revocation: null, remarks };
}

/** What the challenge names, then the two well-known places of RFC 9728. */
function metadataUrls(server: URL, challenge: Challenge | null, remarks: string[]): URL[] {
  const suffixed = new URL(`/.well-known/oauth-protected-resource${server.pathname === '/' ? '' : server.pathname}`, server.origin);
  const root = new URL('/.well-known/oauth-protected-resource', server.origin);
  const urls = [suffixed, root];
  const named = challenge?.resourceMetadata ?? null;
  if (named !== null) {
    const url = URL.parse(named);
    // SECURITY: the address is the server's to choose: it must not make this machine ask elsewhere. RFC 9728 puts the document at the resource's own origin.
    if (url && url.origin === server.origin && url.username === '') urls.unshift(url);
    else remarks.push(`It points to metadata at ${quoted(named, 200)}, which is another place than itself; it was not asked.`);
  }
  return [...new Map(urls.map((url) => [url.href, url])).values()];
}

/** SECURITY: the issuer's address is the server's text too: protected addresses, or this machine's own for a server on this machine. */
function mayAsk(url: URL | null, server: URL): url is URL {
  if (!url || url.username !== '' || url.password !== '') return false;
  if (url.protocol === 'http:') return onThisMachine(url) && onThisMachine(server);
  return url.protocol === 'https:' && (!onThisMachine(url) || onThisMachine(server));
}

/** Its revocation endpoint; null: none known. */
async function readIssuer(io: ConnectorIo, server: URL, issuer: string, remarks: string[], signal: AbortSignal): Promise<string | null> {
  const url = URL.parse(issuer);
  if (!mayAsk(url, server)) {
    remarks.push(`It names ${quoted(issuer, 200)} as its authorization server; that address was not asked.`);
    return null;
  }
  for (const { url: place } of buildDiscoveryUrls(url)) {
    const found = await readJson(io, place, signal);
    if (found === null) continue;
    if (typeof found['issuer'] !== 'string' || found['issuer'].replace(/\/$/, '') !== issuer.replace(/\/$/, '')) {
      remarks.push(`The authorization server at ${quoted(issuer, 200)} calls itself ${quoted(String(found['issuer']), 200)}; what it says was not taken.`);
      return null;
    }
    const revocation = found['revocation_endpoint'];
    return typeof revocation === 'string' && mayAsk(URL.parse(revocation), server) ? revocation : null;
  }
  remarks.push(`The authorization server at ${quoted(issuer, 200)} gave no metadata.`);
  return null;
}

/** RFC 9728 wants the same address; many name the origin, which covers it. */
function namesResource(resource: string, server: URL): boolean {
  const url = URL.parse(resource);
  return url !== null && url.origin === server.origin && (server.pathname === url.pathname || server.pathname.startsWith(url.pathname.endsWith('/') ? url.pathname : `${url.pathname}/`));
}

function strings(value: unknown, most: number, length: number): string[] {
  return Array.isArray(value) ? value.filter((one): one is string => typeof one === 'string' && one !== '' && one.length <= length).slice(0, most).map((one) => one.toWellFormed()) : [];
}

/** SECURITY: asked without the credential and without following redirects; null: nothing there that can be read. */
async function readJson(io: ConnectorIo, url: URL, signal: AbortSignal): Promise<Readonly<Record<string, unknown>> | null> {
  try {
    const response = await io.fetch(url, { headers: { accept: 'application/json' }, redirect: 'error', signal: AbortSignal.any([signal, AbortSignal.timeout(limits.metadataMs)]) });
    const body = response.ok ? await readBounded(response) : null;
    if (body === null) await response.body?.cancel().catch(() => undefined);
    const value: unknown = body === null ? null : JSON.parse(body);
    return isObject(value) ? value : null;
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    io.log.info(`No metadata at ${url.href}: ${faultFrom(error).message}`);
    return null;
  }
}

async function readBounded(response: Response): Promise<string> {
  const reader = response.body?.getReader();
  if (!reader) return '';
  const decoder = new TextDecoder();
  let read = '';
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return read + decoder.decode();
    read += decoder.decode(value, { stream: true });
    if (read.length > limits.metadataBytes) {
      await reader.cancel();
      throw new RuntimeFault('garbage', 'The document is longer than any of its kind; the rest was not read.');
    }
  }
}
