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
export interface Printed { readonly out: string; readonly err: string; readonly code: number }

const nowMs = Date.parse('2026-11-23T12:00:00.000Z');

export async function runLine(line: string, answers: Answers, keys: KeyPlaces, running = true): Promise<Printed> {
  const [out, err] = [new PassThrough(), new PassThrough()];
  const told = { out: '', err: '' };
  out.on('data', (chunk: Buffer) => { told.out += chunk.toString(); });
  err.on('data', (chunk: Buffer) => { told.err += chunk.toString(); });
  const { command, json } = readInvocation(line.split(' '), '/', nowMs);
  const caller: Caller = {
    call: (method, params) => {
      const answer = answers[method] as ((asked: typeof params) => Result<typeof method>) | undefined;
      return answer ? Promise.resolve(params).then(answer) : Promise.reject(new Error(`${method} was not expected`));
    },
    close: () => Promise.resolve(),
  };
  const code = await runCommand(command as AskingCommand, { caller, json, streams: { out, err }, running, keys });
  out.end();
  err.end();
  await Promise.all([finished(out), finished(err)]);
  return { ...told, code };
}
