/**
 * How much of the writer's time storing takes, and so how far apart the turns are in which it folds access, cost and digests while telemetry comes in.
 * Each turn is 10 ms. With time to spare each of the three takes a fiftieth of it. Without, senders wait for each of them, and all three
 * together take no more than that (measured: they were 6 % of the writer's time at full speed).
 */
const windowMs = 500;
const full = 0.5;
const pauseMs = 500;
const turners = 3;

export class WriterLoad {
  private beganMs = Number.NEGATIVE_INFINITY;
  private spentMs = 0;
  private share = 0;

  /** A transaction of bodies. */
  stored(beganMs: number, endedMs: number): void {
    if (beganMs - this.beganMs >= windowMs) {
      this.share = this.spentMs / (beganMs - this.beganMs);
      this.beganMs = beganMs;
      this.spentMs = 0;
    }
    this.spentMs += endedMs - beganMs;
  }

  /** From one turn to the next. */
  get pauseMs(): number {
    return this.share > full ? turners * pauseMs : pauseMs;
  }
}
