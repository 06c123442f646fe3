import { mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Runs one set-up at a time per work tree: two commands started together would otherwise both empty
 * node_modules. A folder is the lock, because making one is atomic everywhere.
 * @template T
 * @param {string} folder
 * @param {() => Promise<T>} work
 * @param {{ onWait?: () => void, pollMs?: number }} [options]
 * @returns {Promise<T>}
 */
export async function withLock(folder, work, { onWait, pollMs = 200 } = {}) {
  let said = false;
  while (!(await take(folder))) {
    if (await isAbandoned(folder)) {
      await rm(folder, { recursive: true, force: true });
      continue;
    }
    if (!said) onWait?.();
    said = true;
    await sleep(pollMs);
  }
  try {
    return await work();
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** @param {string} folder */
async function take(folder) {
  try {
    await mkdir(folder, { mode: 0o700 });
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw error;
  }
  await writeFile(path.join(folder, 'pid'), String(process.pid));
  return true;
}

/** @param {string} folder */
async function isAbandoned(folder) {
  try {
    const pid = Number(await readFile(path.join(folder, 'pid'), 'utf8'));
    if (!Number.isInteger(pid) || pid <= 0) return true;
    process.kill(pid, 0);
    return false;
  } catch (error) {
    const code = codeOf(error);
    if (code === 'ESRCH') return true;
    if (code === 'EPERM') return false;
    // No pid written: its owner is just about to, or died in between.
    return await isOlderThan(folder, 5_000);
  }
}

/** @param {string} folder @param {number} ageMs */
async function isOlderThan(folder, ageMs) {
  try {
    return Date.now() - (await stat(folder)).mtimeMs > ageMs;
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return false;
    throw error;
  }
}

/** @param {unknown} error @returns {string | undefined} */
function codeOf(error) {
  return error instanceof Error && 'code' in error ? String(error.code) : undefined;
}
