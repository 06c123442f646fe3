/** The ways to what can stop something: a connector of its own for each connection, opened once and kept, with this machine's processes beside it. */
import { CallFailure } from '../call-failure.ts';
import type { Collectors } from '../collect/collectors.ts';
import type { OpenedRuntime } from '../collect/open-runtime.ts';
import { maskOf } from '../collect/masking.ts';
import type { StopPort } from '../connectors/stopping.ts';
import type { ProcessPort, ProcessPorts } from '../processes/process-ports.ts';
import type { Clock, Log } from '../ports.ts';
import { within } from './deadline.ts';
import { joinedPort } from './joined-port.ts';
import type { OpenPort, StopPorts } from './stop-port.ts';

export interface ShelfParts {
  readonly collectors: Pick<Collectors, 'openBeside' | 'onChange'>;
  readonly processes: Pick<ProcessPorts, 'portFor'> | null;
  readonly log: Log;
  readonly clock: Clock;
}

interface Kept { readonly runtime: OpenedRuntime | null; readonly levers: OpenPort['levers'] }
interface Found { readonly atMs: number; readonly port: ProcessPort | null }

/** Finding out who sends reads this machine's tables: good for this long without asking anew. */
const processFreshMs = 2_000;
const processWithinMs = 1_000;
const noMask = maskOf([]);

export class StopPortShelf implements StopPorts {
  readonly #parts: ShelfParts;
  readonly #kept = new Map<number, Promise<Kept>>();
  readonly #processes = new Map<number, Found>();
  readonly #asking = new Map<number, Promise<ProcessPort | null>>();
  readonly #leave: () => void;
  readonly #life = new AbortController();

  constructor(parts: ShelfParts) {
    this.#parts = parts;
    this.#leave = parts.collectors.onChange((connection) => { void this.#drop(connection); });
  }

  async open(connection: number, { anew } = { anew: false }): Promise<OpenPort> {
    if (this.#life.signal.aborted) throw new CallFailure('unavailable', 'The engine is ending. Nothing was sent.');
    const asked = this.#process(connection, anew);
    const kept = await this.#keep(connection);
    const runtime = kept.runtime?.connector.stop ?? null;
    // A busy machine reads its tables for seconds: a runtime's own levers do not wait for that.
    const found = await (runtime === null ? asked : within(processWithinMs, [this.#life.signal], () => asked).catch(() => null));
    if (runtime === null && found === null) throw new CallFailure('unavailable', 'There is no lever for this connection: its kind has none, and no process of this machine can be behind it. Nothing was sent.');
    const process = async (): Promise<StopPort | null> => (await this.#process(connection, false))?.port ?? null;
    return {
      runtime, process: found?.port ?? null,
      levers: [...(runtime === null ? [] : kept.levers), ...found?.levers ?? []], port: joinedPort(runtime, process), mask: () => kept.runtime?.mask() ?? noMask,
      signal: kept.runtime?.signal ?? this.#life.signal, giveBack: () => Promise.resolve(),
    };
  }

  async close(): Promise<void> {
    this.#life.abort();
    this.#leave();
    await Promise.all([...this.#kept.keys()].map((connection) => this.#drop(connection)));
  }

  #keep(connection: number): Promise<Kept> {
    const before = this.#kept.get(connection);
    if (before !== undefined) return before;
    const opening = this.#parts.collectors.openBeside(connection).then((runtime) => ({ runtime, levers: runtime?.declaration.levers ?? [] }));
    this.#kept.set(connection, opening);
    // What could not be opened is tried anew the next time.
    opening.catch(() => { if (this.#kept.get(connection) === opening) this.#kept.delete(connection); });
    return opening;
  }

  async #drop(connection: number): Promise<void> {
    const kept = this.#kept.get(connection);
    this.#kept.delete(connection);
    this.#processes.delete(connection);
    // One that never opened has nothing to close.
    await kept?.then(({ runtime }) => runtime?.close(), () => undefined);
  }

  /** As it was last known: in the instant of a stop nobody waits for it, and its port finds anew what is there when it is asked. */
  async #process(connection: number, anew: boolean): Promise<ProcessPort | null> {
    if (this.#parts.processes === null) return null;
    const known = this.#processes.get(connection);
    if (known !== undefined && (!anew || this.#parts.clock.now() - known.atMs < processFreshMs)) return known.port;
    return this.#asking.get(connection) ?? this.#ask(connection, this.#parts.processes);
  }

  #ask(connection: number, processes: NonNullable<ShelfParts['processes']>): Promise<ProcessPort | null> {
    const asked = processes.portFor(connection).catch((error: unknown) => {
      this.#parts.log.error('the processes behind a connection could not be looked up', error, { connection });
      return null;
    }).then((port) => {
      this.#processes.set(connection, { atMs: this.#parts.clock.now(), port });
      return port;
    }).finally(() => this.#asking.delete(connection));
    this.#asking.set(connection, asked);
    return asked;
  }
}
