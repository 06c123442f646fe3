/** A client port over a byte stream: one JSON object a line, of bounded length. */
import { StringDecoder } from 'node:string_decoder';
import type { Socket } from 'node:net';
import type { EngineMessage } from '../../shared/contract.ts';
import type { ClientPort } from './ports.ts';

/** What a client may say in one line: most say a few kilobytes; a document of a million signs, each of them escaped, is the longest honest call. */
export const longestAsk = 6_100_000;
/** What an engine may answer in one line: 5,000 activities with long error texts stay below. */
export const longestAnswer = 256_000_000;
/** A client that does not read its answers is cut off, it must not fill the engine's memory. */
const mostUnread = 64_000_000;

/** Splits a stream into lines; says so once when a line is longer than allowed. */
export class Lines {
  readonly #most: number;
  readonly #decoder = new StringDecoder('utf8');
  readonly #parts: string[] = [];
  #length = 0;

  constructor(most: number) { this.#most = most; }

  /** Null: too long; whoever reads should hang up. */
  push(chunk: Buffer): string[] | null {
    const pieces = this.#decoder.write(chunk).split('\n');
    const lines: string[] = [];
    for (const [at, piece] of pieces.entries()) {
      this.#parts.push(piece);
      this.#length += piece.length;
      if (this.#length > this.#most) return null;
      if (at === pieces.length - 1) break;
      lines.push(this.#parts.join(''));
      this.#parts.length = 0;
      this.#length = 0;
    }
    return lines;
  }
}

export class LinePort implements ClientPort {
  readonly #socket: Socket;
  readonly #lines = new Lines(longestAsk);
  #listener: ((message: unknown) => void) | null = null;

  constructor(socket: Socket) {
    this.#socket = socket;
    // A client that vanished is no failure of the engine; 'close' follows and says all there is.
    socket.on('error', () => socket.destroy());
  }

  post(message: EngineMessage): void {
    if (this.#socket.destroyed || !this.#socket.writable) return;
    // A command line asks and waits; hints would only fill the buffer of one that is slow to read.
    if (message.t === 'hint' && this.#socket.writableLength > 0) return;
    this.#socket.write(`${JSON.stringify(message)}\n`);
    if (this.#socket.writableLength > mostUnread + longestAnswer) this.#socket.destroy();
  }

  /** Reading begins here: what a client says while the engine still opens its history waits in the socket. */
  onMessage(listener: (message: unknown) => void): void {
    this.#listener = listener;
    this.#socket.on('data', (chunk: Buffer) => this.#read(chunk));
  }

  onClose(listener: () => void): void { this.#socket.once('close', listener); }
  close(): void { this.#socket.end(); }

  #read(chunk: Buffer): void {
    const lines = this.#lines.push(chunk);
    if (!lines) {
      // SECURITY: a line without an end must not grow in memory.
      this.#socket.destroy();
      return;
    }
    for (const line of lines) {
      if (line.trim() === '') continue;
      this.#listener?.(parseLine(line));
    }
  }
}

/** What is not JSON becomes null, which the contract refuses with an answer. */
function parseLine(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return null; // Not JSON: the session answers with bad_request.
  }
}
