import { ensureBuilt, runScript, useOwnNode } from './setup.mjs';

await runScript(async () => {
  await useOwnNode();
  await ensureBuilt();
});
