/** Reads a credential where the person keeps it. SECURITY: never from an argument: every program of the machine can list those. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import type { CredentialInput, RuntimeTarget } from '../../shared/contract.ts';
import { CallFailure } from './call-failure.ts';
import type { KeySource } from './cli-runtime-arguments.ts';

/** What the command line's own process can read. */
export interface KeyPlaces {
  readonly variable: (name: string) => string | undefined;
  readonly file: (path: string) => string;
  readonly stdin: () => Promise<string>;
  /** one line that somebody types; null: nobody is there to type. */
  readonly line: () => Promise<string | null>;
}

export const ownKeyPlaces: KeyPlaces = { variable: (name) => process.env[name], file: (path) => readFileSync(path, 'utf8'), stdin: () => text(process.stdin), line: () => (process.stdin.isTTY ? oneLine() : Promise.resolve(null)) };

async function oneLine(): Promise<string> {
  const reader = createInterface({ input: process.stdin });
  try {
    // An input that ends without a line is no answer.
    for await (const typed of reader) return typed.trim();
    return '';
  } finally {
    reader.close();
  }
}

export async function readKeySource(source: KeySource, places: KeyPlaces): Promise<CredentialInput> {
  switch (source.from) {
    case 'none': return { from: 'none' };
    case 'env': return { from: 'env', name: source.name };
    case 'file': return { from: 'file', path: resolve(source.path) };
    case 'keyEnv': return valueOf(places.variable(source.name), `The environment has no variable ${source.name}.`, source.session);
    case 'keyFile': return valueOf(readTextFile(source.path, places), `The file ${source.path} holds no credential.`, source.session);
    case 'keyStdin': return valueOf(await places.stdin(), 'Nothing came in on the standard input.', source.session);
  }
}

export function readTextFile(path: string, places: KeyPlaces): string {
  try {
    return places.file(path);
  } catch (error) {
    throw new CallFailure('bad_request', `The file ${path} cannot be read (${error instanceof Error && 'code' in error ? String(error.code) : 'unknown'}).`);
  }
}

type CardKeys = NonNullable<Extract<RuntimeTarget, { kind: 'a2a' }>['keys']>;

/** One JWK, a list of them, or a JWKS. The engine checks each and refuses a private one. */
export function readCardKeys(path: string, places: KeyPlaces): CardKeys {
  const text = readTextFile(path, places);
  try {
    const read = JSON.parse(text) as { keys?: CardKeys } | CardKeys | CardKeys[number];
    if (Array.isArray(read)) return read;
    return 'keys' in read && Array.isArray(read.keys) ? read.keys : [read as CardKeys[number]];
  } catch {
    throw new CallFailure('bad_request', `The file ${path} holds no JSON; it should hold the public keys of the card (JWK or JWKS).`);
  }
}

function valueOf(given: string | undefined, none: string, session: boolean): CredentialInput {
  const value = given?.trim() ?? '';
  if (value === '') throw new CallFailure('bad_request', none);
  return { from: 'value', value, ...(session ? { keep: 'session' as const } : {}) };
}
