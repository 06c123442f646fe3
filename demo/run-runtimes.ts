/**
 * The part of the demo that the console connects to by itself: a real LangGraph Agent Server and a real MCP server (processes of their own), a
 * real A2A server, and the pretend people and programs that give their agents work. They speak to the servers as anybody would: the console is not told.
 */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { papersAt } from './papers.ts';
import { seededRandom } from './random.ts';
import type { Random } from './random.ts';
import { startA2aServer } from './runtimes/a2a-server.ts';
import type { A2aServer } from './runtimes/a2a-server.ts';

export interface DemoRuntime {
  readonly kind: 'langgraph' | 'a2a' | 'mcp';
  readonly name: string;
  readonly url: string;
}

export interface RuntimesOptions {
  readonly seed: number;
  readonly signal: AbortSignal;
  /** one JSON line for the shell: `{"runtimes":[...]}`, then `{"papers":{...}}`; or `{"missing":"..."}` for what could not be started. */
  readonly say: (line: string) => void;
  /** a fifth of the usual pauses, for tests. */
  readonly hurry?: boolean;
}

/** Beside this file in the source, and from the built program back into the source: the demo is no part of a packed build. */
const runtimesFolder = ['./runtimes/', '../../demo/runtimes/'].map((place) => fileURLToPath(new URL(place, import.meta.url))).find((folder) => existsSync(`${folder}mcp-server.ts`));
const serverFolder = runtimesFolder === undefined || !existsSync(`${runtimesFolder}langgraph/serve.mjs`) ? undefined : `${runtimesFolder}langgraph/`;
/** Approvals that pile up while nobody answers teach nothing: at most so many wait at each server. */
const mostWaiting = 3;

interface Process { readonly url: string; end(): void }

async function startLangGraph(): Promise<Process> {
  if (serverFolder === undefined || !existsSync(`${serverFolder}node_modules`)) throw new Error('the LangGraph server is not installed; npm start -- --demo installs it');
  return startProcess('LangGraph', [`${serverFolder}serve.mjs`, '--workers', '8', '--also', 'backup-sweep']);
}

async function startMcp(): Promise<Process> {
  if (runtimesFolder === undefined) throw new Error('the MCP server is part of the source, not of this build');
  return startProcess('MCP', [`${runtimesFolder}mcp-server.ts`, '--leashed']);
}

async function startProcess(what: string, words: readonly string[]): Promise<Process> {
  const child = spawn(process.execPath, [...words], { stdio: ['pipe', 'pipe', 'ignore'] });
  child.stdin.on('error', () => undefined);
  const line = await new Promise<string>((resolve, reject) => {
    createInterface({ input: child.stdout }).once('line', resolve);
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`the ${what} server ended with code ${code}`)));
  });
  const { url } = JSON.parse(line) as { url: string };
  return { url, end: () => { child.stdin.end(); child.kill('SIGTERM'); } };
}

/** Null: an agent that somebody stopped takes no work, and a server whose process was ended answers nothing. Both are what the demo is for, and end none of the rest. */
async function post(url: string, body: unknown, signal: AbortSignal): Promise<unknown> {
  try {
    const response = await fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body), signal });
    return response.ok ? await response.json() : null;
  } catch (error) {
    if (signal.aborted) throw error;
    return null;
  }
}

interface Work { readonly assistant: string; readonly input: (random: Random) => unknown; readonly asks?: true }

const user = (content: string): unknown => ({ messages: [{ role: 'user', content }] });
const langGraphWork: readonly Work[] = [
  { assistant: 'invoice-desk', input: (r) => user(`Pay invoice INV-${r.int(1000, 9999)}`) },
  { assistant: 'invoice-desk', input: (r) => user(`Pay invoice INV-${r.int(1000, 9999)}, the account was refused last time`) },
  { assistant: 'refund-desk', input: (r) => user(`Refund order ORD-${r.int(100, 999)}`), asks: true },
  { assistant: 'refund-desk', input: (r) => user(`Refund order ORD-${r.int(100, 999)} and write to the customer, do both`), asks: true },
  { assistant: 'ledger-check', input: (r) => ({ period: `2026-${r.int(1, 10)}` }) },
  { assistant: 'stock-watch', input: (r) => ({ ticks: r.int(20, 60), ms: 1_000 }) },
  { assistant: 'night-export', input: (r) => ({ ms: r.int(8_000, 20_000) }) },
];
/** Long work, for whoever tries to stop some: in short steps, and in one that never looks at its abort signal. */
const longWork: readonly Work[] = [
  { assistant: 'backup-sweep', input: (r) => ({ file: 'backup.log', acts: r.int(300, 600), ms: 1_000 }) },
  { assistant: 'backup-sweep', input: (r) => ({ how: 'ignores', file: 'backup.log', acts: r.int(60, 120), ms: 1_000 }) },
];
/** One of them goes on at nearly all times, and they leave workers for the rest. */
const longEvery = 12;

/** Who answers for it, as a team writes it where it keeps its agents. */
async function nameOwner(url: string, signal: AbortSignal): Promise<void> {
  const found = await post(`${url}/assistants/search`, { graph_id: 'refund-desk', limit: 1 }, signal);
  const id = Array.isArray(found) ? (found[0] as { assistant_id?: unknown } | undefined)?.assistant_id : undefined;
  if (typeof id !== 'string') return;
  await fetch(`${url}/assistants/${id}`, { method: 'PATCH', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ metadata: { owner: 'finance-ops@halden.example' } }), signal }).catch((error: unknown) => { if (signal.aborted) throw error; });
}

/** What people reviewed and trusted offers something else some time later: a harmless tool says that it destroys, one appears, one goes. */
const changeAfterSeconds = 90;
async function changeTools(url: string, options: RuntimesOptions): Promise<void> {
  await pause(changeAfterSeconds, options);
  await post(new URL('/demo/change', url).href, {}, options.signal);
}

/** How many threads wait for a person, as the server's own list says. */
async function waitingThreads(url: string, signal: AbortSignal): Promise<number> {
  const found = await post(`${url}/threads/search`, { status: 'interrupted', limit: 50, select: ['thread_id'] }, signal);
  return Array.isArray(found) ? found.length : 0;
}

async function giveLangGraphWork(url: string, random: Random, options: RuntimesOptions): Promise<void> {
  for (let round = 0; !options.signal.aborted; round += 1) {
    const free = await waitingThreads(url, options.signal) < mostWaiting;
    // The first one asks, so that the approvals are not empty for whoever looks at once.
    const work = round === 0 ? langGraphWork[2] : round % longEvery === 1 ? longWork[Math.floor(round / longEvery) % longWork.length] : random.pick(langGraphWork.filter((one) => free || one.asks !== true));
    const made = await post(`${url}/threads`, { metadata: { team: random.pick(['finance', 'support', 'night shift']) } }, options.signal);
    const thread = (made as { thread_id?: unknown } | null)?.thread_id;
    if (work !== undefined && typeof thread === 'string') await post(`${url}/threads/${thread}/runs`, { assistant_id: work.assistant, input: work.input(random) }, options.signal);
    await pause(random.int(6, 20), options);
  }
}

async function giveA2aWork(server: A2aServer, random: Random, options: RuntimesOptions): Promise<void> {
  const usual = ['work', 'work', 'tick', 'fail', 'ask', 'question', 'reject'] as const;
  let asked = 0;
  for (const first of ['ask', 'auth', 'zombie'] as const) await server.start(first);
  while (!options.signal.aborted) {
    await pause(random.int(10, 30), options);
    const scenario = random.pick(usual);
    if (scenario === 'ask' || scenario === 'question') asked += 1;
    if ((scenario === 'ask' || scenario === 'question') && asked > mostWaiting) continue;
    await server.start(scenario);
  }
}

const pause = (seconds: number, { signal, hurry }: RuntimesOptions): Promise<void> => sleep(seconds * (hurry === true ? 20 : 1_000), undefined, { signal });
const aborted = (error: unknown): boolean => error instanceof Error && (error.name === 'AbortError' || error.name === 'TimeoutError');

/** Runs until the signal; what cannot be started is said and left out. */
export async function runRuntimes(options: RuntimesOptions): Promise<void> {
  const a2a = await startA2aServer({ stepMs: 900, steps: 30 });
  const orMissing = (error: unknown): null => {
    options.say(JSON.stringify({ missing: error instanceof Error ? error.message : String(error) }));
    return null;
  };
  const [langGraph, mcp] = await Promise.all([startLangGraph().catch(orMissing), startMcp().catch(orMissing)]);
  if (langGraph !== null) await nameOwner(langGraph.url, options.signal);
  const runtimes: DemoRuntime[] = [
    ...(langGraph === null ? [] : [{ kind: 'langgraph' as const, name: 'Halden LangGraph (demo)', url: langGraph.url }]),
    { kind: 'a2a', name: 'Norrland A2A (demo)', url: a2a.url },
    ...(mcp === null ? [] : [{ kind: 'mcp' as const, name: 'Halden supplier desk MCP (demo)', url: mcp.url }]),
  ];
  options.say(JSON.stringify({ runtimes }));
  options.say(JSON.stringify({ papers: papersAt(Date.now()) }));
  try {
    await Promise.all([
      langGraph === null ? null : giveLangGraphWork(langGraph.url, seededRandom(options.seed * 31 + 5), options),
      giveA2aWork(a2a, seededRandom(options.seed * 31 + 7), options),
      mcp === null ? null : changeTools(mcp.url, options),
    ]);
  } catch (error) {
    if (!aborted(error)) throw error;
  } finally {
    langGraph?.end();
    mcp?.end();
    await a2a.stop();
  }
}
