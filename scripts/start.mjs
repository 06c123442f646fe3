import { chromiumSwitches, withDisplay } from './display.mjs';
import { pinnedNode, root, say } from './paths.mjs';
import { run } from './processes.mjs';
import { ensureBuilt, ensureDemoRuntimes, ensureElectron, runScript, useOwnNode } from './setup.mjs';

await runScript(async () => {
  await useOwnNode();
  if (process.argv.includes('--demo')) {
    // Without a registry in reach the fleet still has its agents that send telemetry.
    await ensureDemoRuntimes().catch((error) => say(`${error instanceof Error ? error.message : String(error)} The demo goes on without these runtimes.`));
  }
  await ensureBuilt();
  const electron = await ensureElectron();
  const { code } = await withDisplay((env) =>
    run(electron.executable, [...chromiumSwitches(), root, ...process.argv.slice(2)], {
      // npm goes to the repository's folder first; a relative path that a person types means the folder they are in.
      cwd: process.env['INIT_CWD'] || process.cwd(),
      // An Electron older than our SQLite binding cannot run the engine itself and starts it with this Node.
      env: { ...env, GATEHOUSE_NODE: pinnedNode },
    }),
  );
  return code;
});
