import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { root } from './paths.mjs';

/** @param {string} text */
const hashOf = (text) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;

/** What goes with every pack: one file that works from a disk, without a network. Its policy names its script and its style by their hashes and allows nothing else. */
export async function verifierPage() {
  const folder = path.join(root, 'verifier', 'page');
  const { script, licenses } = await bundled(path.join(folder, 'main.ts'));
  const style = readFileSync(path.join(folder, 'style.css'), 'utf8');
  // What would end the element within it; nothing else of a script can.
  const inElement = script.replaceAll('</script', '<\\/script').replaceAll('<!--', '<\\!--').trim();
  const parts = { policy: `default-src 'none'; script-src ${hashOf(inElement)}; style-src ${hashOf(style)}; base-uri 'none'; form-action 'none'`, style, script: inElement };
  const page = readFileSync(path.join(folder, 'verify.html'), 'utf8').replaceAll(/%(policy|style|script)%/g, (_, name) => parts[/** @type {keyof typeof parts} */ (name)]);
  return `${page}<!--\nWhat was taken into this page, and on which terms:\n\n${licenses.replaceAll('--', '- -')}\n-->\n`;
}

/** @param {string} entry */
async function bundled(entry) {
  const { build } = await import('vite');
  const built = await build({
    root, configFile: false, envDir: false, publicDir: false, logLevel: 'warn', cacheDir: path.join(root, 'node_modules', '.cache', 'vite', 'verifier'),
    // The zip library would ask for the place of its own file, to fetch workers from there; the page has none and starts none.
    define: { 'import.meta.url': 'undefined' },
    build: { write: false, target: 'es2022', minify: true, sourcemap: false, reportCompressedSize: false, license: { fileName: 'licenses.md' }, lib: { entry, formats: ['iife'], name: 'verifier', fileName: 'main' } },
  });
  const files = [built].flat().flatMap((one) => ('output' in one ? one.output : []));
  const chunk = files.find((file) => file.type === 'chunk');
  const licenses = files.find((file) => file.fileName === 'licenses.md');
  if (chunk?.type !== 'chunk' || licenses?.type !== 'asset') throw new Error('The page of the verifier was not built as one script with its licences.');
  return { script: chunk.code, licenses: String(licenses.source) };
}
