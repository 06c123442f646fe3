import { expect } from 'vitest';
import type { ConnectorIo } from '../connector.ts';
import { isObject } from '../foreign-json.ts';
import { mcp } from '../mcp/mcp.ts';
import type { Recorded } from './fault-proxy.ts';
import type { Kit, Lie, RunningRuntime } from './kit.ts';
import { namesOf, refusedCount } from './look.ts';
import type { Rewrite } from './rewrite.ts';
import { startRuntime } from './start-runtime.ts';

const token = 'a-token-of-the-desk';

async function start(speaks: 'new' | 'old'): Promise<RunningRuntime> {
  const begin = (port = '0') => startRuntime('mcp-server.ts', ['--speaks', speaks, '--page', '3', '--port', port, '--oauth'], { MCP_TOKEN: token });
  let server = await begin();
  return {
    get url() { return server.url; },
    work: () => Promise.resolve(),
    crash: () => server.kill(),
    async comeBack() {
      server = await begin(new URL(server.url).port);
      return server.url;
    },
    stop: () => server.stop(),
  };
}

const questions = ['server/discover', 'initialize', 'notifications/initialized', 'tools/list', 'resources/list', 'resources/templates/list', 'prompts/list'];

function reads({ method, path, body }: Recorded): boolean {
  // Metadata is public; a session of our own is ours to end.
  if (method === 'GET') return path.startsWith('/.well-known/');
  if (method === 'DELETE') return true;
  const message: unknown = JSON.parse(body);
  return method === 'POST' && isObject(message) && questions.includes(String(message['method']));
}

/** One page with all of it. */
const flood: Rewrite = (value) => withTools(value, () => Array.from({ length: 10_000 }, (_, i) => ({ name: `flooding_${i}`, description: 'x'.repeat(500), inputSchema: { type: 'object' } })));

function withTools(value: unknown, tools: (told: readonly unknown[]) => readonly unknown[], more: Readonly<Record<string, unknown>> = { nextCursor: undefined }): unknown {
  if (!isObject(value) || !isObject(value['result']) || !Array.isArray(value['result']['tools'])) return value;
  return { ...value, result: { ...value['result'], tools: tools(value['result']['tools'] as readonly unknown[]), ...more } };
}

const lies: readonly Lie[] = [
  {
    name: 'pages in a circle', tell: (value) => withTools(value, (told) => told, { nextCursor: 'round and round' }),
    holds: (seen, honest) => { expect(seen.discovered.complete).toBe(false); expect([...namesOf(seen)].filter((name) => !namesOf(honest).has(name))).toEqual([]); expect(refusedCount(seen)).toBeGreaterThan(0); },
  },
  {
    name: 'one name twice', tell: (value) => withTools(value, () => [{ name: 'read_invoice', inputSchema: { type: 'object' }, annotations: { readOnlyHint: true } }, { name: 'read_invoice', inputSchema: { type: 'object' }, annotations: { destructiveHint: true } }]),
    holds: (seen) => { expect(seen.discovered.grants.filter(({ name }) => name === 'read_invoice')).toMatchObject([{ readOnly: true, destructive: null }]); expect(refusedCount(seen)).toBe(1); },
  },
  {
    name: 'claims that are no claims', tell: (value) => withTools(value, (told) => told.map((tool) => (isObject(tool) ? { ...tool, annotations: { readOnlyHint: 'yes', destructiveHint: 0, openWorldHint: {} } } : tool))),
    holds: (seen) => { expect(seen.discovered.grants.filter(({ kind, readOnly, destructive, openWorld }) => kind === 'tool' && (readOnly !== null || destructive !== null || openWorld !== null))).toEqual([]); expect(refusedCount(seen)).toBeGreaterThan(0); },
  },
  {
    name: 'capabilities without lists', tell: (value) => (isObject(value) && isObject(value['result']) && Array.isArray(value['result']['tools']) ? { jsonrpc: '2.0', id: value['id'], error: { code: -32_601, message: 'Method not found' } } : value),
    holds: (seen) => { expect(seen.discovered.complete).toBe(false); expect(seen.discovered.grants.some(({ kind }) => kind === 'tool')).toBe(false); },
  },
];

const kit = (speaks: 'new' | 'old', name: string): Kit => ({
  kind: 'mcp', name, secret: token,
  start: () => start(speaks),
  open: (url: string, io: ConnectorIo) => mcp.open({ kind: 'mcp', transport: 'http', url }, io),
  reads, flood, lies, seesWork: false, asks: false, mostRequests: 60, stops: null,
});

export const mcpKits: readonly Kit[] = [kit('new', 'MCP 2026-07-28'), kit('old', 'MCP initialize')];
