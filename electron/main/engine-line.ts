/**
 * Two ways to run the engine's program, one face: a utility process of Electron, or a child of an external Node where this
 * Electron is too old for the SQLite binding (Node-API below 10; the binding would crash it, not refuse).
 */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { utilityProcess } from 'electron';
import type { MessagePortMain, UtilityProcess } from 'electron';
import { engineProcessMessage } from '../../shared/engine-process.ts';
import type { ShellMessage, Speaker } from '../../shared/engine-process.ts';
import type { EngineLine } from './engine-process.ts';

export interface EngineProgram {
  readonly script: string;
  readonly arguments: readonly string[];
  readonly environment: Record<string, string>;
  /** path of a Node >= 22, for an Electron that cannot run the engine itself. */
  readonly externalNode: string | undefined;
}

const neededNodeApi = 10;

export function startEngineLine(program: EngineProgram): EngineLine {
  if (Number(process.versions['napi'] ?? 0) >= neededNodeApi) return new UtilityLine(program);
  if (program.externalNode) return new NodeLine(program, program.externalNode);
  throw new Error(`This Electron (${process.versions.electron}) is too old to run the engine, and GATEHOUSE_NODE names no Node to run it with.`);
}

function killByPid(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It is gone already, which is what was wanted.
  }
}

class UtilityLine implements EngineLine {
  readonly #child: UtilityProcess;

  constructor(program: EngineProgram) {
    this.#child = utilityProcess.fork(program.script, [...program.arguments], { env: program.environment, serviceName: 'Gatehouse engine', stdio: 'inherit' });
  }

  get pid(): number | undefined { return this.#child.pid; }

  attach(port: number, actor: Speaker, end: MessagePortMain): void {
    this.#child.postMessage({ t: 'attach', port, actor } satisfies ShellMessage, [end]);
  }

  detach(port: number): void { this.tell({ t: 'detach', port }); }
  tell(message: ShellMessage): void { this.#child.postMessage(message); }
  kill(): void { killByPid(this.#child.pid); }
  onMessage(listener: (message: unknown) => void): void { this.#child.on('message', listener); }
  onExit(listener: (code: number | null) => void): void { this.#child.once('exit', listener); }
}

class NodeLine implements EngineLine {
  readonly #child: ChildProcess;
  /** our ends of the pairs: what the page says there is relayed, and the other way round. */
  readonly #ends = new Map<number, MessagePortMain>();

  constructor(program: EngineProgram, node: string) {
    // Not fork(): Electron's adds ELECTRON_RUN_AS_NODE to the environment that was scrubbed.
    this.#child = spawn(node, [program.script, ...program.arguments], { env: program.environment, stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  }

  get pid(): number | undefined { return this.#child.pid; }

  attach(port: number, actor: Speaker, end: MessagePortMain): void {
    this.#ends.set(port, end);
    this.tell({ t: 'attach', port, actor });
    end.on('message', (event) => this.tell({ t: 'data', port, data: event.data as unknown }));
    end.on('close', () => this.detach(port));
    end.start();
  }

  detach(port: number): void {
    const end = this.#ends.get(port);
    if (!end) return;
    this.#ends.delete(port);
    end.close();
    this.tell({ t: 'detach', port });
  }

  kill(): void { killByPid(this.#child.pid); }

  onMessage(listener: (message: unknown) => void): void {
    this.#child.on('message', (raw) => {
      const read = engineProcessMessage.safeParse(raw);
      if (read.success && read.data.t === 'data') this.#ends.get(read.data.port)?.postMessage(read.data.data);
      else listener(raw);
    });
  }

  onExit(listener: (code: number | null) => void): void {
    let told = false;
    const tell = (code: number | null): void => {
      if (told) return;
      told = true;
      for (const end of this.#ends.values()) end.close();
      this.#ends.clear();
      listener(code);
    };
    this.#child.once('exit', tell);
    // A program that cannot be started at all has no 'exit'.
    this.#child.once('error', () => tell(null));
  }

  tell(message: ShellMessage): void {
    if (this.#child.connected) this.#child.send(message, () => undefined);
  }
}
