/** Connections as people see them: what the history holds, with the receiver's address and an honest health. */
import type { AuditEntry, Connection, StrangerSender } from '../../shared/domain.ts';
import type { ParsedParams, Result } from '../../shared/contract.ts';
import { auditBy } from './audit-words.ts';
import { CallFailure } from './call-failure.ts';
import type { Collectors } from './collect/collectors.ts';
import { layOver } from './collect/lay-over.ts';
import type { Doors } from './doors.ts';
import type { GapKeeper } from './gap-keeper.ts';
import { judgeHealth } from './health.ts';
import { ask } from './history-port.ts';
import type { HistoryPort } from './history-port.ts';
import { systemClock } from './ports.ts';
import type { Actor, Clock } from './ports.ts';
import type { ReceiverPart } from './receiver-keeper.ts';
import type { RuntimeConnections } from './runtime-connections.ts';
import { makeSnippets } from './snippets.ts';
import { rowIdOf, publicId } from './store/ids.ts';
import type { AuditWords } from './store/runtime-commands.ts';
import type { StoredConnection } from './store/queries/connections.ts';
import { makeToken } from './token.ts';

export interface ConnectionParts {
  readonly history: HistoryPort;
  readonly receiver: ReceiverPart;
  readonly doors: Doors;
  readonly gaps: GapKeeper;
  readonly collectors: Pick<Collectors, 'view' | 'refresh' | 'end'>;
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

  async add({ name, content, demo }: ParsedParams<'connections.addOtlp'>, actor: Actor): Promise<Shown> {
    const settings = await ask(this.#parts.history, 'settings.get', {});
    const { token, hash, ends } = makeToken();
    const audit = auditBy(actor, { action: 'connection.add', subject: null, outcome: 'done', text: `Added the connection "${name}" for telemetry.`, details: { kind: 'otlp' } });
    const { id } = await this.#parts.history.command('connections.add', { name, content: content ?? settings.defaultContent, demo, tokenHash: new Uint8Array(hash), tokenEnds: ends, audit });
    await this.#parts.doors.refresh();
    return this.#shown(id, token);
  }

  async rotate(publicName: string, actor: Actor): Promise<Shown> {
    const id = connectionRow(publicName);
    const { kind, name } = await this.one(id);
    if (kind !== 'otlp') throw new CallFailure('bad_request', 'Nobody sends to this connection, so it has no token. Give it another credential instead.');
    const { token, hash, ends } = makeToken();
    await this.#parts.history.command('connections.rotate', { id, tokenHash: new Uint8Array(hash), tokenEnds: ends, audit: auditOf(actor, 'connection.token', id, `Made a new token for the connection "${name}"; the old one stopped working.`, {}) });
    await this.#parts.doors.refresh();
    return this.#shown(id, token);
  }

  async update({ id: publicName, name, content, enabled }: ParsedParams<'connections.update'>, actor: Actor): Promise<Connection> {
    const id = connectionRow(publicName);
    const before = await this.one(id);
    const changes = Object.fromEntries(Object.entries({ name, content, enabled }).filter(([, value]) => value !== undefined));
    await this.#parts.history.command('connections.update', { id, name, content, enabled, audit: auditOf(actor, 'connection.update', id, `Changed the connection "${before.name}".`, { before: Object.fromEntries(Object.keys(changes).map((key) => [key, before[key as keyof Connection]])), after: changes }) });
    await this.#parts.doors.refresh();
    const connection = await this.one(id);
    if (enabled === false) this.#parts.gaps.begin(offKey(id), { connection: id, fromUs: this.#nowUs(), reason: 'connection_off', text: `The connection "${connection.name}" was switched off.` });
    if (enabled === true) this.#parts.gaps.end(offKey(id), this.#nowUs());
    await this.#parts.gaps.settle();
    await this.#parts.collectors.refresh(id);
    return this.one(id);
  }

  async remove({ id: publicName, history }: ParsedParams<'connections.remove'>, actor: Actor, runtimes: Pick<RuntimeConnections, 'credentialsOf' | 'forget'>): Promise<{ removedActivities: number }> {
    const id = connectionRow(publicName);
    const { name } = await this.one(id);
    const credentials = await runtimes.credentialsOf(id);
    await this.#audit(actor, 'connection.remove', id, `Wants to remove the connection "${name}"${history === 'delete' ? ' and its history' : ''}.`, { history }, 'asked');
    // Nothing may come in for it any more.
    await this.#parts.collectors.end(id);
    const removed = await this.#parts.history.command('connections.remove', { id, history }).catch(async (error: unknown) => {
      await this.#parts.collectors.refresh(id);
      throw error;
    });
    await this.#audit(actor, 'connection.remove', id, `Removed the connection "${name}"${history === 'delete' ? ` and ${removed.removedActivities} activities of its history` : '; its history was kept'}.`, { history, ...removed });
    for (const credential of credentials) await runtimes.forget(credential);
    this.#parts.gaps.end(offKey(id), this.#nowUs());
    await this.#parts.doors.refresh();
    return removed;
  }

  async #audit(actor: Actor, action: string, id: number, text: string, details: Readonly<Record<string, unknown>>, outcome: AuditEntry['outcome'] = 'done'): Promise<void> {
    await this.#parts.history.command('audit.append', auditOf(actor, action, id, text, details, outcome));
  }

  #nowUs(): number { return this.#clock.now() * 1_000; }

  async #shown(id: number, token: string): Promise<Shown> {
    const endpoint = this.#parts.receiver.endpoint();
    return { connection: await this.one(id), token, endpoint, snippets: makeSnippets(endpoint, token) };
  }

  async one(id: number): Promise<Connection> {
    const { rows } = await ask(this.#parts.history, 'connections.list', {});
    const row = rows.find((one) => one.id === publicId('connection', id));
    if (!row) throw new CallFailure('not_found', 'There is no such connection any more. Nothing was changed.');
    return this.#judged(row);
  }

  #judged(row: StoredConnection): Connection {
    if (row.runtime !== null) return layOver(row, row.runtime, this.#parts.collectors.view(rowIdOf('connection', row.id) ?? 0), this.#clock.now());
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

function auditOf(actor: Actor, action: string, id: number, text: string, details: Readonly<Record<string, unknown>>, outcome: AuditEntry['outcome'] = 'done'): AuditWords {
  return auditBy(actor, { action, subject: publicId('connection', id), outcome, text, details });
}

function connectionRow(publicName: string): number {
  const id = rowIdOf('connection', publicName);
  if (id === null) throw new CallFailure('not_found', `There is no connection with the identifier ${publicName}.`);
  return id;
}
