import { cp, mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { pinnedNode, root, say } from './paths.mjs';
import { run } from './processes.mjs';
import { ensureBuilt, ensureElectron, runScript, useOwnNode } from './setup.mjs';

await runScript(async () => {
  await useOwnNode();
  await ensureBuilt();
  const electron = await ensureElectron();
  const work = await mkdtemp(path.join(os.tmpdir(), 'gatehouse-pack-'));
  try {
    const dist = await withoutLauncher(electron, work);
    const builder = path.join(root, 'node_modules', 'electron-builder', 'cli.js');
    const { code } = await run(pinnedNode, [builder, '--dir', '--publish=never', `-c.electronDist=${dist}`, ...process.argv.slice(2)], { cwd: root });
    if (code === 0 && electron.kind === 'stand-in') {
      say('\n  ! This build stands on the stand-in for Electron. It shows that packing works; it is NOT for shipping.\n');
    }
    return code;
  } finally {
    await rm(work, { recursive: true, force: true });
  }
});

/**
 * The stand-in carries our launcher where a packed program goes; the build must hold the packed program alone.
 * @param {import('./electron-runtime.mjs').ElectronRuntime} electron @param {string} work
 */
async function withoutLauncher(electron, work) {
  if (electron.kind !== 'stand-in') return electron.dist;
  const copy = path.join(work, 'electron');
  const launcher = path.join(electron.dist, 'resources', 'app');
  await cp(electron.dist, copy, { recursive: true, verbatimSymlinks: true, filter: (source) => source !== launcher });
  return copy;
}
