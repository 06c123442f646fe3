/** The connector against real servers of both SDKs, over HTTP and over a program's own streams. */
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it, onTestFinished } from 'vitest';
import { programStarter } from '../../collect/program.ts';
import { FaultProxy } from '../conformance/fault-proxy.ts';
import { startRuntime } from '../conformance/start-runtime.ts';
import type { Discovered } from '../connector.ts';
import { testIo } from '../test-io.ts';
import type { TestIo, TestIoOptions } from '../test-io.ts';
import { mcp } from './mcp.ts';

const script = fileURLToPath(new URL('../../../../demo/runtimes/mcp-server.ts', import.meta.url));
const never = new AbortController().signal;
const opened: TestIo[] = [];
afterEach(() => { for (const io of opened.splice(0)) io.end(); });

async function serve(args: readonly string[], token?: string): Promise<{ url: string; ask: (path: string, method?: string) => Promise<{ counts: Record<string, number>; called: string[]; sessions: number }> }> {
  const server = await startRuntime('mcp-server.ts', args, token === undefined ? {} : { MCP_TOKEN: token });
  onTestFinished(() => server.stop());
  return { url: server.url, ask: async (path, method = 'GET') => (await fetch(new URL(path, server.url), { method })).json() as Promise<{ counts: Record<string, number>; called: string[]; sessions: number }> };
}

function io(options: TestIoOptions): TestIo {
  const made = testIo(options);
  opened.push(made);
  return made;
}

const open = (url: string, secret: string | null = null) => mcp.open({ kind: 'mcp', transport: 'http', url }, io({ url, secret }));
const tool = ({ grants }: Discovered, name: string) => grants.find((grant) => grant.name === name);
const checkOf = (checks: readonly { id: string; result: string; detail: string; fix: string | null }[], id: string) => checks.find((check) => check.id === id);

describe.each([['new', '2026-07-28', '3.1.0'], ['both', '2026-07-28', '3.1.0'], ['old', '2025-11-25', '1.4.2']])('a server that speaks %s', (speaks, protocol, version) => {
  it('tells what it offers, with its claims and no more', async () => {
    const server = await serve(['--speaks', speaks, '--page', '2']);
    const found = await open(server.url).discover(never);
    expect(found).toMatchObject({ complete: true, agents: [], refused: [], facts: { product: `supplier-desk (MCP ${protocol})`, version, visibility: 'own', levers: [] } });
    expect(found.grants.map(({ kind, name }) => `${kind} ${name}`)).toEqual([
      'tool search_documents', 'tool read_invoice', 'tool send_mail', 'tool delete_supplier', 'tool run_month_end',
      'resource desk://policy/refunds', 'resource desk://suppliers', 'resource desk://invoices/{number}', 'prompt summarise_case',
    ]);
    expect(tool(found, 'delete_supplier')).toMatchObject({ destructive: true, readOnly: false, openWorld: false, idempotent: true });
    expect(tool(found, 'run_month_end')).toMatchObject({ destructive: null, readOnly: null, openWorld: null, idempotent: null });
    expect(found.facts.findings.map(({ id }) => id)).toEqual(['unclaimed-tools', 'destructive-tools', 'open-server']);
  });

  it('waits for a server that takes its time over each answer', async () => {
    const server = await serve(['--speaks', speaks]);
    const proxy = await FaultProxy.start(server.url);
    onTestFinished(() => proxy.unlisten());
    proxy.behaviour = async ({ forward, send }) => {
      const answer = await forward();
      await new Promise((resolve) => { setTimeout(resolve, 700); });
      send(answer);
    };
    expect(await open(proxy.url).discover(never)).toMatchObject({ complete: true, refused: [], facts: { version } });
  });

  it('calls no tool, leaves no session, and asks little while nothing happens', async () => {
    const server = await serve(['--speaks', speaks]);
    const connector = open(server.url);
    await connector.discover(never);
    const first = await connector.collect(null, never);
    await connector.collect(first.checkpoint, never);
    const { checks } = await connector.test(never);
    expect(checks.map(({ id, result }) => [id, result])).toEqual([['reach', 'ok'], ['protocol', 'ok'], ['tools', 'ok'], ['others', 'info'], ['credential', 'info'], ['oauth', 'info']]);
    const { counts, called, sessions } = await server.ask('/demo/counts');
    expect(called).toEqual([]);
    expect(sessions).toBe(0);
    expect(Object.keys(counts).filter((method) => !['server/discover', 'initialize', 'notifications/initialized', 'tools/list', 'resources/list', 'resources/templates/list', 'prompts/list', 'DELETE'].includes(method))).toEqual([]);
    // Two looks (one of the test); the two collections came right after one and asked nothing.
    expect([counts['tools/list'], counts['server/discover']]).toEqual([2, 2]);
  });

  it('tells what changed behind people\'s backs, over a restart too', async () => {
    const server = await serve(['--speaks', speaks]);
    const before = open(server.url);
    await before.discover(never);
    const { checkpoint } = await before.collect(null, never);
    await server.ask('/demo/change', 'POST');
    const after = open(server.url);
    await after.discover(never);
    await after.collect(checkpoint, never);
    const { facts } = await after.discover(never);
    expect(facts.findings.filter(({ id }) => id.startsWith('changed-')).map(({ severity, text }) => [severity, text.replace(/, seen at.*/, '')])).toEqual([
      ['attention', '"tool search_documents" changed its description'],
      ['attention', '"tool read_invoice (read only, idempotent, not open world → destructive, not read only)" changed what it claims to do'],
      ['attention', '"tool send_mail" changed its parameters or results'],
      ['attention', '"tool read_keychain" appeared'],
      ['info', '"tool run_month_end" is no longer offered'],
    ]);
  });

  it('is let in with its token only, and tells where tokens come from', async () => {
    const server = await serve(['--speaks', speaks, '--oauth'], 'right');
    const found = await open(server.url, 'right').discover(never);
    expect(found.facts.levers).toMatchObject([{ level: 'revoke', kind: 'catalogue', reach: 'connection' }]);
    expect(found.facts.findings.find(({ id }) => id === 'oauth')?.text).toContain('"tools.read", "tools.call"');
    expect(checkOf((await open(server.url, 'right').test(never)).checks, 'credential')).toMatchObject({ result: 'ok', detail: 'It was taken; without one the server refuses.' });

    await expect(open(server.url).discover(never)).rejects.toMatchObject({ kind: 'credential_missing', message: expect.stringContaining('tools.read') as string });
    await expect(open(server.url, 'wrong').discover(never)).rejects.toMatchObject({ kind: 'credential_refused' });
    const { checks, facts } = await open(server.url).test(never);
    expect(facts).toBeNull();
    expect(checkOf(checks, 'reach')).toMatchObject({ result: 'ok' });
    expect(checkOf(checks, 'credential')).toMatchObject({ result: 'missing', fix: expect.stringContaining('/as') as string });
    await server.ask('/demo/revoke', 'POST');
    await expect(open(server.url, 'right').collect(null, never)).rejects.toMatchObject({ kind: 'credential_refused' });
  });
});

describe('over a program\'s own streams', () => {
  const spawn = programStarter({ environment: process.env });
  const target = (args: readonly string[], command = process.execPath) => ({ kind: 'mcp' as const, transport: 'stdio' as const, command, args: [...args], env: [] });
  const local = (args: readonly string[], command?: string) => mcp.open(target(args, command), io({ spawn }));

  it.each([['new', '2026-07-28'], ['both', '2026-07-28'], ['old', '2025-11-25']])('reads a server that speaks %s, and ends it', async (speaks, protocol) => {
    const pids: number[] = [];
    const watched: typeof spawn = (...started) => { const program = spawn(...started); pids.push(program.pid); return program; };
    const connector = mcp.open(target([script, '--stdio', '--speaks', speaks, '--page', '2']), io({ spawn: watched }));
    const found = await connector.discover(never);
    expect(found.grants).toHaveLength(9);
    expect(found.facts.product).toBe(`supplier-desk (MCP ${protocol})`);
    expect(pids.map(alive)).toEqual(pids.map(() => false));
    const started = pids.length;
    await connector.collect(null, never);
    expect(pids).toHaveLength(started);
    expect(checkOf((await connector.test(never)).checks, 'command')).toMatchObject({ result: 'ok' });
  });

  it('greets anew a server that ends when it hears anything else first', async () => {
    const touchy = `import { createInterface } from 'node:readline';
      let first = true;
      createInterface({ input: process.stdin }).on('line', (line) => {
        const { id, method } = JSON.parse(line);
        if (first && method !== 'initialize') process.exit(1);
        first = false;
        if (method === 'initialize') console.log(JSON.stringify({ jsonrpc: '2.0', id, result: { protocolVersion: '2024-11-05', capabilities: { tools: {} }, serverInfo: { name: 'touchy', version: '0' } } }));
        if (method === 'tools/list') console.log(JSON.stringify({ jsonrpc: '2.0', id, result: { tools: [{ name: 'only', inputSchema: {} }] } }));
      });`;
    const found = await local(['--input-type=module', '-e', touchy]).discover(never);
    expect(found.grants.map(({ name }) => name)).toEqual(['only']);
    expect(found.facts.product).toBe('touchy (MCP 2024-11-05)');
  });

  it.each([['once', 1], ['without end', 1_000]])('reads the lists anew when the server says, %s, that its tools changed while they were read', async (_title, times) => {
    const changing = `import { createInterface } from 'node:readline';
      const say = (message) => console.log(JSON.stringify({ jsonrpc: '2.0', ...message }));
      let lists = 0;
      createInterface({ input: process.stdin }).on('line', (line) => {
        const { id, method } = JSON.parse(line);
        if (method === 'initialize') say({ id, result: { protocolVersion: '2025-06-18', capabilities: { tools: { listChanged: true } }, serverInfo: { name: 'changing', version: '0' } } });
        else if (method === 'tools/list') {
          lists += 1;
          for (let i = 0; i < ${times} && (lists === 1 || ${times} > 1); i++) say({ method: 'notifications/tools/list_changed' });
          say({ id, result: { tools: [{ name: 'kept', inputSchema: {} }, ...(lists === 1 ? [{ name: 'removed', inputSchema: {} }] : []), { name: 'read_' + lists, inputSchema: {} }] } });
        } else if (id !== undefined) say({ id, error: { code: -32601, message: 'no such method' } });
      });`;
    const found = await local(['--input-type=module', '-e', changing]).discover(never);
    expect(found.grants.map(({ name }) => name)).toEqual(['kept', 'read_2']);
    expect(found.complete).toBe(true);
  });

  it('passes over what is printed among the messages', async () => {
    const chatty = `console.log('Welcome!'); console.log('{"level":"info"}'); console.log('[1,2]'); await import(${JSON.stringify(script)});`;
    const found = await local(['--input-type=module', '-e', chatty, '--', '--stdio', '--speaks', 'new']).discover(never);
    expect(found.grants).toHaveLength(9);
  });

  it.each([
    ['is not there', 'no-such-command-here', [] as string[], /could not be started/],
    ['ends at once', process.execPath, ['-e', 'console.error("no token"); process.exit(3)'], /no token/],
    ['never answers', process.execPath, ['-e', 'setInterval(() => {}, 1000)'], /did not answer/],
    ['floods', process.execPath, ['-e', 'setInterval(() => process.stdout.write("x".repeat(1e6)), 5)'], /more than/],
  ])('says what is wrong with a command that %s', async (_what, command, args, why) => {
    const { checks } = await local(args, command).test(never);
    expect(checkOf(checks, 'command')).toMatchObject({ result: 'failed', detail: expect.stringMatching(why) as string, fix: expect.any(String) as string });
  }, 60_000);

  it('starts nothing before somebody has consented', async () => {
    const connector = mcp.open(target(['-e', 'process.exit(0)']), io({}));
    expect((await connector.test(never)).checks).toMatchObject([{ id: 'consent', result: 'missing' }]);
    expect(await connector.discover(never)).toMatchObject({ grants: [], complete: false, facts: { findings: [{ id: 'consent' }] } });
    expect(await connector.collect(null, never)).toMatchObject({ records: [] });
  });

  it('ends its program when it is given up', async () => {
    const pids: number[] = [];
    const watched: typeof spawn = (...started) => { const program = spawn(...started); pids.push(program.pid); return program; };
    const connector = mcp.open(target(['-e', 'setInterval(() => {}, 1000)']), io({ spawn: watched }));
    const startedMs = performance.now();
    await expect(connector.discover(AbortSignal.timeout(300))).rejects.toMatchObject({ name: 'TimeoutError' });
    expect(performance.now() - startedMs).toBeLessThan(4_000);
    expect(pids.map(alive)).toEqual([false]);
  });
});

describe('a great many tools', () => {
  it('reads page after page to the end', async () => {
    const server = await serve(['--speaks', 'new', '--tools', '2000', '--page', '50']);
    const found = await open(server.url).discover(never);
    expect(found.complete).toBe(true);
    expect(found.grants.filter(({ kind }) => kind === 'tool')).toHaveLength(2_005);
  });

  it('stops at its bound and says so', async () => {
    const server = await serve(['--speaks', 'new', '--tools', '12000', '--page', '3000']);
    const found = await open(server.url).discover(never);
    expect(found.complete).toBe(false);
    expect(found.grants.filter(({ kind }) => kind === 'tool')).toHaveLength(10_000);
    expect(found.refused).toMatchObject([{ reason: 'tools/list: more than 10000 entries, the rest was not read' }]);
  });
});

function alive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false; // No such process.
  }
}
