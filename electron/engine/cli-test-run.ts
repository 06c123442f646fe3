/** For tests: one line as a person types it, against an engine that answers as the test says; what it printed, and what it ended with. */
import { PassThrough } from 'node:stream';
import { finished } from 'node:stream/promises';
import type { Method, Params, Result } from '../../shared/contract.ts';
import { readInvocation } from './cli-arguments.ts';
import { runCommand } from './cli-commands.ts';
import type { AskingCommand } from './cli-commands.ts';
import type { KeyPlaces } from './cli-keys.ts';
import type { Caller } from './control-client.ts';

export type Answers = { [M in Method]?: (params: Params<M>) => Result<M> };
export interface Printed { readonly out: string; readonly err: string; readonly code: number; /** in this order; look-ups of names are left out. */ readonly asked: { readonly method: string; readonly params: unknown }[] }
interface Asked {
  readonly answers: Answers;
  readonly keys?: KeyPlaces | undefined;
  readonly running?: boolean;
  /** what every line may look up, so that no test needs to expect it. */
  readonly lookUps?: Answers;
}

export const noKeys: KeyPlaces = { variable: () => undefined, file: () => '', stdin: () => Promise.resolve(''), line: () => Promise.resolve(null) };

const nowMs = Date.parse('2026-11-23T12:00:00.000Z');

/** Words in quotation marks are one, as a shell would give them. */
const wordsOf = (line: string): string[] => [...line.matchAll(/"([^"]*)"|(\S+)/gu)].map((match) => match[1] ?? match[2] ?? '');

export async function runLine(line: string | readonly string[], { answers, keys = noKeys, running = true, lookUps = {} }: Asked): Promise<Printed> {
  const [out, err] = [new PassThrough(), new PassThrough()];
  const told = { out: '', err: '' };
  out.on('data', (chunk: Buffer) => { told.out += chunk.toString(); });
  err.on('data', (chunk: Buffer) => { told.err += chunk.toString(); });
  const asked: { method: string; params: unknown }[] = [];
  const all: Answers = { ...lookUps, ...answers };
  const caller: Caller = {
    call: (method, params) => {
      if (!(method in lookUps)) asked.push({ method, params });
      const answer = all[method] as ((given: typeof params) => Result<typeof method>) | undefined;
      return answer ? Promise.resolve(params).then(answer) : Promise.reject(new Error(`${method} was not expected`));
    },
    close: () => Promise.resolve(),
  };
  const { command, json } = readInvocation(typeof line === 'string' ? wordsOf(line) : line, '/', nowMs);
  const code = await runCommand(command as AskingCommand, { caller, json, streams: { out, err }, running, keys });
  out.end();
  err.end();
  await Promise.all([finished(out), finished(err)]);
  return { ...told, code, asked };
}
