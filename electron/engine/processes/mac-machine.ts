/** Processes of a Mac, by `ps` and `lsof`, which every Mac brings. */
import { hostname } from 'node:os';
import { canonical } from './linux-sockets.ts';
import { isSame } from './machine.ts';
import type { Machine, Owners, Pin, Proc, ProcDetails, Processes, Sent, SignalKind } from './machine.ts';
import type { SocketEnds } from './process-ports.ts';
import { baseOf, printable, programWords, splitWords } from './program-name.ts';
import type { RunProgram } from './run-program.ts';

const signals: Readonly<Record<SignalKind, NodeJS.Signals>> = { ask: 'SIGTERM', freeze: 'SIGSTOP', kill: 'SIGKILL' };
/** `sess` is an address in the kernel there, and no number of a process: sessions are not followed. */
const columns = 'pid=,ppid=,pgid=,stat=,lstart=,comm=';

export class MacMachine implements Machine {
  readonly freezes = true;
  /** Each starts programs. */
  readonly parallelLookUps = 1;
  readonly #run: RunProgram;
  readonly #kill: (pid: number, signal: NodeJS.Signals) => void;

  constructor(run: RunProgram, kill: (pid: number, signal: NodeJS.Signals) => void = (pid, signal) => { process.kill(pid, signal); }) {
    this.#run = run;
    this.#kill = kill;
  }

  get hostName(): string { return hostname(); }

  account(): Promise<string | null> {
    return Promise.resolve(process.geteuid === undefined ? null : String(process.geteuid()));
  }

  async read(): Promise<Processes> {
    return new Map(procsIn(await this.#run('ps', ['-axo', columns])).map((proc) => [proc.pid, proc]));
  }

  async one(pid: number): Promise<Proc | null> {
    return procsIn(await this.#run('ps', ['-o', columns, '-p', String(pid)])).find((proc) => proc.pid === pid) ?? null;
  }

  async details(pid: number): Promise<ProcDetails | null> {
    const [who, line] = await Promise.all([this.#run('ps', ['-o', 'uid=,comm=', '-p', String(pid)]), this.#run('ps', ['-o', 'command=', '-p', String(pid)])]);
    const [, account, program] = /^\s*(\d+)\s+(.+?)\s*$/m.exec(who) ?? [];
    if (account === undefined || program === undefined) return null;
    const words = programWords([program, ...splitWords(line.startsWith(program) ? line.slice(program.length) : line.replace(/^\S+/, ''))]);
    return { program, account, title: words.title, script: words.script, innerPid: null };
  }

  async ownersOf(ends: SocketEnds): Promise<Owners> {
    const now = (): Promise<number[]> => this.#sockets(ends.remotePort, ({ near, far }) => isEnd(near, ends.remoteAddress, ends.remotePort) && isEnd(far, ends.localAddress, ends.localPort));
    return { pids: await now(), holds: async (pid) => (await now()).includes(pid) };
  }

  async listenersAt(host: string, port: number): Promise<readonly number[]> {
    const hosts = host === 'localhost' ? ['127.0.0.1', '::1'] : [canonical(host)];
    const exact = await this.#sockets(port, ({ near, far }) => far === '' && hosts.some((one) => isEnd(near, one, port)));
    return exact.length > 0 ? exact : this.#sockets(port, ({ near, far }) => far === '' && near === `*:${port}`);
  }

  startOf({ start }: Pin): number { return Date.parse(start); }

  unitOf(): Promise<null> { return Promise.resolve(null); }

  async signal(pin: Pin, kind: SignalKind): Promise<Sent> {
    const now = await this.one(pin.pid);
    if (now === null || !isSame(now, pin)) return 'gone';
    try {
      this.#kill(pin.pid, signals[kind]);
      return 'sent';
    } catch (error) {
      return error instanceof Error && 'code' in error && error.code === 'ESRCH' ? 'gone' : 'not_allowed';
    }
  }

  /** `-F` writes a field a line: `p` begins a process, `f` a file of it, `n` names it. */
  async #sockets(port: number, wanted: (ends: { near: string; far: string }) => boolean): Promise<number[]> {
    const found = new Set<number>();
    let pid = 0;
    for (const line of (await this.#run('lsof', ['-nP', `-iTCP:${port}`, '-Fpn'])).split('\n')) {
      if (line.startsWith('p')) pid = Number(line.slice(1));
      if (!line.startsWith('n')) continue;
      const [near = '', far = ''] = line.slice(1).split('->');
      if (pid > 0 && wanted({ near, far })) found.add(pid);
    }
    return [...found];
  }
}

function isEnd(text: string, address: string | undefined, port: number): boolean {
  const at = text.lastIndexOf(':');
  return Number(text.slice(at + 1)) === port && (address === undefined || canonical(text.slice(0, at)) === canonical(address));
}

/** `lstart` is five words: `Mon Nov 23 05:11:26 2026`. */
function procsIn(text: string): Proc[] {
  return [...text.matchAll(/^\s*(\d+)\s+(\d+)\s+(\d+)\s+(\S+)\s+(\w{3}\s+\w{3}\s+\d+\s+[\d:]{8}\s+\d{4})\s+(.*)$/gm)].flatMap(([, pid, parent, group, state, start = '', name = '']) =>
    // Ended, and only waiting for its parent to notice.
    (state?.startsWith('Z') === true ? [] : [{ pid: Number(pid), parent: Number(parent), start: start.replaceAll(/\s+/g, ' '), startedMs: Date.parse(start), session: null, group: Number(group), name: printable(baseOf(name.trim())) }]));
}
