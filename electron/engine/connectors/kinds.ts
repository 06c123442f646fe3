/** Every kind of runtime that this build can ask. */
import type { ConnectorKind, RuntimeKind } from './connector.ts';

/** Each kind's own types meet here: `open` is only ever called with a target of its kind. */
export type ConnectorKinds = { readonly [K in RuntimeKind]?: ConnectorKind<K> };

/** The vendors' clients take a second to load: only once something is to be asked, never for a command line's one question. */
export async function loadConnectorKinds(): Promise<ConnectorKinds> {
  const [{ a2a }, { langgraph }, { mcp }] = await Promise.all([import('./a2a/a2a.ts'), import('./langgraph/langgraph.ts'), import('./mcp/mcp.ts')]);
  return { a2a, langgraph, mcp };
}
