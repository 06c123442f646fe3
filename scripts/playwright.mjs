import path from 'node:path';
import { chromiumSwitches, withDisplays } from './display.mjs';
import { pinnedNode, root } from './paths.mjs';
import { run } from './processes.mjs';

/**
 * Playwright on the real app. The tests find the Electron and its switches in the environment:
 * GATEHOUSE_ELECTRON (the program), GATEHOUSE_ELECTRON_SWITCHES (space-separated) and GATEHOUSE_NODE. Without a real display two windows
 * work side by side, each with a virtual display of its own (GATEHOUSE_DISPLAYS, space-separated).
 * @param {import('./electron-runtime.mjs').ElectronRuntime} electron
 * @param {string[]} args
 */
export function runPlaywright(electron, args) {
  const cli = path.join(root, 'node_modules', '@playwright', 'test', 'cli.js');
  return withDisplays(2, (displays) =>
    run(pinnedNode, [cli, 'test', `--workers=${Math.max(1, displays.length)}`, ...args], {
      cwd: root,
      env: {
        ...process.env, ...(displays[0] === undefined ? {} : { DISPLAY: displays[0], GATEHOUSE_DISPLAYS: displays.join(' ') }),
        GATEHOUSE_NODE: pinnedNode, GATEHOUSE_ELECTRON: electron.executable, GATEHOUSE_ELECTRON_SWITCHES: chromiumSwitches().join(' '),
      },
    }),
  );
}
