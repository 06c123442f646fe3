/**
 * Findings of a connection that say: whoever reaches it is let in. A connector puts these ids among its facts; the rule `public_entry`
 * reads them there. `a2a.open`: answered a list of tasks to nobody in particular. `a2a.no-security`: its card names no way to sign in.
 * `no-auth`, `studio-door`: a LangGraph server. `open-server`: an MCP server that lists its tools to whoever asks.
 */
export const publicEntryFindings: readonly string[] = ['a2a.open', 'a2a.no-security', 'no-auth', 'studio-door', 'open-server'];
