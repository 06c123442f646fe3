/** Whose socket is it, on Linux: the tables of the kernel name the socket's number, and each process lists what it holds. */
import { readdirSync, readlinkSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { setImmediate as breath } from 'node:timers/promises';
import type { SocketEnds } from './process-ports.ts';

interface Line { readonly address: string; readonly port: number; readonly farAddress: string; readonly farPort: number; readonly state: string; readonly inode: string }

/** The sender's side of a socket that was accepted here: its local end is our remote one. Null: no process holds it. */
export async function inodeOf(procRoot: string, ends: SocketEnds): Promise<string | null> {
  for await (const line of lines(procRoot)) {
    if (line.port !== ends.remotePort || line.farPort !== ends.localPort || line.inode === '0') continue;
    // SECURITY: two sockets may have the same two ports at different addresses of loopback; only all four name one.
    if (ends.remoteAddress !== undefined && canonical(ends.remoteAddress) !== line.address) continue;
    if (ends.localAddress !== undefined && canonical(ends.localAddress) !== line.farAddress) continue;
    return line.inode;
  }
  return null;
}

const listening = '0A';
const anyAddress = new Set(['0.0.0.0', '::']);

/** Sockets that answer at `host:port`, those for exactly this address before those for any. */
export async function listeningAt(procRoot: string, host: string, port: number): Promise<string[]> {
  const wanted = host === 'localhost' ? ['127.0.0.1', '::1'] : [canonical(host)];
  const exact: string[] = [];
  const any: string[] = [];
  for await (const line of lines(procRoot)) {
    if (line.state !== listening || line.port !== port) continue;
    if (wanted.includes(line.address)) exact.push(line.inode);
    else if (anyAddress.has(line.address)) any.push(line.inode);
  }
  return exact.length > 0 ? exact : any;
}

async function* lines(procRoot: string): AsyncGenerator<Line> {
  for (const file of ['net/tcp', 'net/tcp6']) {
    const table = await readFile(`${procRoot}/${file}`, 'latin1').catch(() => '');
    for (const text of table.split('\n')) {
      const cells = text.trim().split(/\s+/);
      const [near, far, state, inode] = [end(cells[1]), end(cells[2]), cells[3], cells[9]];
      if (near !== null && far !== null && state !== undefined && inode !== undefined) yield { address: near.address, port: near.port, farAddress: far.address, farPort: far.port, state, inode };
    }
  }
}

/** `0100007F:10DE`: words of four bytes in the machine's own order, which is little-endian wherever this runs. */
function end(text: string | undefined): { address: string; port: number } | null {
  const [hex = '', port = ''] = (text ?? '').split(':');
  if (!/^(?:[0-9A-F]{8}|[0-9A-F]{32})$/.test(hex) || !/^[0-9A-F]{4}$/.test(port)) return null;
  const bytes = Array.from({ length: hex.length / 2 }, (_, at) => Number.parseInt(hex.slice(at * 2, at * 2 + 2), 16));
  const ordered = bytes.map((_, at) => bytes[at - (at % 4) + 3 - (at % 4)] ?? 0);
  return { address: written(ordered), port: Number.parseInt(port, 16) };
}

function written(bytes: readonly number[]): string {
  if (bytes.length === 4) return bytes.join('.');
  const isMapped = bytes.slice(0, 10).every((byte) => byte === 0) && bytes[10] === 0xff && bytes[11] === 0xff;
  if (isMapped) return bytes.slice(12).join('.');
  const words = Array.from({ length: 8 }, (_, at) => (((bytes[at * 2] ?? 0) << 8) | (bytes[at * 2 + 1] ?? 0)).toString(16));
  return canonical(words.join(':'));
}

/** One spelling for each address. */
export function canonical(address: string): string {
  const bare = address.replace(/^\[|\]$/g, '');
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(bare)?.[1];
  if (mapped !== undefined) return mapped;
  if (!bare.includes(':')) return bare;
  return URL.canParse(`http://[${bare}]`) ? new URL(`http://[${bare}]`).hostname.slice(1, -1) : bare;
}

const longestMs = 3;

/** Everybody who holds one of these sockets: a child that was born with it holds it too. */
export async function holdersOf(procRoot: string, inodes: readonly string[], pids: readonly number[], enough: number): Promise<number[]> {
  const links = new Set(inodes.map((inode) => `socket:[${inode}]`));
  const found: number[] = [];
  let since = performance.now();
  for (const pid of pids) {
    if (holds(procRoot, pid, links)) found.push(pid);
    if (found.length >= enough) break;
    if (performance.now() - since < longestMs) continue;
    // What comes in meanwhile goes first.
    await breath();
    since = performance.now();
  }
  return found;
}

/** Read at once: a short-lived sender is gone soon, and a trip through the pool of threads for each file costs many times the reading. */
function holds(procRoot: string, pid: number, links: ReadonlySet<string>): boolean {
  let fds: string[];
  try {
    fds = readdirSync(`${procRoot}/${pid}/fd`);
  } catch {
    return false; // It ended meanwhile, or belongs to somebody else.
  }
  return fds.some((fd) => links.has(linkOf(`${procRoot}/${pid}/fd/${fd}`)));
}

function linkOf(file: string): string {
  try {
    return readlinkSync(file);
  } catch {
    return ''; // It was closed meanwhile.
  }
}

/** Young processes first: senders are usually younger than the system's own services. */
export async function allPids(procRoot: string): Promise<number[]> {
  return (await readdir(procRoot)).filter((name) => /^\d+$/.test(name)).map(Number).toSorted((a, b) => b - a);
}
