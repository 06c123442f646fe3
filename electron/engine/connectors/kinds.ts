/** Every kind of runtime that this build can ask. */
import { a2a } from './a2a/a2a.ts';
import type { ConnectorKind, RuntimeKind } from './connector.ts';
import { langgraph } from './langgraph/langgraph.ts';
import { mcp } from './mcp/mcp.ts';

/** Each kind's own types meet here: `open` is only ever called with a target of its kind. */
export type ConnectorKinds = { readonly [K in RuntimeKind]?: ConnectorKind<K> };

export const connectorKinds: ConnectorKinds = { a2a, langgraph, mcp };
