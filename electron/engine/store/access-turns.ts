/**
 * When the access fold works: every two seconds, and at once after what people did or a discovery brought. Each turn is short. While telemetry
 * comes in the turns are shorter still and far apart, a fiftieth of the time at most (writer-load.ts): taking in comes first, and figures of access may then be late.
 */
import type { HintTopic } from '../../../shared/contract.ts';
import type { Folded } from './access-fold.ts';

const everyMs = 2_000;
const turnMs = 25;
const busyTurnMs = 10;

export interface Turning {
  readonly writer: { foldAccess(nowUs: number, mostMs: number): Folded; foldHourly(nowUs: number): boolean };
  readonly now: () => number;
  /** telemetry comes in, or a long command waits. */
  readonly busy: () => boolean;
  /** from one turn to the next while it is busy. */
  readonly pauseMs: () => number;
  readonly tell: (topics: HintTopic[]) => void;
}

export class AccessTurns {
  private readonly t: Turning;
  private readonly timer: NodeJS.Timeout;
  private next: NodeJS.Immediate | null = null;
  private later: NodeJS.Timeout | null = null;

  constructor(t: Turning) {
    this.t = t;
    this.timer = setInterval(() => this.tick(), everyMs);
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

  private tick(): void {
    try {
      if (this.t.writer.foldHourly(this.t.now())) this.t.tell(['access', 'status']);
    } catch {
      // As below.
      return;
    }
    if (this.later === null) this.turn();
  }

  private turn(): void {
    let folded: Folded;
    const busy = this.t.busy();
    try {
      folded = this.t.writer.foldAccess(this.t.now(), busy ? busyTurnMs : turnMs);
    } catch {
      // A full disk or a lock: whoever was to be folded stays marked, and senders are told by their own bodies. The next tick tries again.
      return;
    }
    if (folded.changed) this.t.tell(folded.findings ? ['access', 'grants', 'status'] : ['access', 'grants']);
    if (!folded.more) return;
    if (!busy) this.soon();
    else this.later ??= setTimeout(() => {
      this.later = null;
      this.turn();
    }, this.t.pauseMs());
  }
}
