/**
 * MCP spans of the GenAI conventions, client and server side. A call is told by up to three layers: the framework's tool span, the MCP
 * client's span inside it and the server's span inside that; they are one row.
 */
import type { Adapter, Normalised } from '../draft.ts';
import type { SpanRecord } from '../record.ts';
import { drafts, spanDraft } from './build.ts';
import { genaiAgent, genaiRun, genaiUser } from './genai.ts';
import { spanOutcome, withExitCode } from './outcome.ts';
import { cleanName, nameOf, one } from './read.ts';

const source = 'mcp/span';

function callKey(record: SpanRecord): string | undefined {
  const session = one(record.attrs, 'mcp.session.id');
  const request = one(record.attrs, 'jsonrpc.request.id') || one(record.attrs, 'mcp.request.id');
  return session === '' || request === '' ? undefined : cleanName(`tool:mcp:${session}:${request}`);
}

export function mcpSpan(record: SpanRecord): Normalised {
  const { attrs } = record;
  const common = { agent: genaiAgent(record), run: genaiRun(attrs), identity: genaiUser(record) };
  if (one(attrs, 'mcp.method.name') !== 'tools/call') {
    return drafts(spanDraft(source, record, spanOutcome(record, true), { ...common, role: 'structure', kind: 'lifecycle', name: '' }));
  }
  const space = record.name.lastIndexOf(' ');
  const name = nameOf(attrs, ['gen_ai.tool.name', 'mcp.tool.name']) ?? cleanName(record.name.slice(space + 1));
  return drafts(spanDraft(source, record, withExitCode(attrs, spanOutcome(record, false)), { ...common, role: 'activity', kind: 'tool_call', name, key: callKey(record), joins: 'parent' }));
}

export const mcpAdapter: Adapter = {
  id: 'mcp',
  wanted: ['mcp.method.name', 'mcp.session.id', 'jsonrpc.request.id', 'mcp.request.id', 'mcp.tool.name'],
  span: mcpSpan,
};
