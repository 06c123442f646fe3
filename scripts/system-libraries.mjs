import { existsSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { say } from './paths.mjs';
import { capture, run, toStandardError } from './processes.mjs';

/** What a bare Debian or Ubuntu lacks to open an Electron window. Newer releases renamed some; see `nameThere`. */
const libraryPackages = ['libgtk-3-0', 'libnss3', 'libasound2', 'libgbm1', 'libxss1', 'libnotify4', 'libatk-bridge2.0-0', 'libsecret-1-0'];
const displayPackages = ['xvfb'];

/** @param {NodeJS.ProcessEnv} env @param {NodeJS.Platform} platform */
export function needsVirtualDisplay(env = process.env, platform = process.platform) {
  return platform === 'linux' && !env['DISPLAY'] && !env['WAYLAND_DISPLAY'];
}

/**
 * Makes sure that this machine can run the program; only Linux leaves that to chance.
 * @param {string} executable
 */
export async function ensureSystemLibraries(executable) {
  if (process.platform !== 'linux') return;
  const missing = [
    ...((await missingLibraries(executable)).length > 0 ? libraryPackages : []),
    ...(needsVirtualDisplay() && !isOnPath('Xvfb') ? displayPackages : []),
  ];
  if (missing.length > 0) await installOrTell(missing);
  const still = await missingLibraries(executable);
  if (still.length > 0) throw new Error(`Electron still lacks system libraries: ${still.join(', ')}. Install the packages that hold them and run the command again.`);
  const sandbox = whySandboxFails(executable);
  if (sandbox !== undefined) throw new Error(sandbox);
}

/** @param {string} executable */
async function missingLibraries(executable) {
  const { stdout } = await capture('ldd', [executable]);
  return notFound(stdout);
}

/** @param {string} lddOutput */
export function notFound(lddOutput) {
  return [...lddOutput.matchAll(/^\s*(\S+) => not found$/gm)].map((match) => match[1] ?? '');
}

/** @param {string[]} packages */
async function installOrTell(packages) {
  const isRoot = process.getuid?.() === 0;
  if (!isOnPath('apt-get')) {
    throw new Error(`System libraries are missing. Install what your system calls these Debian packages, then run the command again:\n\n  ${packages.join(' ')}\n`);
  }
  if (!isRoot) {
    const names = await Promise.all(packages.map(nameThere));
    throw new Error(`System libraries are missing. Run this once, then the command again:\n\n  sudo apt-get update && sudo apt-get install -y --no-install-recommends ${names.join(' ')}\n`);
  }
  say(`Installing system packages: ${packages.join(' ')} ...`);
  const options = { stdio: toStandardError, env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } };
  await run('apt-get', ['update', '-qq'], options);
  const names = await Promise.all(packages.map(nameThere));
  const { code } = await run('apt-get', ['install', '-y', '-qq', '--no-install-recommends', '-o', 'DPkg::Lock::Timeout=120', ...names], options);
  if (code !== 0) throw new Error(`apt-get could not install ${names.join(' ')} (code ${code}); its own words are above.`);
}

/** Debian 13 and Ubuntu 24.04 added `t64` to names whose time type grew. @param {string} name */
async function nameThere(name) {
  const { stdout } = await capture('apt-cache', ['policy', `${name}t64`]);
  return /Candidate: (?!\(none\))/.test(stdout) ? `${name}t64` : name;
}

/** @param {string} program */
function isOnPath(program) {
  return (process.env['PATH'] ?? '').split(path.delimiter).some((folder) => folder !== '' && existsSync(path.join(folder, program)));
}

/**
 * Some systems forbid the name spaces that Chromium's sandbox is made of; then its helper must belong to root.
 * We tell how to set that right; starting without the sandbox is no answer for a person's own machine.
 * @param {string} executable
 */
function whySandboxFails(executable) {
  if (process.getuid?.() === 0) return undefined;
  const forbidden = readFlag('/proc/sys/kernel/apparmor_restrict_unprivileged_userns') === '1' || readFlag('/proc/sys/kernel/unprivileged_userns_clone') === '0';
  const helper = path.join(path.dirname(executable), 'chrome-sandbox');
  if (!forbidden || !existsSync(helper)) return undefined;
  const { uid, mode } = statSync(helper);
  if (uid === 0 && (mode & 0o4000) !== 0) return undefined;
  return `This system lets Chromium build its sandbox only with a helper that belongs to root. Run this once, then the command again:\n\n  sudo chown root:root ${helper} && sudo chmod 4755 ${helper}\n`;
}

/** @param {string} file */
function readFlag(file) {
  return existsSync(file) ? readFileSync(file, 'utf8').trim() : undefined;
}
