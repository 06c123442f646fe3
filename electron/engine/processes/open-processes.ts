/** Puts the room together. */
import { systemClock } from '../ports.ts';
import { addressHere, FindServer } from './find-server.ts';
import { FindSenders } from './find-senders.ts';
import type { Finder } from './found.ts';
import { end, endServer, endShared } from './levers.ts';
import { LinuxMachine } from './linux-machine.ts';
import { MacMachine } from './mac-machine.ts';
import type { Machine, Processes } from './machine.ts';
import type { ProcessParts, ProcessPort, ProcessPorts } from './process-ports.ts';
import { ProcessStop } from './process-stop.ts';
import { runProgram } from './run-program.ts';
import { SenderBook } from './sender-book.ts';
import { Senders } from './sender-watch.ts';
import { neverSignalled } from './tree.ts';
import { WindowsMachine } from './windows-machine.ts';

const everybody = { agents: null, runs: null };

interface Opened { readonly finder: Finder; readonly stop: ProcessStop; readonly isServer: boolean }

/** Null: a system whose processes we do not know how to read. */
export function thisMachine(platform: string = process.platform): Machine | null {
  if (platform === 'linux') return new LinuxMachine();
  if (platform === 'darwin') return new MacMachine(runProgram);
  return platform === 'win32' ? new WindowsMachine(runProgram) : null;
}

export function openProcesses(parts: ProcessParts): ProcessPorts {
  const machine = parts.machine ?? thisMachine();
  if (machine === null) return { portFor: () => Promise.resolve(null), notesFor: () => Promise.resolve(['Processes of this system cannot be read.']), senders: { body: () => null }, close: () => Promise.resolve() };
  return new OpenProcesses(parts, machine);
}

class OpenProcesses implements ProcessPorts {
  readonly senders: Senders;
  readonly #parts: ProcessParts;
  readonly #machine: Machine;
  readonly #book = new SenderBook();
  /** by connection and address: a connection that moved is another one. */
  readonly #opened = new Map<string, Opened>();
  readonly #never: (processes: Processes) => ReadonlySet<number>;

  constructor(parts: ProcessParts, machine: Machine) {
    this.#parts = parts;
    this.#machine = machine;
    const ownPid = parts.ownPid ?? process.pid;
    this.#never = (processes) => neverSignalled(ownPid, processes);
    this.senders = new Senders(machine, this.#book, parts.log, this.#never);
  }

  async portFor(connection: number): Promise<ProcessPort | null> {
    const opened = await this.#open(connection);
    if (opened === null) return null;
    const { subjects } = await opened.finder.find(everybody);
    if (subjects.length === 0) return { levers: [], port: opened.stop };
    return { levers: opened.isServer ? [endServer] : [end, endShared], port: opened.stop };
  }

  async notesFor(connection: number): Promise<readonly string[]> {
    const opened = await this.#open(connection);
    return opened === null ? [] : (await opened.finder.find(everybody)).notes;
  }

  close(): Promise<void> { return this.senders.close(); }

  async #servers(): Promise<readonly URL[]> {
    const here = (await this.#parts.addresses()).flatMap((address) => addressHere(address) ?? []);
    return [...new Map(here.map((url) => [url.host, url])).values()];
  }

  /** One port for each connection: it remembers what it found after a command. */
  async #open(connection: number): Promise<Opened | null> {
    const address = await this.#parts.addressOf(connection);
    const here = addressHere(address);
    if (address !== null && here === null) return null;
    const key = `${connection} ${here?.host ?? ''}`;
    const known = this.#opened.get(key);
    if (known !== undefined) return known;
    const { machine, never } = { machine: this.#machine, never: this.#never };
    const finder = here === null ? new FindSenders({ connection, machine, book: this.#book, senders: this.senders, never, servers: () => this.#servers() }) : new FindServer({ address: here, machine, never });
    const levers = here === null ? [end.id, endShared.id] : [endServer.id];
    const opened: Opened = { finder, isServer: here !== null, stop: new ProcessStop({ machine, finder, never, levers, tellsRights: here === null, nowUs: () => (this.#parts.clock ?? systemClock).now() * 1_000 }) };
    this.#opened.set(key, opened);
    return opened;
  }
}
