/**
 * The engine's own log: plain lines in the data folder, two files of at most 2 MB. It names what happened and ids;
 * never parameters, answers, agent text or tokens.
 */
import { appendFileSync, mkdirSync, renameSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { systemClock } from './ports.ts';
import type { Clock, Log } from './ports.ts';

const mostBytes = 2_000_000;
const logName = 'engine.log';

type Facts = Readonly<Record<string, string | number | boolean>>;

/** One line stays one line, whatever an error's message holds. */
const oneLine = (text: string): string => JSON.stringify(text).slice(1, -1);

const formatFacts = (facts: Facts | undefined): string =>
  facts ? Object.entries(facts).map(([key, value]) => ` ${key}=${typeof value === 'string' ? JSON.stringify(value) : value}`).join('') : '';

/** SECURITY: of an error only its kind, code and stack frames are kept. Messages may quote what an agent sent. */
export function describeError(error: unknown): string {
  if (!(error instanceof Error)) return typeof error;
  const code = 'code' in error && typeof error.code === 'string' ? ` ${error.code}` : '';
  const frames = (error.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line)).slice(0, 12).map((line) => line.trim());
  return `${error.name}${code} ${frames.join(' | ')}`.trim();
}

export class EngineLog implements Log {
  readonly #file: string;
  readonly #clock: Clock;
  #bytes: number;

  constructor(folder: string, clock: Clock = systemClock) {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    this.#file = join(folder, logName);
    this.#clock = clock;
    this.#bytes = statSync(this.#file, { throwIfNoEntry: false })?.size ?? 0;
  }

  info(text: string, facts?: Facts): void { this.#write('info', text, facts); }
  warn(text: string, facts?: Facts): void { this.#write('warn', text, facts); }
  error(text: string, error: unknown, facts?: Facts): void { this.#write('error', `${text}: ${describeError(error)}`, facts); }

  #write(level: string, text: string, facts: Facts | undefined): void {
    const line = `${new Date(this.#clock.now()).toISOString()} ${level} ${oneLine(text)}${formatFacts(facts)}\n`;
    try {
      if (this.#bytes + line.length > mostBytes) {
        renameSync(this.#file, `${this.#file}.1`);
        this.#bytes = 0;
      }
      appendFileSync(this.#file, line, { mode: 0o600 });
      this.#bytes += Buffer.byteLength(line);
    } catch (failure) {
      // A full disk must not stop the engine; the line goes where a person may still see it.
      process.stderr.write(`${line}(log file: ${describeError(failure)})\n`);
    }
  }
}
