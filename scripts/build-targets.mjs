import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { builtinModules } from 'node:module';
import react from '@vitejs/plugin-react';
import { root } from './paths.mjs';
import { verifierPage } from './verifier-page.mjs';

/**
 * @typedef {object} Target
 * @property {string} name
 * @property {string[]} inputs folders whose content makes it stale
 * @property {() => string[]} entries paths of the entry files; none means that the target does not exist yet
 * @property {(entries: string[]) => import('vite').InlineConfig} config
 */

/** What runs inside Electron must run in the stand-in too, which is older than the Electron that ships. */
const oldestElectron = { node: 'node20', chrome: 'chrome130' };

/** Every folder that the target can import from is one of its inputs. @type {Target[]} */
export const targets = [
  {
    name: 'main',
    inputs: ['electron/main', 'shared'],
    entries: () => globSync('electron/main/index.ts', { cwd: root }),
    config: (entries) => nodeProgram({ name: 'main', entries, target: oldestElectron.node, external: ['electron', /^electron\//] }),
  },
  {
    name: 'preload',
    inputs: ['electron/preload', 'shared'],
    entries: () => globSync('electron/preload/index.ts', { cwd: root }),
    // SECURITY: a sandboxed preload is CommonJS and one file: it may require nothing but electron.
    config: (entries) => nodeProgram({ name: 'preload', entries, target: oldestElectron.node, external: ['electron'], format: 'cjs' }),
  },
  {
    name: 'engine',
    inputs: ['electron/engine', 'shared', 'verifier', 'docs'],
    entries: () => globSync(['electron/engine/index.ts', 'electron/engine/cli.ts', 'electron/engine/**/*-worker.ts'], { cwd: root }),
    config: (entries) => nodeProgram({ name: 'engine', entries, target: 'node22', external: ['better-sqlite3', /^better-sqlite3\//], beside: engineFiles, made: { 'verify.html': verifierPage } }),
  },
  {
    name: 'renderer',
    inputs: ['renderer', 'shared'],
    entries: () => globSync('renderer/index.html', { cwd: root }),
    config: () => page(),
  },
  {
    name: 'demo',
    inputs: ['demo', 'shared'],
    entries: () => globSync('demo/index.ts', { cwd: root }),
    config: (entries) => nodeProgram({ name: 'demo', entries, target: 'node22', external: [] }),
  },
];

/**
 * What the engine reads from files when it first needs it, by the name beside the program: the catalogue of AWS actions, and Cedar,
 * which is WebAssembly and brings its own loader; and what goes with every auditor pack.
 * @type {Readonly<Record<string, string>>}
 */
const engineFiles = {
  'verify.sh': 'electron/engine/export/verify.sh',
  'VERIFY.md': 'docs/verify.md',
  'aws-actions.json': 'electron/engine/access/aws-actions.json',
  'bundled-prices.json': 'electron/engine/cost/bundled-prices.json',
  'cedar-wasm/package.json': 'node_modules/@cedar-policy/cedar-wasm/nodejs/package.json',
  'cedar-wasm/cedar_wasm.js': 'node_modules/@cedar-policy/cedar-wasm/nodejs/cedar_wasm.js',
  'cedar-wasm/cedar_wasm_bg.wasm': 'node_modules/@cedar-policy/cedar-wasm/nodejs/cedar_wasm_bg.wasm',
};

/** `made`: of them are built, too. @param {Readonly<Record<string, string>>} files @param {Readonly<Record<string, () => Promise<string>>>} made @returns {import('vite').Plugin} */
function filesBeside(files, made) {
  return {
    name: 'files-beside',
    async generateBundle() {
      for (const [fileName, file] of Object.entries(files)) this.emitFile({ type: 'asset', fileName, source: readFileSync(path.join(root, file)) });
      for (const [fileName, make] of Object.entries(made)) this.emitFile({ type: 'asset', fileName, source: await make() });
    },
  };
}

/**
 * Every entry becomes `dist/<name>/<basename>.js` and shared chunks lie beside them, so that
 * `new URL('./x-worker.js', import.meta.url)` finds the worker from whichever file it ends up in.
 * @param {{ name: string, entries: string[], target: string, external: (string | RegExp)[], format?: 'es' | 'cjs', beside?: Readonly<Record<string, string>>, made?: Readonly<Record<string, () => Promise<string>>> }} program
 * @returns {import('vite').InlineConfig}
 */
function nodeProgram({ name, entries, target, external, format = 'es', beside = {}, made = {} }) {
  const extension = format === 'cjs' ? 'cjs' : 'js';
  return {
    ...common(name),
    plugins: [filesBeside(beside, made)],
    // Everything is bundled but what is native: the packaged app carries no node_modules beside better-sqlite3.
    ssr: { noExternal: true, target: 'node' },
    build: {
      ...commonBuild(name),
      ssr: true,
      target,
      minify: false,
      rolldownOptions: {
        input: Object.fromEntries(entries.map((entry) => [basename(entry), path.join(root, entry)])),
        external: [...external, ...builtinModules, /^node:/],
        // Spaces and comments only: each thread of the engine keeps the text of what it loads in memory, and names stay for whoever reads a stack.
        output: { format, entryFileNames: `[name].${extension}`, chunkFileNames: `[name]-[hash].${extension}`, minify: { compress: false, mangle: false, codegen: { removeWhitespace: true } } },
      },
    },
  };
}

/** @returns {import('vite').InlineConfig} */
function page() {
  return {
    ...common('renderer'),
    root: path.join(root, 'renderer'),
    base: './',
    plugins: [react()],
    build: {
      ...commonBuild('renderer'),
      target: oldestElectron.chrome,
      // SECURITY: the page's policy allows no data: fonts and no requests, so nothing is inlined and nothing preloads by fetch.
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
      chunkSizeWarningLimit: 3_000,
    },
  };
}

/** @param {string} name @returns {import('vite').InlineConfig} */
function common(name) {
  return { root, configFile: false, envDir: false, publicDir: false, logLevel: 'warn', cacheDir: path.join(root, 'node_modules', '.cache', 'vite', name) };
}

/** Beside each program lie the licences of what was bundled into it: most of them ask for that. @param {string} name */
function commonBuild(name) {
  return { outDir: path.join(root, 'dist', name), emptyOutDir: true, sourcemap: true, reportCompressedSize: false, license: { fileName: 'licenses.md' } };
}

/** @param {string} file */
function basename(file) {
  return path.basename(file, path.extname(file));
}
