/** What a plan is made of: the history's facts, and what runtimes said a moment ago. */
import type { Lever } from '../../../shared/domain.ts';
import type { StopLevel } from '../../../shared/domain.ts';
import type { RightCheck, Survey } from '../connectors/stopping.ts';
import type { ScopeFacts } from '../store/stop-commands.ts';

/** What one connection's port told. */
export interface PlanPort {
  /** as the very server declares them now, with `process.*` where a process is proven; empty where the port could not be opened. */
  readonly levers: readonly Lever[];
  /** null: it was not asked, or did not answer. */
  readonly survey: Survey | null;
  /** why it could not be opened or asked; null: nothing failed. */
  readonly fault: string | null;
  /** asked for together with the survey, where one was known to be missing; absent: they were not asked for, or did not answer. */
  readonly rights?: readonly RightCheck[] | null;
}

export interface PlanInput {
  /** the plan's id; the order names it. */
  readonly id: string;
  readonly nowUs: number;
  readonly level: StopLevel;
  readonly facts: ScopeFacts;
  /** by row id of the connection. One that is missing was not asked. */
  readonly ports: ReadonlyMap<number, PlanPort>;
  /** null: made from the history alone, runtimes were not asked. */
  readonly surveyedUs: number | null;
  readonly by: 'person' | 'rule' | 'drill';
}

export const holdLeverId = 'console.hold';

const ranks: Record<StopLevel, number> = { cancel: 0, suspend: 1, revoke: 2 };
/** Levels are cumulative: suspend includes cancel, revoke includes both. */
export const includes = (asked: StopLevel, level: StopLevel): boolean => ranks[level] <= ranks[asked];
