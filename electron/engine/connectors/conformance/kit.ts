/** What the suite must know of a kind of runtime to put every one of them through the same. */
import type { Connector, ConnectorIo, RuntimeKind } from '../connector.ts';
import type { Answer, Recorded } from './fault-proxy.ts';
import type { Rewrite } from './rewrite.ts';
import type { Seen } from './look.ts';

export interface RunningRuntime {
  readonly url: string;
  /** Makes something worth seeing: work that ended, work that failed, a question where the kind has such. Resolves when it is there to be read. */
  work(): Promise<void>;
  /** Ends without a word, as in a crash. */
  crash(): Promise<void>;
  /** Comes back, with what it knew or without; its new address. */
  comeBack(state: 'same' | 'lost'): Promise<string>;
  stop(): Promise<void>;
}

export interface Lie {
  readonly name: string;
  /** the request as the runtime gets it: it would refuse what follows from the lie. */
  readonly ask?: (request: Recorded) => Recorded;
  readonly tell: Rewrite;
  /** to call the answer garbage is as good as to see through it. */
  readonly mayFail?: true;
  /** what it says at the next look, which goes on from the first one's checkpoint; left out: the truth. */
  readonly again?: Rewrite;
  /** Fails (by an expectation) when the connector believed too much. `next`: the second look. */
  readonly holds: (seen: Seen, honest: Seen, next: Seen) => void;
}

export interface StopKit {
  /** the lever that cuts work in flight. */
  readonly lever: string;
  /** Begins so much work, by somebody else, that goes on for long unless it is stopped; resolves when it is under way. Ids of its runs. */
  begin(url: string, count: number): Promise<readonly string[]>;
  /** Is this a request that pulls it? */
  pulls(request: Recorded): boolean;
  /** What the runtime answers that took the request and does nothing. `ask`: to read how the run stands. */
  readonly ignores: (request: Recorded, ask: (asked: Recorded) => Promise<Answer>) => Promise<Answer>;
  /** The same with the protocol's word for "it has ended"; null: its answer has no such word. */
  readonly lies: ((request: Recorded, ask: (asked: Recorded) => Promise<Answer>) => Promise<Answer>) | null;
  /** false: runs that nobody named cannot be found. */
  readonly lists: boolean;
  /** false: another kit of the same connector is flooded. */
  readonly floods: boolean;
}

export interface Kit {
  readonly kind: RuntimeKind;
  /** column of the table. */
  readonly name: string;
  readonly secret: string | null;
  start(): Promise<RunningRuntime>;
  open(url: string, io: ConnectorIo): Connector;
  /** Is this one of the requests that only read? Everything else while watching is a fault of the connector. */
  reads(request: Recorded): boolean;
  /** Ten thousand of whatever it lists. */
  readonly flood: Rewrite;
  readonly lies: readonly Lie[];
  /** the work of others can be seen by it: records must come of `work`. */
  readonly seesWork: boolean;
  /** `work` leaves a question behind. */
  readonly asks: boolean;
  /** most requests that one look may cost, floods included. */
  readonly mostRequests: number;
  /** null: nothing of this kind is stopped. */
  readonly stops: StopKit | null;
}
