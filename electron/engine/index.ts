/** The engine's process, started by the desktop: `index.js --data DIR [--otlp HOST:PORT] [--read-only=LEVEL]`. */
import { userInfo } from 'node:os';
import { beatEveryMs } from '../../shared/engine-process.ts';
import type { Speaker } from '../../shared/engine-process.ts';
import { textLevels } from '../../shared/reports.ts';
import type { TextLevel } from '../../shared/reports.ts';
import { ParentDesktop } from './alerts/deliver/desktop.ts';
import { readAddress } from './cli-arguments.ts';
import { ParentVault } from './collect/vault.ts';
import { FolderHeld } from './control-socket.ts';
import { startEngine } from './engine.ts';
import type { Engine } from './engine.ts';
import { openParentLine } from './parent-line.ts';
import type { Actor, ClientPort } from './ports.ts';
import { keepHeapSmall } from './spare-heap.ts';

function wordAfter(name: string): string | null {
  const at = process.argv.indexOf(name);
  return at === -1 ? null : process.argv[at + 1] ?? null;
}

/** Ends although the history may hang: the shell would kill it anyway, and a hung disk must not keep a window open. */
const endWithinMs = 9_000;

let engine: Engine | null = null;
let ending = false;
const early: { port: ClientPort; actor: Actor }[] = [];
/** SECURITY: with `--read-only` nobody writes, whatever a port was bound to. */
const readOnlyWord = process.argv.find((word) => word === '--read-only' || word.startsWith('--read-only='));
const readOnly: TextLevel | null = readOnlyWord === undefined ? null : textLevels.find((level) => readOnlyWord === `--read-only=${level}`) ?? 'hashes';
const actorOf = (speaker: Speaker): Actor => ({ kind: 'desktop', ...speaker, readOnly: readOnly !== null || speaker.readOnly });

const vault = new ParentVault((question) => parent?.send(question));
const desktop = new ParentDesktop((alert) => parent?.send(alert));
const parent = openParentLine({
  attach: (port, speaker) => {
    const actor = actorOf(speaker);
    if (engine) engine.serve(port, actor);
    else early.push({ port, actor });
  },
  shutdown: () => void end(0),
  vault: (reply) => vault.hear(reply),
  alert: (reply) => desktop.hear(reply),
});
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => void end(0));
// The heart beats from the first moment, so that a long migration is not taken for a dead engine.
const beat = setInterval(() => parent?.send({ t: 'beat' }), beatEveryMs);

async function end(code: number): Promise<void> {
  if (ending) return;
  ending = true;
  clearInterval(beat);
  const impatient = setTimeout(() => process.exit(1), endWithinMs);
  await engine?.close();
  clearTimeout(impatient);
  process.exit(code);
}

function notStarted(error: unknown): void {
  const text = error instanceof Error ? error.message : String(error);
  process.stderr.write(`${text}\n`);
  parent?.send({ t: 'not_started', why: error instanceof FolderHeld ? 'held' : 'failed', text });
  // The message must be out before the process is gone.
  setTimeout(() => process.exit(3), 200);
}

try {
  const dataFolder = wordAfter('--data');
  const otlp = wordAfter('--otlp');
  if (dataFolder === null) throw new Error('The engine needs --data DIR.');
  const started = await startEngine({ dataFolder, receiver: readOnly !== null ? 'off' : otlp === null ? 'as_set' : readAddress(otlp), readOnly, owner: userInfo().username, vault: parent === null ? null : vault, onApprovals: (message) => parent?.send(message), desktop: parent === null ? null : desktop });
  engine = started;
  keepHeapSmall();
  if (ending) await started.close();
  for (const { port, actor } of early.splice(0)) started.serve(port, actor);
  parent?.send({ t: 'ready', pid: process.pid, text: `The engine runs. ${started.receiver.status().message ?? `It listens on ${started.receiver.endpoint()}.`}` });
} catch (error) {
  notStarted(error);
}
