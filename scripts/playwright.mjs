import path from 'node:path';
import { chromiumSwitches, withDisplay } from './display.mjs';
import { pinnedNode, root } from './paths.mjs';
import { run } from './processes.mjs';

/**
 * Playwright on the real app. The tests find the Electron and its switches in the environment:
 * GATEHOUSE_ELECTRON (the program), GATEHOUSE_ELECTRON_SWITCHES (space-separated) and GATEHOUSE_NODE.
 * @param {import('./electron-runtime.mjs').ElectronRuntime} electron
 * @param {string[]} args
 */
export function runPlaywright(electron, args) {
  const cli = path.join(root, 'node_modules', '@playwright', 'test', 'cli.js');
  return withDisplay((env) =>
    run(pinnedNode, [cli, 'test', ...args], {
      cwd: root,
      env: { ...env, GATEHOUSE_NODE: pinnedNode, GATEHOUSE_ELECTRON: electron.executable, GATEHOUSE_ELECTRON_SWITCHES: chromiumSwitches().join(' ') },
    }),
  );
}
