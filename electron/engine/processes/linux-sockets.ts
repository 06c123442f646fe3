/** Whose socket is it, on Linux: the tables of the kernel name the socket's number, and each process lists what it holds. */
import { closeSync, openSync, readdirSync, readlinkSync, readSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { setImmediate as breath } from 'node:timers/promises';
import { Gathered } from './gathered.ts';
import type { SocketEnds } from './process-ports.ts';

interface Line { readonly address: string; readonly port: number; readonly farAddress: string; readonly farPort: number; readonly state: string; readonly inode: string }

interface Wanted { readonly inode: string; readonly enough: number }

const longestMs = 3;

/** What comes in meanwhile goes first. */
class Breaths {
  #since = performance.now();

  async taken(): Promise<void> {
    if (performance.now() - this.#since < longestMs) return;
    await breath();
    this.#since = performance.now();
  }
}

/**
 * Sockets that were accepted here. The kernel goes through its buckets for a table, however few sockets there are (262,144
 * in 6 ms), and a walk reads what every process holds: whoever asks meanwhile is served by the next one, together with all others who wait.
 */
export class LinuxSockets {
  readonly #procRoot: string;
  readonly #tables: Gathered<SocketEnds, string | null>;
  readonly #walks: Gathered<Wanted, readonly number[]>;

  constructor(procRoot: string) {
    this.#procRoot = procRoot;
    this.#tables = new Gathered((asked) => inodesOf(procRoot, asked));
    this.#walks = new Gathered((asked) => walk(procRoot, asked));
  }

  /** The number of the sender's side: its local end is our remote one. Null: no process holds it. */
  inodeOf(ends: SocketEnds): Promise<string | null> { return this.#tables.ask(ends); }

  /** Of these, the first one that holds the socket. */
  holderAmong(inode: string, pids: readonly number[]): Promise<number[]> { return holdersOf(this.#procRoot, [inode], pids, 1); }

  /** Everybody who holds the socket, or `enough` of them: a child that was born with it holds it too. Young processes first. */
  holdersOf(inode: string, enough: number): Promise<readonly number[]> { return this.#walks.ask({ inode, enough }); }
}

const tables = ['net/tcp', 'net/tcp6'] as const;

/** No further than all are found: the second table only for those who are not in the first one. */
async function inodesOf(procRoot: string, asked: readonly SocketEnds[]): Promise<(string | null)[]> {
  const found = asked.map((): string | null => null);
  const breaths = new Breaths();
  for (const file of tables) {
    for (const lines of readTable(`${procRoot}/${file}`)) {
      asked.forEach((ends, at) => { found[at] ??= inodeIn(lines, ends); });
      if (!found.includes(null)) return found;
      await breaths.taken();
    }
  }
  return found;
}

function inodeIn(lines: string, ends: SocketEnds): string | null {
  for (const line of linesWith(lines, ends.remotePort)) {
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
  const breaths = new Breaths();
  for (const file of tables) {
    for (const lines of readTable(`${procRoot}/${file}`)) {
      for (const line of linesWith(lines, port)) {
        if (line.state !== listening || line.port !== port) continue;
        if (wanted.includes(line.address)) exact.push(line.inode);
        else if (anyAddress.has(line.address)) any.push(line.inode);
      }
      await breaths.taken();
    }
  }
  return exact.length > 0 ? exact : any;
}

const page = Buffer.alloc(16 * 1024);

/**
 * Whole lines, as many as the kernel gives at once: 4 kB, for which it goes through as many of its buckets as it takes, all of them in 6 ms at most.
 * At once: through the pool of threads a table of 30 kB is a dozen trips, each of which waits for its turn (37 to 183 ms while bodies came in).
 */
function* readTable(file: string): Generator<string> {
  let fd: number;
  try {
    fd = openSync(file, 'r');
  } catch {
    return; // This kernel has none of the kind.
  }
  try {
    let rest = '';
    for (let read = pageOf(fd); read !== ''; read = pageOf(fd)) {
      const text = rest + read;
      const end = text.lastIndexOf('\n') + 1;
      rest = text.slice(end);
      yield text.slice(0, end);
    }
    yield rest;
  } finally {
    closeSync(fd);
  }
}

/** '' at the end, and where the kernel gives no more. */
function pageOf(fd: number): string {
  try {
    return page.toString('latin1', 0, readSync(fd, page));
  } catch {
    return '';
  }
}

/** Lines in which the port stands at one of the two ends: only these are taken apart, of what may be thousands. */
function* linesWith(lines: string, port: number): Generator<Line> {
  const text = `:${port.toString(16).toUpperCase().padStart(4, '0')} `;
  for (let at = lines.indexOf(text); at >= 0;) {
    const end = lines.indexOf('\n', at);
    const line = lineOf(lines.slice(lines.lastIndexOf('\n', at) + 1, end < 0 ? undefined : end));
    if (line !== null) yield line;
    at = end < 0 ? -1 : lines.indexOf(text, end);
  }
}

function lineOf(text: string): Line | null {
  const cells = text.trim().split(/\s+/);
  const [near, far, state, inode] = [end(cells[1]), end(cells[2]), cells[3], cells[9]];
  return near === null || far === null || state === undefined || inode === undefined ? null : { address: near.address, port: near.port, farAddress: far.address, farPort: far.port, state, inode };
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

/** Everybody who holds one of these sockets: a child that was born with it holds it too. */
export async function holdersOf(procRoot: string, inodes: readonly string[], pids: readonly number[], enough: number): Promise<number[]> {
  const links = new Set(inodes.map(linkTo));
  const found: number[] = [];
  const breaths = new Breaths();
  for (const pid of pids) {
    if (holds(procRoot, pid, links)) found.push(pid);
    if (found.length >= enough) break;
    await breaths.taken();
  }
  return found;
}

/** The same for several who want to know, each about a socket of its own. */
async function walk(procRoot: string, asked: readonly Wanted[]): Promise<(readonly number[])[]> {
  const found = asked.map((): number[] => []);
  const links = asked.map(({ inode }) => linkTo(inode));
  const breaths = new Breaths();
  for (const pid of await allPids(procRoot)) {
    const held = new Set(linksOf(procRoot, pid));
    links.forEach((link, at) => { if (held.has(link)) found[at]?.push(pid); });
    if (asked.every(({ enough }, at) => (found[at]?.length ?? 0) >= enough)) break;
    await breaths.taken();
  }
  return found;
}

const linkTo = (inode: string): string => `socket:[${inode}]`;

function holds(procRoot: string, pid: number, links: ReadonlySet<string>): boolean {
  for (const link of linksOf(procRoot, pid)) if (links.has(link)) return true;
  return false;
}

/** What a process holds. Read at once: a short-lived sender is gone soon, and a trip through the pool of threads for each file costs many times the reading. */
function* linksOf(procRoot: string, pid: number): Generator<string> {
  let fds: string[];
  try {
    fds = readdirSync(`${procRoot}/${pid}/fd`);
  } catch {
    return; // It ended meanwhile, or belongs to somebody else.
  }
  for (const fd of fds) yield linkOf(`${procRoot}/${pid}/fd/${fd}`);
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
