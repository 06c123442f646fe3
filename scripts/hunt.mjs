/** `npm run hunt -- [rounds] [words of a file's path]`: every property test with new cases, round after round. Stops at the first counterexample and says its seed. */
import { randomInt } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { pinnedNode, root, say } from './paths.mjs';
import { run } from './processes.mjs';
import { runScript, useOwnNode } from './setup.mjs';

const rooms = ['electron', 'shared', 'renderer', 'scripts', 'demo', 'bench'];

/** @param {string[]} words */
function propertyTests(words) {
  return rooms.flatMap((room) => readdirSync(path.join(root, room), { recursive: true, encoding: 'utf8' }).map((file) => `${room}/${file.replaceAll('\\', '/')}`))
    .filter((file) => /\.test\.tsx?$/.test(file) && !file.includes('.integration.') && words.every((word) => file.includes(word)) && readFileSync(path.join(root, file), 'utf8').includes("from 'fast-check'"));
}

await runScript(async () => {
  await useOwnNode();
  const [first = '10', ...more] = process.argv.slice(2);
  const rounds = /^\d+$/.test(first) ? Number(first) : 10;
  const files = propertyTests(/^\d+$/.test(first) ? more : [first, ...more]);
  if (files.length === 0) throw new Error('No property test has such a path.');
  for (let round = 1; round <= rounds; round += 1) {
    const seed = String(randomInt(2 ** 31));
    say(`round ${round} of ${rounds}: GATEHOUSE_SEED=${seed}, ${files.length} files`);
    const { code } = await run(pinnedNode, [path.join(root, 'node_modules', 'vitest', 'vitest.mjs'), 'run', '--project=unit', ...files], { cwd: root, env: { ...process.env, GATEHOUSE_SEED: seed } });
    if (code !== 0) return code;
  }
  return 0;
});
