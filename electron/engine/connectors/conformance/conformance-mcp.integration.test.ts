/** The connector of MCP against a real runtime that is made to misbehave. */
import { mcpKits } from './mcp-kit.ts';
import { conform } from './suite.ts';

conform(mcpKits);
