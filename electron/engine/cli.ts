/** The command line: `gatehouse serve | status | agents | ...`. */
import { homedir, userInfo } from 'node:os';
import { defaultDataFolder } from '../../shared/data-folder.ts';
import { version } from '../../shared/version.ts';
import { readInvocation, UsageError } from './cli-arguments.ts';
import type { Invocation } from './cli-arguments.ts';
import { runCommand } from './cli-commands.ts';
import { connectCaller } from './control-client.ts';
import type { Caller } from './control-client.ts';
import { startEngine } from './engine.ts';
import { MemoryPort } from './memory-port.ts';

const help = `Gatehouse ${version}

  gatehouse serve [--otlp HOST:PORT]            receive and keep the history, without a window
  gatehouse connections add otlp --name NAME [--content none|redacted|full]
  gatehouse connections [list]
  gatehouse connections rename ID --name NAME
  gatehouse connections rotate ID               a new token; the old one stops working at once
  gatehouse connections remove ID [--delete-history]
  gatehouse status
  gatehouse agents    [--agent ID|NAME] [--since SPAN] [--limit N]
  gatehouse tasks     [--agent ID|NAME] [--since SPAN] [--limit N]
  gatehouse activity  [--agent ID|NAME] [--task ID] [--since SPAN] [--limit N]
  gatehouse failures  [--agent ID|NAME] [--since SPAN] [--limit N]

Every command takes --data DIR (default: the desktop's folder) and --json. SPAN is 90s, 30m, 24h, 7d, 2w or a time.
Times are UTC. Uses the engine that runs for the folder; without one, opens the history for the one command.
`;

const streams = { out: process.stdout, err: process.stderr };
const owner = userInfo().username;

async function serve(folder: string, otlp: { host: string; port: number } | null, json: boolean): Promise<void> {
  const engine = await startEngine({ dataFolder: folder, receiver: otlp ?? 'as_set', owner, vault: null, onApprovals: null });
  const { state, message } = engine.receiver.status();
  const endpoint = engine.receiver.endpoint();
  if (json) process.stdout.write(`${JSON.stringify({ ready: true, endpoint, receiver: state, message, dataDir: folder, pid: process.pid })}\n`);
  process.stderr.write(`${state === 'listening' ? `Gatehouse listens on ${endpoint}` : 'Gatehouse does not receive'} (data folder ${folder}, process ${process.pid}).${message === null ? '' : ` ${message}`}\n`);
  await new Promise<void>((resolve) => { for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.once(signal, () => resolve()); });
  await engine.close();
}

/** The engine that runs, or one of our own for this command. */
async function openCaller(folder: string): Promise<{ caller: Caller; running: boolean }> {
  const running = await connectCaller(folder);
  if (running) return { caller: running, running: true };
  const engine = await startEngine({ dataFolder: folder, receiver: 'off', owner, vault: null, onApprovals: null });
  const port = new MemoryPort();
  engine.serve(port, { kind: 'command_line', name: owner });
  return { caller: port.caller(() => engine.close()), running: false };
}

async function run({ command, json, data }: Invocation): Promise<void> {
  if (command.name === 'help') return void process.stdout.write(help);
  if (command.name === 'version') return void process.stdout.write(`${version}\n`);
  const folder = data ?? defaultDataFolder({ platform: process.platform, home: homedir(), env: process.env });
  if (command.name === 'serve') return serve(folder, command.otlp, json);
  const { caller, running } = await openCaller(folder);
  try {
    await runCommand(command, { caller, json, streams, running });
  } finally {
    await caller.close();
  }
}

// A reader that has seen enough (`| head`) is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => { if (error.code === 'EPIPE') process.exit(0); });

try {
  await run(readInvocation(process.argv.slice(2), process.cwd(), Date.now()));
} catch (error) {
  process.stderr.write(`gatehouse: ${error instanceof Error ? error.message : String(error)}\n`);
  if (error instanceof UsageError) process.stderr.write('See gatehouse help.\n');
  process.exitCode = error instanceof UsageError ? 2 : 1;
}
