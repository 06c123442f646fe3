/** How far something is, for people who watch a terminal. */
import type { Streams } from './cli-output.ts';
import { visible } from './cli-text.ts';

const tellEveryMs = 200;

/** One line on the standard error that says how far it is; nothing where nobody watches. */
export class ProgressLine {
  readonly #streams: Streams;
  readonly #live: boolean;
  #told = 0;
  #length = 0;

  constructor(streams: Streams) {
    this.#streams = streams;
    this.#live = 'isTTY' in streams.err && streams.err.isTTY === true;
  }

  /** `of` 0: nobody knows. */
  tell(step: string, done: number, of: number): void {
    if (!this.#live || performance.now() - this.#told < tellEveryMs) return;
    this.#told = performance.now();
    const text = visible(`${step}${of > 0 ? ` ${Math.min(100, Math.floor((done / of) * 100))} %` : ''}`);
    this.#streams.err.write(`\r${text.padEnd(this.#length)}`);
    this.#length = text.length;
  }

  end(): void {
    if (this.#length > 0) this.#streams.err.write(`\r${' '.repeat(this.#length)}\r`);
    this.#length = 0;
  }
}
