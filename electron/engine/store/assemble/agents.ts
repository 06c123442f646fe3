/** Agents by key and by id, with the counts that their rows bring. */
import type { Statement } from 'better-sqlite3';
import type { AgentClaim } from '../../ingest/draft.ts';
import { IDENTITY } from '../codes.ts';
import type { WriteDb } from '../database.ts';

export interface AgentState {
  readonly id: number;
  readonly connection: number;
  readonly key: string;
  name: string;
  service: string;
  source: number;
  provisional: boolean;
  identity: number;
  identityOf: string | null;
  version: string | null;
  firstUs: number;
  lastUs: number;
  rows: number;
  /** rows left: first and last must be looked up again. */
  stale: boolean;
}

interface AgentRecord extends Omit<AgentState, 'provisional' | 'stale'> {
  readonly provisional: number;
}

const longestName = 256;
/** SECURITY: agents are named by strangers. Beyond this many in one connection, new names share one agent. */
const mostAgents = 5_000;
const overflowKey = '(more agents than can be told apart)';
const keptAgents = 20_000;

const columns = `id, connection, key, name, service, source, provisional, identity, identity_of AS identityOf, version,
  first_us AS firstUs, last_us AS lastUs, rows`;

export function cut(text: string, most = longestName): string {
  return text.length > most ? `${text.slice(0, most - 1)}…` : text;
}

/** null: the claim names nobody. */
export function agentKey(claim: AgentClaim, service: string): string | null {
  if (claim.id !== undefined && claim.id !== '') return cut(claim.id);
  if (claim.name !== undefined && claim.name !== '') return cut(`${service}/${claim.name}`);
  return null;
}

/** The key of the agent that stands for a service whose records name nobody. */
export const serviceKey = (service: string): string => (service === '' ? '(service without a name)' : cut(service));

export class AgentBook {
  private readonly byKey = new Map<string, AgentState>();
  /** The claim that was looked up last: neighbours say the same. */
  private lastClaim: { readonly connection: number; readonly id: string | undefined; readonly name: string | undefined; readonly service: string; readonly agent: number } | null = null;
  private readonly byId = new Map<number, AgentState>();
  private changed = new Set<AgentState>();
  private readonly counts = new Map<number, number>();
  /** new ones, and those that got another name, since the aliases were last written. */
  readonly introduced = new Set<AgentState>();
  /** whom access must look at again: their name, their identity or what they used changed. */
  readonly marked = new Set<number>();
  private readonly findKey: Statement<[number, string], AgentRecord>;
  private readonly findId: Statement<[number], AgentRecord>;
  private readonly insert: Statement<[number, string, string, string, number, number, number, number, number, number]>;
  private readonly update: Statement<[string, number, number, number, string | null, string | null, number, number, number, number]>;
  private readonly remove: Statement<[number]>;
  private readonly count: Statement<[number], { n: number }>;
  private readonly bounds: Statement<[number, number], { first: number | null; last: number | null }>;
  private readonly mark: Statement<[number]>;

  constructor(db: WriteDb) {
    this.findKey = db.prepare(`SELECT ${columns} FROM agent WHERE connection = ? AND key = ?`);
    this.findId = db.prepare(`SELECT ${columns} FROM agent WHERE id = ?`);
    this.insert = db.prepare(`INSERT INTO agent (connection, key, name, service, source, provisional, identity, created_us, first_us, last_us, rows)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0)`);
    this.update = db.prepare(`UPDATE agent SET name = ?, source = ?, provisional = ?, identity = ?, identity_of = ?, version = ?, first_us = ?, last_us = ?, rows = ? WHERE id = ?`);
    this.remove = db.prepare('DELETE FROM agent WHERE id = ?');
    this.count = db.prepare('SELECT count(*) AS n FROM agent WHERE connection = ?');
    this.bounds = db.prepare(`SELECT (SELECT min(ts_us) FROM activity WHERE agent = ?) AS first, (SELECT max(ts_us) FROM activity WHERE agent = ?) AS last`);
    this.mark = db.prepare('INSERT OR IGNORE INTO access_dirty (holder) VALUES (?)');
  }

  /** The agent that a claim names, made when it is new. 0: the claim names nobody. */
  claimed(connection: number, claim: AgentClaim, service: string, source: number, atUs: number, nowUs: number): number {
    const { id, name } = claim;
    const last = this.lastClaim;
    if (last !== null && last.name === name && last.id === id && last.service === service && last.connection === connection) return last.agent;
    const agent = this.lookUp(connection, claim, service, source, atUs, nowUs);
    this.lastClaim = { connection, id, name, service, agent };
    return agent;
  }

  private lookUp(connection: number, claim: AgentClaim, service: string, source: number, atUs: number, nowUs: number): number {
    const key = agentKey(claim, service);
    if (key === null) return 0;
    const state = this.named(connection, key, claim.name ?? claim.id ?? key, service, source, false, atUs, nowUs);
    if (state.provisional) {
      state.provisional = false;
      this.changed.add(state);
      this.introduced.add(state);
    }
    if (claim.name !== undefined && claim.name !== '' && state.name !== cut(claim.name) && (state.name === state.key || state.name === state.service)) {
      state.name = cut(claim.name);
      this.changed.add(state);
      this.introduced.add(state);
      this.marked.add(state.id);
    }
    return state.id;
  }

  /** The agent that stands for a service whose records name nobody. */
  forService(connection: number, service: string, source: number, atUs: number, nowUs: number): number {
    const name = serviceKey(service);
    return this.named(connection, name, name, service, source, true, atUs, nowUs).id;
  }

  get(id: number): AgentState | undefined {
    const known = this.byId.get(id);
    if (known !== undefined) return known;
    const record = this.findId.get(id);
    return record === undefined ? undefined : this.keep(record);
  }

  addRows(id: number, delta: number, ts: number): void {
    const state = this.get(id);
    if (state === undefined) return;
    const first = state.rows <= 0;
    state.rows += delta;
    if (delta < 0) state.stale = true;
    else if (first) {
      this.marked.add(id);
      // Until then it was only named: when that was is no sign of life.
      state.firstUs = ts;
      state.lastUs = ts;
    } else {
      state.firstUs = Math.min(state.firstUs, ts);
      state.lastUs = Math.max(state.lastUs, ts);
    }
    this.changed.add(state);
  }

  /** A management API names its agents itself: its newest word counts. */
  rename(id: number, name: string): void {
    const state = this.get(id);
    if (state === undefined || name === '' || state.name === cut(name)) return;
    state.name = cut(name);
    this.changed.add(state);
    this.marked.add(id);
  }

  touch(state: AgentState): void {
    this.changed.add(state);
  }

  /** Writes what changed; a service agent whose rows have all found their real agent is named in the answer and disappears. */
  flush(): number[] {
    this.lastClaim = null;
    const emptied: number[] = [];
    for (const id of this.marked) this.mark.run(id);
    this.marked.clear();
    for (const state of this.changed) {
      if (state.rows <= 0 && state.provisional) {
        emptied.push(state.id);
        this.mark.run(state.id);
        this.remove.run(state.id);
        this.byId.delete(state.id);
        this.byKey.delete(`${state.connection}\n${state.key}`);
        this.counts.delete(state.connection);
        continue;
      }
      if (state.stale && state.rows > 0) {
        const bounds = this.bounds.get(state.id, state.id);
        state.firstUs = bounds?.first ?? state.firstUs;
        state.lastUs = bounds?.last ?? state.lastUs;
      }
      state.stale = false;
      this.update.run(state.name, state.source, state.provisional ? 1 : 0, state.identity, state.identityOf, state.version, state.firstUs, state.lastUs, state.rows, state.id);
    }
    this.changed = new Set();
    return emptied;
  }

  forget(): void {
    this.lastClaim = null;
    this.byKey.clear();
    this.byId.clear();
    this.counts.clear();
    this.changed = new Set();
    this.introduced.clear();
    this.marked.clear();
  }

  private named(connection: number, key: string, name: string, service: string, source: number, provisional: boolean, atUs: number, nowUs: number): AgentState {
    const cacheKey = `${connection}\n${key}`;
    const known = this.byKey.get(cacheKey);
    if (known !== undefined) return known;
    const record = this.findKey.get(connection, key);
    if (record !== undefined) return this.keep(record);
    const many = this.counts.get(connection) ?? this.count.get(connection)?.n ?? 0;
    if (many >= mostAgents && key !== overflowKey) return this.named(connection, overflowKey, overflowKey, '', source, false, atUs, nowUs);
    this.counts.set(connection, many + 1);
    const id = Number(this.insert.run(connection, key, cut(name), cut(service), source, provisional ? 1 : 0, IDENTITY.unknown, nowUs, atUs, atUs).lastInsertRowid);
    const state: AgentState = {
      id, connection, key, name: cut(name), service: cut(service), source, provisional, identity: IDENTITY.unknown, identityOf: null, version: null,
      firstUs: atUs, lastUs: atUs, rows: 0, stale: false,
    };
    this.remember(state);
    this.changed.add(state);
    this.introduced.add(state);
    return state;
  }

  private keep(record: AgentRecord): AgentState {
    const state: AgentState = { ...record, provisional: record.provisional === 1, stale: false };
    this.remember(state);
    return state;
  }

  private remember(state: AgentState): void {
    // Only between transactions could entries be dropped one by one; a full clear here would lose changes, so changed ones stay.
    if (this.byId.size >= keptAgents && this.changed.size === 0) {
      this.byKey.clear();
      this.byId.clear();
    }
    this.byKey.set(`${state.connection}\n${state.key}`, state);
    this.byId.set(state.id, state);
  }
}
