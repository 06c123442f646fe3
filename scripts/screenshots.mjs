import { runPlaywright } from './playwright.mjs';
import { ensureBuilt, ensureDemoRuntimes, ensureElectron, runScript, useOwnNode } from './setup.mjs';

await runScript(async () => {
  await useOwnNode();
  await ensureDemoRuntimes();
  await ensureBuilt();
  const { code } = await runPlaywright(await ensureElectron(), ['--project=screenshots', '--reporter=list', ...process.argv.slice(2)]);
  return code;
});
