/** Where the engine of a data folder listens for command lines, and how both sides reach it. */
import { randomBytes } from 'node:crypto';
import { chmodSync, lstatSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createConnection } from 'node:net';
import type { Server, Socket } from 'node:net';
import { join } from 'node:path';

const socketName = 'engine.sock';
const pipeNameFile = 'engine.pipe';
/** `sun_path` holds 104 bytes on macOS and 108 on Linux, the closing zero included. */
const mostSocketPathBytes = 103;

/** SECURITY: the folder is its owner's alone; everybody who can open the socket in it is taken for the owner. */
export function makePrivateFolder(folder: string): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const found = lstatSync(folder);
  if (!found.isDirectory()) throw new Error(`${folder} is not a folder.`);
  if (process.platform === 'win32') return;
  if ((found.mode & 0o1000) !== 0) throw new Error(`${folder} is shared by everybody on this machine. Choose a folder of your own with --data.`);
  if (process.getuid && found.uid !== process.getuid()) throw new Error(`${folder} belongs to another account. Choose a folder of your own with --data.`);
  if ((found.mode & 0o077) !== 0) chmodSync(folder, 0o700);
}

export const socketFile = (folder: string): string => join(folder, socketName);

/**
 * SECURITY: pipes on Windows have no folder that hides them, so the name itself is the secret: random, in a file that
 * only its owner reads. Returns null when no engine ever ran there.
 */
export function readPipeName(folder: string): string | null {
  try {
    const name = readFileSync(join(folder, pipeNameFile), 'utf8').trim();
    return /^gatehouse-[0-9a-f]{32}$/.test(name) ? `\\\\.\\pipe\\${name}` : null;
  } catch {
    return null; // No file: nothing has listened for this folder yet.
  }
}

function makePipeName(folder: string): string {
  const name = `gatehouse-${randomBytes(16).toString('hex')}`;
  writeFileSync(join(folder, pipeNameFile), `${name}\n`, { mode: 0o600 });
  return `\\\\.\\pipe\\${name}`;
}

/** Binding and connecting are done by the system within the call, so a long path can be said relative to its folder. */
function fromInside<T>(folder: string, act: (path: string) => T): T {
  const whole = socketFile(folder);
  if (Buffer.byteLength(whole) <= mostSocketPathBytes) return act(whole);
  const before = process.cwd();
  process.chdir(folder);
  try {
    return act(socketName);
  } finally {
    process.chdir(before);
  }
}

export function listenIn(server: Server, folder: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.once('listening', resolve);
    if (process.platform === 'win32') server.listen(makePipeName(folder));
    else privately(() => fromInside(folder, (path) => server.listen(path)));
  });
}

/** SECURITY: the socket is born with mode 0600; a later chmod alone would leave a moment in which others could connect. */
function privately(act: () => void): void {
  const before = process.umask(0o177);
  try {
    act();
  } finally {
    process.umask(before);
  }
}

/** Null: nobody listens (no socket, or one that a killed engine left behind). */
export function connectTo(folder: string): Promise<Socket | null> {
  return new Promise((resolve, reject) => {
    const pipe = process.platform === 'win32' ? readPipeName(folder) : '';
    if (pipe === null) return resolve(null);
    const socket = pipe ? createConnection(pipe) : fromInside(folder, (path) => createConnection(path));
    socket.once('connect', () => resolve(socket));
    socket.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT' || error.code === 'ECONNREFUSED' || error.code === 'ENOTDIR') resolve(null);
      else reject(new Error(`The engine's control socket in ${folder} cannot be opened (${error.code ?? error.message}).`));
    });
  });
}
