/**
 * Starts an Electron app and speaks to its page by the debugging protocol, without Playwright: Playwright holds the app
 * back until it has attached itself, which would be part of what is measured.
 */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { z } from 'zod';
import { electronProgram } from '../e2e/launch.ts';

const answer = z.object({ id: z.number(), result: z.unknown().optional(), error: z.object({ message: z.string() }).optional() });
const targets = z.array(z.object({ type: z.string(), url: z.string(), webSocketDebuggerUrl: z.string() }));
const version = z.object({ webSocketDebuggerUrl: z.string() });
const evaluated = z.object({ result: z.object({ value: z.unknown() }), exceptionDetails: z.unknown().optional() });
const processes = z.object({ processInfo: z.array(z.object({ type: z.string(), id: z.number() })) });

export const sleep = (ms: number): Promise<void> => new Promise((resolve) => { setTimeout(resolve, ms); });

/** One socket of the debugging protocol. */
export class DebugSocket {
  readonly #socket: WebSocket;
  readonly #waiting = new Map<number, { resolve: (result: unknown) => void; reject: (error: Error) => void }>();
  #last = 0;

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.addEventListener('message', (event) => { this.#hear(String(event.data)); });
    socket.addEventListener('close', () => {
      for (const one of this.#waiting.values()) one.reject(new Error('the window has gone'));
      this.#waiting.clear();
    });
  }

  static async open(url: string): Promise<DebugSocket> {
    const socket = new WebSocket(url);
    await new Promise<void>((resolve, reject) => {
      socket.addEventListener('open', () => { resolve(); });
      socket.addEventListener('error', () => { reject(new Error('the debugging port refused the connection')); });
    });
    return new DebugSocket(socket);
  }

  #hear(text: string): void {
    const read = answer.safeParse(JSON.parse(text));
    if (!read.success) return; // An event, which nobody here asked for.
    const { id, result, error } = read.data;
    const one = this.#waiting.get(id);
    this.#waiting.delete(id);
    if (error) one?.reject(new Error(error.message));
    else one?.resolve(result);
  }

  send(method: string, params: Record<string, unknown> = {}): Promise<unknown> {
    const id = ++this.#last;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.#socket.send(JSON.stringify({ id, method, params }));
    });
  }

  /** Runs an expression in the page and waits for what it promises. */
  async evaluate<T>(expression: string, shape: z.ZodType<T>): Promise<T> {
    const { result, exceptionDetails } = evaluated.parse(await this.send('Runtime.evaluate', { expression, awaitPromise: true, returnByValue: true }));
    if (exceptionDetails !== undefined) throw new Error(`in the page: ${JSON.stringify(exceptionDetails)}`);
    return shape.parse(result.value);
  }

  close(): void { this.#socket.close(); }
}

export class RunningApp {
  readonly process: ChildProcess;
  /** wall clock just before the process was made. */
  readonly startedAt: number;
  readonly #port: number;

  private constructor(process: ChildProcess, startedAt: number, port: number) {
    this.process = process;
    this.startedAt = startedAt;
    this.#port = port;
  }

  static async start(words: readonly string[]): Promise<RunningApp> {
    const startedAt = Date.now();
    const child = spawn(electronProgram(), ['--remote-debugging-port=0', ...words], { stdio: ['ignore', 'ignore', 'pipe'] });
    let said = '';
    const port = await new Promise<number>((resolve, reject) => {
      child.stderr.on('data', (chunk: Buffer) => {
        if (said.length > 100_000) return; // Still read, so that the pipe never fills.
        said += chunk.toString();
        const found = /DevTools listening on ws:\/\/[^:]+:(\d+)\//.exec(said)?.[1];
        if (found !== undefined) resolve(Number(found));
      });
      child.once('exit', (code) => { reject(new Error(`Electron ended with ${code}: ${said}`)); });
    });
    return new RunningApp(child, startedAt, port);
  }

  async #json<T>(path: string, shape: z.ZodType<T>): Promise<T> {
    return shape.parse(await (await fetch(`http://127.0.0.1:${this.#port}/json/${path}`)).json());
  }

  async page(): Promise<DebugSocket> {
    for (const until = Date.now() + 30_000; Date.now() < until; await sleep(10)) {
      const found = (await this.#json('list', targets)).find((one) => one.type === 'page' && !one.url.startsWith('devtools:') && one.url !== '' && one.url !== 'about:blank');
      if (found) return DebugSocket.open(found.webSocketDebuggerUrl);
    }
    throw new Error('no window within 30 s');
  }

  async rendererPid(): Promise<number> {
    const browser = await DebugSocket.open((await this.#json('version', version)).webSocketDebuggerUrl);
    const { processInfo } = processes.parse(await browser.send('SystemInfo.getProcessInfo'));
    browser.close();
    const renderer = processInfo.find((one) => one.type === 'renderer');
    if (!renderer) throw new Error('the window has no renderer process');
    return renderer.id;
  }

  async stop(): Promise<void> {
    if (this.process.exitCode !== null || this.process.signalCode !== null) return;
    const gone = new Promise<void>((resolve) => { this.process.once('exit', () => { resolve(); }); });
    this.process.kill('SIGTERM');
    const impatient = setTimeout(() => { this.process.kill('SIGKILL'); }, 15_000);
    await gone;
    clearTimeout(impatient);
  }
}
