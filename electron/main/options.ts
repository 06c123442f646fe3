/** What a person may say on the command line of the desktop. Everything else on it is Chromium's. */
import { resolve } from 'node:path';
import { defaultDataFolder } from '../../shared/data-folder.ts';
import type { Machine } from '../../shared/data-folder.ts';
import { textLevels } from '../../shared/reports.ts';
import type { TextLevel } from '../../shared/reports.ts';

export interface Options {
  readonly dataFolder: string;
  readonly demo: boolean;
  /** HOST:PORT for the receiver; null: as the settings say. */
  readonly otlp: string | null;
  /** `--read-only`, or `--read-only=hashes|redacted|full`: auditor mode of the whole program, with what is shown of content. */
  readonly readOnly: TextLevel | null;
}

/** `--name value` or `--name=value`; the last one wins. */
function valueOf(words: readonly string[], name: string): string | null {
  let found: string | null = null;
  for (const [at, word] of words.entries()) {
    if (word === `--${name}`) found = words[at + 1] ?? null;
    else if (word.startsWith(`--${name}=`)) found = word.slice(name.length + 3);
  }
  return found === '' ? null : found;
}

/** SECURITY: a level that is misspelt shows least, and a start that asked to change nothing changes nothing. */
function readOnlyOf(words: readonly string[]): TextLevel | null {
  const word = words.findLast((one) => one === '--read-only' || one.startsWith('--read-only='));
  if (word === undefined) return null;
  if (word === '--read-only') return 'redacted';
  return textLevels.find((level) => word === `--read-only=${level}`) ?? 'hashes';
}

export function readOptions(argv: readonly string[], folder: string, machine: Machine): Options {
  const data = valueOf(argv, 'data');
  return {
    dataFolder: data === null ? defaultDataFolder(machine) : resolve(folder, data),
    demo: argv.includes('--demo'),
    otlp: valueOf(argv, 'otlp'),
    readOnly: readOnlyOf(argv),
  };
}
