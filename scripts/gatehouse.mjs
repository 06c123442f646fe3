import path from 'node:path';
import { pinnedNode, root } from './paths.mjs';
import { run } from './processes.mjs';
import { ensureBuilt, runScript, useOwnNode } from './setup.mjs';

await runScript(async () => {
  await useOwnNode();
  await ensureBuilt(['engine']);
  const cli = path.join(root, 'dist', 'engine', 'cli.js');
  // npm goes to the repository's folder first; a relative path that a person types means the folder they are in.
  // Two heaps for all threads instead of one each: see electron/main/engine-environment.ts.
  const env = { MALLOC_ARENA_MAX: '2', ...process.env };
  const { code } = await run(pinnedNode, [cli, ...process.argv.slice(2)], { cwd: process.env['INIT_CWD'] || process.cwd(), env });
  return code;
});
