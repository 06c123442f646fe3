/** Work for the demo's real LangGraph server, given by somebody other than the console. */
import { expect } from '@playwright/test';
import type { Page } from '@playwright/test';
import { callFromPage } from './launch.ts';

type Json = Record<string, unknown>;

async function asked(url: string, body?: unknown): Promise<unknown> {
  const response = await fetch(url, body === undefined ? {} : { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });
  return response.json();
}

/** Where the demo's server is, once the console has read it. */
async function serverOf(page: Page): Promise<string> {
  let url: string | undefined;
  await expect.poll(async () => {
    const row = (await callFromPage(page, 'connections.list', {})).rows.find((one) => one.kind === 'langgraph');
    url = row?.runtime?.address.replace(/\/$/, '');
    return row?.health;
  }, { message: 'the demo\'s LangGraph server', timeout: 60_000 }).toBe('healthy');
  return url ?? '';
}

/** An agent of its own at the demo's server, which nobody else gives work; its id there. `graph` is the name of one of the demo's. */
export async function makeAssistant(page: Page, graph: string, name: string): Promise<string> {
  const made = await asked(`${await serverOf(page)}/assistants`, { graph_id: graph, name }) as Json;
  return String(made['assistant_id']);
}

/** Begins a run as anybody who may start runs would; resolves with its id when the console has seen it. `assistant` is an id or the name of a graph. */
export async function giveWork(page: Page, assistant: string, input: unknown): Promise<string> {
  const url = await serverOf(page);
  const { thread_id: thread } = await asked(`${url}/threads`, {}) as Json;
  const { run_id: run } = await asked(`${url}/threads/${String(thread)}/runs`, { assistant_id: assistant, input }) as Json;
  const atServer = async (): Promise<unknown> => (await asked(`${url}/threads/${String(thread)}/runs/${String(run)}`) as Json)['status'];
  await expect.poll(async () => (await callFromPage(page, 'tasks.list', {})).rows.find((row) => row.key === run)?.outcome ?? `not seen; the server says ${String(await atServer())}`, { timeout: 60_000 }).toBe('running');
  return String(run);
}
