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
const load = createRequire(import.meta.url);
const beside = fileURLToPath(new URL('./cedar-wasm/cedar_wasm.js', import.meta.url));
const where = existsSync(beside) ? beside : '@cedar-policy/cedar-wasm/nodejs';

/** Kept to its own text, `ask` may throw away nothing but itself: null then. */
export function askCedar<T>(ask: (cedar: Cedar) => T): T | null {
  try {
    return ask(cedar());
  } catch {
    // SECURITY: its parser recurses; a text that breaks it leaves its memory broken for every later one. So it is loaded anew.
    loaded = null;
    Reflect.deleteProperty(load.cache, load.resolve(where));
    return null;
  }
}

export function cedar(): Cedar {
  loaded ??= load(where) as Cedar;
  return loaded;
}
