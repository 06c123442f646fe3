/** What came of every connector under every behaviour, as text for a terminal. */

/** Begun and not ended: the test between failed. */
const notHeld = 'NOT HELD';

export class Table {
  readonly #columns: string[] = [];
  readonly #rows = new Map<string, Map<string, string>>();
  readonly #failed = new Set<string>();

  /** Several tests may stand behind one cell: it holds when all of them do. */
  begin(row: string, column: string): void {
    if (!this.#columns.includes(column)) this.#columns.push(column);
    const cells = this.#rows.get(row) ?? new Map<string, string>();
    if (cells.get(column) === notHeld) this.#failed.add(`${row} ${column}`);
    cells.set(column, notHeld);
    this.#rows.set(row, cells);
  }

  end(row: string, column: string, cell: string): void {
    if (!this.#failed.has(`${row} ${column}`)) this.#rows.get(row)?.set(column, cell);
  }

  text(): string {
    const lines = [['Behaviour', ...this.#columns], ...[...this.#rows].map(([row, cells]) => [row, ...this.#columns.map((column) => cells.get(column) ?? '-')])];
    const widths = lines[0]!.map((_, i) => Math.max(...lines.map((line) => line[i]!.length)));
    const drawn = lines.map((line) => `| ${line.map((cell, i) => cell.padEnd(widths[i]!)).join(' | ')} |`);
    return [drawn[0], `|${widths.map((width) => '-'.repeat(width + 2)).join('|')}|`, ...drawn.slice(1)].join('\n');
  }
}
