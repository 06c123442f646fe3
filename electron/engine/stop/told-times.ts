/**
 * What is told by this machine's clock, after that was set back while an order is open: it carries times from before the command although it
 * happened after. What is first seen then counts as so much later; it is never taken for later than when it was seen (`acts.ts`).
 */
import type { Sign } from '../connectors/stopping.ts';
import type { JudgeInput } from './judge-input.ts';

export type Gap = JudgeInput['connections'][number]['gaps'][number];

/** Between a question and its answer. */
const slackUs = 10_000_000;

export class GapTimes {
  /** by connection and begin; null: of long before. */
  readonly #known = new Map<string, Gap | null>();

  /** `behindUs`: how far this machine's clock is behind that of the order. */
  take(connection: number, gaps: readonly Gap[], behindUs: number, nowUs: number): readonly Gap[] {
    return gaps.flatMap((gap) => {
      const key = `${connection} ${gap.fromUs}`;
      const before = this.#known.get(key);
      const fromUs = before?.fromUs ?? gap.fromUs + behindUs;
      // It cannot lie ahead: it is one of before the clock was set back.
      if (before === null || fromUs > nowUs + slackUs) {
        this.#known.set(key, null);
        return [];
      }
      const one = { ...gap, fromUs, toUs: gap.toUs === null ? null : before?.toUs ?? gap.toUs + behindUs };
      this.#known.set(key, one);
      return [one];
    });
  }
}

export class SignTimes {
  /** as they count, by how they are told; null: of before the command. Null as a whole: the clock was never behind. */
  #known: Map<string, Sign | null> | null = null;

  /** `sinceUs`: from when signs are asked for while the clock is not behind. `before`: those that were seen until now. */
  take(signs: readonly Sign[], behindUs: number, sinceUs: number, before: readonly Sign[]): readonly Sign[] {
    if (this.#known === null && behindUs === 0) return signs;
    const isFirst = this.#known === null;
    const known = this.#known ?? new Map<string, Sign | null>(before.map((sign) => [keyOf(sign), sign]));
    this.#known = known;
    // The first time that it is asked so far back it finds what is older than the order too.
    for (const sign of signs) if (!known.has(keyOf(sign))) known.set(keyOf(sign), isFirst && sign.atUs < sinceUs ? null : later(sign, behindUs));
    return signs.flatMap((sign) => known.get(keyOf(sign)) ?? []);
  }
}

const keyOf = ({ atUs, run, what, denied }: Sign): string => JSON.stringify([atUs, run, what, denied]);
const later = (sign: Sign, us: number): Sign => ({ ...sign, atUs: sign.atUs + us, ...(sign.beganUs === undefined || sign.beganUs === null ? {} : { beganUs: sign.beganUs + us }) });
