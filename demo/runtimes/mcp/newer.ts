/** The server as the SDK of today builds it: 2026-07-28 with `server/discover`, and `initialize` for older clients. */
import { createMcpHandler, Server } from '@modelcontextprotocol/server';
import type { McpHttpHandler } from '@modelcontextprotocol/server';
import { serveStdio } from '@modelcontextprotocol/server/stdio';
import { pageOf, prompts, resources, resourceTemplates } from './offers.ts';
import type { Tool } from './offers.ts';

export interface Offer { readonly name: string; readonly pageSize: number; readonly tools: () => readonly Tool[]; readonly called: (tool: string) => void }

function newServer({ name, pageSize, tools, called }: Offer): Server {
  const server = new Server({ name, version: '3.1.0' }, { capabilities: { tools: {}, resources: {}, prompts: {} } });
  server.setRequestHandler('tools/list', ({ params }) => {
    const { rows, ...next } = pageOf(tools(), params?.cursor, pageSize);
    return { tools: rows.map((tool) => ({ ...tool })), ...next };
  });
  server.setRequestHandler('resources/list', ({ params }) => {
    const { rows, ...next } = pageOf(resources, params?.cursor, pageSize);
    return { resources: rows, ...next };
  });
  server.setRequestHandler('resources/templates/list', () => ({ resourceTemplates: [...resourceTemplates] }));
  server.setRequestHandler('prompts/list', () => ({ prompts: prompts.map((prompt) => ({ ...prompt, arguments: [...prompt.arguments] })) }));
  server.setRequestHandler('tools/call', ({ params }) => {
    called(params.name);
    return { content: [{ type: 'text', text: `${params.name} was done.` }] };
  });
  return server;
}

export function newerHandler(offer: Offer, only: boolean): McpHttpHandler {
  return createMcpHandler(() => newServer(offer), only ? { legacy: 'reject' } : {});
}

export function newerStdio(offer: Offer, only: boolean): void {
  serveStdio(() => newServer(offer), only ? { legacy: 'reject' } : {});
}
