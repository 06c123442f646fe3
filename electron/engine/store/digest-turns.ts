/**
 * When leaves of digests are made: every second, in short turns one after the other until nothing is left. While telemetry comes in the turns are shorter still
 * and far apart, a fiftieth of the time at most (writer-load.ts): taking in comes first. What is left when the hour is over is made before the hour is closed.
 */
const everyMs = 1_000;
const turnMs = 25;
const busyTurnMs = 10;

export interface DigestTurning {
  readonly writer: { foldDigests(mostMs: number): boolean };
  /** telemetry comes in, or a long command waits. */
  readonly busy: () => boolean;
  /** from one turn to the next while it is busy. */
  readonly pauseMs: () => number;
}

export class DigestTurns {
  private readonly t: DigestTurning;
  private readonly timer: NodeJS.Timeout;
  private next: NodeJS.Timeout | null = null;

  constructor(t: DigestTurning) {
    this.t = t;
    this.timer = setInterval(() => { if (this.next === null) this.turn(); }, everyMs);
  }

  close(): void {
    clearInterval(this.timer);
    if (this.next !== null) clearTimeout(this.next);
  }

  private turn(): void {
    this.next = null;
    const busy = this.t.busy();
    try {
      if (!this.t.writer.foldDigests(busy ? busyTurnMs : turnMs)) return;
    } catch {
      // A full disk or a lock: senders are told by their own bodies. The next second tries again.
      return;
    }
    this.next = setTimeout(() => this.turn(), busy ? this.t.pauseMs() : 0);
  }
}
