/** The server as most of those in use are built: `initialize`, a session, and an error for every question before it. */
import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { Server } from '@modelcontextprotocol/sdk/server/index.js';
import { StdioServerTransport } from '@modelcontextprotocol/sdk/server/stdio.js';
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js';
import { CallToolRequestSchema, ListPromptsRequestSchema, ListResourcesRequestSchema, ListResourceTemplatesRequestSchema, ListToolsRequestSchema } from '@modelcontextprotocol/sdk/types.js';
import type { Offer } from './newer.ts';
import { pageOf, prompts, resources, resourceTemplates } from './offers.ts';

function newServer({ name, pageSize, tools, called }: Offer): Server {
  const server = new Server({ name, version: '1.4.2' }, { capabilities: { tools: {}, resources: {}, prompts: {} } });
  server.setRequestHandler(ListToolsRequestSchema, ({ params }) => {
    const { rows, ...next } = pageOf(tools(), params?.cursor, pageSize);
    return { tools: rows.map((tool) => ({ ...tool })), ...next };
  });
  server.setRequestHandler(ListResourcesRequestSchema, ({ params }) => {
    const { rows, ...next } = pageOf(resources, params?.cursor, pageSize);
    return { resources: rows, ...next };
  });
  server.setRequestHandler(ListResourceTemplatesRequestSchema, () => ({ resourceTemplates: [...resourceTemplates] }));
  server.setRequestHandler(ListPromptsRequestSchema, () => ({ prompts: prompts.map((prompt) => ({ ...prompt, arguments: [...prompt.arguments] })) }));
  server.setRequestHandler(CallToolRequestSchema, ({ params }) => {
    called(params.name);
    return { content: [{ type: 'text', text: `${params.name} was done.` }] };
  });
  return server;
}

export interface OlderHandler {
  handle(req: IncomingMessage, res: ServerResponse, body: unknown): Promise<void>;
  readonly sessions: () => number;
}

export function olderHandler(offer: Offer): OlderHandler {
  const sessions = new Map<string, StreamableHTTPServerTransport>();
  return {
    sessions: () => sessions.size,
    async handle(req, res, body) {
      const id = req.headers['mcp-session-id'];
      const known = typeof id === 'string' ? sessions.get(id) : undefined;
      if (known) return known.handleRequest(req, res, body);
      const transport = new StreamableHTTPServerTransport({
        sessionIdGenerator: () => randomUUID(),
        onsessioninitialized: (session) => { sessions.set(session, transport); },
        onsessionclosed: (session) => { sessions.delete(session); },
      });
      await newServer(offer).connect(transport as Parameters<Server['connect']>[0]);
      await transport.handleRequest(req, res, body);
    },
  };
}

export async function olderStdio(offer: Offer): Promise<void> {
  await newServer(offer).connect(new StdioServerTransport());
}
