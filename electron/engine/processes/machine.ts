/** This machine's processes as the rest of the room sees them: one shape for Linux, macOS and Windows. */
import type { SocketEnds } from './process-ports.ts';

/** A process number alone names nobody for long: with its start it does. */
export interface Pin {
  readonly pid: number;
  /** exactly as the system says it; only compared with itself. */
  readonly start: string;
}

export interface Proc extends Pin {
  readonly parent: number;
  readonly startedMs: number;
  /** the numbers of its session and of its process group; null: this system does not say. */
  readonly session: number | null;
  readonly group: number | null;
  /** short, printable, of the program only. */
  readonly name: string;
}

/** Everything that can act: a process that has ended and only waits to be noticed is not among them. */
export type Processes = ReadonlyMap<number, Proc>;

export interface ProcDetails {
  /** path of the program; null: cannot be read. */
  readonly program: string | null;
  /** program and script, never arguments: those may hold prompts and secrets. */
  readonly title: string;
  /** the first word that is no option: for interpreters their script. Only compared, never shown. */
  readonly script: string;
  /** account, as a number or SID; null: cannot be read. */
  readonly account: string | null;
  /** its number inside its container, which is what it knows itself by; null: it is in none. */
  readonly innerPid: number | null;
}

/** `gone`: it is no more, or its number has gone to another process, which was left alone. */
export type Sent = 'sent' | 'gone' | 'not_allowed';
export type SignalKind = 'ask' | 'freeze' | 'kill';

export interface Owners {
  readonly pids: readonly number[];
  /** Asks anew whether the process holds that very socket. */
  readonly holds: (pid: number) => Promise<boolean>;
}

export interface Machine {
  readonly hostName: string;
  /** the account that we run as; null: not known. */
  account(): Promise<string | null>;
  read(): Promise<Processes>;
  one(pid: number): Promise<Proc | null>;
  details(pid: number): Promise<ProcDetails | null>;
  /** Processes that hold the other end of a socket that was accepted here. `first`: these are looked at before all others, and one of them is enough. */
  ownersOf(ends: SocketEnds, first: readonly number[]): Promise<Owners>;
  /** So many may ask for owners at the same time. */
  readonly parallelLookUps: number;
  /** Processes that answer at this address of the machine. */
  listenersAt(host: string, port: number): Promise<readonly number[]>;
  /** When it started as the system itself counts, which no clock that is set changes; only compared with others of this machine. */
  startOf(pin: Pin): number;
  /** What the system counts it under (a control group): inherited by what it starts; null: this system has none. */
  unitOf(pid: number): Promise<string | null>;
  /** SECURITY: checks in the same instant that the number still belongs to that very process. */
  signal(pin: Pin, kind: SignalKind): Promise<Sent>;
  /** a frozen process starts no other one. */
  readonly freezes: boolean;
}

export const isSame = (one: Pin | undefined, other: Pin): boolean => one !== undefined && one.pid === other.pid && one.start === other.start;
