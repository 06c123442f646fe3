/** What the engine's parts know of each other: narrow, so that each is tested with a fake. */
import type { CommitNote } from './ingest/writer-messages.ts';
import type { EngineMessage } from '../../shared/contract.ts';
import type { TextLevel } from '../../shared/reports.ts';

/** One line to somebody who asks: a page, a command line, a test. Messages are plain JSON values. */
export interface ClientPort {
  post(message: EngineMessage): void;
  onMessage(listener: (message: unknown) => void): void;
  onClose(listener: () => void): void;
  close(): void;
}

/** Who speaks on a port. Bound when the port is opened, never taken from what is said on it. */
export interface Actor {
  readonly kind: 'desktop' | 'command_line';
  /** the account on this machine. */
  readonly name: string;
  /** `page`: what a window shows, and so whatever took it over; `main`: the desktop's own process, after a person chose in a native dialog; `socket`: a command line. */
  readonly place: 'page' | 'main' | 'socket';
  /** auditor mode: nothing is changed and nothing is stopped. SECURITY: refused in the engine; that the page hides it is for people only. */
  readonly readOnly: boolean;
  /** what this actor is shown of what agents, tools and runtimes wrote; left out: as it is kept. */
  readonly text?: TextLevel;
}

export interface CallContext {
  readonly actor: Actor;
  readonly signal: AbortSignal;
}

export interface Clock {
  /** milliseconds since the epoch. */
  now(): number;
}

export const systemClock: Clock = { now: () => Date.now() };

export interface Log {
  info(text: string, facts?: Readonly<Record<string, string | number | boolean>>): void;
  warn(text: string, facts?: Readonly<Record<string, string | number | boolean>>): void;
  /** The stack goes to the log only; people get the id. */
  error(text: string, error: unknown, facts?: Readonly<Record<string, string | number | boolean>>): void;
}

export interface CommitSource {
  onCommit(listener: (note: CommitNote) => void): () => void;
}
