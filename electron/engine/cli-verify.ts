/** `gatehouse verify`: checks a pack in this process. It asks no engine and opens no history. */
import { readFile } from 'node:fs/promises';
import { readPinned } from '../../verifier/check-key.ts';
import type { Check } from '../../verifier/findings.ts';
import { verifyPack } from '../../verifier/verify.ts';
import type { Verification } from '../../verifier/verify.ts';
import { verdictWords } from '../../verifier/words.ts';
import { CallFailure } from './call-failure.ts';
import type { VerifyCommand } from './cli-export-arguments.ts';
import { UsageError } from './cli-options.ts';
import { printJson, printText } from './cli-output.ts';
import type { Streams } from './cli-output.ts';
import { ProgressLine } from './cli-progress.ts';
import { visible } from './cli-text.ts';
import { nodeHashing, openBytes } from './export/node-hashing.ts';

/** The same as of the shell recipe that goes with a pack. */
const codes = { whole: 0, unknown: 4, damaged: 1 } as const;
const mostCheckpoint = 65_536;
const states: Readonly<Record<Check['state'], string>> = { passed: 'passed', failed: 'FAILED', not_done: 'not checked' };

export async function runVerify({ pack, key, checkpoint }: VerifyCommand, json: boolean, streams: Streams): Promise<number> {
  const pinned = key === null ? null : readPinned(nodeHashing, key);
  if (key !== null && pinned === null) throw new UsageError('--key is a fingerprint (64 hexadecimal digits) or a public key, as key/log.vkey has it.');
  const held = checkpoint === null ? null : await read(checkpoint);
  await using bytes = await openBytes(pack).catch((error: unknown) => { throw unreadable(pack, error); });
  const line = new ProgressLine(streams);
  const result = await verifyPack(bytes, { hashing: nodeHashing, pinned, checkpoint: held, onProgress: (done, of) => line.tell('Checking', done, of) });
  line.end();
  const { state } = verdictWords(result);
  await (json ? printJson({ state, ...result }, streams) : printText(verificationText(result), streams));
  return codes[state];
}

async function read(path: string): Promise<string> {
  try {
    const text = await readFile(path, 'utf8');
    if (text.length > mostCheckpoint) throw new CallFailure('bad_request', `${path} is no checkpoint.`);
    return text;
  } catch (error) {
    throw unreadable(path, error);
  }
}

const unreadable = (path: string, error: unknown): CallFailure => (error instanceof CallFailure ? error : new CallFailure('bad_request', `${path} cannot be read (${error instanceof Error && 'code' in error ? String(error.code) : 'unknown'}).`));

export function verificationText(result: Verification): string {
  const { title, text } = verdictWords(result);
  const { pack, checks, findings, more } = result;
  const facts = pack === null ? [] : [`Pack  ${pack.name}, made ${pack.madeAt} by ${pack.by} with Gatehouse ${pack.version}`, `Log   ${pack.origin}, entries ${pack.firstSeq} to ${pack.firstSeq + pack.entries - 1}, ${pack.seals} seals`, ''];
  const found = findings.map((one) => `  ${one.kind.padEnd(16)} ${one.where} ${one.at}: ${one.text}`);
  return [...facts, ...checks.map((check) => `${check.name.padEnd(10)} ${states[check.state].padEnd(11)} ${check.text}`), '', `${title.toUpperCase()}. ${text}`, ...found, ...(more > 0 ? [`  and ${more} more`] : [])].map((line) => `${visible(line)}\n`).join('');
}
