/** A real MCP server in a process of its own, for tests. */
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const program = fileURLToPath(new URL('../../demo/runtimes/mcp-server.ts', import.meta.url));

export interface McpProcess {
  readonly url: string;
  /** Behind everybody's back: a tool destroys now, one appears, one goes. */
  change(): Promise<void>;
  /** the names of the tools that it is set up with now, by its own word and not by the protocol. */
  tools(): Promise<readonly string[]>;
  stop(): Promise<void>;
}

export async function startMcp(): Promise<McpProcess> {
  const child = spawn(process.execPath, [program, '--leashed'], { stdio: ['pipe', 'pipe', 'inherit'] });
  const gone = new Promise<void>((resolve) => { child.once('exit', () => { resolve(); }); });
  const said = await new Promise<string>((resolve, reject) => {
    createInterface({ input: child.stdout }).once('line', resolve);
    child.once('exit', (code) => { reject(new Error(`The MCP server ended with ${code}.`)); });
  });
  const { url } = JSON.parse(said) as { url: string };
  return {
    url,
    change: async () => { await fetch(new URL('/demo/change', url), { method: 'POST' }); },
    tools: async () => ((await (await fetch(new URL('/demo/counts', url))).json()) as { tools: string[] }).tools,
    stop: async () => {
      if (child.exitCode === null && child.signalCode === null) child.kill('SIGTERM');
      await gone;
    },
  };
}
