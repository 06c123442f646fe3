/** A local server's ends as the SDK wants them: one JSON text a line. */
import { JSONRPC_VERSION, parseJSONRPCMessage } from '@modelcontextprotocol/client';
import type { JSONRPCMessage, Transport } from '@modelcontextprotocol/client';
import { RuntimeFault } from '../connector.ts';
import type { SpawnedProgram } from '../connector.ts';
import { isObject } from '../foreign-json.ts';
import { limits } from './limits.ts';
import { refuseToAct } from './methods.ts';

export class StdioTransport implements Transport {
  onclose?: () => void;
  onerror?: (error: Error) => void;
  onmessage?: Transport['onmessage'];
  /** By these two the SDK tells a pipe from HTTP: silence on a pipe means an older server, and is no outage. */
  readonly stderr = null;
  readonly pid: number;
  readonly #program: SpawnedProgram;
  readonly #failed: (fault: RuntimeFault) => void;
  #left: number = limits.sessionBytes;
  #closed = false;
  /** the program went by itself. */
  ended = false;

  constructor(program: SpawnedProgram, failed: (fault: RuntimeFault) => void) {
    this.#program = program;
    this.#failed = failed;
    this.pid = program.pid;
  }

  start(): Promise<void> {
    this.#program.onLine((line) => this.#take(line));
    this.#program.onEnd((why) => {
      if (this.#closed) return;
      this.ended = true;
      this.#failed(new RuntimeFault('unreachable', `Its command ended: ${why.slice(0, 300)}.`));
      this.#end();
    });
    return Promise.resolve();
  }

  send(message: JSONRPCMessage): Promise<void> {
    if (this.#closed) return Promise.reject(new RuntimeFault('unreachable', 'Its command has ended.'));
    try {
      refuseToAct(message);
      this.#program.write(JSON.stringify(message));
      return Promise.resolve();
    } catch (error) {
      return Promise.reject(error instanceof Error ? error : new Error(String(error)));
    }
  }

  async close(): Promise<void> {
    this.#end();
    await this.#program.kill();
  }

  #end(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.onclose?.();
  }

  #take(line: string): void {
    if (this.#closed || line.trim() === '') return;
    this.#left -= line.length;
    if (line.length > limits.answerBytes || this.#left < 0) return this.#failed(new RuntimeFault('garbage', 'It writes more than is read of one server; the rest was not read.'));
    const value = jsonOf(line);
    // Servers print greetings and warnings where only messages belong; such a line is passed over, as other clients do.
    if (!isObject(value) || value['jsonrpc'] !== JSONRPC_VERSION) return;
    let message: JSONRPCMessage;
    try {
      message = parseJSONRPCMessage(value);
    } catch (error) {
      return this.onerror?.(error instanceof Error ? error : new Error(String(error)));
    }
    this.onmessage?.(message);
  }
}

function jsonOf(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    // No message.
    return null;
  }
}
