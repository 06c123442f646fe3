/**
 * A real MCP server for the demo and the tests, built with the official SDKs: of today (`--speaks new`, or `both`) or of before (`old`).
 *
 * By itself: `node demo/runtimes/mcp-server.ts --port 4800 [--speaks new|old|both] [--page N] [--tools N] [--oauth]`, or on its standard streams with
 * `--stdio`; `--leashed` ends it with its standard input. A token never stands in argv: `MCP_TOKEN` in the environment; without one everybody may ask. It prints one JSON line `{"url":...}`
 * when it listens.
 *
 * `POST /demo/change` changes what it offers behind everybody's back; `GET /demo/counts` tells what it was asked; `POST /demo/revoke` takes the token back.
 */
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { parseArgs } from 'node:util';
import { changedTools, tools } from './mcp/offers.ts';
import type { Tool } from './mcp/offers.ts';
import { newerHandler, newerStdio } from './mcp/newer.ts';
import type { Offer } from './mcp/newer.ts';
import { olderHandler, olderStdio } from './mcp/older.ts';

const { values } = parseArgs({
  options: {
    port: { type: 'string', default: '0' }, speaks: { type: 'string', default: 'both' }, page: { type: 'string', default: '100' },
    tools: { type: 'string', default: '0' }, oauth: { type: 'boolean', default: false }, stdio: { type: 'boolean', default: false }, leashed: { type: 'boolean', default: false },
  },
});

const many: readonly Tool[] = Array.from({ length: Number(values.tools) }, (_, i) => ({ name: `made_up_${i}`, description: `Tool number ${i}.`, inputSchema: { type: 'object' } }));
let offered: readonly Tool[] = [...tools, ...many];
let token = process.env['MCP_TOKEN'] ?? null;
const counts: Record<string, number> = {};
const called: string[] = [];
const offer: Offer = { name: 'supplier-desk', pageSize: Number(values.page), tools: () => offered, called: (tool) => { called.push(tool); } };

async function bodyOf(req: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of req) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}

function json(res: ServerResponse, status: number, value: unknown, headers: Readonly<Record<string, string>> = {}): void {
  res.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(value));
}

/** The pages that stand beside the protocol; false: not one of them. */
function beside(req: IncomingMessage, res: ServerResponse, origin: string): boolean {
  switch (`${req.method} ${req.url}`) {
    case 'POST /demo/change': offered = changedTools; json(res, 200, {}); return true;
    case 'POST /demo/revoke': token = ''; json(res, 200, {}); return true;
    case 'GET /demo/counts': json(res, 200, { counts, called, sessions: older.sessions(), tools: offered.map((tool) => tool.name) }); return true;
    case 'GET /.well-known/oauth-protected-resource/mcp': if (!values.oauth) return false; json(res, 200, { resource: `${origin}/mcp`, authorization_servers: [`${origin}/as`], scopes_supported: ['tools.read', 'tools.call'] }); return true;
    case 'GET /.well-known/oauth-authorization-server/as': if (!values.oauth) return false; json(res, 200, { issuer: `${origin}/as`, authorization_endpoint: `${origin}/as/authorize`, token_endpoint: `${origin}/as/token`, revocation_endpoint: `${origin}/as/revoke`, response_types_supported: ['code'] }); return true;
    default: return false;
  }
}

function letIn(req: IncomingMessage, res: ServerResponse, origin: string): boolean {
  if (token === null || (token !== '' && req.headers.authorization === `Bearer ${token}`)) return true;
  const metadata = values.oauth ? `, resource_metadata="${origin}/.well-known/oauth-protected-resource/mcp"` : '';
  json(res, 401, { error: 'invalid_token', error_description: 'A valid token is needed.' }, { 'www-authenticate': `Bearer realm="supplier desk", scope="tools.read"${metadata}` });
  return false;
}

function count(body: unknown): void {
  for (const one of Array.isArray(body) ? body as unknown[] : [body]) {
    const method = typeof one === 'object' && one !== null && 'method' in one ? String(one.method) : 'answer';
    counts[method] = (counts[method] ?? 0) + 1;
  }
}

const newer = newerHandler(offer, values.speaks === 'new');
const older = olderHandler(offer);

async function serve(req: IncomingMessage, res: ServerResponse, origin: string): Promise<void> {
  if (beside(req, res, origin)) return;
  if (new URL(req.url ?? '/', origin).pathname !== '/mcp') return json(res, 404, { error: 'no such page' });
  if (!letIn(req, res, origin)) return;
  const text = await bodyOf(req);
  let body: unknown;
  try {
    body = text === '' ? undefined : JSON.parse(text);
  } catch {
    return json(res, 400, { jsonrpc: '2.0', id: null, error: { code: -32_700, message: 'Parse error' } });
  }
  if (req.method === 'POST') count(body);
  else counts[req.method ?? ''] = (counts[req.method ?? ''] ?? 0) + 1;
  if (values.speaks === 'old') return older.handle(req, res, body);
  const headers = new Headers(Object.entries(req.headers).flatMap(([name, value]) => (typeof value === 'string' ? [[name, value] as [string, string]] : [])));
  const answer = await newer.fetch(new Request(new URL(req.url ?? '/', origin), { method: req.method ?? 'GET', headers, ...(req.method === 'POST' ? { body: text } : {}) }));
  res.writeHead(answer.status, Object.fromEntries(answer.headers));
  for await (const chunk of answer.body ?? []) res.write(chunk);
  res.end();
}

if (values.stdio) {
  if (values.speaks === 'old') await olderStdio(offer);
  else newerStdio(offer, values.speaks === 'new');
} else {
  const server = createServer((req, res) => {
    const { port } = server.address() as AddressInfo;
    serve(req, res, `http://127.0.0.1:${port}`).catch((error: unknown) => {
      if (!res.headersSent) json(res, 500, { error: String(error) });
      else res.destroy();
    });
  });
  server.listen(Number(values.port), '127.0.0.1', () => {
    process.stdout.write(`${JSON.stringify({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/mcp` })}\n`);
  });
  const end = (): void => { server.closeAllConnections(); server.close(() => process.exit(0)); };
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, end);
  if (values.leashed) process.stdin.once('close', end).resume();
}
