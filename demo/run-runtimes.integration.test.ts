import { describe, expect, it } from 'vitest';
import { runRuntimes } from './run-runtimes.ts';
import type { DemoRuntime } from './run-runtimes.ts';

async function until<T>(what: string, look: () => Promise<T | null>): Promise<T> {
  const end = Date.now() + 30_000;
  while (Date.now() < end) {
    const found = await look();
    if (found !== null) return found;
    await new Promise((resolve) => { setTimeout(resolve, 100); });
  }
  throw new Error(`${what} did not happen within 30 s`);
}

async function threads(url: string, status: string): Promise<number> {
  const response = await fetch(`${url}/threads/search`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ status, limit: 100 }) });
  return ((await response.json()) as unknown[]).length;
}

describe('the demo\'s runtimes', () => {
  it('are a real LangGraph server, a real MCP server and a real A2A server with work in them, and go when the demo goes', async () => {
    const stop = new AbortController();
    const lines: string[] = [];
    const run = runRuntimes({ seed: 1, signal: stop.signal, say: (line) => lines.push(line), hurry: true });
    try {
      const runtimes = await until('the servers\' addresses', async () => (lines[0] === undefined ? null : (JSON.parse(lines[0]) as { runtimes: DemoRuntime[] }).runtimes));
      const papers = lines.map((line) => JSON.parse(line) as { papers?: { documents: { agents: string[] }[] } }).find((line) => line.papers !== undefined)?.papers;
      expect(papers?.documents.some((one) => one.agents.length === 2)).toBe(true);
      const url = (kind: DemoRuntime['kind']): string => runtimes.find((one) => one.kind === kind)?.url ?? '';
      await until('a run that waits for a person', async () => (await threads(url('langgraph'), 'interrupted') > 0 ? true : null));
      await until('a run that failed', async () => (await threads(url('langgraph'), 'error') > 0 ? true : null));
      const owners = await until('the owner of an assistant', async () => fetch(`${url('langgraph')}/assistants/search`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ graph_id: 'refund-desk' }) }).then(async (answer) => (await answer.json() as { metadata: { owner?: string } }[]).map((one) => one.metadata.owner)));
      expect(owners).toEqual(['finance-ops@halden.example']);
      const offered = (await until('the tools that changed', async () => fetch(new URL('/demo/counts', url('mcp'))).then(async (answer) => (await answer.json() as { tools: string[] }).tools).then((tools) => (tools.includes('read_keychain') ? tools : null))));
      expect(offered).not.toContain('run_month_end');
      const card = await (await fetch(`${url('a2a')}/.well-known/agent-card.json`)).json() as { name: string };
      expect(card.name).toBe('Supplier desk');
      stop.abort();
      await run;
      await until('the LangGraph server\'s end', async () => fetch(`${url('langgraph')}/ok`).then(() => null, () => true));
      await expect(fetch(url('mcp'))).rejects.toThrow('fetch failed');
      await expect(fetch(`${url('a2a')}/.well-known/agent-card.json`)).rejects.toThrow('fetch failed');
    } finally {
      stop.abort();
      await run;
    }
  }, 90_000);
});
