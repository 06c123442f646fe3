/** Prints a benchmark's results as one table of ratios against their limits, and remembers whether all of them hold. */
export interface Row {
  readonly what: string;
  readonly measured: number;
  readonly limit: number;
  /** 'min': measured must be at least the limit; 'max': at most. */
  readonly sense: 'min' | 'max';
  readonly unit: string;
  readonly note: string;
}

export const holds = (row: Row): boolean => (row.sense === 'min' ? row.measured >= row.limit : row.measured <= row.limit);

/** Of an even number of values the mean of the two in the middle. */
export function median(values: readonly number[]): number {
  if (values.length === 0) return Number.NaN;
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  return ((sorted[Math.ceil(middle) - 1] ?? Number.NaN) + (sorted[Math.floor(middle)] ?? Number.NaN)) / 2;
}

export function quantile(values: readonly number[], share: number): number {
  if (values.length === 0) return Number.NaN;
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

const round = (value: number): string => (Math.abs(value) >= 100 ? value.toFixed(0) : value.toPrecision(3));

export function printTable(title: string, rows: readonly Row[]): void {
  const cells = rows.map((row) => [row.what, `${round(row.measured)}${row.unit}`, `${row.sense === 'min' ? '>=' : '<='} ${round(row.limit)}${row.unit}`, holds(row) ? 'holds' : 'MISSED', row.note]);
  const head = ['what', 'measured', 'limit', '', 'how'];
  const widths = head.map((name, column) => Math.max(name.length, ...cells.map((line) => line[column]?.length ?? 0)));
  const line = (parts: readonly string[]): string => `| ${parts.map((part, column) => part.padEnd(widths[column] ?? 0)).join(' | ')} |`;
  process.stdout.write(`\n${title}\n${[line(head), line(widths.map((width) => '-'.repeat(width))), ...cells.map(line)].join('\n')}\n`);
}
