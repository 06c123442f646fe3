import { createHash } from 'node:crypto';
import { existsSync, globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { targets } from './build-targets.mjs';
import { root, say } from './paths.mjs';

/** A change to any of these changes every target. */
const toolFiles = ['package-lock.json', 'tsconfig.base.json', 'scripts/build.mjs', 'scripts/build-targets.mjs', 'scripts/verifier-page.mjs'];

/**
 * Builds the targets whose source is not the source that they were built from. Contents are compared, not times:
 * a fresh clone, a switched branch and a restored cache all have misleading times.
 * @param {{ only?: string[], force?: boolean }} [options]
 */
export async function buildStale({ only, force = false } = {}) {
  for (const target of targets) {
    if (only && !only.includes(target.name)) continue;
    const entries = target.entries().sort();
    if (entries.length === 0) {
      say(`Not built: ${target.name} (it has no entry file yet)`);
      continue;
    }
    const print = fingerprint(target.inputs);
    if (!force && isFresh(target.name, print)) continue;
    await buildOne(target, entries);
    mkdirSync(path.dirname(stampFile(target.name)), { recursive: true });
    writeFileSync(stampFile(target.name), print);
  }
}

/** @param {import('./build-targets.mjs').Target} target @param {string[]} entries */
async function buildOne(target, entries) {
  const started = performance.now();
  // A build that fails half-way must not pass for the old, good one.
  rmSync(stampFile(target.name), { force: true });
  const { build } = await import('vite');
  await build(target.config(entries));
  say(`Built ${target.name} in ${((performance.now() - started) / 1000).toFixed(1)} s`);
}

/** @param {string} name @param {string} print */
function isFresh(name, print) {
  return existsSync(path.join(root, 'dist', name)) && existsSync(stampFile(name)) && readFileSync(stampFile(name), 'utf8') === print;
}

/** Beside the targets, not inside: an output folder is emptied by its build and packed whole. @param {string} name */
function stampFile(name) {
  return path.join(root, 'dist', '.stamps', name);
}

/** @param {string[]} folders @param {string} [base] */
export function fingerprint(folders, base = root) {
  const hash = createHash('sha256').update(process.version);
  const files = globSync(folders.map((folder) => `${folder}/**/*`), { cwd: base, withFileTypes: true, exclude: (entry) => entry.name === 'node_modules' })
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(base, path.join(entry.parentPath, entry.name)))
    .filter((file) => !/\.test\.tsx?$|(^|[\\/])fixtures[\\/]/.test(file));
  for (const file of [...toolFiles.filter((tool) => existsSync(path.join(base, tool))), ...files].sort()) {
    hash.update(`\0${file}\0`).update(readFileSync(path.join(base, file)));
  }
  return hash.digest('hex');
}
