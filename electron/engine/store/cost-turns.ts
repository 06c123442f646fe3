/**
 * When cost is folded and history is priced anew: every second, in short turns one after the other until nothing is left. While telemetry comes
 * in the turns are shorter still and far apart, a fiftieth of the time at most (writer-load.ts): taking in comes first, and figures of cost may then be late.
 */
import type { HintTopic } from '../../../shared/contract.ts';

const everyMs = 1_000;
const turnMs = 25;
const busyTurnMs = 10;
/** Whoever looks at the figures asks again at each word: not more often than this. */
const tellEveryMs = 1_000;

export interface CostTurn {
  readonly changed: boolean;
  /** amounts of activities changed too. */
  readonly repriced: boolean;
  readonly more: boolean;
}

export interface CostTurning {
  readonly writer: { costTurn(mostMs: number): CostTurn };
  /** telemetry comes in, or a long command waits. */
  readonly busy: () => boolean;
  /** from one turn to the next while it is busy. */
  readonly pauseMs: () => number;
  readonly tell: (topics: HintTopic[]) => void;
}

export class CostTurns {
  private readonly t: CostTurning;
  private readonly timer: NodeJS.Timeout;
  private next: NodeJS.Immediate | null = null;
  private later: NodeJS.Timeout | null = null;
  private toldMs = Number.NEGATIVE_INFINITY;
  private readonly untold = new Set<HintTopic>();

  constructor(t: CostTurning) {
    this.t = t;
    this.timer = setInterval(() => {
      this.tell(false);
      if (this.later === null) this.soon();
    }, everyMs);
  }

  soon(): void {
    this.next ??= setImmediate(() => {
      this.next = null;
      this.turn();
    });
  }

  close(): void {
    clearInterval(this.timer);
    if (this.next !== null) clearImmediate(this.next);
    this.next = null;
    if (this.later !== null) clearTimeout(this.later);
  }

  private turn(): void {
    const busy = this.t.busy();
    let done: CostTurn;
    try {
      done = this.t.writer.costTurn(busy ? busyTurnMs : turnMs);
    } catch {
      // A full disk or a lock: what was to be done is still to be done. The next tick tries again.
      return;
    }
    if (done.changed) for (const topic of ['cost', 'failures'] as const) this.untold.add(topic);
    if (done.repriced) for (const topic of ['activity', 'agents', 'tasks', 'cost'] as const) this.untold.add(topic);
    this.tell(!done.more);
    if (!done.more) return;
    if (!busy) this.soon();
    else this.later ??= setTimeout(() => {
      this.later = null;
      this.turn();
    }, this.t.pauseMs());
  }

  private tell(ended: boolean): void {
    if (this.untold.size === 0 || (!ended && performance.now() - this.toldMs < tellEveryMs)) return;
    this.toldMs = performance.now();
    this.t.tell([...this.untold]);
    this.untold.clear();
  }
}
