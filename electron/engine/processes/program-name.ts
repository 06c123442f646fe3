/** What a process is called, from its command line: the program, and the script's name for interpreters. */
import { posix, win32 } from 'node:path';

/** Options of interpreters that are followed by a file which is not the program. */
const takesValue = new Set(['--import', '--require', '-r', '--loader', '--experimental-loader', '--env-file', '-W', '-X']);

export interface ProgramWords {
  /** program and script, never arguments: those may hold prompts and secrets. */
  readonly title: string;
  /** the first word that is no option: for interpreters their script. It may be a prompt: only compared, never shown. '' when there is none. */
  readonly script: string;
}

export function programWords(words: readonly string[]): ProgramWords {
  const program = baseOf(words[0] ?? '');
  const script = words.find((word, at) => at > 0 && !word.startsWith('-') && !takesValue.has(words[at - 1] ?? '')) ?? '';
  const isScript = /\.(?:[cm]?[jt]s|py|rb)$/.test(script);
  return { title: printable(isScript ? `${program} ${baseOf(script)}` : program), script };
}

export function baseOf(path: string): string {
  return path.includes('\\') ? win32.basename(path) : posix.basename(path);
}

/** SECURITY: a process may call itself anything: no control characters, bounded. */
export function printable(name: string): string {
  return Array.from(name, (letter) => (letter < ' ' || letter === '\u007f' ? '?' : letter)).slice(0, 80).join('');
}

/** A command line that is only known as one text: words in quotes stay whole. */
export function splitWords(line: string): string[] {
  return [...line.matchAll(/"([^"]*)"|(\S+)/g)].map((found) => found[1] ?? found[2] ?? '');
}
