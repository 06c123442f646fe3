/** What the kinds of connections are called. Pure. */
import type { Connection } from '../../../shared/domain.ts';

export const kindNames: Record<Connection['kind'], string> = { otlp: 'OpenTelemetry', langgraph: 'LangGraph', a2a: 'A2A', mcp: 'MCP' };

/** How its data comes in, for a column. */
export function wayIn(connection: Pick<Connection, 'kind' | 'runtime'>): string {
  if (connection.runtime === null) return 'push, OTLP';
  const ways = new Set(connection.runtime.capabilities.map((one) => one.how).filter((how) => how !== null));
  const how = (['stream', 'poll', 'push'] as const).find((one) => ways.has(one)) ?? 'asked';
  return `${how}, ${kindNames[connection.kind]}`;
}
