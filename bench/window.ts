/** The window: how soon it shows something, and how it bears a fast stream. */
import { benchFirstPaint } from './first-paint.ts';
import { benchLive } from './live.ts';
import type { Row } from './table.ts';

export interface WindowOptions {
  readonly rows: number;
  readonly rounds: number;
  /** how long memory is watched at each rate. */
  readonly minutes: number;
  /** activities a second. */
  readonly rates: readonly number[];
}

export async function benchWindow({ rows, rounds, minutes, rates }: WindowOptions): Promise<Row[]> {
  return [...await benchFirstPaint(rows, rounds), ...await benchLive({ rates, minutes })];
}
