import { chromiumSwitches, withDisplay } from './display.mjs';
import { pinnedNode, root } from './paths.mjs';
import { run } from './processes.mjs';
import { ensureBuilt, ensureElectron, runScript, useOwnNode } from './setup.mjs';

await runScript(async () => {
  await useOwnNode();
  await ensureBuilt();
  const electron = await ensureElectron();
  const { code } = await withDisplay((env) =>
    run(pinnedNode, ['bench/index.ts', ...process.argv.slice(2)], {
      cwd: root,
      env: { ...env, GATEHOUSE_NODE: pinnedNode, GATEHOUSE_ELECTRON: electron.executable, GATEHOUSE_ELECTRON_SWITCHES: chromiumSwitches().join(' ') },
    }),
  );
  return code;
});
