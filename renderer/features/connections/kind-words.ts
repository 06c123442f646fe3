/** What the kinds of connections are called, and what each gives. Pure. */
import type { Connection } from '../../../shared/domain.ts';

export const kindNames: Record<Connection['kind'], string> = { otlp: 'OpenTelemetry', langgraph: 'LangGraph', a2a: 'A2A', mcp: 'MCP' };

/** How its data comes in, for a column. */
export function wayIn(connection: Pick<Connection, 'kind' | 'runtime'>): string {
  if (connection.runtime === null) return 'push, OTLP';
  const ways = new Set(connection.runtime.capabilities.map((one) => one.how).filter((how) => how !== null));
  const how = (['stream', 'poll', 'push'] as const).find((one) => ways.has(one)) ?? 'asked';
  return `${how}, ${kindNames[connection.kind]}`;
}

/** MCP comes by two ways that need different things of a person. */
export const addKinds = ['otlp', 'langgraph', 'a2a', 'mcp-http', 'mcp-stdio'] as const;
export type AddKind = (typeof addKinds)[number];
export type RuntimeAddKind = Exclude<AddKind, 'otlp'>;

interface KindWords { title: string; gets: string; needs: string }

export const addKindWords: Record<AddKind, KindWords> = {
  otlp: { title: 'OpenTelemetry', gets: 'Tasks, calls, tokens, cost and failures of whatever exports traces or logs to this machine.', needs: 'nothing' },
  langgraph: { title: 'LangGraph Agent Server', gets: 'Assistants, threads and runs, failures, tokens; interrupts answered from here.', needs: 'its address, a key' },
  a2a: { title: 'A2A server', gets: 'Agent card, tasks where the server lists them, questions answered from here.', needs: 'its address, a key' },
  'mcp-http': { title: 'MCP server over HTTP', gets: 'Which tools, resources and prompts an agent can reach. Never calls one.', needs: 'its address' },
  'mcp-stdio': { title: 'MCP local program', gets: 'The same of a server that runs as a program on this machine.', needs: 'your consent to its command' },
};

export const isAddKind = (text: string | undefined): text is AddKind => addKinds.some((kind) => kind === text);
