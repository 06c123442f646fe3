/** What a calendar month comes to if it goes on as it did: each day still to come is taken from the same weekday of the weeks before. */

export interface ForecastInput {
  /** UTC days since epoch: the month's first day and the first day of the next one. */
  readonly monthFrom: number;
  readonly monthTo: number;
  /** not over yet. */
  readonly today: number;
  /** day on which anything was seen first: days before it say nothing. */
  readonly firstDay: number;
  /** what was spent by day, of the month and of the weeks before it; a day that is missing brought nothing. */
  readonly spent: ReadonlyMap<number, number>;
}

export interface Forecast {
  readonly micros: number;
  /** four out of five months like the weeks before would end between them. */
  readonly lowMicros: number;
  readonly highMicros: number;
}

const weeksBack = 8;
const leastDays = 7;
/** Of a normal distribution, 80 % lies within so many deviations. */
const deviations = 1.2816;

/** Days since epoch 0 was a Thursday; which weekday is which does not matter here. */
const weekday = (day: number): number => ((day % 7) + 7) % 7;

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Null: fewer than seven whole days were seen. */
export function monthForecast({ monthFrom, monthTo, today, firstDay, spent }: ForecastInput): Forecast | null {
  const from = Math.max(firstDay, today - weeksBack * 7);
  const whole = Array.from({ length: Math.max(0, today - from) }, (_, at) => from + at);
  if (whole.length < leastDays) return null;
  const on = (day: number): number => spent.get(day) ?? 0;
  // A credit in a bill takes off what was spent, and is no habit: no day to come gives money back.
  const usual = Array.from({ length: 7 }, (_, day) => Math.max(0, mean(whole.filter((one) => weekday(one) === day).map(on))));
  const known = Array.from({ length: Math.max(0, Math.min(today, monthTo - 1) - monthFrom + 1) }, (_, at) => on(monthFrom + at)).reduce((sum, value) => sum + value, 0);
  const restOfToday = today >= monthFrom && today < monthTo ? Math.max(0, (usual[weekday(today)] ?? 0) - on(today)) : 0;
  const coming = Array.from({ length: Math.max(0, monthTo - Math.max(today + 1, monthFrom)) }, (_, at) => usual[weekday(Math.max(today + 1, monthFrom) + at)] ?? 0);
  const expected = coming.reduce((sum, value) => sum + value, 0) + restOfToday;
  // With one week of history each weekday is its own mean and nothing would seem to vary: then the spread over the week counts.
  const level = mean(whole.map(on));
  const misses = whole.map((day) => on(day) - (whole.length >= 14 ? (usual[weekday(day)] ?? 0) : level));
  const freedom = whole.length >= 14 ? whole.length - 7 : whole.length - 1;
  const variance = misses.reduce((sum, miss) => sum + miss * miss, 0) / freedom;
  const left = coming.length + (restOfToday > 0 ? 1 : 0);
  // Days vary by themselves, and the mean of few weeks may itself be off.
  const spread = deviations * Math.sqrt(variance * left * (1 + left / whole.length));
  return { micros: Math.round(known + expected), lowMicros: Math.round(known + Math.max(0, expected - spread)), highMicros: Math.round(known + expected + spread) };
}
