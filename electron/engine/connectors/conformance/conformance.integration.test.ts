/** Every connector against a real runtime that is made to misbehave. Prints its table at the end. */
import { afterAll } from 'vitest';
import { a2aKits } from './a2a-kit.ts';
import { langGraphKits } from './langgraph-kit.ts';
import { mcpKits } from './mcp-kit.ts';
import { conform } from './suite.ts';
import { Table } from './table.ts';

const table = new Table();

for (const kit of [...langGraphKits, ...a2aKits, ...mcpKits]) conform(kit, table);

afterAll(() => { process.stdout.write(`\nConformance, connector by connector\n\n${table.text()}\n\n`); });
