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
  it('are a real LangGraph server and a real A2A server with work in them, and go when the demo goes', async () => {
    const stop = new AbortController();
    const lines: string[] = [];
    const run = runRuntimes({ seed: 1, signal: stop.signal, say: (line) => lines.push(line), hurry: true });
    try {
      const runtimes = await until('the servers\' addresses', async () => (lines[0] === undefined ? null : (JSON.parse(lines[0]) as { runtimes: DemoRuntime[] }).runtimes));
      const url = (kind: DemoRuntime['kind']): string => runtimes.find((one) => one.kind === kind)?.url ?? '';
      await until('a run that waits for a person', async () => (await threads(url('langgraph'), 'interrupted') > 0 ? true : null));
      await until('a run that failed', async () => (await threads(url('langgraph'), 'error') > 0 ? true : null));
      const card = await (await fetch(`${url('a2a')}/.well-known/agent-card.json`)).json() as { name: string };
      expect(card.name).toBe('Supplier desk');
      stop.abort();
      await run;
      await until('the LangGraph server\'s end', async () => fetch(`${url('langgraph')}/ok`).then(() => null, () => true));
      await expect(fetch(`${url('a2a')}/.well-known/agent-card.json`)).rejects.toThrow('fetch failed');
    } finally {
      stop.abort();
      await run;
    }
  }, 90_000);
});
