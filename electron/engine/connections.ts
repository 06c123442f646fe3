/** Connections as people see them: what the history holds, with the receiver's address and an honest health. */
import type { Connection, StrangerSender } from '../../shared/domain.ts';
import type { ParsedParams, Result } from '../../shared/contract.ts';
import { CallFailure } from './call-failure.ts';
import type { Doors } from './doors.ts';
import type { GapKeeper } from './gap-keeper.ts';
import { judgeHealth } from './health.ts';
import { ask } from './history-port.ts';
import type { HistoryPort } from './history-port.ts';
import { systemClock } from './ports.ts';
import type { Clock } from './ports.ts';
import type { ReceiverPart } from './receiver-keeper.ts';
import { makeSnippets } from './snippets.ts';
import { rowIdOf, publicId } from './store/ids.ts';
import type { StoredConnection } from './store/queries/connections.ts';
import { makeToken } from './token.ts';

export interface ConnectionParts {
  readonly history: HistoryPort;
  readonly receiver: ReceiverPart;
  readonly doors: Doors;
  readonly gaps: GapKeeper;
  readonly clock?: Clock;
}

type Shown = Result<'connections.addOtlp'>;

export class Connections {
  readonly #parts: ConnectionParts;
  readonly #clock: Clock;

  constructor(parts: ConnectionParts) {
    this.#parts = parts;
    this.#clock = parts.clock ?? systemClock;
  }

  async list(): Promise<{ rows: Connection[]; strangers: StrangerSender[] }> {
    await this.#parts.receiver.flush();
    const { rows, strangers } = await ask(this.#parts.history, 'connections.list', {});
    return { rows: rows.map((row) => this.#judged(row)), strangers };
  }

  async add({ name, content, demo }: ParsedParams<'connections.addOtlp'>): Promise<Shown> {
    const settings = await ask(this.#parts.history, 'settings.get', {});
    const { token, hash, ends } = makeToken();
    const { id } = await this.#parts.history.command('connections.add', { name, content: content ?? settings.defaultContent, demo, tokenHash: new Uint8Array(hash), tokenEnds: ends });
    await this.#parts.doors.refresh();
    return this.#shown(id, token);
  }

  async rotate(publicName: string): Promise<Shown> {
    const id = connectionRow(publicName);
    const { token, hash, ends } = makeToken();
    await this.#parts.history.command('connections.rotate', { id, tokenHash: new Uint8Array(hash), tokenEnds: ends });
    await this.#parts.doors.refresh();
    return this.#shown(id, token);
  }

  async update({ id: publicName, name, content, enabled }: ParsedParams<'connections.update'>): Promise<Connection> {
    const id = connectionRow(publicName);
    await this.#parts.history.command('connections.update', { id, name, content, enabled });
    await this.#parts.doors.refresh();
    const connection = await this.#one(id);
    if (enabled === false) this.#parts.gaps.begin(offKey(id), { connection: id, fromUs: this.#nowUs(), reason: 'connection_off', text: `The connection "${connection.name}" was switched off.` });
    if (enabled === true) this.#parts.gaps.end(offKey(id), this.#nowUs());
    await this.#parts.gaps.settle();
    return connection;
  }

  async remove({ id: publicName, history }: ParsedParams<'connections.remove'>): Promise<{ removedActivities: number }> {
    const id = connectionRow(publicName);
    await this.#one(id);
    const removed = await this.#parts.history.command('connections.remove', { id, history });
    this.#parts.gaps.end(offKey(id), this.#nowUs());
    await this.#parts.doors.refresh();
    return removed;
  }

  #nowUs(): number { return this.#clock.now() * 1_000; }

  async #shown(id: number, token: string): Promise<Shown> {
    const endpoint = this.#parts.receiver.endpoint();
    return { connection: await this.#one(id), token, endpoint, snippets: makeSnippets(endpoint, token) };
  }

  async #one(id: number): Promise<Connection> {
    const { rows } = await ask(this.#parts.history, 'connections.list', {});
    const row = rows.find((one) => one.id === publicId('connection', id));
    if (!row) throw new CallFailure('not_found', 'There is no such connection any more. Nothing was changed.');
    return this.#judged(row);
  }

  #judged(row: StoredConnection): Connection {
    const status = this.#parts.receiver.status();
    const lastRefusal = row.refused.map(({ reason, count, lastAt }) => ({ reason, count, atMs: Date.parse(lastAt) })).sort((a, b) => b.atMs - a.atMs)[0] ?? null;
    const judged = judgeHealth({
      enabled: row.enabled, createdMs: Date.parse(row.createdAt), lastDataMs: row.lastDataAt === null ? null : Date.parse(row.lastDataAt),
      receiverListens: status.state === 'listening', receiverText: status.message, lastRefusal,
    }, this.#clock.now());
    return { ...row, ...judged, endpoint: status.state === 'listening' ? this.#parts.receiver.endpoint() : null };
  }
}

export const offKey = (id: number): string => `connection_off ${id}`;

function connectionRow(publicName: string): number {
  const id = rowIdOf('connection', publicName);
  if (id === null) throw new CallFailure('not_found', `There is no connection with the identifier ${publicName}.`);
  return id;
}
