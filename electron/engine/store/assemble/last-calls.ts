/** How a task's work stood when it fell quiet: looked up only then, not kept for every row. */
import type { Statement } from 'better-sqlite3';
import { KIND, STATUS } from '../codes.ts';
import type { WriteDb } from '../database.ts';
import { quietUs, statementHolds, type LastCallFacts } from './outcome.ts';
import type { TaskFacts } from './tasks.ts';

const notAsked: LastCallFacts = { lastModelStatus: 0, interrupted: false, succeeded: false };

export class LastCalls {
  private readonly lastModel: Statement<[number], { us: number; status: number }>;
  private readonly lastCut: Statement<[number], { us: number | null }>;
  private readonly anyOk: Statement<[number], { n: number }>;

  constructor(db: WriteDb) {
    this.lastModel = db.prepare(`SELECT ts_us AS us, status FROM activity INDEXED BY activity_key WHERE task = ? AND kind IN (${KIND.model_call}, ${KIND.error}) AND status <> ${STATUS.running}
      ORDER BY ts_us DESC LIMIT 1`);
    this.lastCut = db.prepare(`SELECT max(ts_us) AS us FROM activity INDEXED BY activity_key WHERE task = ? AND status = ${STATUS.interrupted}`);
    this.anyOk = db.prepare(`SELECT 1 AS n FROM activity INDEXED BY activity_key WHERE task = ? AND status = ${STATUS.ok} AND kind IN (${KIND.model_call}, ${KIND.tool_call}, ${KIND.handoff}) LIMIT 1`);
  }

  of(task: TaskFacts, nowUs: number): LastCallFacts {
    const ended = statementHolds(task);
    if (!ended && (task.open > 0 || nowUs - task.lastUs < quietUs)) return notAsked;
    if (ended && task.interrupted === 0) return notAsked;
    const model = this.lastModel.get(task.id);
    const cut = task.interrupted === 0 ? null : (this.lastCut.get(task.id)?.us ?? null);
    return {
      lastModelStatus: model?.status ?? 0,
      // A cut-off call that a later model call moved past is an old story.
      interrupted: cut !== null && (model === undefined || cut >= model.us),
      succeeded: this.anyOk.get(task.id) !== undefined,
    };
  }
}
