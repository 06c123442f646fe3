/** A machine of pretend processes: for tests. */
import type { Machine, Owners, Pin, Proc, ProcDetails, Processes, Sent, SignalKind } from './machine.ts';

export interface Pretended extends Partial<Proc> { readonly pid: number; readonly parent: number; readonly program?: string; readonly script?: string; readonly account?: string; readonly innerPid?: number; readonly title?: string; readonly unit?: string }

export class TestMachine implements Machine {
  readonly hostName = 'desk-7';
  readonly freezes = true;
  parallelLookUps = 16;
  readonly signals: { pid: number; kind: SignalKind }[] = [];
  readonly pretended = new Map<number, Pretended>();
  /** who holds the other end of a socket, by its port. */
  readonly owners = new Map<number, readonly number[]>();
  lookUps = 0;
  reads = 0;

  constructor(...all: readonly Pretended[]) {
    for (const one of all) this.add(one);
  }

  add(one: Pretended): void { this.pretended.set(one.pid, one); }

  account(): Promise<string> { return Promise.resolve('1000'); }

  read(): Promise<Processes> {
    this.reads++;
    return Promise.resolve(this.now());
  }

  now(): Processes {
    return new Map([...this.pretended.values()].map((one) => [one.pid, procOf(one)]));
  }

  one(pid: number): Promise<Proc | null> { return Promise.resolve(this.now().get(pid) ?? null); }

  details(pid: number): Promise<ProcDetails | null> { return Promise.resolve(this.detailsOf(pid)); }

  detailsOf(pid: number): ProcDetails | null {
    const one = this.pretended.get(pid);
    if (one === undefined) return null;
    return { program: one.program ?? '/usr/bin/node', title: one.title ?? `node ${one.script ?? 'agent.js'}`, script: one.script ?? 'agent.js', account: one.account ?? '1000', innerPid: one.innerPid ?? null };
  }

  ownersOf({ remotePort }: { readonly remotePort: number }): Promise<Owners> {
    const now = (): readonly number[] => {
      this.lookUps++;
      return this.owners.get(remotePort) ?? [];
    };
    return Promise.resolve({ pids: now(), holds: (pid) => Promise.resolve(now().includes(pid)) });
  }

  listenersAt(_host: string, port: number): Promise<readonly number[]> { return Promise.resolve(this.owners.get(port) ?? []); }

  /** `s100` is later than `s99`. */
  startOf({ start }: Pin): number { return Number(start.slice(1)); }

  unitOf(pid: number): Promise<string | null> { return Promise.resolve(this.pretended.get(pid)?.unit ?? null); }

  signal(pin: Pin, kind: SignalKind): Promise<Sent> {
    if (this.now().get(pin.pid)?.start !== pin.start) return Promise.resolve('gone');
    this.signals.push({ pid: pin.pid, kind });
    return Promise.resolve('sent');
  }
}

export function procOf({ pid, parent, start = `s${pid}`, startedMs = pid, session = 1, group = 1, name = 'node' }: Pretended): Proc {
  return { pid, parent, start, startedMs, session, group, name };
}

export const processesOf = (...all: readonly Pretended[]): Processes => new Map(all.map((one) => [one.pid, procOf(one)]));
