import path from 'node:path';
import { pinnedNode, root } from './paths.mjs';
import { run } from './processes.mjs';
import { ensureBuilt, runScript, useOwnNode } from './setup.mjs';

await runScript(async () => {
  await useOwnNode();
  await ensureBuilt(['engine']);
  const cli = path.join(root, 'dist', 'engine', 'cli.js');
  // npm goes to the repository's folder first; a relative path that a person types means the folder they are in.
  const { code } = await run(pinnedNode, [cli, ...process.argv.slice(2)], { cwd: process.env['INIT_CWD'] || process.cwd() });
  return code;
});
