/** The engine's door for command lines: a socket in the data folder that only its owner can open. Also the lock: one engine a folder. */
import { chmodSync, closeSync, openSync, readFileSync, rmSync, statSync, unlinkSync, writeSync } from 'node:fs';
import { createServer } from 'node:net';
import type { Server, Socket } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { connectTo, listenIn, makePrivateFolder, socketFile } from './control-address.ts';
import { LinePort } from './line-port.ts';
import type { ClientPort } from './ports.ts';

const claimName = 'engine.claim';
const pidName = 'engine.pid';
const mostClients = 32;
const claimTries = 100;
const staleClaimMs = 10_000;

/** Another engine has the folder. */
export class FolderHeld extends Error {
  readonly pid: number | null;
  constructor(folder: string, pid: number | null) {
    super(`Another engine${pid === null ? '' : ` (process ${pid})`} already works in ${folder}. End it first, or choose another folder with --data.`);
    this.name = 'FolderHeld';
    this.pid = pid;
  }
}

export interface ControlSocket {
  /** `close` hangs up on everybody and gives the folder free. */
  close(): Promise<void>;
}

/**
 * Claims the folder. The claim file only guards the moment between "nobody answers" and "we listen", so that two engines that
 * start together cannot both replace a stale socket; whether an engine lives is asked of the socket, which the system
 * closes with its process. A pid file as the lock was rejected: pids are used again.
 */
export async function openControlSocket(folder: string, serve: (port: ClientPort) => void): Promise<ControlSocket> {
  makePrivateFolder(folder);
  const claim = await takeClaim(folder);
  try {
    const other = await connectTo(folder);
    if (other) {
      other.destroy();
      throw new FolderHeld(folder, readPid(folder));
    }
    if (process.platform !== 'win32') rmSync(socketFile(folder), { force: true });
    const clients = new Set<Socket>();
    const server = createServer((socket) => accept(socket, clients, serve));
    await listenIn(server, folder);
    if (process.platform !== 'win32') chmodSync(socketFile(folder), 0o600);
    writePid(folder);
    return { close: () => closeServer(server, clients, folder) };
  } finally {
    claim();
  }
}

function accept(socket: Socket, clients: Set<Socket>, serve: (port: ClientPort) => void): void {
  if (clients.size >= mostClients) {
    socket.destroy();
    return;
  }
  clients.add(socket);
  socket.once('close', () => clients.delete(socket));
  serve(new LinePort(socket));
}

function closeServer(server: Server, clients: Set<Socket>, folder: string): Promise<void> {
  return new Promise((resolve) => {
    // Node removes the socket's file when its server closes.
    server.close(() => resolve());
    for (const client of clients) client.destroy();
    rmSync(join(folder, pidName), { force: true });
  });
}

function readPid(folder: string): number | null {
  try {
    const pid = Number(readFileSync(join(folder, pidName), 'utf8'));
    return Number.isSafeInteger(pid) && pid > 0 ? pid : null;
  } catch {
    return null; // The file only makes the sentence better.
  }
}

function writePid(folder: string): void {
  const file = openSync(join(folder, pidName), 'w', 0o600);
  writeSync(file, String(process.pid));
  closeSync(file);
}

async function takeClaim(folder: string): Promise<() => void> {
  const file = join(folder, claimName);
  for (let tries = 0; tries < claimTries; tries += 1) {
    try {
      const handle = openSync(file, 'wx', 0o600);
      writeSync(handle, String(process.pid));
      closeSync(handle);
      return () => rmSync(file, { force: true });
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
    }
    const age = Date.now() - (statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? Date.now());
    // Left behind by an engine that was killed in this very moment. A clock set back makes the age negative: also stale.
    if (age > staleClaimMs || age < -staleClaimMs) unlinkSync(file);
    else await sleep(100);
  }
  throw new FolderHeld(folder, readPid(folder));
}
