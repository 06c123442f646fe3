/**
 * Which process is at the other end of a loopback socket, so that an unknown sender can be told by name. Linux says it in /proc;
 * other systems have no cheap way without rights or native code: there it stays unknown.
 */
import { readFile } from 'node:fs/promises';
import { LinuxSockets } from '../processes/linux-sockets.ts';
import type { SocketEnds } from '../processes/process-ports.ts';
import { programWords } from '../processes/program-name.ts';

export interface SenderProcess {
  readonly pid: number;
  /** program name, and the script's name for interpreters; never its arguments, which may hold prompts and secrets. */
  readonly name: string;
}

/** Those who ask meanwhile share what is read; when many ask at once, the rest stay unknown rather than make the engine read /proc all day. */
export class StrangerFinder {
  private waiting = 0;
  private readonly procRoot: string;
  private readonly platform: string;
  private readonly sockets: LinuxSockets;

  constructor(platform: string = process.platform, procRoot = '/proc') {
    this.platform = platform;
    this.procRoot = procRoot;
    this.sockets = new LinuxSockets(procRoot);
  }

  async find(ends: SocketEnds): Promise<SenderProcess | null> {
    if (this.platform !== 'linux' || this.waiting >= 8) return null;
    this.waiting++;
    try {
      return await this.look(ends);
    } catch {
      return null;
    } finally {
      this.waiting--;
    }
  }

  private async look(ends: SocketEnds): Promise<SenderProcess | null> {
    const inode = await this.sockets.inodeOf(ends);
    if (inode === null) return null;
    const [pid] = await this.sockets.holdersOf(inode, 1);
    return pid === undefined ? null : { pid, name: await this.nameOf(pid) };
  }

  private async nameOf(pid: number): Promise<string> {
    const words = (await readFile(`${this.procRoot}/${pid}/cmdline`, 'utf8').catch(() => '')).split('\0');
    return programWords(words).title;
  }
}
