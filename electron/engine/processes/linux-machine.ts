/** Processes of a Linux machine, out of /proc. */
import { readFileSync } from 'node:fs';
import { readdir, readFile, readlink } from 'node:fs/promises';
import { hostname } from 'node:os';
import { allPids, holdersOf, inodeOf, listeningAt } from './linux-sockets.ts';
import { isSame } from './machine.ts';
import type { Machine, Pin, Proc, ProcDetails, Processes, Sent, SignalKind } from './machine.ts';
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
  readonly hostName = hostname();
  readonly freezes = true;
  readonly #procRoot: string;
  readonly #kill: (pid: number, signal: NodeJS.Signals) => void;

  constructor({ procRoot = '/proc', kill = (pid, signal) => { process.kill(pid, signal); } }: LinuxParts = {}) {
    this.#procRoot = procRoot;
    this.#kill = kill;
  }

  account(): Promise<string | null> {
    return Promise.resolve(process.geteuid === undefined ? null : String(process.geteuid()));
  }

  async read(): Promise<Processes> {
    const bootMs = await this.#bootMs();
    const pids = (await readdir(this.#procRoot)).filter((name) => /^\d+$/.test(name));
    const found = new Map<number, Proc>();
    for (let at = 0; at < pids.length; at += readAtOnce) {
      // A process that ended meanwhile is no more: it is not in the list.
      const texts = await Promise.all(pids.slice(at, at + readAtOnce).map((pid) => readFile(`${this.#procRoot}/${pid}/stat`, 'latin1').catch(() => '')));
      for (const text of texts) {
        const proc = procOf(text, bootMs);
        if (proc !== null) found.set(proc.pid, proc);
      }
    }
    return found;
  }

  async one(pid: number): Promise<Proc | null> {
    return procOf(await readFile(`${this.#procRoot}/${pid}/stat`, 'latin1').catch(() => ''), await this.#bootMs());
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

  async ownersOf(ends: SocketEnds, first: readonly number[]): Promise<readonly number[]> {
    const inode = await inodeOf(this.#procRoot, ends);
    if (inode === null) return [];
    const known = await holdersOf(this.#procRoot, [inode], first, 1);
    return known.length > 0 ? known : holdersOf(this.#procRoot, [inode], await allPids(this.#procRoot), Infinity);
  }

  async listenersAt(host: string, port: number): Promise<readonly number[]> {
    const inodes = await listeningAt(this.#procRoot, host, port);
    return inodes.length === 0 ? [] : holdersOf(this.#procRoot, inodes, await allPids(this.#procRoot), Infinity);
  }

  signal(pin: Pin, kind: SignalKind): Promise<Sent> {
    return Promise.resolve(this.#signalNow(pin, kind));
  }

  /** SECURITY: nothing is awaited between the check and the signal: the number cannot go to another process meanwhile unnoticed. */
  #signalNow(pin: Pin, kind: SignalKind): Sent {
    let now: Proc | null;
    try {
      now = procOf(readFileSync(`${this.#procRoot}/${pin.pid}/stat`, 'latin1'), 0);
    } catch {
      return 'gone'; // There is no such process.
    }
    if (now === null || !isSame(now, pin)) return 'gone';
    try {
      this.#kill(pin.pid, signals[kind]);
      return 'sent';
    } catch (error) {
      return error instanceof Error && 'code' in error && error.code === 'ESRCH' ? 'gone' : 'not_allowed';
    }
  }

  /** From the time since then, which counts in hundredths; the date of the start itself is only told in seconds. */
  async #bootMs(): Promise<number> {
    const uptime = Number((await readFile(`${this.#procRoot}/uptime`, 'latin1').catch(() => '')).split(' ', 1)[0]);
    return uptime > 0 ? Date.now() - uptime * 1_000 : 0;
  }
}

/** Null: not a line of a process that can act. The name may hold anything, also brackets and blanks: what follows it begins behind the last bracket. */
export function procOf(stat: string, bootMs: number): Proc | null {
  const [open, close] = [stat.indexOf('('), stat.lastIndexOf(')')];
  const pid = Number.parseInt(stat.slice(0, open), 10);
  const [state = '', parent = '', , session = '', ...rest] = stat.slice(close + 2).trim().split(' ');
  const start = rest[15];
  if (open < 0 || close < open || !(pid > 0) || start === undefined) return null;
  // Ended, and only waiting for its parent to notice.
  if (state === 'Z' || state === 'X') return null;
  return { pid, parent: Number(parent), start, startedMs: bootMs + (Number(start) * 1_000) / ticksPerSecond, session: Number(session), name: printable(stat.slice(open + 1, close)) };
}
