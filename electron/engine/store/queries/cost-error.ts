/** How far the book is from what agents told where both are known: what rests on the book alone is taken to be as far off. */
import { US_DAY } from '../codes.ts';
import { payingAgents, payingParams } from './cost-days.ts';
import type { Reading } from './reading.ts';

interface Share { readonly off: number; readonly of: number }
/** Where the two were never known together. */
const unknownShare: Share = { off: 1, of: 10 };
const overDays = 30;

export class EstimateError {
  private readonly byModel = new Map<number, Share>();
  private readonly all: Share;

  constructor(reading: Reading, nowUs: number) {
    const to = Math.floor(nowUs / US_DAY);
    const days = { from: to - overDays + 1, to };
    // Lines of a day where the book knows some of what was told, but not all, cannot be compared.
    const rows = reading.sql<(number | string)[], Share & { model: number }>(`SELECT s.model, sum(abs(s.computed - s.only_computed - s.reported)) AS off, sum(s.reported) AS "of" FROM ${payingAgents} a CROSS JOIN spend_day s
      ON s.agent = a.id AND s.day BETWEEN ? AND ? WHERE s.reported > 0 AND s.computed_n - s.only_computed_n = s.reported_n GROUP BY s.model`).all(...payingParams(reading, days), days.from, days.to);
    for (const { model, off, of } of rows) this.byModel.set(model, { off, of });
    const all = rows.reduce((sum, row) => ({ off: sum.off + row.off, of: sum.of + row.of }), { off: 0, of: 0 });
    this.all = all.of > 0 ? all : unknownShare;
  }

  /** Of so many computed micro-units of a model. */
  of(model: number, micros: number): number {
    const { off, of } = this.byModel.get(model) ?? this.all;
    return divided(BigInt(micros) * BigInt(off), BigInt(of));
  }
}

/** Rounded half up. */
export function divided(amount: bigint, by: bigint): number {
  const up = amount < 0n ? -1n : 1n;
  return Number(up * ((2n * amount * up + by) / (2n * by)));
}
