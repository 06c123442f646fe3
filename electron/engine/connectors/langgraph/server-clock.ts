/**
 * How far a server's clock is from ours, told from the `Date` of its answers. Each answer only says the second in which it was written, but
 * all of them must be true at once, which leaves little. Below the slack nothing is corrected: clocks that are kept differ less, and a
 * server that stood still answers with a second that is past.
 */
const slackMs = 1_500;
const stayMs = 250;
/** An answer that took longer says too little of when it was written. */
const longestMs = 1_000;

export class ServerClock {
  /** how much it is ahead of ours, milliseconds: between these. */
  #least = Number.NEGATIVE_INFINITY;
  #most = Number.POSITIVE_INFINITY;
  #told = 0;

  heard(date: string | null, sentMs: number, receivedMs: number): void {
    const second = date === null || date.length > 64 ? Number.NaN : Date.parse(date);
    if (!Number.isFinite(second) || receivedMs < sentMs || receivedMs - sentMs > longestMs) return;
    const least = second - receivedMs;
    const most = second + 1_000 - sentMs;
    if (least > this.#most || most < this.#least) {
      // One of the clocks was set: what was known before is worth nothing.
      this.#least = least;
      this.#most = most;
    } else {
      this.#least = Math.max(this.#least, least);
      this.#most = Math.min(this.#most, most);
    }
    const near = this.#least <= slackMs && this.#most >= -slackMs;
    const ahead = near ? 0 : Math.round((this.#least + this.#most) / 2);
    // Kept while it is not wrong: the same moment of the server's must be the same moment of ours in every look.
    if (near !== (this.#told === 0) || this.#told < this.#least - stayMs || this.#told > this.#most + stayMs) this.#told = ahead;
  }

  get aheadMs(): number { return this.#told; }

  /** A time of the server's by our clock, microseconds. */
  ours(us: number): number { return us - this.aheadMs * 1_000; }
  theirs(us: number): number { return us + this.aheadMs * 1_000; }
}
