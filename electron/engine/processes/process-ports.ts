/** How the engine's other parts reach this machine's processes: who sends, and what can be ended. */
import type { Lever } from '../../../shared/domain.ts';
import type { StopPort } from '../connectors/stopping.ts';
import type { Clock, Log } from '../ports.ts';
import type { BodySample } from './body-sample.ts';
import type { Machine } from './machine.ts';

export interface ProcessPort {
  /** `process.end` and `process.end-shared` of an OTLP connection, `process.end-server` of a runtime on this machine. */
  readonly levers: readonly Lever[];
  /**
   * Agents of a target are the keys that the history gives them (`ScopeAgent.sources[].key`). A lever without a line in `survey().targets`
   * has nothing to act upon in that target. `save` gives the processes as they were before the command, for `pull` and `look`, also after a
   * restart of the engine; nothing of it can be undone.
   */
  readonly port: StopPort;
}

export interface ProcessPorts {
  /**
   * What stands now: ask again for each plan, senders come and go. No levers: no process of this machine is proven to be behind it now;
   * the port still looks after what was pulled before. Null: there never can be one (a runtime on another machine).
   */
  portFor(connection: number): Promise<ProcessPort | null>;
  /** Why processes that seem to be behind the connection cannot be ended from here, one sentence each. */
  notesFor(connection: number): Promise<readonly string[]>;
  /** What the receiver tells. */
  readonly senders: SenderWatch;
  close(): Promise<void>;
}

/** The two ends of a connection that was accepted here, as the socket says them. */
export interface SocketEnds {
  readonly localPort: number;
  readonly remotePort: number;
  readonly localAddress?: string | undefined;
  readonly remoteAddress?: string | undefined;
  /** as Node says it of a socket: `open` while nobody has ended it. */
  readonly readyState?: string;
}

/** Called for each body of a known connection, so it must be cheap: most are let pass. */
export interface SenderWatch {
  /** `socket` is only a name for the connection: nothing is kept alive by it. Null: this body need not be read for it. */
  body(socket: object & Partial<SocketEnds>, userAgent: string | undefined, connection: number, nowMs: number): SampleTicket | null;
}

/** What one body named is only read where a ticket asks for it. */
export interface SampleTicket {
  /** The sender's process was found, or not. Who sends one body and goes is gone with its answer: the answer to the first one waits for this, for a moment. */
  readonly looked: Promise<void>;
  /** After the body was stored. */
  told(sample: BodySample): void;
}

export interface ProcessParts {
  readonly log: Log;
  /** Where the runtime of a connection is asked, as a URL; null: it has no address (OTLP, a local command). */
  readonly addressOf: (connection: number) => Promise<string | null>;
  /** Where all connected runtimes are asked: a process that serves one of them is no agent's own. */
  readonly addresses: () => Promise<readonly string[]>;
  readonly clock?: Clock;
  /** for tests. */
  readonly machine?: Machine;
  readonly ownPid?: number;
}
