/** A version proves to be older than it was known to be: tasks that ran since then ran as it. */
import type { Statement } from 'better-sqlite3';
import type { WriteDb } from '../database.ts';
import type { DirtyTasks } from '../dirty-tasks.ts';

const kept = 20_000;
/** Of tasks that began before the first version that is known: those that went on until then are among the latest. */
const latest = 1_000;

export class VersionTimes {
  private readonly dirty: DirtyTasks;
  private readonly known = new Map<string, number>();
  private readonly firstOf: Statement<[number, string], { us: number }>;
  private readonly nextOf: Statement<[number, number], { us: number | null }>;
  private readonly earlier: Statement<[number, number], unknown>;
  private readonly began: Statement<[number, number, number], { task: number }>;
  private readonly wentOn: Statement<[number, number, number, number], { task: number }>;

  constructor(db: WriteDb, dirty: DirtyTasks) {
    this.dirty = dirty;
    this.firstOf = db.prepare('SELECT first_us AS us FROM agent_version WHERE agent = ? AND version = ?');
    this.nextOf = db.prepare('SELECT min(first_us) AS us FROM agent_version WHERE agent = ? AND first_us >= ?');
    this.earlier = db.prepare('SELECT 1 FROM agent_version WHERE agent = ? AND first_us < ? LIMIT 1');
    this.began = db.prepare('SELECT task FROM task_agent INDEXED BY task_agent_first WHERE agent = ? AND first_us >= ? AND first_us < ?');
    this.wentOn = db.prepare(`SELECT a.task FROM (SELECT task FROM task_agent INDEXED BY task_agent_first WHERE agent = ? AND first_us < ? ORDER BY first_us DESC LIMIT ?) a CROSS JOIN task t ON t.id = a.task WHERE t.last_us >= ?`);
  }

  /** Before it is written that the version was seen at that time. */
  seen(agent: number, version: string, us: number): void {
    const key = `${agent} ${version}`;
    const known = this.known.get(key);
    if (known !== undefined && known <= us) return;
    if (this.known.size >= kept) this.known.clear();
    this.known.set(key, us);
    const before = this.firstOf.get(agent, version)?.us ?? Number.MAX_SAFE_INTEGER;
    if (before <= us) {
      this.known.set(key, before);
      return;
    }
    const until = Math.max(before === Number.MAX_SAFE_INTEGER ? 0 : before, this.nextOf.get(agent, us)?.us ?? Number.MAX_SAFE_INTEGER);
    for (const { task } of this.began.all(agent, us, until)) this.dirty.add(task);
    if (this.earlier.get(agent, us) === undefined) for (const { task } of this.wentOn.all(agent, us, latest, us)) this.dirty.add(task);
  }

  forget(): void {
    this.known.clear();
  }
}
