/**
 * The Cedar library itself (WebAssembly), loaded at the first Cedar policy. In the source it is the package; in the built program it lies
 * beside it as `cedar-wasm/`, with its own loader: nothing of it goes through the bundler.
 */
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import type * as CedarWasm from '@cedar-policy/cedar-wasm/nodejs';

type Cedar = typeof CedarWasm;

let loaded: Cedar | null = null;

export function cedar(): Cedar {
  if (loaded) return loaded;
  const beside = fileURLToPath(new URL('./cedar-wasm/cedar_wasm.js', import.meta.url));
  const load = createRequire(import.meta.url);
  const where = existsSync(beside) ? beside : '@cedar-policy/cedar-wasm/nodejs';
  loaded = load(where) as Cedar;
  return loaded;
}
