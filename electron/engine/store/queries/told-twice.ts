/**
 * Tokens and money of an agent that is seen from two sides are told by both. Where telemetry tells them, what the management API says of the same
 * hours is taken out of sums over all agents; nothing is asked where no agent is seen from two sides.
 */
import type { Reading, Sums } from './reading.ts';

const units = ['input', 'output', 'cacheRead', 'cacheWrite', 'reasoning', 'micros', 'priced', 'computed', 'unpriced'] as const;
const unitColumns = `coalesce(sum(input), 0) AS input, coalesce(sum(output), 0) AS output, coalesce(sum(cache_read), 0) AS cacheRead, coalesce(sum(cache_write), 0) AS cacheWrite,
  coalesce(sum(reasoning), 0) AS reasoning, coalesce(sum(micros), 0) AS micros, coalesce(sum(priced), 0) AS priced, coalesce(sum(computed), 0) AS computed, coalesce(sum(unpriced), 0) AS unpriced`;
type Units = Pick<Sums, (typeof units)[number]>;
type Hours = readonly [first: number, last: number];

function unitsOf(reading: Reading, agent: number, hours: Hours): Units {
  return reading.sql<number[], Units>(`SELECT ${unitColumns} FROM by_hour WHERE agent = ? AND hour BETWEEN ? AND ?`).get(agent, ...hours) as Units;
}

const any = (of: Units): boolean => of.input + of.output + of.cacheRead + of.cacheWrite > 0 || of.priced > 0 || of.unpriced > 0;

/** Sources of a management API whose agent's telemetry told of tokens or money in these hours. */
export function toldTwice(reading: Reading, hours: Hours): number[] {
  const heads = new Set(reading.heads().values());
  return [...heads].flatMap((head) => {
    const sources = reading.sourcesOf(head).map((id) => ({ id, sends: sends(reading, id) }));
    return sources.some((one) => one.sends && any(unitsOf(reading, one.id, hours))) ? sources.filter((one) => !one.sends).map((one) => one.id) : [];
  });
}

function sends(reading: Reading, agent: number): boolean {
  return reading.sql<[number], { n: number }>("SELECT 1 AS n FROM connection WHERE id = ? AND kind = 'otlp'").get(reading.agent(agent).connection) !== undefined;
}

export function withoutTwice(reading: Reading, sums: Sums, hours: Hours): Sums {
  const twice = toldTwice(reading, hours);
  if (twice.length === 0) return sums;
  const left: { -readonly [K in keyof Sums]: Sums[K] } = { ...sums };
  for (const agent of twice) {
    const of = unitsOf(reading, agent, hours);
    for (const key of units) left[key] -= of[key];
  }
  return left;
}
