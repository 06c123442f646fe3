/** Names by which agents are known elsewhere. When one of them turns out to be shared, agents are stitched anew, in the same transaction. */
import type { Statement } from 'better-sqlite3';
import { mostAliases, normalAlias, telemetryAliases } from '../aliases.ts';
import type { WriteDb } from '../database.ts';
import { restitch } from '../stitching.ts';
import type { AgentBook } from './agents.ts';

export class AliasBook {
  private readonly db: WriteDb;
  private readonly agents: AgentBook;
  private readonly told = new Map<number, Set<string>>();
  private readonly replaced = new Map<number, readonly string[]>();
  private readonly known = new Set<string>();
  private readonly kinds = new Map<number, string>();
  private readonly read: Statement<[number], { alias: string }>;
  private readonly add: Statement<[number, string]>;
  private readonly drop: Statement<[number, string]>;
  private readonly dropAll: Statement<[number]>;
  private readonly shared: Statement<[number], { n: number }>;
  private readonly stitched: Statement<[], { n: number }>;
  private readonly kindOf: Statement<[number], { kind: string }>;

  constructor(db: WriteDb, agents: AgentBook) {
    this.db = db;
    this.agents = agents;
    this.read = db.prepare('SELECT alias FROM agent_alias WHERE agent = ?');
    this.add = db.prepare('INSERT OR IGNORE INTO agent_alias (agent, alias) VALUES (?, ?)');
    this.drop = db.prepare('DELETE FROM agent_alias WHERE agent = ? AND alias = ?');
    this.dropAll = db.prepare('DELETE FROM agent_alias WHERE agent = ?');
    this.shared = db.prepare('SELECT 1 AS n FROM agent_alias x JOIN agent_alias y ON y.alias = x.alias AND y.agent <> x.agent WHERE x.agent = ? LIMIT 1');
    this.stitched = db.prepare('SELECT 1 AS n FROM agent_stitch LIMIT 1');
    this.kindOf = db.prepare('SELECT kind FROM connection WHERE id = ?');
  }

  /** Telemetry said so; what it said before stays. */
  note(agent: number, aliases: readonly string[]): void {
    for (const alias of aliases) {
      const key = `${agent}\n${alias}`;
      if (this.known.has(key)) continue;
      if (this.known.size < 50_000) this.known.add(key);
      const told = this.told.get(agent);
      if (told === undefined) this.told.set(agent, new Set([alias]));
      else told.add(alias);
    }
  }

  /** The management API's list is the whole of it. */
  replace(agent: number, aliases: readonly string[]): void {
    this.replaced.set(agent, aliases.map(normalAlias).filter((alias) => alias !== null).slice(0, mostAliases));
  }

  /** After the agents were written. `gone`: agents that are no more. */
  flush(gone: readonly number[]): void {
    const changed = new Set<number>();
    for (const state of this.agents.introduced) {
      if (this.kind(state.connection) === 'otlp') this.note(state.id, telemetryAliases({ key: state.key, name: state.name, service: state.service, named: !state.provisional }));
    }
    this.agents.introduced.clear();
    let restitched = false;
    for (const agent of gone) if (this.dropAll.run(agent).changes > 0) restitched = true;
    for (const [agent, aliases] of this.told) if (this.agents.get(agent) !== undefined && this.save(agent, aliases, false)) changed.add(agent);
    for (const [agent, aliases] of this.replaced) if (this.save(agent, new Set(aliases), true)) changed.add(agent);
    this.told.clear();
    this.replaced.clear();
    if (changed.size === 0 && !restitched) return;
    if (this.stitched.get() !== undefined || [...changed].some((agent) => this.shared.get(agent) !== undefined)) restitch(this.db);
  }

  forget(): void {
    this.told.clear();
    this.replaced.clear();
    this.known.clear();
    this.kinds.clear();
  }

  private save(agent: number, aliases: ReadonlySet<string>, whole: boolean): boolean {
    const present = new Set(this.read.all(agent).map((one) => one.alias));
    let changed = false;
    for (const alias of aliases) {
      if (present.has(alias) || (!whole && present.size >= mostAliases)) continue;
      this.add.run(agent, alias);
      present.add(alias);
      changed = true;
    }
    if (!whole) return changed;
    for (const alias of present) if (!aliases.has(alias) && this.drop.run(agent, alias).changes > 0) changed = true;
    return changed;
  }

  private kind(connection: number): string {
    let kind = this.kinds.get(connection);
    if (kind === undefined) {
      kind = this.kindOf.get(connection)?.kind ?? '';
      this.kinds.set(connection, kind);
    }
    return kind;
  }
}
