/** Who may send: the connections' token hashes, kept in memory because every request of an agent asks. */
import type { KnownConnection, LookUp } from './ingest/receiver.ts';
import { ask } from './history-port.ts';
import type { HistoryPort } from './history-port.ts';

export class Doors {
  readonly #history: HistoryPort;
  #byHash = new Map<string, KnownConnection>();

  constructor(history: HistoryPort) { this.#history = history; }

  /** After every change to connections, before the change is answered: a rotated token must not work a moment longer. */
  async refresh(): Promise<void> {
    const { connections } = await ask(this.#history, 'engineFacts', {});
    this.#byHash = new Map(connections.map(({ id, content, enabled, tokenHash }) => [Buffer.from(tokenHash).toString('hex'), { connection: id, content, enabled, tokenHash }]));
  }

  readonly lookUp: LookUp = (hash) => this.#byHash.get(hash.toString('hex'));
}
