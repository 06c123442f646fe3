/** On whose authority an agent acts, its versions, and who calls whom: kept with the evidence. */
import type { Statement } from 'better-sqlite3';
import type { IdentityClaim } from '../../ingest/draft.ts';
import { IDENTITY, US_MINUTE } from '../codes.ts';
import type { WriteDb } from '../database.ts';
import type { DirtyTasks } from '../dirty-tasks.ts';
import { cut, type AgentBook } from './agents.ts';
import type { TaskState } from './tasks.ts';
import { VersionTimes } from './version-times.ts';

interface Evidence { attribute: string; value: string; kind: number; seenUs: number }

/** SECURITY: accounts and versions are strangers' text: kept to this many an agent. */
const mostEvidence = 200;
const mostVersions = 200;

/** The latest evidence counts; two persons' own accounts at one agent mean that it is shared. */
export function identityFrom(evidence: readonly Evidence[]): { kind: number; of: string | null } {
  const sorted = evidence.toSorted((a, b) => b.seenUs - a.seenUs || (a.value < b.value ? -1 : 1));
  const latest = sorted[0];
  if (latest === undefined) return { kind: IDENTITY.unknown, of: null };
  const persons = new Set(evidence.filter((one) => one.kind === IDENTITY.borrowed && one.attribute === latest.attribute).map((one) => one.value));
  if (latest.kind === IDENTITY.borrowed && persons.size > 1) return { kind: IDENTITY.shared, of: [...persons].sort().slice(0, 5).join(', ') };
  return { kind: latest.kind, of: latest.value === '' ? null : latest.value };
}

interface Claimed { readonly agent: number; readonly claim: IdentityClaim; firstUs: number; lastUs: number; /** when each task last said so. */ readonly tasks: Map<TaskState, number> }

export class IdentityBook {
  private readonly agents: AgentBook;
  private claims = new Map<string, Claimed>();
  private versions = new Map<number, Map<string, { firstUs: number; lastUs: number }>>();
  private links = new Set<string>();
  private readonly knownLinks = new Set<string>();
  private readonly db: WriteDb;
  private readonly see: Statement<[number, string, string, number, number, number]>;
  private readonly all: Statement<[number], Evidence>;
  private readonly seeVersion: Statement<[number, string, number, number]>;
  private readonly latestVersion: Statement<[number], { version: string }>;
  private readonly change: Statement<[number, number, number, number]>;
  private readonly link: Statement<[number, number]>;
  private readonly versionTimes: VersionTimes;
  private readonly authority: Statement<[number, number, number, string, string, number]>;

  constructor(db: WriteDb, agents: AgentBook, dirty: DirtyTasks) {
    this.db = db;
    this.agents = agents;
    this.versionTimes = new VersionTimes(db, dirty);
    this.see = db.prepare(`INSERT INTO identity_evidence (agent, attribute, value, kind, first_us, seen_us) VALUES (?, ?, ?, ?, ?, ?)
      ON CONFLICT DO UPDATE SET kind = excluded.kind, first_us = min(first_us, excluded.first_us), seen_us = max(seen_us, excluded.seen_us)`);
    this.all = db.prepare('SELECT attribute, value, kind, seen_us AS seenUs FROM identity_evidence WHERE agent = ?');
    this.seeVersion = db.prepare(`INSERT INTO agent_version (agent, version, first_us, last_us) VALUES (?, ?, ?, ?)
      ON CONFLICT DO UPDATE SET first_us = min(first_us, excluded.first_us), last_us = max(last_us, excluded.last_us)`);
    this.latestVersion = db.prepare('SELECT version FROM agent_version WHERE agent = ? ORDER BY last_us DESC, version DESC LIMIT 1');
    this.change = db.prepare('INSERT INTO identity_change (agent, at_us, was, is_now) VALUES (?, ?, ?, ?)');
    // To the minute: a task that says it with every record is written once a minute.
    this.authority = db.prepare(`INSERT INTO task_authority (task, agent, kind, of, attribute, last_us) VALUES (?, ?, ?, ?, ?, ?)
      ON CONFLICT DO UPDATE SET last_us = excluded.last_us WHERE excluded.last_us >= last_us + ${US_MINUTE}`);
    this.link = db.prepare('INSERT OR IGNORE INTO agent_link (caller, called) VALUES (?, ?)');
  }

  /** `task`: where it was said, so that each piece of work knows on whose authority it ran. */
  claim(agent: number, claim: IdentityClaim, us: number, task: TaskState): void {
    const key = `${agent}\n${claim.attribute}\n${claim.of}`;
    let known = this.claims.get(key);
    if (known === undefined) {
      known = { agent, claim, firstUs: us, lastUs: us, tasks: new Map() };
      this.claims.set(key, known);
    } else {
      known.firstUs = Math.min(known.firstUs, us);
      known.lastUs = Math.max(known.lastUs, us);
    }
    if (us > (known.tasks.get(task) ?? 0)) known.tasks.set(task, us);
  }

  version(agent: number, version: string, us: number): void {
    let ofAgent = this.versions.get(agent);
    if (ofAgent === undefined) {
      ofAgent = new Map();
      this.versions.set(agent, ofAgent);
    }
    const known = ofAgent.get(version);
    if (known === undefined) ofAgent.set(version, { firstUs: us, lastUs: us });
    else {
      known.firstUs = Math.min(known.firstUs, us);
      known.lastUs = Math.max(known.lastUs, us);
    }
  }

  calls(caller: number, called: number): void {
    if (caller === 0 || called === 0 || caller === called) return;
    const key = `${caller}|${called}`;
    if (!this.knownLinks.has(key)) this.links.add(key);
  }

  flush(nowUs: number): void {
    const told = new Set<number>();
    for (const { agent, claim, firstUs, lastUs, tasks } of this.claims.values()) {
      if (!told.has(agent) && this.all.all(agent).length >= mostEvidence) continue;
      this.authorise(agent, claim, tasks);
      this.see.run(agent, cut(claim.attribute, 120), cut(claim.of), IDENTITY[claim.kind], firstUs, lastUs);
      told.add(agent);
    }
    for (const agent of told) this.judge(agent, nowUs);
    this.flushVersions();
    for (const key of this.links) {
      const [caller = 0, called = 0] = key.split('|').map(Number);
      this.link.run(caller, called);
      if (this.knownLinks.size < 50_000) this.knownLinks.add(key);
    }
    this.clear();
  }

  private authorise(agent: number, claim: IdentityClaim, tasks: ReadonlyMap<TaskState, number>): void {
    if (claim.kind === 'unknown') return;
    for (const [task, us] of tasks) {
      let at = task;
      while (at.into !== null) at = at.into;
      this.authority.run(at.f.id, agent, IDENTITY[claim.kind], cut(claim.of), cut(claim.attribute, 120), us);
    }
  }

  /** A service agent disappeared: what was known of its identity belongs to the agent that its rows turned out to be of. */
  hand(from: number, to: number, nowUs: number): void {
    this.db.prepare('UPDATE OR IGNORE identity_evidence SET agent = ? WHERE agent = ?').run(to, from);
    // A legal hold goes on keeping it under its new number.
    this.db.prepare('UPDATE hold SET agent = ? WHERE agent = ?').run(to, from);
    this.db.prepare('DELETE FROM identity_evidence WHERE agent = ?').run(from);
    this.db.prepare('UPDATE OR IGNORE task_authority SET agent = ? WHERE agent = ?').run(to, from);
    for (const table of ['task_authority', 'agent_credential']) this.db.prepare(`DELETE FROM ${table} WHERE agent = ?`).run(from);
    this.db.prepare('DELETE FROM agent_version WHERE agent = ?').run(from);
    this.versionTimes.forget();
    this.db.prepare('DELETE FROM agent_link WHERE caller = ? OR called = ?').run(from, from);
    this.db.prepare('DELETE FROM identity_change WHERE agent = ?').run(from);
    this.judge(to, nowUs);
  }

  forget(): void {
    this.clear();
    this.knownLinks.clear();
    this.versionTimes.forget();
  }

  private flushVersions(): void {
    for (const [agent, versions] of this.versions) {
      let left = mostVersions;
      for (const [version, { firstUs, lastUs }] of versions) {
        if (left-- <= 0) break;
        this.versionTimes.seen(agent, cut(version, 80), firstUs);
        this.seeVersion.run(agent, cut(version, 80), firstUs, lastUs);
      }
      const state = this.agents.get(agent);
      const latest = this.latestVersion.get(agent)?.version ?? null;
      if (state === undefined || latest === state.version) continue;
      state.version = latest;
      this.agents.touch(state);
    }
  }

  private judge(agent: number, nowUs: number): void {
    const state = this.agents.get(agent);
    if (state === undefined) return;
    const now = identityFrom(this.all.all(agent));
    if (now.kind === state.identity && now.of === state.identityOf) return;
    if (now.kind !== state.identity) this.change.run(agent, nowUs, state.identity, now.kind);
    state.identity = now.kind;
    state.identityOf = now.of;
    this.agents.touch(state);
    this.agents.marked.add(agent);
  }

  /** New tables: see RowCache. */
  private clear(): void {
    this.claims = new Map();
    this.versions = new Map();
    this.links = new Set();
  }
}
