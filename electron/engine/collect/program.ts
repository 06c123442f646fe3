/**
 * Starts a local server that speaks over its own standard streams. SECURITY: without a shell, with an environment of named variables only, and
 * ended with everything that it started. Whether it may be started at all was a person's decision (see `collectors.ts`).
 */
import { spawn } from 'node:child_process';
import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { RuntimeFault } from '../connectors/connector.ts';
import type { ConnectorIo, SpawnedProgram } from '../connectors/connector.ts';

export interface ProgramOptions {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly mostLineBytes?: number;
  readonly killAfterMs?: number;
}

const usualMostLineBytes = 8 * 1024 * 1024;
const usualKillAfterMs = 2_000;
const mostErrorBytes = 4_096;
/** What a program cannot do without; everything else must be named by the person. */
const always = process.platform === 'win32' ? ['PATH', 'HOME', 'USERPROFILE', 'SystemRoot', 'TEMP', 'PATHEXT', 'APPDATA'] : ['PATH', 'HOME'];

export function programStarter({ environment, mostLineBytes = usualMostLineBytes, killAfterMs = usualKillAfterMs }: ProgramOptions): NonNullable<ConnectorIo['spawn']> {
  return (command, args, { cwd, env }) => {
    const scrubbed = Object.fromEntries([...always, ...env].flatMap((name) => (environment[name] === undefined ? [] : [[name, environment[name]]])));
    const child = spawn(command, args, { env: scrubbed, shell: false, windowsHide: true, stdio: ['pipe', 'pipe', 'pipe'],
      // A group of its own: what it starts itself (npx starts node) ends with it.
      detached: process.platform !== 'win32', ...(cwd === undefined ? {} : { cwd }) });
    if (child.pid === undefined) {
      // The reason comes as an event; without a listener it would end the engine.
      child.on('error', () => undefined);
      throw new RuntimeFault('unreachable', 'The command could not be started: there is no such program, or this account may not run it.');
    }
    return new Program(child, child.pid, mostLineBytes, killAfterMs);
  };
}

class Program implements SpawnedProgram {
  readonly pid: number;
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #killAfterMs: number;
  readonly #lineListeners = new Set<(line: string) => void>();
  readonly #endListeners = new Set<(why: string) => void>();
  readonly #gone: Promise<void>;
  #early: string[] = [];
  #parts: Buffer[] = [];
  #partBytes = 0;
  #errors = '';
  #why: string | null = null;
  #ended: string | null = null;

  constructor(child: ChildProcessWithoutNullStreams, pid: number, mostLineBytes: number, killAfterMs: number) {
    this.#child = child;
    this.pid = pid;
    this.#killAfterMs = killAfterMs;
    child.stdout.on('data', (chunk: Buffer) => this.#read(chunk, mostLineBytes));
    child.stderr.on('data', (chunk: Buffer) => { this.#errors = (this.#errors + chunk.toString()).slice(-mostErrorBytes); });
    // A pipe that breaks is the end of the program, which is told by `close`.
    for (const stream of [child.stdin, child.stdout, child.stderr]) stream.on('error', () => undefined);
    child.on('error', () => { this.#why ??= 'It could not be started or reached.'; });
    this.#gone = new Promise((done) => { child.once('close', (code, signal) => { this.#end(code, signal); done(); }); });
  }

  write(line: string): void {
    if (this.#child.stdin.writable) this.#child.stdin.write(`${line}\n`);
  }

  onLine(listener: (line: string) => void): void {
    this.#lineListeners.add(listener);
    for (const line of this.#early.splice(0)) listener(line);
  }

  onEnd(listener: (why: string) => void): void {
    if (this.#ended === null) this.#endListeners.add(listener);
    else listener(this.#ended);
  }

  async kill(): Promise<void> {
    if (this.#ended !== null) return;
    this.#child.stdin.end();
    this.#signal('SIGTERM');
    const impatient = setTimeout(() => this.#signal('SIGKILL'), this.#killAfterMs);
    await this.#gone;
    clearTimeout(impatient);
    // The program itself is gone; what it started in its group may not be.
    this.#signal('SIGKILL');
  }

  #signal(name: 'SIGTERM' | 'SIGKILL'): void {
    try {
      process.kill(process.platform === 'win32' ? this.pid : -this.pid, name);
    } catch {
      // Gone already, which is what was wanted.
    }
  }

  #read(chunk: Buffer, mostLineBytes: number): void {
    let from = 0;
    for (let at = chunk.indexOf(10); at !== -1; at = chunk.indexOf(10, from)) {
      this.#parts.push(chunk.subarray(from, at));
      this.#line(Buffer.concat(this.#parts).toString());
      this.#parts = [];
      this.#partBytes = 0;
      from = at + 1;
    }
    const rest = chunk.subarray(from);
    this.#partBytes += rest.byteLength;
    if (this.#partBytes <= mostLineBytes) return void (rest.byteLength > 0 && this.#parts.push(rest));
    // SECURITY: a line without an end must not fill the engine's memory.
    this.#parts = [];
    this.#why = `It sent a line of more than ${mostLineBytes.toLocaleString('en')} bytes and was ended.`;
    this.#signal('SIGKILL');
  }

  #line(line: string): void {
    if (line.trim() === '') return;
    if (this.#lineListeners.size === 0) {
      // Said before anybody listened; a program that talks to nobody is not kept.
      if (this.#early.length < 100) this.#early.push(line);
      return;
    }
    for (const listener of this.#lineListeners) listener(line);
  }

  #end(code: number | null, signal: string | null): void {
    const last = this.#errors.trim().split('\n').at(-1)?.replace(/[\p{C}\s]+/gu, ' ').trim().slice(0, 200) ?? '';
    this.#ended = this.#why ?? `It ended (${signal === null ? `code ${code ?? 'unknown'}` : signal})${last === '' ? '.' : `; its last words: "${last}".`}`;
    for (const listener of this.#endListeners) listener(this.#ended);
    this.#endListeners.clear();
  }
}
