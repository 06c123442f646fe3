/**
 * Which process is at the other end of a loopback socket, so that an unknown sender can be told by name. Linux says it in /proc;
 * other systems have no cheap way without rights or native code: there it stays unknown.
 */
import { readdir, readFile, readlink } from 'node:fs/promises';
import { basename } from 'node:path';

export interface SenderProcess {
  readonly pid: number;
  /** program name, and the script's name for interpreters; never its arguments, which may hold prompts and secrets. */
  readonly name: string;
}

export interface SocketEnds {
  readonly localPort: number;
  readonly remotePort: number;
}

/** Looks one socket up at a time; when many ask at once, the rest stay unknown rather than make the engine read /proc all day. */
export class StrangerFinder {
  private waiting = 0;
  private last: Promise<unknown> = Promise.resolve();
  private readonly procRoot: string;
  private readonly platform: string;

  constructor(platform: string = process.platform, procRoot = '/proc') {
    this.platform = platform;
    this.procRoot = procRoot;
  }

  async find(ends: SocketEnds): Promise<SenderProcess | null> {
    if (this.platform !== 'linux' || this.waiting >= 8) return null;
    this.waiting++;
    const found = this.last.then(() => this.look(ends)).catch(() => null);
    this.last = found;
    try {
      return await found;
    } finally {
      this.waiting--;
    }
  }

  private async look(ends: SocketEnds): Promise<SenderProcess | null> {
    const inode = (await this.inodeIn('net/tcp', ends)) ?? (await this.inodeIn('net/tcp6', ends));
    if (inode === null) return null;
    const pid = await this.ownerOf(`socket:[${inode}]`);
    return pid === null ? null : { pid, name: await this.nameOf(pid) };
  }

  /** The sender's side of the socket: its local port is our remote one. */
  private async inodeIn(file: string, ends: SocketEnds): Promise<string | null> {
    const table = await readFile(`${this.procRoot}/${file}`, 'latin1').catch(() => '');
    const local = `:${portHex(ends.remotePort)}`;
    const remote = `:${portHex(ends.localPort)}`;
    for (const line of table.split('\n')) {
      const cells = line.trim().split(/\s+/);
      if (cells[1]?.endsWith(local) === true && cells[2]?.endsWith(remote) === true && cells[9] !== undefined && cells[9] !== '0') return cells[9];
    }
    return null;
  }

  private async ownerOf(link: string): Promise<number | null> {
    const pids = (await readdir(this.procRoot)).filter((name) => /^\d+$/.test(name));
    // Young processes first: senders are usually younger than the system's own services.
    for (const pid of pids.toSorted((a, b) => Number(b) - Number(a))) {
      // A process may end meanwhile, or belong to somebody else: then its list cannot be read and it is passed over.
      const fds = await readdir(`${this.procRoot}/${pid}/fd`).catch(() => []);
      const targets = await Promise.all(fds.map((fd) => readlink(`${this.procRoot}/${pid}/fd/${fd}`).catch(() => '')));
      if (targets.includes(link)) return Number(pid);
    }
    return null;
  }

  private async nameOf(pid: number): Promise<string> {
    const words = (await readFile(`${this.procRoot}/${pid}/cmdline`, 'utf8').catch(() => '')).split('\0');
    const program = basename(words[0] ?? '');
    const script = words.find((word, at) => at > 0 && !word.startsWith('-') && !takesValue.has(words[at - 1] ?? ''));
    const isScript = script !== undefined && /\.(?:[cm]?[jt]s|py|rb)$/.test(script);
    const name = isScript ? `${program} ${basename(script)}` : program;
    // SECURITY: a process may call itself anything: no control characters, bounded.
    return Array.from(name, (letter) => (letter < ' ' || letter === '\u007f' ? '?' : letter)).slice(0, 80).join('');
  }
}

/** Options of interpreters that are followed by a file which is not the program. */
const takesValue = new Set(['--import', '--require', '-r', '--loader', '--experimental-loader', '--env-file', '-W', '-X']);

const portHex = (port: number): string => port.toString(16).toUpperCase().padStart(4, '0');
