/** Processes of a Linux machine, out of /proc. */
import { closeSync, openSync, readSync } from 'node:fs';
import { readdir, readFile, readlink } from 'node:fs/promises';
import { hostname } from 'node:os';
import { setImmediate as breath } from 'node:timers/promises';
import { allPids, holdersOf, LinuxSockets, listeningAt } from './linux-sockets.ts';
import { isSame } from './machine.ts';
import type { Machine, Owners, Pin, Proc, ProcDetails, Processes, Sent, SignalKind } from './machine.ts';
import type { SocketEnds } from './process-ports.ts';
import { printable, programWords } from './program-name.ts';

const signals: Readonly<Record<SignalKind, NodeJS.Signals>> = { ask: 'SIGTERM', freeze: 'SIGSTOP', kill: 'SIGKILL' };
/** USER_HZ: what /proc counts in, the same on every Linux that Node runs on. */
const ticksPerSecond = 100;
const readAtOnce = 64;

export interface LinuxParts {
  readonly procRoot?: string;
  readonly kill?: (pid: number, signal: NodeJS.Signals) => void;
}

export class LinuxMachine implements Machine {
  readonly freezes = true;
  /** They share what they read. */
  readonly parallelLookUps = 16;
  readonly #procRoot: string;
  readonly #sockets: LinuxSockets;
  readonly #kill: (pid: number, signal: NodeJS.Signals) => void;
  readonly #titles = new Map<number, { readonly start: string; readonly title: string }>();

  constructor({ procRoot = '/proc', kill = (pid, signal) => { process.kill(pid, signal); } }: LinuxParts = {}) {
    this.#procRoot = procRoot;
    this.#sockets = new LinuxSockets(procRoot);
    this.#kill = kill;
  }

  get hostName(): string { return hostname(); }

  account(): Promise<string | null> {
    return Promise.resolve(process.geteuid === undefined ? null : String(process.geteuid()));
  }

  async read(): Promise<Processes> {
    const bootMs = this.#bootMs();
    const pids = (await readdir(this.#procRoot)).filter((name) => /^\d+$/.test(name));
    const found = new Map<number, Proc>();
    for (let at = 0; at < pids.length; at += readAtOnce) {
      if (at > 0) await breath();
      for (const pid of pids.slice(at, at + readAtOnce)) {
        const proc = procOf(readShort(`${this.#procRoot}/${pid}/stat`), bootMs);
        if (proc !== null) found.set(proc.pid, this.#named(proc));
      }
    }
    for (const [pid, { start }] of this.#titles) if (found.get(pid)?.start !== start) this.#titles.delete(pid);
    return found;
  }

  one(pid: number): Promise<Proc | null> {
    const proc = procOf(readShort(`${this.#procRoot}/${pid}/stat`), this.#bootMs());
    return Promise.resolve(proc === null ? null : this.#named(proc));
  }

  async details(pid: number): Promise<ProcDetails | null> {
    const at = `${this.#procRoot}/${pid}`;
    const [status, cmdline, program] = await Promise.all([
      readFile(`${at}/status`, 'latin1').catch(() => null), readFile(`${at}/cmdline`, 'utf8').catch(() => ''), readlink(`${at}/exe`).catch(() => null),
    ]);
    if (status === null) return null;
    const words = programWords(cmdline.split('\0'));
    const inner = /^NSpid:\s+\d+\s+(?:\d+\s+)*?(\d+)$/m.exec(status)?.[1];
    return {
      program, script: words.script, title: words.title === '' ? printable(/^Name:\s+(.*)$/m.exec(status)?.[1] ?? '') : words.title,
      // The effective one decides who may signal it.
      account: /^Uid:\s+\d+\s+(\d+)/m.exec(status)?.[1] ?? null, innerPid: inner === undefined ? null : Number(inner),
    };
  }

  async ownersOf(ends: SocketEnds, first: readonly number[]): Promise<Owners> {
    const inode = await this.#sockets.inodeOf(ends);
    if (inode === null) return { pids: [], holds: () => Promise.resolve(false) };
    const known = await this.#sockets.holderAmong(inode, first);
    const pids = known.length > 0 ? known : await this.#sockets.holdersOf(inode, Infinity);
    // SECURITY: a socket keeps its number until nobody holds it, and numbers come round after four billion: whoever still holds the number holds that very socket.
    return { pids, holds: async (pid) => (await this.#sockets.holderAmong(inode, [pid])).length > 0 };
  }

  async listenersAt(host: string, port: number): Promise<readonly number[]> {
    const inodes = await listeningAt(this.#procRoot, host, port);
    return inodes.length === 0 ? [] : holdersOf(this.#procRoot, inodes, await allPids(this.#procRoot), Infinity);
  }

  /** Hundredths of a second since the machine began. */
  startOf({ start }: Pin): number { return Number(start); }

  async unitOf(pid: number): Promise<string | null> {
    const text = await readFile(`${this.#procRoot}/${pid}/cgroup`, 'utf8').catch(() => '');
    return text === '' ? null : text;
  }

  signal(pin: Pin, kind: SignalKind): Promise<Sent> {
    return Promise.resolve(this.#signalNow(pin, kind));
  }

  /** SECURITY: nothing is awaited between the check and the signal: the number cannot go to another process meanwhile unnoticed. */
  #signalNow(pin: Pin, kind: SignalKind): Sent {
    const now = procOf(readShort(`${this.#procRoot}/${pin.pid}/stat`), 0);
    if (now === null || !isSame(now, pin)) return 'gone';
    try {
      this.#kill(pin.pid, signals[kind]);
      return 'sent';
    } catch (error) {
      return error instanceof Error && 'code' in error && error.code === 'ESRCH' ? 'gone' : 'not_allowed';
    }
  }

  /** Node calls its main thread so, and with it the process: what it runs says more. */
  #named(proc: Proc): Proc {
    if (proc.name !== 'MainThread') return proc;
    let known = this.#titles.get(proc.pid);
    if (known?.start !== proc.start) {
      known = { start: proc.start, title: programWords(readShort(`${this.#procRoot}/${proc.pid}/cmdline`).split('\0')).title };
      this.#titles.set(proc.pid, known);
    }
    return known.title === '' ? proc : { ...proc, name: known.title };
  }

  /** From the time since then, which counts in hundredths; the date of the start itself is only told in seconds. */
  #bootMs(): number {
    const uptime = Number(readShort(`${this.#procRoot}/uptime`).split(' ', 1)[0]);
    return uptime > 0 ? Date.now() - uptime * 1_000 : 0;
  }
}

const line = Buffer.alloc(4_096);

/** The kernel makes these files as they are read, in microseconds; a trip through the pool of threads costs ten times as much. '' when there is no such process. */
function readShort(file: string): string {
  let fd: number;
  try {
    fd = openSync(file, 'r');
  } catch {
    return ''; // It ended.
  }
  try {
    return line.toString('latin1', 0, readSync(fd, line, 0, line.length, 0));
  } catch {
    return ''; // It ended between the two calls.
  } finally {
    closeSync(fd);
  }
}

/** Null: not a line of a process that can act. The name may hold anything, also brackets and blanks: what follows it begins behind the last bracket. */
export function procOf(stat: string, bootMs: number): Proc | null {
  const [open, close] = [stat.indexOf('('), stat.lastIndexOf(')')];
  const pid = Number.parseInt(stat.slice(0, open), 10);
  const [state = '', parent = '', group = '', session = '', ...rest] = stat.slice(close + 2).trim().split(' ');
  const start = rest[15];
  if (open < 0 || close < open || !(pid > 0) || start === undefined) return null;
  // Ended, and only waiting for its parent to notice.
  if (state === 'Z' || state === 'X') return null;
  return { pid, parent: Number(parent), start, startedMs: bootMs + (Number(start) * 1_000) / ticksPerSecond, session: Number(session), group: Number(group), name: printable(stat.slice(open + 1, close)) };
}
